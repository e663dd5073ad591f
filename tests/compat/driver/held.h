/* SPDX-License-Identifier: MIT */
#pragma once
/* held.h — the jobs that the driver's worker has claimed, until they are settled or claimed anew. */
#include "store/job.h"

struct held {
	struct held *next;
	struct wq_job *job; /* owned */
	char *base;         /* owned: of its queue */
	int64_t place;
};

/* Keeps a job, instead of an older one of the same id. */
struct held *held_keep(struct wq_str base, struct wq_job *job, int64_t place);
/* Ends the program when there is none: the test asks for what it never fetched. */
struct held *held_find(struct wq_str base, struct wq_str id);
/* False: none of ours. */
bool held_moved(struct wq_str base, struct wq_str id, int64_t place);
void held_clear(void);
