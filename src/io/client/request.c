/* SPDX-License-Identifier: MIT */
/* request.c — a call as options of an easy handle, and the three places where curl asks before it acts:
 *
 *   on_resolve   may I look this name up?         Never: it would take a thread.
 *   on_open      may I connect to this address?   Not if the guard refuses it, nor for a request already written.
 *   on_request   may I write the request?         Once.
 */
#include <curl/curl.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/client/guard.h"
#include "io/client/state.h"

/* curl asks about an IPv6 literal as well, which it reads without looking anything up, unless it runs out of memory
 * over it: then it would call its resolver and so start a thread. */
static int on_resolve(void *resolver, void *reserved, void *ctx)
{
	const struct wq_handle *h = ctx;
	void *spare;

	(void)resolver;
	(void)reserved;
	if (h->st->host)
		return 1;
	spare = wq_alloc(WQ_CLIENT_LITERAL_BYTES);
	wq_free(spare);
	return spare ? 0 : 1;
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct wq_handle *h = ctx;
	struct wq_call_state *st = h->st;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (st->call->sent) {
		st->repeated = true;
		return CURL_SOCKET_BAD;
	}
	if (h->pool->o.guarded && !wq_guard_allows(&a->addr)) {
		st->denied = true;
		return CURL_SOCKET_BAD;
	}
	wq_call_connecting(st);
	return wq_pool_open_socket(h->pool, a);
}

static int on_request(void *ctx, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
	struct wq_handle *h = ctx;
	struct wq_call_state *st = h->st;

	(void)remote_ip;
	(void)local_ip;
	(void)remote_port;
	(void)local_port;
	if (st->call->sent) {
		st->repeated = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (st->call->may_send && !st->call->may_send(st->call)) {
		st->forbidden = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (st->host)
		wq_host_told(st->host, st->host_version);
	(void)curl_easy_setopt(h->easy, CURLOPT_FORBID_REUSE, 0L);
	wq_call_sending(st);
	return CURL_PREREQFUNC_OK;
}

bool wq_request_base(struct wq_handle *h)
{
	const struct wq_pool_opts *o = &h->pool->o;
	CURL *e = h->easy;
	unsigned bad = 0;

	bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(e, CURLOPT_PROXY, ""); /* nor what the environment says */
	bad |= curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	bad |= curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT, -1L); /* hosts.h decides */
	/* curl 7.88 frees a session's name twice when memory runs out over it; and connections are kept anyway. */
	bad |= curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	bad |= curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, (long)WQ_CLIENT_IDLE_MAX_SECONDS);
	bad |= curl_easy_setopt(e, CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
	bad |= curl_easy_setopt(e, CURLOPT_RESOLVER_START_DATA, h);
	bad |= curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
	bad |= curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, h);
	bad |= curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_request);
	bad |= curl_easy_setopt(e, CURLOPT_PREREQDATA, h);
	bad |= curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, wq_answer_on_header);
	bad |= curl_easy_setopt(e, CURLOPT_HEADERDATA, h);
	bad |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, wq_answer_on_body);
	bad |= curl_easy_setopt(e, CURLOPT_WRITEDATA, h);
	if (o->user_agent)
		bad |= curl_easy_setopt(e, CURLOPT_USERAGENT, o->user_agent);
	if (o->ca_file)
		bad |= curl_easy_setopt(e, CURLOPT_CAINFO, o->ca_file);
	return bad == 0;
}

static bool is_token(const char *text)
{
	for (const char *p = text; *p; p++) {
		bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		              (*p >= '0' && *p <= '9');

		if (!letter && !strchr("!#$%&'*+-.^_`|~", *p))
			return false;
	}
	return text[0] != '\0';
}

