/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_one.h — one dead letter by its id: read, edited, sent back.
 *
 *   wq_dead_one_init(&o, loop, &ref, cb);
 *   wq_dead_one_retry(&o, id, data);        cb: o.code tells what became of it
 *   wq_dead_one_fini(&o);
 *
 * It is read first in any case, so that what is written fits what is there: somebody who changes or takes it meanwhile
 * makes a retry or an edit answer WQ_DEAD_CHANGED or WQ_DEAD_MISSING.
 */
#include "queue/dead_send.h"
#include "store/look.h"

enum wq_dead_one_code { /* besides enum wq_dead_code */
	WQ_DEAD_TOO_LARGE = -100, /* to be looked into */
	WQ_DEAD_NOWHERE = -101,   /* it names no queue that there can be */
	WQ_DEAD_NOT_JSON = -102,  /* the data that it was to get */
};
/* A sentence for people; static. */
const char *wq_dead_code_text(int code);

struct wq_dead_one {
	void *user;
	/* out, valid until the next call or the fini when rc is 0 */
	int code;
	struct wq_dead_letter letter; /* as it was; code MISSING: not there; TOO_LARGE: without its data */
	struct wq_job_seen seen;
	struct wq_str ran_as;         /* of a retry: the id of the job that runs now */
	const char *error;            /* what Redis said; "" */
	/* private */
	struct wq_loop *loop;
	const struct wq_ref *ref;
	void (*cb)(struct wq_dead_one *o, int rc);
	int (*next)(struct wq_dead_one *o);
	struct wq_str data;
	struct wq_look look;
	struct wq_dead_edit edit;
	struct wq_dead_send send;
	struct wq_buf text;
};

/* `ref` is that of the dead letters.  cb runs once per call that returned 0, from the loop: 0, a wq_redis_condition or
 * a negative code. */
void wq_dead_one_init(struct wq_dead_one *o, struct wq_loop *loop, const struct wq_ref *ref,
                      void (*cb)(struct wq_dead_one *o, int rc));
/* The callback runs no more.  Twice is fine, zeroed is fine. */
void wq_dead_one_fini(struct wq_dead_one *o);
/* All: 0 or < 0 as wq_redis_start.  `data`, borrowed until the callback, is JSON that takes the place of the job's;
 * p NULL with a retry: its own.  An edit that is to be run belongs into the retry, which does both or neither. */
int wq_dead_one_read(struct wq_dead_one *o, struct wq_str id);
int wq_dead_one_retry(struct wq_dead_one *o, struct wq_str id, struct wq_str data);
int wq_dead_one_edit(struct wq_dead_one *o, struct wq_str id, struct wq_str data);
