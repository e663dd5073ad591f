/* SPDX-License-Identifier: MIT */
#pragma once
/* change.h — what people do to a queue and to its jobs: one script call each, of bounded length.
 *
 * What may take many jobs takes some of them a call and says whether there are more; call the same function again, with
 * the same arguments, until there are none.  queue/inspector.h does that; most callers want that one.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "io/redis/redis.h"
#include "store/ref.h"

/* BullMQ's codes, and two positive ones of our own. */
enum wq_change_code {
	WQ_CHANGE_DONE = 0,
	WQ_CHANGE_NOT_WAITED_FOR = 1, /* detach: the parent did not wait for it */
	WQ_CHANGE_HELD = 2,           /* remove: it, or a child of it, is being run; nothing was done */
	WQ_CHANGE_MISSING = -1,       /* no such job; obliterate: the queue is not paused */
	WQ_CHANGE_ACTIVE = -2,        /* obliterate: jobs are being run */
	WQ_CHANGE_STATE = -3,         /* the job is not in the state that this needs */
	WQ_CHANGE_PARENT = -5,        /* its parent is gone */
	WQ_CHANGE_SCHEDULED = -8,     /* it is the next job of a scheduler */
};

enum wq_finished { WQ_FINISHED_COMPLETED, WQ_FINISHED_FAILED };
/* Where jobs stand: a key each.  Those that wait stand in one of two lists. */
enum wq_place {
	WQ_PLACE_WAIT,
	WQ_PLACE_PAUSED,
	WQ_PLACE_ACTIVE,
	WQ_PLACE_DELAYED,
	WQ_PLACE_PRIORITIZED,
	WQ_PLACE_CHILDREN, /* waiting-children */
	WQ_PLACE_COMPLETED,
	WQ_PLACE_FAILED,
	WQ_PLACES
};
enum wq_note { WQ_NOTE_DATA, WQ_NOTE_PROGRESS, WQ_NOTE_LOG };

struct wq_change {
	/* out, valid during the callback when rc is 0 */
	int code;    /* wq_change_code */
	uint64_t n;  /* jobs that changed; rows that a log has */
	bool more;   /* there are more: call again */
	/* private */
	struct wq_redis_cmd cmd;
	const struct wq_ref *ref;
	void (*cb)(struct wq_change *c, int rc);
	char next[32];
};

/* `ref` stays put; cb runs once per call that returned 0, from the loop, with 0, a wq_redis_condition or a negative
 * code (see redis.h; c->cmd.error has the text of an error answer). */
void wq_change_init(struct wq_change *c, const struct wq_ref *ref,
                    void (*cb)(struct wq_change *c, int rc));
/* The callback runs no more. */
void wq_change_forget(struct wq_change *c);
/* In the callback of a clean: the jobs that this call took. */
size_t wq_change_ids(const struct wq_change *c);
struct wq_str wq_change_id(const struct wq_change *c, size_t i);

/* 0 or as wq_redis_start tells.  Arguments are copied. */
int wq_change_pause(struct wq_change *c);
int wq_change_resume(struct wq_change *c);
int wq_change_promote(struct wq_change *c, struct wq_str id);
int wq_change_promote_all(struct wq_change *c);
int wq_change_delay(struct wq_change *c, int64_t now_ms, struct wq_str id, int64_t delay_ms);
int wq_change_priority(struct wq_change *c, struct wq_str id, uint32_t priority, bool front);
struct wq_retry {
	enum wq_finished state;
	bool reset_made, reset_started; /* attempts count from 0 again */
};
int wq_change_retry(struct wq_change *c, struct wq_str id, const struct wq_retry *how);
int wq_change_retry_all(struct wq_change *c, enum wq_finished state, int64_t until_ms);
int wq_change_remove(struct wq_change *c, struct wq_str id, bool children);
int wq_change_remove_pending(struct wq_change *c, struct wq_str id);
int wq_change_detach(struct wq_change *c, struct wq_str id);
struct wq_clean {
	enum wq_place place;
	int64_t until_ms; /* only jobs that old */
	uint64_t limit;   /* 0: all */
	uint64_t before;  /* what earlier calls took */
};
int wq_change_clean(struct wq_change *c, const struct wq_clean *what);
/* wait, paused, prioritized or delayed. */
int wq_change_drain(struct wq_change *c, enum wq_place place);
int wq_change_obliterate(struct wq_change *c, bool force);
/* What a queue without a job or a scheduler leaves behind; n: keys that went, 0 if it holds something. */
int wq_change_vacate(struct wq_change *c);
/* keep: rows of the log that stay; 0: all. */
int wq_change_note(struct wq_change *c, struct wq_str id, enum wq_note kind, struct wq_str value,
                   uint32_t keep);
/* Of all workers together; 0: no limit. */
int wq_change_concurrency(struct wq_change *c, uint32_t n);
int wq_change_rate(struct wq_change *c, uint32_t max, uint32_t per_ms);
/* Nothing starts for so long; 0: at once again. */
int wq_change_hold(struct wq_change *c, uint32_t ms);
/* Opens a deduplication window; n tells whether there was one. */
int wq_change_dedup_forget(struct wq_change *c, struct wq_str dedup_id);
