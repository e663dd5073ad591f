/* SPDX-License-Identifier: MIT */
/* resolver.c — who asks, what is known already, and one question for all who ask the same.
 *
 *   start ──► literal, localhost, cache ─► told by a post
 *     └─────► question in flight ─► answer ─► cache ─► everyone who waits is told by a post
 */
#include "io/dns/resolver.h"

#include <netinet/in.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/dns/cache.h"
#include "io/dns/channel.h"

struct wq_resolver {
	struct wq_loop *loop;
	struct wq_dns_channel channel;
	struct wq_dns_cache cache;
	struct wq_list questions;
	unsigned questions_n;
	bool closing;
	void (*on_closed)(void *ctx);
	void *on_closed_ctx;
	struct wq_metric from_cache, asked, joined, failed;
};

struct question {
	struct wq_list link;
	struct wq_list waiting; /* of wq_resolve.link */
	struct wq_resolver *resolver;
	char name[WQ_DNS_NAME_MAX_BYTES + 2]; /* as asked: the dot of an absolute name included */
};

static void tell(struct wq_post *p)
{
	struct wq_resolve *q = WQ_OWNER(p, struct wq_resolve, post);

	q->resolver = NULL;
	q->cb(q, q->rc); /* q may be gone */
}

static void answer(struct wq_resolve *q, int rc, const struct wq_address *addresses, unsigned count,
                   uint64_t good_until_us)
{
	q->rc = rc;
	q->count = count;
	q->good_until_us = good_until_us;
	if (count > 0)
		memcpy(q->addresses, addresses, count * sizeof(*addresses));
	wq_post_send(&q->post);
}

int wq_resolver_create(struct wq_resolver **out, struct wq_loop *l, const char *servers)
{
	struct wq_resolver *r = wq_zalloc(sizeof(*r));
	int rc;

	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	r->loop = l;
	wq_list_init(&r->questions);
	wq_dns_cache_init(&r->cache);
	rc = wq_dns_channel_init(&r->channel, l, servers);
	if (rc < 0) {
		wq_free(r);
		return rc;
	}
#define LOOKUPS(how)                                   \
	{ .name = "willaq_dns_lookups_total",          \
	  .help = "Names looked up, by who answered.", \
	  .labels = "answer=\"" how "\"" }
	r->from_cache = (struct wq_metric)LOOKUPS("cache");
	r->asked = (struct wq_metric)LOOKUPS("query");
	r->joined = (struct wq_metric)LOOKUPS("joined");
#undef LOOKUPS
	r->failed = (struct wq_metric){ .name = "willaq_dns_failures_total",
		                        .help = "Queries that brought no address." };
	*out = r;
	return 0;
}

void wq_resolver_add_metrics(struct wq_resolver *r, struct wq_metrics *m)
{
	wq_metrics_add(m, &r->from_cache);
	wq_metrics_add(m, &r->asked);
	wq_metrics_add(m, &r->joined);
	wq_metrics_add(m, &r->failed);
}

static void on_channel_closed(struct wq_dns_channel *c)
{
	struct wq_resolver *r = WQ_OWNER(c, struct wq_resolver, channel);
	void (*on_closed)(void *ctx) = r->on_closed;
	void *ctx = r->on_closed_ctx;

	wq_dns_cache_fini(&r->cache);
	wq_free(r);
	if (on_closed)
		on_closed(ctx);
}

void wq_resolver_close(struct wq_resolver *r, void (*on_closed)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!r->closing);
	r->closing = true;
	r->on_closed = on_closed;
	r->on_closed_ctx = ctx;
	/* Ends every question; their posts stand in the queue before the channel's own. */
	wq_dns_channel_close(&r->channel, on_channel_closed);
}

/* How many of each family are kept, so that neither crowds out the other. */
static void share(const struct ares_addrinfo_node *nodes, unsigned *v4, unsigned *v6)
{
	unsigned n4 = 0, n6 = 0, half = WQ_DNS_ADDRESSES_MAX / 2;

	for (; nodes; nodes = nodes->ai_next) {
		n4 += nodes->ai_family == AF_INET;
		n6 += nodes->ai_family == AF_INET6;
	}
	*v4 = n6 > half ? half : WQ_DNS_ADDRESSES_MAX - n6;
	*v6 = n4 > half ? half : WQ_DNS_ADDRESSES_MAX - n4;
}

static unsigned collect(const struct ares_addrinfo *found, struct wq_address *out, uint64_t *ttl)
{
	unsigned n = 0, v4, v6;

	share(found->nodes, &v4, &v6);
	*ttl = WQ_DNS_TTL_MAX_SECONDS;
	for (const struct ares_addrinfo_cname *c = found->cnames; c; c = c->next)
		*ttl = (uint64_t)c->ttl < *ttl ? (uint64_t)c->ttl : *ttl;
	for (const struct ares_addrinfo_node *a = found->nodes; a; a = a->ai_next) {
		unsigned *left = a->ai_family == AF_INET ? &v4 : &v6;

		if ((a->ai_family != AF_INET && a->ai_family != AF_INET6) || *left == 0 ||
		    n == WQ_DNS_ADDRESSES_MAX)
			continue;
		--*left;
		*ttl = (uint64_t)a->ai_ttl < *ttl ? (uint64_t)a->ai_ttl : *ttl;
		if (a->ai_family == AF_INET)
			wq_address_set(&out[n++], AF_INET,
			               &((struct sockaddr_in *)(void *)a->ai_addr)->sin_addr);
		else
			wq_address_set(&out[n++], AF_INET6,
			               &((struct sockaddr_in6 *)(void *)a->ai_addr)->sin6_addr);
	}
	if (*ttl < WQ_DNS_TTL_MIN_SECONDS)
		*ttl = WQ_DNS_TTL_MIN_SECONDS;
	return n;
}

