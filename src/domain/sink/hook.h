/* SPDX-License-Identifier: MIT */
#pragma once
/* hook.h — the bytes of one webhook, read into what the sink takes: a job for each update.
 *
 * What is no JSON, or not a webhook of the provider, is held and logged all the same, with no job: it was signed, and
 * whoever sent it would only send it again.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "store/sink.h"

enum { WQ_HOOK_DIGEST_BYTES = 16 };

struct wq_hook {
	struct wq_sink_post post; /* borrows from what follows, and from the body */
	/* private */
	struct wq_arena arena; /* digests, data, texts for the log */
	struct wq_buf scratch; /* one job's data while they are written; what the log shows of the ids */
	struct wq_sink_update *updates; /* of the arena */
	size_t updates_max;
	struct wq_str business; /* whose it is, by the path that it came by; empty: as it tells itself */
	int64_t now_ms;
	size_t kinds[WQ_SINK_QUEUES];
	int rc; /* the first failure */
};

/* The body, and `business`, stay put as long as the hook does.  0, WQ_ENOMEM (raised) or WQ_ETOOBIG (more than
 * WQ_WEBHOOK_UPDATES_MAX, or than WQ_WEBHOOK_MEMORY_MAX_BYTES are made of it). */
int wq_hook_read_cloud(struct wq_hook *h, struct wq_str body, struct wq_str business,
                       int64_t now_ms);
/* Twice is fine, zeroed is fine. */
void wq_hook_fini(struct wq_hook *h);

/* For readers of one provider each. */
void wq_hook_init(struct wq_hook *h, const char *provider, struct wq_str body,
                  struct wq_str business, int64_t now_ms);
/* Adds an update: `parts` (n of them) tell it from all others, none: it is always new.  `data` is JSON, copied. */
void wq_hook_add(struct wq_hook *h, enum wq_sink_queue queue, const char *name,
                 const struct wq_str *parts, size_t n, struct wq_str id, struct wq_str data);
/* The update added last belongs to a conversation: its jobs run in order. */
void wq_hook_set_lane(struct wq_hook *h, struct wq_str lane);
/* Closes what was added; as wq_hook_read_cloud answers. */
int wq_hook_end(struct wq_hook *h);
