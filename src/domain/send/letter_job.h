/* SPDX-License-Identifier: MIT */
#pragma once
/* letter_job.h — the job of a message that has its record: as BullMQ stores it (OUT-5). */
#include "base/buf.h"
#include "store/add.h"

enum { WQ_LETTER_OPTS_MAX_BYTES = 512 };

struct wq_letter_job {
	struct wq_str id, data; /* of the message */
	int64_t delay_ms;
	unsigned priority;
};
/* Its options into `out`, which is empty; 0, WQ_ENOMEM. */
int wq_letter_job_opts(const struct wq_letter_job *j, struct wq_buf *out);
/* All of it; `opts` as above, `base` of its queue. */
struct wq_add_item wq_letter_job_item(const struct wq_letter_job *j, struct wq_str base,
                                      struct wq_str opts);