static int code_of(const struct wq_resolver *r, int status)
{
	if (r->channel.deaf)
		return WQ_ENOMEM; /* raised where it was born */
	switch (status) {
	case ARES_SUCCESS:
		return 0;
	case ARES_ENOMEM:
		return WQ_RAISE(WQ_ENOMEM);
	case ARES_ETIMEOUT:
		return WQ_ETIMEDOUT;
	case ARES_ECANCELLED:
	case ARES_EDESTRUCTION:
		return WQ_ECANCELED;
	default:
		return WQ_ERESOLVE;
	}
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
	struct question *k = arg;
	struct wq_resolver *r = k->resolver;
	struct wq_address addresses[WQ_DNS_ADDRESSES_MAX];
	uint64_t seconds = WQ_DNS_NEGATIVE_SECONDS, until;
	unsigned count = 0;
	int rc = code_of(k->resolver, status);
	struct wq_list *l;

	(void)timeouts;
	if (rc == 0 && found)
		count = collect(found, addresses, &seconds);
	if (found)
		ares_freeaddrinfo(found);
	if (rc == 0 && count == 0)
		rc = WQ_ERESOLVE;
	if (rc < 0)
		wq_metric_count(&r->failed, 1);
	until = wq_loop_now_us(r->loop) + seconds * 1000000;
	if (rc != WQ_ECANCELED && rc != WQ_ENOMEM)
		wq_dns_cache_put(&r->cache, k->name, rc, addresses, count, until);
	while ((l = wq_list_pop(&k->waiting)))
		answer(WQ_OWNER(l, struct wq_resolve, link), rc, addresses, count, until);
	wq_list_remove(&k->link);
	r->questions_n--;
	wq_free(k);
}

static struct question *question_find(struct wq_resolver *r, const char *name)
{
	for (struct wq_list *l = r->questions.next; l != &r->questions; l = l->next) {
		struct question *k = WQ_OWNER(l, struct question, link);

		if (strcmp(k->name, name) == 0)
			return k;
	}
	return NULL;
}

static int ask(struct wq_resolver *r, struct wq_resolve *q, const char *name)
{
	struct question *k = question_find(r, name);

	if (k) {
		wq_metric_count(&r->joined, 1);
		wq_list_push(&k->waiting, &q->link);
		return 0;
	}
	if (r->questions_n == WQ_DNS_QUESTIONS_MAX)
		return WQ_EFULL;
	k = wq_zalloc(sizeof(*k));
	if (!k)
		return WQ_RAISE(WQ_ENOMEM);
	k->resolver = r;
	memcpy(k->name, name, strlen(name) + 1);
	wq_list_init(&k->waiting);
	wq_list_push(&k->waiting, &q->link);
	wq_list_push(&r->questions, &k->link);
	r->questions_n++;
	wq_metric_count(&r->asked, 1);
	wq_dns_channel_ask(&r->channel, k->name, on_answer, k); /* k may be gone */
	return 0;
}

/* Letters, digits, '-' and '_' in labels of 1 to 63, a dot at the end allowed; in lower case. */
static bool normalise(struct wq_str name, char *out)
{
	size_t label = 0, n = name.n;

	if (n > 0 && name.p[n - 1] == '.')
		n--;
	if (n == 0 || n > WQ_DNS_NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = name.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '.' ? label == 0
		             : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
		                 c == '_'))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
		out[i] = c;
	}
	if (label == 0)
		return false;
	if (n < name.n)
		out[n++] = '.';
	out[n] = '\0';
	return true;
}

/* RFC 6761: the name never leaves the machine. */
static bool is_localhost(const char *name)
{
	struct wq_str s = wq_str(name);

	if (wq_str_ends(s, "."))
		s.n--;
	return wq_str_is(s, "localhost") || wq_str_ends(s, ".localhost");
}

static void answer_localhost(struct wq_resolve *q)
{
	struct wq_address both[2];

	wq_address_parse(wq_str("127.0.0.1"), &both[0]);
	wq_address_parse(wq_str("::1"), &both[1]);
	answer(q, 0, both, 2, UINT64_MAX);
}

int wq_resolve_start(struct wq_resolver *r, struct wq_resolve *q, struct wq_str name,
                     void (*cb)(struct wq_resolve *q, int rc))
{
	const struct wq_dns_entry *known;
	struct wq_address literal;
	char text[WQ_DNS_NAME_MAX_BYTES + 2];

	WQ_REQUIRE(!r->closing);
	q->cb = cb;
	q->resolver = r;
	q->count = 0;
	q->rc = 0;
	wq_list_init(&q->link);
	wq_post_init(&q->post, r->loop, tell);
	if (wq_address_parse(name, &literal)) {
		answer(q, 0, &literal, 1, UINT64_MAX);
		return 0;
	}
	if (!normalise(name, text)) { /* nobody can have it */
		answer(q, WQ_ERESOLVE, NULL, 0, 0);
		return 0;
	}
	if (is_localhost(text)) {
		answer_localhost(q);
		return 0;
	}
	known = wq_dns_cache_find(&r->cache, text, wq_loop_now_us(r->loop));
	if (!known)
		return ask(r, q, text);
	wq_metric_count(&r->from_cache, 1);
	answer(q, known->rc, known->addresses, known->count, known->good_until_us);
	return 0;
}

void wq_resolve_cancel(struct wq_resolve *q)
{
	if (!q->resolver)
		return;
	wq_list_remove(&q->link); /* the question goes on: its answer is worth keeping */
	q->rc = WQ_ECANCELED;
	q->count = 0;
	wq_post_send(&q->post);
}
