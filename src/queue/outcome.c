/* SPDX-License-Identifier: MIT */
/* outcome.c — options and counts in, one item for the settling call out. */
#include "queue/outcome.h"

#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "queue/dead_data.h"
#include "queue/stack_traces.h"

static const struct wq_keep keep_all = { .count = -1, .age_s = -1 };

static bool mentions(struct wq_str text, const char *word)
{
	return text.n && memmem(text.p, text.n, word, strlen(word));
}

/* Most results are short and most options say nothing about what is kept: neither is parsed then. */
static bool is_plain_json(struct wq_str s)
{
	return wq_str_is(s, "null") || wq_str_is(s, "true") || wq_str_is(s, "false");
}

static bool is_json(struct wq_str s)
{
	yyjson_doc *doc = is_plain_json(s) ? NULL : wq_json_read(s, WQ_JOB_JSON_DEPTH_MAX, NULL);
	bool yes = doc || is_plain_json(s);

	wq_json_free(doc);
	return yes;
}

/* Takes over what was written. */
static int take(struct wq_outcome *o, struct wq_buf *b, int rc)
{
	if (rc < 0) {
		wq_buf_fini(b);
		return rc;
	}
	o->text = b->p;
	return 0;
}

static int keep_result(struct wq_outcome *o, struct wq_str json)
{
	struct wq_jsonw w;
	struct wq_buf b;
	int rc;

	if (!json.n || is_plain_json(json)) {
		o->value = !json.n || json.p[0] == 'n' ? wq_str("null")
		           : json.p[0] == 't'          ? wq_str("true")
		                                       : wq_str("false");
		return 0;
	}
	wq_buf_init(&b, SIZE_MAX / 2);
	wq_jsonw_begin(&w, &b);
	if (is_json(json))
		wq_jsonw_raw(&w, json);
	else
		wq_jsonw_str(&w, json);
	rc = take(o, &b, wq_jsonw_end(&w));
	if (rc == 0)
		o->value = wq_strn(o->text, b.n);
	return rc;
}

void wq_outcome_complete(struct wq_outcome *o, const struct wq_job *j,
                         const struct wq_outcome_rules *r, struct wq_str json)
{
	struct wq_job_policy p = { .has_keep_completed = false };

	*o = (struct wq_outcome){ .kind = WQ_WORK_COMPLETED, .keep = r->keep_completed };
	if (mentions(j->opts, "removeOnComplete"))
		wq_job_policy_read(&p, j->opts);
	if (p.has_keep_completed)
		o->keep = p.keep_completed;
	o->broken_opts = p.broken;
	if (keep_result(o, json) < 0)
		o->value = wq_str("null");
}

/* At most so many bytes, not cut inside a character. */
static struct wq_str cut(struct wq_str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max > 0 && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	return wq_strn(s.p, max);
}

/* What the job's adder left open. */
static void fill_in(struct wq_job_policy *p, const struct wq_outcome_rules *r)
{
	if (p->attempts == 0)
		p->attempts = r->attempts;
	if (p->backoff.kind == WQ_BACKOFF_NONE)
		p->backoff = r->backoff;
}

static bool is_final(const struct wq_job *j, const struct wq_job_policy *p,
                     const struct wq_outcome_rules *r, const struct wq_failure *f)
{
	bool used_up = !p->unread && (uint64_t)j->attempts_made + 1 >= p->attempts;

	return f->unrecoverable || used_up ||
	       (r->max_started_attempts && r->max_started_attempts <= j->attempts_started);
}

/* What it takes from lies in `out`, which moves when it grows. */
static int add_dead_data(struct wq_buf *out, const struct wq_dead *d)
{
	struct wq_buf data;
	int rc;

	wq_buf_init(&data, SIZE_MAX / 2);
	rc = wq_dead_data_add(&data, d);
	if (rc == 0)
		rc = wq_buf_add_str(out, wq_buf_str(&data));
	wq_buf_fini(&data);
	return rc;
}

/* reason, stack traces and dead letter one behind the other. */
static int keep_failure(struct wq_outcome *o, const struct wq_job *j,
                        const struct wq_outcome_rules *r, const struct wq_job_policy *p,
                        const struct wq_failure *f, int64_t now_ms)
{
	struct wq_str reason = cut(f->reason, WQ_JOB_REASON_MAX_BYTES);
	size_t traced, dead;
	struct wq_buf b;
	int rc;

	wq_buf_init(&b, SIZE_MAX / 2);
	rc = wq_buf_add_str(&b, reason);
	if (rc == 0)
		rc = wq_stack_traces_add(&b, j->stacktrace, p->stack_traces, reason,
		                         cut(f->stack, WQ_JOB_STACK_MAX_BYTES));
	traced = b.n;
	if (rc == 0 && o->kind == WQ_WORK_FAILED && r->dead_letters)
		rc = add_dead_data(&b, &(struct wq_dead){ .queue = r->queue,
		                                          .job = j,
		                                          .reason = reason,
		                                          .stacktrace = wq_strn(b.p + reason.n,
		                                                                traced - reason.n),
		                                          .failed_at_ms = now_ms });
	dead = b.n;
	rc = take(o, &b, rc);
	if (rc < 0)
		return rc;
	o->value = wq_strn(o->text, reason.n);
	o->trace = wq_strn(o->text + reason.n, traced - reason.n);
	o->dead_data = wq_strn(o->text + traced, dead - traced);
	return 0;
}

void wq_outcome_fail(struct wq_outcome *o, const struct wq_job *j, const struct wq_outcome_rules *r,
                     const struct wq_failure *f, double random, int64_t now_ms)
{
	struct wq_job_policy p;

	wq_job_policy_read(&p, j->opts);
	fill_in(&p, r);
	*o = (struct wq_outcome){ .kind = WQ_WORK_FAILED,
		                  .attempts = p.attempts,
		                  .broken_opts = p.broken };
	o->keep = p.has_keep_failed ? p.keep_failed : r->keep_failed;
	if (!is_final(j, &p, r, f)) {
		o->delay_ms = wq_backoff_ms(&p.backoff, j->attempts_made + 1, random);
		if (o->delay_ms < f->wait_ms)
			o->delay_ms = f->wait_ms < WQ_JOB_DELAY_MAX_MS ? f->wait_ms
			                                               : WQ_JOB_DELAY_MAX_MS;
		o->kind = o->delay_ms > 0 ? WQ_WORK_DELAYED : WQ_WORK_RETRY;
	}
	if (keep_failure(o, j, r, &p, f, now_ms) == 0)
		return;
	if (o->kind == WQ_WORK_FAILED && r->dead_letters)
		o->keep = keep_all;
	o->value = wq_str("out of memory, the reason of this failure is lost");
}

void wq_outcome_delay(struct wq_outcome *o, int64_t delay_ms)
{
	*o = (struct wq_outcome){ .kind = WQ_WORK_DELAYED, .skip_attempt = true, .keep = keep_all };
	o->delay_ms = delay_ms < 0                     ? 0
	              : delay_ms < WQ_JOB_DELAY_MAX_MS ? delay_ms
	                                               : WQ_JOB_DELAY_MAX_MS;
}

void wq_outcome_plain(struct wq_outcome *o, enum wq_work_kind kind)
{
	*o = (struct wq_outcome){ .kind = kind, .keep = keep_all };
}

void wq_outcome_fini(struct wq_outcome *o)
{
	wq_free(o->text);
	*o = (struct wq_outcome){ .kind = WQ_WORK_WAIT };
}
