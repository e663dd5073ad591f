/* SPDX-License-Identifier: MIT */
#pragma once
/* erase.h — one person and all that is kept of him goes; his messages that wait are cancelled, and their jobs removed.
 *
 *   erase (a stretch of the conversation) ──► jobs (one after the other) ──► erase … ──► end
 *
 * Asked for again after a crash it goes on where it was.  What others keep for a time of their own — finished jobs of
 * other queues, the log of webhooks — ends with that.
 */
#include "domain/contact/names.h"
#include "io/loop/flow.h"
#include "queue/inspector.h"
#include "store/contact.h"

struct wq_contact_erase {
	/* in; borrowed until the end */
	struct wq_loop *loop;
	const struct wq_send_keys *keys;
	const struct wq_ref *outbound; /* the queue of outbound messages */
	struct wq_str id, by, why;
	int64_t now_ms;
	void (*cb)(struct wq_contact_erase *e, int rc);
	/* out, in cb */
	bool found;
	uint64_t messages; /* of ours that had a record, or a job */
	const char *error;
	/* private */
	struct wq_flow flow;
	struct wq_redis_cmd cmd;
	struct wq_inspect inspect;
	struct wq_buf jobs; /* ids, ' ' behind each */
	size_t at;          /* of the next one */
	bool more;
};

/* cb runs once, from the loop: 0, or as redis.h. */
void wq_contact_erase_start(struct wq_contact_erase *e);
