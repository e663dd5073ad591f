/* SPDX-License-Identifier: MIT */
/* letter_job.c — attempts, backoff, what is kept: the same for whoever asks for a message. */
#include "domain/send/letter_job.h"

#include "base/json.h"

enum { BACKOFF_MS = 2000, LARGE_KEPT = 10 };

int wq_letter_job_opts(const struct wq_letter_job *j, struct wq_buf *out)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_put_int(&w, "attempts", WQ_LETTER_ATTEMPTS);
	wq_jsonw_key(&w, "backoff");
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "type", "exponential");
	wq_jsonw_put_int(&w, "delay", BACKOFF_MS);
	wq_jsonw_object_end(&w);
	wq_jsonw_put_int(&w, "delay", j->delay_ms);
	wq_jsonw_put_str(&w, "jobId", j->id);
	wq_jsonw_put_int(&w, "priority", j->priority);
	wq_jsonw_put_int(&w, "removeOnComplete",
	                 j->data.n <= WQ_LETTER_DATA_MAX_BYTES ? WQ_LETTER_JOBS_KEPT : LARGE_KEPT);
	wq_jsonw_put_int(&w, "removeOnFail", WQ_LETTER_JOBS_KEPT);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

struct wq_add_item wq_letter_job_item(const struct wq_letter_job *j, struct wq_str base,
                                      struct wq_str opts)
{
	return (struct wq_add_item){ .base = base,
		                     .id = j->id,
		                     .name = wq_str("send-message"),
		                     .data = j->data,
		                     .opts = opts,
		                     .delay_ms = j->delay_ms,
		                     .priority = j->priority };
}
