/* SPDX-License-Identifier: MIT */
/* hook.c — updates to jobs, collected. */
#include "domain/sink/hook.h"

#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "domain/inbound/job.h"

enum { UPDATES_FIRST = 4, KINDS_MAX_BYTES = 96, JOB_MORE_BYTES = 256 };

static void init(struct wq_hook *h, enum wq_provider provider, const struct wq_webhook *webhook)
{
	*h = (struct wq_hook){ .rc = 0 };
	h->post.provider = wq_str(wq_provider_name(provider));
	h->post.body = webhook->body;
	h->post.business = webhook->business.n ? webhook->business : webhook->instance;
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

static struct wq_str job_data(struct wq_hook *h, const struct wq_inbound *u)
{
	struct wq_jsonw w;
	int rc;

	wq_buf_clear(&h->scratch);
	if (!h->scratch.cap) /* most are about as long as what they are made of: grown once */
		(void)wq_buf_reserve(&h->scratch, h->post.body.n + JOB_MORE_BYTES);
	wq_jsonw_begin(&w, &h->scratch);
	wq_inbound_write_job(&w, u);
	rc = wq_jsonw_end(&w);
	if (rc < 0 && h->rc == 0)
		h->rc = rc;
	return copy(h, wq_buf_str(&h->scratch));
}

static enum wq_sink_queue queue_of(const struct wq_inbound *u)
{
	static const enum wq_sink_queue queues[WQ_INBOUND_QUEUES] = {
		[WQ_INBOUND_QUEUE_MESSAGES] = WQ_SINK_MESSAGES,
		[WQ_INBOUND_QUEUE_STATUSES] = WQ_SINK_STATUSES,
		[WQ_INBOUND_QUEUE_EVENTS] = WQ_SINK_EVENTS,
	};

	return queues[wq_inbound_job_queue(u->kind)];
}

static int on_update(void *user, const struct wq_inbound *u)
{
	struct wq_hook *h = user;
	struct wq_sink_update *up;

	if (!grow(h))
		return h->rc;
	up = &h->updates[h->post.updates_n];
	*up = (struct wq_sink_update){ .queue = queue_of(u),
		                       .name = wq_str(wq_inbound_job_name(u->kind)) };
	up->data = job_data(h, u);
	up->digest = copy(h, u->dedup);
	up->lane = copy(h, u->conversation);
	note_id(h, u->id);
	if (u->number.n && !h->post.account.n)
		h->post.account = copy(h, u->number);
	h->kinds[up->queue]++;
	h->post.updates_n += h->rc == 0;
	return h->rc;
}

/* "messages:2 statuses:1", or why there is none. */
static void tell_kinds(struct wq_hook *h, int condition)
{
	static const char *const names[WQ_SINK_QUEUES] = { "other", "messages", "statuses",
		                                           "events" };
	static const char *const ones[WQ_SINK_QUEUES] = { "other:1", "messages:1", "statuses:1",
		                                          "events:1" };
	char *kinds;
	size_t n = 0;

	if (condition || h->post.updates_n == 1) {
		h->post.kinds = wq_str(condition ? wq_inbound_condition_name(condition)
		                                 : ones[h->updates[0].queue]);
		return;
	}
	kinds = room(h, KINDS_MAX_BYTES);
	if (!kinds)
		return;
	for (unsigned i = 0; i < WQ_SINK_QUEUES; i++)
		if (h->kinds[i])
			n += (size_t)snprintf(kinds + n, KINDS_MAX_BYTES - n, "%s%s:%zu",
			                      n ? " " : "", names[i], h->kinds[i]);
	h->post.kinds = wq_strn(kinds, n);
}

int wq_hook_read(struct wq_hook *h, struct wq_inbound_reader *reader, enum wq_provider provider,
                 const struct wq_webhook *webhook)
{
	static const wq_webhook_read readers[WQ_PROVIDERS] = {
		[WQ_PROVIDER_CLOUD] = wq_cloud_webhook_read,
		[WQ_PROVIDER_EVOLUTION] = wq_evolution_webhook_read,
		[WQ_PROVIDER_TWILIO] = wq_twilio_webhook_read,
	};
	int rc;

	init(h, provider, webhook);
	rc = readers[provider](reader, webhook, on_update, h);
	if (rc == WQ_INBOUND_TOO_MANY || rc == WQ_INBOUND_TOO_LARGE)
		return WQ_ETOOBIG;
	if (rc < 0 && h->rc == 0)
		return rc;
	tell_kinds(h, rc > 0 ? rc : 0);
	h->post.updates = h->updates;
	return h->rc == WQ_ENOMEM ? WQ_RAISE(WQ_ENOMEM) : h->rc;
}
