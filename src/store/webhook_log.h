/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_log.h — the log of webhooks, read page by page: what the sink took, and what was refused.
 *
 * Ids     "1781000000000-0" of a webhook that was taken, "r1781000000000-0" of one that was refused: when, and the
 *         number of those of that millisecond.
 * Pages   look at WQ_WEBHOOK_LOOKS entries at most, or fewer when these are large: Redis is soon free again.
 * Memory  rows are copies, and live as long as their page.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/limits.h"
#include "store/ref.h"

enum { WQ_WEBHOOK_ID_MAX_BYTES = 48, WQ_WEBHOOK_PLACE_MAX_BYTES = 100 };

struct wq_webhook_log {
	struct wq_redis *redis; /* borrowed */
	char own[WQ_QUEUE_NAME_MAX_BYTES + 32]; /* our keys begin with it */
	char taken[WQ_QUEUE_NAME_MAX_BYTES + 48], refused[WQ_QUEUE_NAME_MAX_BYTES + 48];
};
/* `prefix` is that of the queues.  WQ_EINVAL: too long. */
int wq_webhook_log_init(struct wq_webhook_log *log, struct wq_redis *redis, struct wq_str prefix);

/* What lies beside the log, as beside a queue: store/dead_runs.h.  0 or a raised error. */
int wq_webhook_log_ref(const struct wq_webhook_log *log, struct wq_ref *out);

/* How far each of the two streams was read: "" to its end, "s" not at all, or the id of the last entry. */
struct wq_webhook_place {
	char taken[WQ_WEBHOOK_ID_MAX_BYTES], refused[WQ_WEBHOOK_ID_MAX_BYTES];
};
void wq_webhook_place_begin(struct wq_webhook_place *p, bool taken, bool refused);
bool wq_webhook_place_ended(const struct wq_webhook_place *p);
/* As text for a URL, and back; false: it is none. */
void wq_webhook_place_show(const struct wq_webhook_place *p, char out[WQ_WEBHOOK_PLACE_MAX_BYTES]);
bool wq_webhook_place_parse(struct wq_webhook_place *p, struct wq_str text);

struct wq_webhook_row {
	bool refused;
	char id[WQ_WEBHOOK_ID_MAX_BYTES];
	int64_t at_ms;
	struct wq_str provider, kinds, account, ids, peer;
	struct wq_str business, type; /* of the path that it came by; of the body, empty: application/json */
	uint64_t fresh, known;        /* updates */
	struct wq_str body;           /* p NULL: not asked for, or too large */
	uint64_t body_bytes;
	/* of a refused one */
	uint32_t status;
	struct wq_str code, path;
	uint64_t left_out; /* others, refused at the same time and not told one by one */
};

struct wq_webhook_look {
	bool oldest_first;
	int64_t since_ms, until_ms; /* then or later; before; 0: any */
	struct wq_str find;         /* part of the ids or of the body; empty: any */
};

struct wq_webhook_page {
	/* out, during the callback and until the page's fini, when rc is 0 */
	struct wq_webhook_row rows[WQ_WEBHOOK_LOOKS];
	size_t n;
	uint64_t looked;
	struct wq_webhook_place next;
	/* private */
	struct wq_redis_cmd cmd;
	struct wq_arena arena;
	void (*cb)(struct wq_webhook_page *p, int rc);
};

/* A page behind `from`.  0, and cb runs once, from the loop: 0, a wq_redis_condition or < 0 (p->cmd.error).  < 0: it
 * does not run. */
int wq_webhook_log_page(const struct wq_webhook_log *log, struct wq_webhook_page *p,
                        const struct wq_webhook_place *from, const struct wq_webhook_look *look,
                        void (*cb)(struct wq_webhook_page *p, int rc));
/* The same for one entry, with its body; n is 0 or 1.  WQ_EINVAL: that is no id. */
int wq_webhook_log_one(const struct wq_webhook_log *log, struct wq_webhook_page *p,
                       struct wq_str id, void (*cb)(struct wq_webhook_page *p, int rc));
/* No callback runs any more.  Twice is fine, zeroed is fine. */
void wq_webhook_page_fini(struct wq_webhook_page *p);
