/* SPDX-License-Identifier: MIT */
#pragma once
/* job_read.h — the data of a job (job.h) back into the model, whoever wrote it: the sink, or a producer that knows
 * no more than {businessId, phoneNumberId, message, timestamp}.
 *
 * A chunk of history becomes one update for each of its messages, in their order; all other jobs are one update.  What
 * is not for a conversation (templates, quality, sessions …) is none.
 */
#include "domain/inbound/reader.h"

/* As the readers of reader.h, which see for `r`, on_update and what is returned. */
int wq_inbound_job_read(struct wq_inbound_reader *r, struct wq_str data, int64_t now_ms,
                        wq_on_inbound on_update, void *user);
