/* SPDX-License-Identifier: MIT */
/* push_verdict.c — the table of push_verdict.h. */
#include "queue/push_verdict.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/http_status.h"
#include "base/limits.h"

static bool is_success(int status)
{
	return status >= 200 && status <= 299;
}

static bool may_get_better(int status)
{
	return status == 408 || status == 425 || status == 429 || status >= 500;
}

/* Behind "HTTP 500 Internal Server Error", or alone. */
static void set_line(struct wq_push_verdict *v, const char *line)
{
	snprintf(v->line, sizeof(v->line), "%s", line);
	v->reason = wq_str(v->line);
}

static void set_status_line(struct wq_push_verdict *v, int status)
{
	const char *text = wq_http_status_text(status);

	snprintf(v->line, sizeof(v->line), "HTTP %d%s%s", status, text ? " " : "",
	         text ? text : "");
	v->reason = wq_str(v->line);
}

static bool take_text(struct wq_str *to, yyjson_val *obj, const char *key)
{
	struct wq_str s = wq_json_get_str(obj, key);

	if (!s.n)
		return false;
	*to = s;
	return true;
}

static void set_reason(struct wq_push_verdict *v, const struct wq_push_answer *a)
{
	yyjson_val *root, *error;

	set_status_line(v, a->status);
	if (!a->body.n)
		return;
	v->doc = wq_json_read(a->body, WQ_JOB_JSON_DEPTH_MAX, NULL);
	root = yyjson_doc_get_root(v->doc);
	error = wq_json_get(root, "error");
	(void)take_text(&v->stack, error, "stack");
	if (!take_text(&v->reason, error, "message") && !take_text(&v->reason, root, "detail"))
		(void)take_text(&v->reason, root, "message");
}

static void set_delay(struct wq_push_verdict *v, int64_t ms)
{
	v->kind = WQ_PUSH_DELAY;
	v->delay_ms = ms;
}

static void judge_success(struct wq_push_verdict *v, const struct wq_push_answer *a)
{
	uint64_t ms;

	if (!a->delay.p) {
		v->kind = WQ_PUSH_COMPLETE;
		v->value = a->body;
	} else if (wq_str_to_u64(wq_str_trim(a->delay), WQ_JOB_DELAY_MAX_MS, &ms)) {
		set_delay(v, (int64_t)ms);
	} else {
		set_line(v, "the endpoint's X-Willaq-Delay is no number of milliseconds");
	}
}

static void judge_status(struct wq_push_verdict *v, const struct wq_push_answer *a)
{
	bool asks = a->status == 429 || a->status == 503;

	if (is_success(a->status)) {
		judge_success(v, a);
	} else if (asks && a->retry_after_ms >= 0) {
		set_delay(v, a->retry_after_ms > WQ_PUSH_DELAY_MIN_MS ? a->retry_after_ms
		                                                      : WQ_PUSH_DELAY_MIN_MS);
	} else {
		v->kind = may_get_better(a->status) ? WQ_PUSH_FAIL : WQ_PUSH_FAIL_FOR_GOOD;
		set_reason(v, a);
	}
}

static void judge_too_large(struct wq_push_verdict *v, const struct wq_push_answer *a)
{
	struct wq_push_answer bare = *a;

	bare.body = wq_str("");
	if (a->status && !is_success(a->status)) {
		judge_status(v, &bare);
		return;
	}
	v->kind = WQ_PUSH_FAIL_FOR_GOOD;
	set_line(v, "the endpoint's answer is too large");
}

static void judge_no_answer(struct wq_push_verdict *v, const struct wq_push_answer *a)
{
	const char *why = a->why && *a->why ? a->why : wq_err_text(a->rc);

	if (a->timed_out) {
		set_line(v, "the job's time is over, and the endpoint has not answered");
	} else if (a->rc == WQ_ETIMEDOUT && a->timeout_ms) {
		snprintf(v->line, sizeof(v->line), "no answer within %u ms", a->timeout_ms);
		v->reason = wq_str(v->line);
	} else {
		snprintf(v->line, sizeof(v->line), "no answer: %s", why);
		v->reason = wq_str(v->line);
	}
}

void wq_push_verdict_init(struct wq_push_verdict *v, const struct wq_push_answer *a)
{
	*v = (struct wq_push_verdict){ .kind = WQ_PUSH_FAIL, .value = WQ_STR("") };
	if (a->rc == WQ_ETOOBIG)
		judge_too_large(v, a);
	else if (a->rc != 0 || a->timed_out || a->status == 0)
		judge_no_answer(v, a);
	else
		judge_status(v, a);
}

void wq_push_verdict_fini(struct wq_push_verdict *v)
{
	wq_json_free(v->doc);
	*v = (struct wq_push_verdict){ .kind = WQ_PUSH_FAIL };
}

bool wq_push_is_outage(const struct wq_push_answer *a)
{
	if (a->timed_out)
		return true;
	if (a->rc == WQ_ECANCELED || a->rc == WQ_ENOMEM || a->rc == WQ_ETOOBIG)
		return false;
	return a->rc != 0 || a->status == 502 || a->status == 504 ||
	       (a->status == 503 && a->retry_after_ms < 0);
}
