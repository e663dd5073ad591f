/* SPDX-License-Identifier: MIT */
/* graph_pass.c — a request out, and its answer back. */
#include "app/facade/graph_pass.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

static char *join(struct wq_arena *arena, const char *a, struct wq_str b, const char *c)
{
	size_t n = strlen(a) + b.n + strlen(c) + 1;
	char *out = wq_arena_alloc(arena, n);

	if (out)
		(void)snprintf(out, n, "%s%.*s%s", a, WQ_STR_ARG(b), c);
	return out;
}

static bool may_pass(struct wq_exchange *x, struct wq_api *api, const struct wq_account *account)
{
	if (account->provider != WQ_PROVIDER_CLOUD) {
		wq_reply_problem(
			x, 400, WQ_GRAPH_INVALID,
			"files are named by ids at Meta alone, and this account's provider is "
			"another: send the file by its link");
		return false;
	}
	if (api->media_calls >= WQ_FACADE_MEDIA_CALLS_MAX) {
		wq_reply_header(x, "Retry-After", wq_str("1"));
		wq_reply_problem(x, 503, "too_busy", "%d files are on their way already",
		                 WQ_FACADE_MEDIA_CALLS_MAX);
		return false;
	}
	return true;
}

struct wq_graph_pass *wq_graph_pass_begin(struct wq_exchange *x, struct wq_api *api,
                                          const struct wq_account *account)
{
	struct wq_arena *arena = wq_exchange_arena(x);
	struct wq_graph_pass *p;

	if (!may_pass(x, api, account))
		return NULL;
	p = wq_arena_alloc(arena, sizeof(*p));
	if (p) {
		*p = (struct wq_graph_pass){ .x = x, .api = api, .guarded = account->guarded };
		p->number = wq_str(wq_arena_copy(arena, account->number));
		p->base_url = wq_arena_copy(arena, account->base_url);
		p->authorization = join(arena, "Bearer ", account->secret, "");
	}
	if (!p || !p->number.p || !p->base_url || !p->authorization) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	api->media_calls++;
	return p;
}

struct wq_exchange *wq_graph_pass_leave(struct wq_graph_pass *p)
{
	wq_call_fini(&p->call);
	wq_wipe(p->authorization, strlen(p->authorization));
	p->api->media_calls--;
	return p->x;
}

struct wq_graph_pass *wq_graph_pass_of(struct wq_call *call)
{
	return WQ_OWNER(call, struct wq_graph_pass, call);
}

const char *wq_graph_pass_url(struct wq_graph_pass *p, struct wq_str a, const char *b)
{
	const char *base = join(wq_exchange_arena(p->x), p->base_url, wq_str("/"), "");
	const char *url = base ? join(wq_exchange_arena(p->x), base, a, b) : NULL;

	if (!url)
		wq_api_reply_redis(wq_graph_pass_leave(p), WQ_ENOMEM, "");
	return url;
}

void wq_graph_pass_start(struct wq_graph_pass *p, const char *method, const char *url,
                         struct wq_str body, size_t max_bytes,
                         void (*cb)(struct wq_call *call, int rc))
{
	struct wq_call *c = &p->call;
	int rc;

	wq_call_fini(c);
	*c = (struct wq_call){ .method = method,
		               .url = url,
		               .body = body,
		               .guarded = p->guarded,
		               .timeout_ms = WQ_FACADE_MEDIA_TIMEOUT_MS,
		               .response_max_bytes = max_bytes };
	c->headers[c->headers_n++] = (struct wq_call_header){ "Authorization",
		                                              wq_str(p->authorization) };
	if (body.n > 0)
		c->headers[c->headers_n++] = (struct wq_call_header){
			"Content-Type", wq_exchange_header(p->x, "Content-Type")
		};
	rc = wq_call_start(p->api->client, c, cb);
	if (rc < 0)
		wq_graph_pass_fail(p, rc);
}

void wq_graph_pass_fail(struct wq_graph_pass *p, int rc)
{
	struct wq_exchange *x = wq_graph_pass_leave(p);

	if (rc == WQ_ENOMEM) {
		wq_api_reply_redis(x, rc, "");
	} else if (rc == WQ_ETOOBIG) {
		wq_reply_problem(x, 502, "too_large", "the file is larger than %d bytes",
		                 WQ_FACADE_FILE_MAX_BYTES);
	} else if (rc == WQ_EINVAL || rc == WQ_EDENIED) {
		wq_reply_problem(x, 502, "provider_address",
		                 "the account's provider cannot be called at its address");
	} else {
		wq_reply_header(x, "Retry-After", wq_str("1"));
		wq_reply_problem(x, 503, "provider_unavailable",
		                 "the account's provider did not answer");
	}
}

/* 190 and its like say that a token is bad: the account's, which is not the one that the caller showed. */
static bool is_own_token(const struct wq_call *c, yyjson_val *root)
{
	int64_t code = wq_json_get_int(wq_json_get(root, "error"), "code", -1);

	return c->status == 401 || code == 0 || code == 102 || code == 190;
}

void wq_graph_pass_relay(struct wq_graph_pass *p)
{
	yyjson_doc *doc = wq_json_read(wq_buf_str(&p->call.body_in), WQ_API_JSON_DEPTH_MAX, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc);
	struct wq_buf body = p->call.body_in;
	int status = p->call.status;
	bool json = yyjson_is_obj(root) && status >= 200 && (status < 300 || status >= 400) &&
	            status <= 599;
	bool own = is_own_token(&p->call, root);

	wq_json_free(doc);
	p->call.body_in = (struct wq_buf){ .p = NULL };
	if (own)
		wq_reply_problem(
			wq_graph_pass_leave(p), 502, WQ_GRAPH_OWN_TOKEN,
			"the account's provider refuses the account's own token: it needs a "
			"new one");
	else if (json)
		wq_reply(wq_graph_pass_leave(p), status, "application/json", wq_buf_str(&body));
	else
		wq_reply_problem(wq_graph_pass_leave(p), 502, "provider_error",
		                 "the account's provider answered %d, and nothing that can be read",
		                 status);
	wq_buf_fini(&body);
}
