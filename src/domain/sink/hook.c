/* SPDX-License-Identifier: MIT */
/* hook.c — collects the updates of one webhook. */
#include "domain/sink/hook.h"

#include <stdio.h>

#include "base/err.h"
#include "base/hmac.h"
#include "base/limits.h"

enum { UPDATES_FIRST = 4, KINDS_MAX_BYTES = 96 };

void wq_hook_init(struct wq_hook *h, const char *provider, struct wq_str body,
                  struct wq_str business, int64_t now_ms)
{
	*h = (struct wq_hook){ .business = business, .now_ms = now_ms };
	h->post.provider = wq_str(provider);
	h->post.body = body;
	h->post.business = business;
	wq_arena_init(&h->arena, WQ_WEBHOOK_MEMORY_MAX_BYTES);
	wq_buf_init(&h->scratch, WQ_WEBHOOK_MEMORY_MAX_BYTES);
}

void wq_hook_fini(struct wq_hook *h)
{
	wq_arena_fini(&h->arena);
	wq_buf_fini(&h->scratch);
}

static void *room(struct wq_hook *h, size_t n)
{
	void *p = h->rc < 0 ? NULL : wq_arena_alloc(&h->arena, n);

	if (!p && h->rc == 0)
		h->rc = h->arena.used + n > h->arena.max ? WQ_ETOOBIG : WQ_ENOMEM;
	return p;
}

static struct wq_str copy(struct wq_hook *h, struct wq_str s)
{
	char *p = room(h, s.n + 1);

	if (!p)
		return wq_str("");
	if (s.n)
		memcpy(p, s.p, s.n);
	return wq_strn(p, s.n);
}

/* Each part with its length in front, so that no two lists of parts are the same bytes. */
static struct wq_str digest(struct wq_hook *h, const struct wq_str *parts, size_t n)
{
	unsigned char sum[WQ_SHA256_BYTES];
	int rc = 0;

	if (n == 0)
		return wq_str("");
	wq_buf_clear(&h->scratch);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const uint64_t length = parts[i].n;

		rc = wq_buf_add(&h->scratch, &length, sizeof(length));
		if (rc == 0)
			rc = wq_buf_add_str(&h->scratch, parts[i]);
	}
	if (rc == 0)
		rc = wq_sha256(wq_buf_str(&h->scratch), sum);
	if (rc < 0) {
		h->rc = h->rc < 0 ? h->rc : rc;
		return wq_str("");
	}
	return copy(h, wq_strn((const char *)sum, WQ_HOOK_DIGEST_BYTES));
}

static bool grow(struct wq_hook *h)
{
	size_t max = h->updates_max ? 2 * h->updates_max : UPDATES_FIRST;
	struct wq_sink_update *more;

	if (h->post.updates_n >= WQ_WEBHOOK_UPDATES_MAX) {
		h->rc = h->rc < 0 ? h->rc : WQ_ETOOBIG;
		return false;
	}
	if (h->post.updates_n < h->updates_max)
		return true;
	more = room(h, max * sizeof(*more));
	if (!more)
		return false;
	if (h->updates)
		memcpy(more, h->updates, h->post.updates_n * sizeof(*more));
	h->updates = more;
	h->updates_max = max;
	return true;
}

/* The ids, with spaces between, as far as there is room for them in a row of the log. */
static void note_id(struct wq_hook *h, struct wq_str id)
{
	size_t n = h->post.ids.n;
	char *all;

	if (!id.n || n + 1 + id.n > WQ_WEBHOOK_IDS_MAX_BYTES)
		return;
	all = n ? (char *)(uintptr_t)h->post.ids.p : room(h, WQ_WEBHOOK_IDS_MAX_BYTES);
	if (!all)
		return;
	if (n)
		all[n++] = ' ';
	memcpy(all + n, id.p, id.n);
	h->post.ids = wq_strn(all, n + id.n);
}

void wq_hook_add(struct wq_hook *h, enum wq_sink_queue queue, const char *name,
                 const struct wq_str *parts, size_t n, struct wq_str id, struct wq_str data)
{
	struct wq_sink_update *u;

	if (h->rc < 0 || !grow(h))
		return;
	u = &h->updates[h->post.updates_n];
	*u = (struct wq_sink_update){ .queue = queue, .name = wq_str(name) };
	u->data = copy(h, data);
	u->digest = digest(h, parts, n);
	note_id(h, id);
	h->kinds[queue]++;
	h->post.updates_n += h->rc == 0;
}

void wq_hook_set_lane(struct wq_hook *h, struct wq_str lane)
{
	if (h->rc == 0 && h->post.updates_n > 0)
		h->updates[h->post.updates_n - 1].lane = copy(h, lane);
}

int wq_hook_end(struct wq_hook *h)
{
	static const char *const names[WQ_SINK_QUEUES] = { "other", "messages", "statuses",
		                                           "events" };
	char *kinds = room(h, KINDS_MAX_BYTES);
	size_t n = 0;

	if (h->rc < 0)
		return h->rc == WQ_ENOMEM ? WQ_RAISE(WQ_ENOMEM) : h->rc;
	for (unsigned i = 0; i < WQ_SINK_QUEUES; i++)
		if (h->kinds[i])
			n += (size_t)snprintf(kinds + n, KINDS_MAX_BYTES - n, "%s%s:%zu",
			                      n ? " " : "", names[i], h->kinds[i]);
	h->post.kinds = wq_strn(kinds, n);
	h->post.updates = h->updates;
	return 0;
}
