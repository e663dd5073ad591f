/* SPDX-License-Identifier: MIT */
#pragma once
/* unit.h — what is posted at once and settled at once, with the memory of its attempts.
 *
 * In Redis a unit that has to be posted again is "ATTEMPTS|FIRST_MS|KIND|ID,ID…": attempts that were made, when the
 * first was, f (failed) or r (replayed), and the events it is made of.
 */
#include "domain/subscription/delivery.h"
#include "domain/subscription/retry.h"
#include "io/loop/timer.h"
#include "store/sub_lane.h"

enum { WQ_UNIT_ID_BYTES = 48, WQ_UNIT_NUMBER_BYTES = 24 };

struct wq_unit {
	struct wq_list link;
	void *owner; /* the lane */
	struct wq_delivery delivery;
	struct wq_redis_cmd cmd; /* the settlement */
	bool settling;
	struct wq_timer again;   /* it is tried once more */
	unsigned attempts;       /* that were made, with the one under way */
	int64_t first_ms;        /* when the first was; 0: none yet */
	char last[WQ_UNIT_ID_BYTES]; /* the cursor goes there once it is settled */
	char *member;            /* owned; NULL: it comes from the stream */
	struct wq_buf next;      /* as it will wait */
	struct wq_retry_verdict verdict;
	bool trial, settled;
	char numbers[5][WQ_UNIT_NUMBER_BYTES]; /* of its row */
};

/* NULL: no memory (raised). */
struct wq_unit *wq_unit_create(void *owner, const struct wq_delivery_ways *ways,
                               void (*on_again)(struct wq_timer *t));
/* NULL is fine.  What is under way is forgotten. */
void wq_unit_destroy(struct wq_unit *u);
/* It is one that waited.  False: no memory, or no unit. */
bool wq_unit_remember(struct wq_unit *u, struct wq_str member);
/* After the post: what it means. */
void wq_unit_judge(struct wq_unit *u, bool strict, uint32_t luck);
/* What is to be settled; `cursor` empty: stays.  Borrows from the unit.  0 or WQ_ENOMEM. */
int wq_unit_settlement(struct wq_unit *u, int64_t now_ms, struct wq_str cursor,
                       struct wq_sub_settle *out);
