/* SPDX-License-Identifier: MIT */
#pragma once
/* outbox.h — what became of an account's messages, on its way to subscribers.
 *
 *   a send_ script writes an event in the step that makes it one ──► sweep ──► read ──► pass on ──► drop
 *
 * The account's keys and the subscribers' may lie in different slots of a cluster: so no script does both, and events
 * wait in between, in the account's own slot, WQ_OUTBOX_KEPT of them at most.  Each is passed on once, whoever does it
 * and however often.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"
#include "store/subscription.h"

enum { WQ_OUTBOX_ID_BYTES = 44 }; /* "MS-SEQ", terminated */

/* What was taken and stayed without a status too long is told now. */
int wq_outbox_sweep_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_outbox_swept {
	unsigned unconfirmed; /* messages that were told */
	bool more, waiting;   /* there are others to tell; there are events to pass on */
};
void wq_outbox_swept(const struct wq_redis_cmd *cmd, struct wq_outbox_swept *out);

/* The oldest, WQ_OUTBOX_BATCH at most. */
int wq_outbox_read_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
size_t wq_outbox_count(const struct wq_redis_cmd *read);
/* Which they are, beyond the answer. */
struct wq_outbox_ids {
	size_t n;
	char at[WQ_OUTBOX_BATCH][WQ_OUTBOX_ID_BYTES];
};
void wq_outbox_keep(const struct wq_redis_cmd *read, struct wq_outbox_ids *out);

struct wq_outbox_pass {
	int64_t now_ms, events_max, events_ms;
	struct wq_str box, account; /* the account's id, and its number */
};
/* From within the callback of what was read. */
int wq_outbox_pass_start(const struct wq_sub_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_outbox_pass *p, const struct wq_redis_cmd *read,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
unsigned wq_outbox_passed(const struct wq_redis_cmd *cmd);
int wq_outbox_drop_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_outbox_ids *ids,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