/* The framing is ours: a caller's idea of it could only contradict it. */
static bool usable(const struct wq_call_header *h)
{
	static const char *const ours[] = {
		"Content-Length", "Transfer-Encoding", "Connection",      "Expect", "Upgrade", "TE",
		"Trailer",        "Keep-Alive",        "Proxy-Connection"
	};

	if (!h->name || !is_token(h->name))
		return false;
	for (size_t i = 0; i < WQ_COUNT(ours); i++)
		if (wq_str_is_nocase(wq_str(h->name), ours[i]))
			return false;
	for (size_t i = 0; i < h->value.n; i++) {
		unsigned char c = (unsigned char)h->value.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* Bytes that curl would add by itself and that nobody asked for. */
static const char *const muted[] = { "Expect:", "Content-Type:" };

static bool has_content_type(const struct wq_call *call)
{
	for (unsigned i = 0; i < call->headers_n; i++)
		if (wq_str_is_nocase(wq_str(call->headers[i].name), "Content-Type"))
			return true;
	return false;
}

/* One line for curl: "Name: value", or "Name;" for an empty value. */
static char *write_line(char *at, const struct wq_call_header *h)
{
	size_t n = strlen(h->name);

	memcpy(at, h->name, n);
	at += n;
	if (wq_str_trim(h->value).n == 0) {
		*at++ = ';';
	} else {
		*at++ = ':';
		*at++ = ' ';
		memcpy(at, h->value.p, h->value.n);
		at += h->value.n;
	}
	*at++ = '\0';
	return at;
}

static void write_list(struct wq_call_state *st, const struct wq_call *call)
{
	struct curl_slist *nodes = (struct curl_slist *)(st + 1);
	char *at = (char *)(nodes + call->headers_n + WQ_COUNT(muted));
	unsigned n = 0;

	for (; n < call->headers_n; n++) {
		nodes[n].data = at;
		at = write_line(at, &call->headers[n]);
	}
	for (size_t i = 0; i < WQ_COUNT(muted) - has_content_type(call); i++) {
		nodes[n++].data = at;
		memcpy(at, muted[i], strlen(muted[i]) + 1);
		at += strlen(muted[i]) + 1;
	}
	for (unsigned i = 0; i + 1 < n; i++)
		nodes[i].next = &nodes[i + 1];
	st->header_list = nodes;
}

struct wq_call_state *wq_request_state(const struct wq_call *call, int *rc)
{
	size_t bytes = sizeof(struct wq_call_state) +
	               (call->headers_n + WQ_COUNT(muted)) * sizeof(struct curl_slist);
	struct wq_call_state *st;

	*rc = WQ_EINVAL;
	if (call->headers_n > WQ_CLIENT_HEADERS_MAX || (call->method && !is_token(call->method)))
		return NULL;
	for (unsigned i = 0; i < call->headers_n; i++) {
		if (!usable(&call->headers[i]))
			return NULL;
		bytes += strlen(call->headers[i].name) + call->headers[i].value.n + 3;
	}
	for (size_t i = 0; i < WQ_COUNT(muted); i++)
		bytes += strlen(muted[i]) + 1;
	st = wq_zalloc(bytes);
	if (!st) {
		*rc = WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	write_list(st, call);
	*rc = 0;
	return st;
}

static unsigned set_method(CURL *e, const struct wq_call *call)
{
	const char *method = call->method ? call->method : call->body.p ? "POST" : "GET";
	bool body = call->body.p || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
	            strcmp(method, "PATCH") == 0;
	unsigned bad = 0;

	if (body) {
		bad |= curl_easy_setopt(e, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
		bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDS, call->body.p ? call->body.p : "");
	} else if (strcmp(method, "HEAD") == 0) {
		bad |= curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
	} else {
		bad |= curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
	}
	/* NULL: what curl calls the request by itself. */
	bad |= curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST,
	                        strcmp(method, body ? "POST" : "GET") == 0 ||
	                                        strcmp(method, "HEAD") == 0
	                                ? NULL
	                                : method);
	return bad;
}

static unsigned set_proxy(struct wq_handle *h, const struct wq_proxy *proxy)
{
	unsigned bad = 0;

	if (h->proxy == proxy)
		return 0;
	bad |= curl_easy_setopt(h->easy, CURLOPT_PROXY, proxy ? proxy->url : "");
	bad |= curl_easy_setopt(h->easy, CURLOPT_PROXYUSERNAME, proxy ? proxy->user : NULL);
	bad |= curl_easy_setopt(h->easy, CURLOPT_PROXYPASSWORD, proxy ? proxy->password : NULL);
	h->proxy = proxy;
	return bad;
}

int wq_request_set(struct wq_call_state *st)
{
	struct wq_handle *h = st->handle;
	struct curl_slist *news = wq_hosts_news(&h->pool->hosts, st->host, &st->gone);
	unsigned bad = 0;

	if (st->host)
		st->host_version = st->host->version;
	h->why[0] = '\0';
	/* Until on_request: curl 8.14 would keep a connection that got no memory for its HTTP/2, and let others wait
	 * for it for good. */
	bad |= curl_easy_setopt(h->easy, CURLOPT_FORBID_REUSE, 1L);
	bad |= curl_easy_setopt(h->easy, CURLOPT_URL, st->url ? st->url : st->call->url);
	bad |= curl_easy_setopt(h->easy, CURLOPT_RESOLVE, news);
	bad |= curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, st->header_list);
	/* Without TLS there is no HTTP/2, and no use in waiting whether a connection turns out to speak it. */
	bad |= curl_easy_setopt(h->easy, CURLOPT_HTTP_VERSION,
	                        (long)(st->tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
	bad |= curl_easy_setopt(h->easy, CURLOPT_PIPEWAIT, (long)st->tls);
	bad |= curl_easy_setopt(h->easy, CURLOPT_BUFFERSIZE,
	                        (long)(st->call->on_data ? WQ_CLIENT_STREAM_BYTES
	                                                 : WQ_CLIENT_READ_BYTES));
	bad |= set_method(h->easy, st->call);
	bad |= set_proxy(h, st->proxy);
	return bad ? WQ_RAISE(WQ_ENOMEM) : 0;
}
