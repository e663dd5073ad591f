/* SPDX-License-Identifier: MIT */
#pragma once
/* dead.h — one dead letter goes back to its queue, or gets other data, atomically. */
#include "store/ref.h"

enum wq_dead_code {
	WQ_DEAD_DONE = 0,
	WQ_DEAD_CHANGED = 3, /* since it was read: read it again */
	WQ_DEAD_MISSING = -1,
	WQ_DEAD_STATE = -3, /* it does not wait: somebody works the dead letters */
	WQ_DEAD_FOREIGN = -4, /* the queue that it died in is another library's */
};

struct wq_dead_retry {
	/* in, borrowed during the start only */
	struct wq_str id;   /* of the letter */
	struct wq_str seen; /* its data as they were read */
	struct wq_str job_id, name, data, opts; /* of the job that it becomes; job_id empty: any */
	struct wq_str parent_key, parent; /* of a job that is gone; as they were stored, empty: none */
	int64_t failed_at_ms; /* a job of that id that was made later is another */
	/* out, valid during the callback when rc is 0 */
	int code;             /* wq_dead_code */
	struct wq_str ran_as; /* the id of the job that runs now */
	/* private */
	struct wq_redis_cmd cmd;
	void (*cb)(struct wq_dead_retry *d, int rc);
};

/* From the queue of dead letters `from` to the queue `to`.  0, and cb runs once, from the loop: 0, a condition or
 * a negative code; < 0 as wq_redis_start. */
int wq_dead_retry_start(const struct wq_ref *from, const struct wq_ref *to, int64_t now_ms,
                        struct wq_dead_retry *d, void (*cb)(struct wq_dead_retry *d, int rc));

struct wq_dead_edit {
	/* in, borrowed during the start only */
	struct wq_str id, seen, data; /* of the letter; as it was read; as it shall be */
	/* out, valid during the callback when rc is 0 */
	int code; /* DONE, CHANGED, MISSING */
	/* private */
	struct wq_redis_cmd cmd;
	void (*cb)(struct wq_dead_edit *d, int rc);
};

/* As wq_dead_retry_start. */
int wq_dead_edit_start(const struct wq_ref *ref, struct wq_dead_edit *d,
                       void (*cb)(struct wq_dead_edit *d, int rc));
