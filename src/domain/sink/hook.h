/* SPDX-License-Identifier: MIT */
#pragma once
/* hook.h — the bytes of one webhook, read into what the sink takes: a job for each update.
 *
 * What is no JSON, or not a webhook of the provider, is held and logged all the same, with no job: it was signed, and
 * whoever sent it would only send it again.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "domain/inbound/reader.h"
#include "store/sink.h"

typedef int (*wq_webhook_read)(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                               wq_on_inbound on_update, void *user);

struct wq_hook {
	struct wq_sink_post post; /* borrows from what follows, and from the body */
	/* private */
	struct wq_arena arena; /* digests, data, texts for the log */
	struct wq_buf scratch; /* one job's data while they are written */
	struct wq_sink_update *updates; /* of the arena */
	size_t updates_max;
	size_t kinds[WQ_SINK_QUEUES];
	int rc; /* the first failure */
};

/* The webhook's texts stay put as long as the hook does; `reader` is free again at once.  0, WQ_ENOMEM (raised) or
 * WQ_ETOOBIG (more updates, or bytes, than one webhook has, or than WQ_WEBHOOK_MEMORY_MAX_BYTES are made of it). */
int wq_hook_read(struct wq_hook *h, struct wq_inbound_reader *reader, enum wq_provider provider,
                 const struct wq_webhook *webhook);
/* Twice is fine, zeroed is fine. */
void wq_hook_fini(struct wq_hook *h);
