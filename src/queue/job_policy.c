/* SPDX-License-Identifier: MIT */
/* job_policy.c — the stored options, read leniently: whoever wrote them, the job has to end somehow. */
#include "queue/job_policy.h"

#include <math.h>

#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"

/* A finite number as an integer within bounds; `otherwise` for anything else. */
static int64_t number(yyjson_val *v, int64_t low, int64_t high, int64_t otherwise)
{
	double d = yyjson_is_num(v) ? yyjson_get_num(v) : NAN;

	if (isnan(d))
		return otherwise;
	if (d <= (double)low)
		return low;
	return d >= (double)high ? high : (int64_t)d;
}

static int64_t count_of(yyjson_val *v)
{
	int64_t n = number(v, -1, INT32_MAX, -1);

	return n < 0 ? -1 : n;
}

static bool read_keep(yyjson_val *v, struct wq_keep *out)
{
	*out = (struct wq_keep){ .count = -1, .age_s = -1 };
	if (yyjson_is_bool(v)) {
		out->count = yyjson_is_true(v) ? 0 : -1;
		return true;
	}
	if (yyjson_is_num(v)) {
		out->count = count_of(v);
		return true;
	}
	if (!yyjson_is_obj(v))
		return false;
	out->count = count_of(wq_json_get(v, "count"));
	out->age_s = count_of(wq_json_get(v, "age"));
	out->limit = number(wq_json_get(v, "limit"), 0, INT32_MAX, 0);
	return true;
}

static void read_backoff(yyjson_val *v, struct wq_backoff *out)
{
	yyjson_val *delay = yyjson_is_obj(v) ? wq_json_get(v, "delay") : v;
	yyjson_val *jitter = wq_json_get(v, "jitter");
	struct wq_str type = wq_json_get_str(v, "type");

	*out = (struct wq_backoff){ .kind = WQ_BACKOFF_NONE };
	if (!yyjson_is_obj(v) && !yyjson_is_num(v))
		return;
	out->delay_ms = number(delay, 0, WQ_JOB_DELAY_MAX_MS, 0);
	if (yyjson_is_num(jitter))
		out->jitter = fmin(fmax(yyjson_get_num(jitter), 0), 1);
	out->kind = wq_str_is(type, "exponential") ? WQ_BACKOFF_EXPONENTIAL : WQ_BACKOFF_FIXED;
}

void wq_job_policy_read(struct wq_job_policy *p, struct wq_str opts)
{
	yyjson_doc *doc;
	int rc = wq_json_parse(&doc, opts, WQ_JOB_JSON_DEPTH_MAX);
	yyjson_val *root = yyjson_doc_get_root(doc);

	*p = (struct wq_job_policy){ .stack_traces = -1,
		                     .logs = -1,
		                     .broken = rc != WQ_ENOMEM && !yyjson_is_obj(root),
		                     .unread = rc == WQ_ENOMEM };
	p->attempts = (uint32_t)number(wq_json_get(root, "attempts"), 0, UINT32_MAX, 0);
	read_backoff(wq_json_get(root, "backoff"), &p->backoff);
	p->has_keep_completed = read_keep(wq_json_get(root, "removeOnComplete"),
	                                  &p->keep_completed);
	p->has_keep_failed = read_keep(wq_json_get(root, "removeOnFail"), &p->keep_failed);
	p->stack_traces = number(wq_json_get(root, "stackTraceLimit"), 0, INT32_MAX, -1);
	p->logs = number(wq_json_get(root, "kl"), 0, INT32_MAX, -1);
	wq_json_free(doc);
}
