/* SPDX-License-Identifier: MIT */
/* hosts.c — find, pin, ask, tell, forget. */
#include "io/client/hosts.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

void wq_hosts_init(struct wq_hosts *hs, struct wq_loop *l, struct wq_resolver *r,
                   void (*on_answer)(struct wq_host *h, int rc))
{
	*hs = (struct wq_hosts){ .loop = l, .resolver = r, .on_answer = on_answer };
	for (size_t i = 0; i < WQ_COUNT(hs->buckets); i++)
		wq_list_init(&hs->buckets[i]);
	wq_list_init(&hs->idle);
}

static struct wq_host *of_entry(struct curl_slist *e)
{
	return WQ_OWNER(e, struct wq_host, entry);
}

static struct wq_host *of_bucket(struct wq_list *l)
{
	return WQ_OWNER(l, struct wq_host, bucket);
}

void wq_hosts_free_gone(struct curl_slist *gone, const struct wq_host *until)
{
	while (gone && (!until || gone != &until->entry)) {
		struct wq_host *h = of_entry(gone);

		gone = gone->next;
		wq_free(h);
	}
}

void wq_hosts_fini(struct wq_hosts *hs)
{
	struct wq_list *l;

	WQ_REQUIRE(hs->resolving == 0);
	while ((l = wq_list_pop(&hs->idle)))
		wq_free(WQ_OWNER(l, struct wq_host, idle));
	wq_hosts_free_gone(hs->gone, NULL);
	hs->gone = NULL;
}

void wq_hosts_cancel(struct wq_hosts *hs)
{
	for (size_t i = 0; i < WQ_COUNT(hs->buckets); i++)
		for (struct wq_list *l = hs->buckets[i].next; l != &hs->buckets[i]; l = l->next) {
			struct wq_host *h = of_bucket(l);

			if (h->resolving)
				wq_resolve_cancel(&h->resolve);
		}
}

void wq_hosts_untold(struct wq_hosts *hs)
{
	wq_hosts_free_gone(hs->gone, NULL);
	hs->gone = NULL;
	for (size_t i = 0; i < WQ_COUNT(hs->buckets); i++)
		for (struct wq_list *l = hs->buckets[i].next; l != &hs->buckets[i]; l = l->next)
			of_bucket(l)->told = of_bucket(l)->ever_told = false;
}

static struct wq_list *bucket_of(struct wq_hosts *hs, const char *key)
{
	uint32_t n = 2166136261u; /* FNV-1a */

	for (; *key; key++)
		n = (n ^ (unsigned char)*key) * 16777619u;
	return &hs->buckets[n % WQ_HOSTS_BUCKETS];
}

/* Out of the table; what curl knows of it is taken back by the next call. */
static void push_out(struct wq_hosts *hs, struct wq_host *h)
{
	wq_list_remove(&h->bucket);
	wq_list_remove(&h->idle);
	hs->n--;
	if (!h->ever_told) {
		wq_free(h);
		return;
	}
	(void)snprintf(h->text, sizeof(h->text), "-%s", h->key);
	h->entry.next = hs->gone;
	hs->gone = &h->entry;
}

static struct wq_host *add(struct wq_hosts *hs, struct wq_list *bucket, const char *key,
                           size_t name_n)
{
	struct wq_host *h = wq_zalloc(sizeof(*h));

	if (!h) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	if (hs->n >= WQ_CLIENT_HOSTS_MAX && !wq_list_empty(&hs->idle))
		push_out(hs, WQ_OWNER(hs->idle.next, struct wq_host, idle));
	h->hosts = hs;
	h->entry.data = h->text;
	h->name_n = name_n;
	memcpy(h->key, key, strlen(key) + 1);
	wq_list_init(&h->waiting);
	wq_list_init(&h->idle);
	wq_list_push(bucket, &h->bucket);
	hs->n++;
	return h;
}

static struct wq_host *find(struct wq_list *bucket, const char *key)
{
	for (struct wq_list *l = bucket->next; l != bucket; l = l->next) {
		struct wq_host *h = of_bucket(l);

		if (strcmp(h->key, key) == 0)
			return h;
	}
	return NULL;
}

struct wq_host *wq_host_pin(struct wq_hosts *hs, struct wq_str name, uint16_t port)
{
	char key[WQ_HOST_KEY_MAX + 1];
	struct wq_list *bucket;
	struct wq_host *h;

	WQ_REQUIRE(name.n <= WQ_DNS_NAME_MAX_BYTES);
	(void)snprintf(key, sizeof(key), "%.*s:%u", WQ_STR_ARG(name), port);
	bucket = bucket_of(hs, key);
	h = find(bucket, key);
	if (!h)
		h = add(hs, bucket, key, name.n);
	if (!h)
		return NULL;
	h->pins++;
	wq_list_remove(&h->idle);
	return h;
}

void wq_host_unpin(struct wq_host *h)
{
	if (!h)
		return;
	WQ_REQUIRE(h->pins > 0);
	if (--h->pins == 0)
		wq_list_push(&h->hosts->idle, &h->idle);
}

bool wq_host_known(const struct wq_host *h)
{
	return wq_loop_now_us(h->hosts->loop) < h->good_until_us;
}

static void write_text(const struct wq_host *h, const struct wq_resolve *q, char *out, size_t max)
{
	size_t n = (size_t)snprintf(out, max, "%s:", h->key);

	for (unsigned i = 0; i < q->count; i++) {
		bool v6 = q->addresses[i].addr.ss_family == AF_INET6;
		char text[46];

		if (wq_address_text(&q->addresses[i], text))
			n += (size_t)snprintf(out + n, max - n, "%s%s%s%s", i > 0 ? "," : "",
			                      v6 ? "[" : "", text, v6 ? "]" : "");
	}
}

static void on_resolved(struct wq_resolve *q, int rc)
{
	struct wq_host *h = WQ_OWNER(q, struct wq_host, resolve);
	struct wq_hosts *hs = h->hosts;
	char text[WQ_HOST_TEXT_MAX + 1];

	if (rc == 0) {
		write_text(h, q, text, sizeof(text));
		if (strcmp(text, h->text) != 0) {
			memcpy(h->text, text, sizeof(text));
			h->version++;
			h->told = false;
		}
		h->good_until_us = q->good_until_us;
	}
	h->resolving = false;
	hs->resolving--;
	hs->on_answer(h, rc);
	wq_host_unpin(h); /* pinned by the question */
}

int wq_host_ask(struct wq_host *h)
{
	int rc;

	if (h->resolving)
		return 0;
	rc = wq_resolve_start(h->hosts->resolver, &h->resolve, wq_strn(h->key, h->name_n),
	                      on_resolved);
	if (rc < 0)
		return rc;
	h->resolving = true;
	h->hosts->resolving++;
	h->pins++;
	return 0;
}

struct curl_slist *wq_hosts_news(struct wq_hosts *hs, struct wq_host *h, struct curl_slist **gone)
{
	struct curl_slist *news = h && !h->told ? &h->entry : NULL, *last = hs->gone;

	if (news)
		h->ever_told = true;
	*gone = hs->gone;
	hs->gone = NULL;
	if (!last)
		return news;
	while (last->next)
		last = last->next;
	last->next = news;
	return *gone;
}

void wq_host_told(struct wq_host *h, unsigned version)
{
	if (h->version == version)
		h->told = true;
}
