/* SPDX-License-Identifier: MIT */
/* ops_worker.c — a worker by hand: what queue/worker.h does by itself, one step at a time.
 *
 *   fetch    {n, token, worker}                  → {jobs, limited, until}
 *   settle   {runs: [outcome], next, token, worker} → the same, of what was claimed in exchange
 *   bare     {id, token, kind, …}                → code
 * An outcome is {id} and one of value, fail (with unrecoverable), delay, wait, rateLimit, waitChildren.
 */
#include <stdio.h>

#include "base/random.h"
#include "driver/driver.h"
#include "driver/held.h"
#include "queue/outcome.h"
#include "queue/scheduler.h"
#include "store/renew.h"
#include "store/stalled.h"
#include "store/work.h"

enum { RUNS_MAX = 64, PROMOTE_MAX = 1000, STALLED_MOST = 1000 };

/* One call of work.h. */
struct turn {
	struct driver *d;
	struct wq_redis_cmd cmd;
	struct wq_work_claim claim;
	struct wq_work_item items[RUNS_MAX];
	size_t n;
	/* out */
	int codes[RUNS_MAX];
	struct held *jobs[RUNS_MAX];
	size_t jobs_n;
	int64_t limit_ms, next_due_ms;
};

static void item_of(void *ctx, size_t i, struct wq_work_item *out)
{
	*out = ((struct turn *)ctx)->items[i];
}

static void on_turn(struct wq_redis_cmd *cmd, int rc)
{
	struct turn *t = (struct turn *)(void *)((char *)cmd - offsetof(struct turn, cmd));
	struct wq_str base = wq_ref_base(&t->d->ref);
	struct wq_work_answer a;

	if (rc == 0)
		rc = wq_work_answer(cmd, t->n, &a);
	if (rc != 0) {
		driver_done(t->d, rc);
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		t->codes[i] = wq_work_code(&a, i);
	for (size_t i = 0; i < a.jobs_n; i++) {
		struct wq_job *job;
		int64_t place;

		if (wq_work_job(&a, i, &job, &place) != 0)
			driver_die("a claimed job", 0);
		t->jobs[t->jobs_n++] = held_keep(base, job, place);
	}
	for (size_t i = 0; i < a.moved_n; i++) {
		int64_t place;
		struct wq_str id = wq_work_moved(&a, i, &place);

		held_moved(base, id, place);
	}
	t->limit_ms = a.limit_ms;
	t->next_due_ms = a.next_due_ms;
	driver_done(t->d, 0);
}

static void turn_run(struct turn *t)
{
	int rc;

	t->jobs_n = 0;
	rc = wq_work_start(&t->d->ref, &t->cmd, driver_now(), &t->claim, t->n, item_of, t, on_turn);
	if (rc < 0 || (rc = driver_wait(t->d)) != 0)
		driver_die(t->cmd.error, rc);
}

static uint32_t number(yyjson_val *of, const char *name)
{
	return (uint32_t)wq_json_get_int(of, name, 0);
}

static void claim_of(struct turn *t, yyjson_val *request, uint32_t n)
{
	yyjson_val *worker = wq_json_get(request, "worker");
	yyjson_val *limiter = wq_json_get(worker, "limiter");

	t->claim = (struct wq_work_claim){
		.n = n,
		.token = wq_json_get_str(request, "token"),
		.lock_ms = number(worker, "lockDuration"),
		.worker = wq_json_get_str(worker, "name"),
		.limit_max = number(limiter, "max"),
		.limit_ms = number(limiter, "duration"),
		.promote_max = PROMOTE_MAX,
		.metrics_max = number(wq_json_get(worker, "metrics"), "maxDataPoints"),
	};
}

/* removeOnComplete and removeOnFail of a worker. */
static struct wq_keep keep_of(yyjson_val *v)
{
	return (struct wq_keep){ .count = wq_json_get_int(v, "count", -1),
		                 .age_s = wq_json_get_int(v, "age", -1),
		                 .limit = wq_json_get_int(v, "limit", 0) };
}

static void write_job(struct driver *d, const struct wq_job *j)
{
	const struct {
		const char *name;
		int64_t value;
	} numbers[] = { { "attemptsMade", j->attempts_made },
		        { "attemptsStarted", j->attempts_started },
		        { "delay", j->delay_ms },
		        { "priority", j->priority },
		        { "processedOn", driver_now() },
		        { "stalledCounter", j->stalls } };

	wq_jsonw_object(&d->out);
	wq_jsonw_key(&d->out, "id");
	wq_jsonw_str(&d->out, j->id);
	wq_jsonw_key(&d->out, "name");
	wq_jsonw_str(&d->out, j->name);
	wq_jsonw_key(&d->out, "data");
	wq_jsonw_str(&d->out, j->data);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		wq_jsonw_key(&d->out, numbers[i].name);
		wq_jsonw_int(&d->out, numbers[i].value);
	}
	wq_jsonw_object_end(&d->out);
}

static void write_turn(struct driver *d, const struct turn *t, bool limited)
{
	wq_jsonw_object(&d->out);
	wq_jsonw_key(&d->out, "jobs");
	wq_jsonw_array(&d->out);
	for (size_t i = 0; i < t->jobs_n; i++)
		write_job(d, t->jobs[i]->job);
	wq_jsonw_array_end(&d->out);
	wq_jsonw_key(&d->out, "limited");
	wq_jsonw_bool(&d->out, limited || (t->jobs_n == 0 && t->limit_ms > 0));
	wq_jsonw_key(&d->out, "until");
	wq_jsonw_int(&d->out, t->jobs_n == 0 ? t->next_due_ms : 0);
	wq_jsonw_object_end(&d->out);
}

static void op_fetch(struct driver *d, yyjson_val *request)
{
	struct turn t = { .d = d };

	claim_of(&t, request, number(request, "n"));
	turn_run(&t);
	driver_follow(d, request, t.jobs, t.jobs_n);
	write_turn(d, &t, false);
}

static void judge_failure(struct wq_outcome *o, const struct held *h,
                          const struct wq_outcome_rules *rules, struct wq_str reason,
                          bool unrecoverable)
{
	struct wq_failure f = { .reason = reason, .unrecoverable = unrecoverable };
	static struct wq_rng rng = { 1 };
	double random = (double)wq_rng_below(&rng, 1000000) / 1e6;

	wq_outcome_fail(o, h->job, rules, &f, random, driver_now());
}

/* What the worker makes of what the handler said. */
static void judge(struct wq_outcome *o, const struct held *h, const struct wq_outcome_rules *rules,
                  yyjson_val *run)
{
	struct wq_str fail = wq_json_get_str(run, "fail");

	if (h->job->deferred_failure.p)
		judge_failure(o, h, rules, h->job->deferred_failure, true);
	else if (fail.p)
		judge_failure(o, h, rules, fail, driver_flag(run, "unrecoverable"));
	else if (driver_flag(run, "wait") || driver_flag(run, "rateLimit"))
		wq_outcome_plain(o, WQ_WORK_WAIT);
	else if (driver_flag(run, "waitChildren"))
		wq_outcome_plain(o, WQ_WORK_CHILDREN);
	else if (wq_json_get(run, "delay"))
		wq_outcome_delay(o, wq_json_get_int(run, "delay", 0));
	else
		wq_outcome_complete(o, h->job, rules, wq_json_get_str(run, "value"));
}

/* After a refusal that leaves the job ours: what becomes of it then; false: nothing more. */
static bool judge_again(struct wq_outcome *o, const struct held *h, int code,
                        const struct wq_outcome_rules *rules, yyjson_val *run)
{
	char reason[160];

	if (code != WQ_WORK_NO_CHILDREN && code != WQ_WORK_CHILDREN_PENDING &&
	    code != WQ_WORK_CHILDREN_FAILED)
		return false;
	wq_outcome_fini(o);
	if (code == WQ_WORK_NO_CHILDREN) {
		wq_outcome_complete(o, h->job, rules, wq_json_get_str(run, "value"));
		return true;
	}
	/* Reasons in BullMQ's words, so that they compare equal; ours are worker.c's. */
	snprintf(
		reason, sizeof(reason),
		code == WQ_WORK_CHILDREN_PENDING
			? "Job %s has pending dependencies. moveToFinished"
			: "Cannot complete job %s because it has at least one failed child. moveToFinished",
		h->job->id.p);
	judge_failure(o, h, rules, wq_str(reason), code == WQ_WORK_CHILDREN_FAILED);
	return true;
}

static struct wq_work_item item_for(const struct wq_outcome *o, const struct held *h,
                                    struct wq_str token)
{
	return (struct wq_work_item){ .kind = o->kind,
		                      .id = h->job->id,
		                      .token = token,
		                      .value = o->value,
		                      .trace = o->trace,
		                      .attempts = o->attempts,
		                      .delay_ms = o->delay_ms,
		                      .skip_attempt = o->skip_attempt,
		                      .keep_count = o->keep.count,
		                      .keep_age_s = o->keep.age_s,
		                      .keep_limit = o->keep.limit,
		                      .place = h->place,
		                      .made = h->job->attempts_older
		                                      ? -1
		                                      : (int64_t)h->job->attempts_made,
		                      .dedup_id = h->job->dedup_id };
}

static struct wq_outcome_rules rules_of(yyjson_val *request)
{
	yyjson_val *worker = wq_json_get(request, "worker");

	return (struct wq_outcome_rules){
		.keep_completed = keep_of(wq_json_get(worker, "removeOnComplete")),
		.keep_failed = keep_of(wq_json_get(worker, "removeOnFail")),
		.max_started_attempts = number(worker, "maxStartedAttempts"),
	};
}

static bool limiter_runs(struct driver *d)
{
	char key[256];
	int n = wq_ref_key(&d->ref, wq_str("limiter"), key, sizeof(key));
	struct wq_str argv[] = { WQ_STR("PTTL"), wq_strn(key, (size_t)n) };

	return driver_ask(d, argv, 2) > 0;
}

static void op_settle(struct driver *d, yyjson_val *request)
{
	struct wq_outcome_rules rules = rules_of(request);
	struct wq_str token = wq_json_get_str(request, "token");
	yyjson_val *runs = wq_json_get(request, "runs"), *run;
	struct wq_outcome outcomes[RUNS_MAX] = { 0 };
	struct held *held[RUNS_MAX];
	struct turn t = { .d = d }, again = { .d = d };
	size_t i, max;
	bool limited = false;

	claim_of(&t, request, number(request, "next"));
	yyjson_arr_foreach(runs, i, max, run)
	{
		held[i] = held_find(wq_ref_base(&d->ref), wq_json_get_str(run, "id"));
		judge(&outcomes[i], held[i], &rules, run);
		t.items[t.n++] = item_for(&outcomes[i], held[i], token);
		limited = limited || driver_flag(run, "rateLimit");
		/* BullMQ looks for the next job only later in these two cases. */
		if (outcomes[i].kind == WQ_WORK_RETRY || driver_flag(run, "rateLimit"))
			t.claim.n = 0;
	}
	turn_run(&t);
	again.claim = t.claim;
	again.claim.n = t.claim.n - (uint32_t)t.jobs_n;
	for (i = 0; i < t.n; i++)
		if (judge_again(&outcomes[i], held[i], t.codes[i], &rules, yyjson_arr_get(runs, i)))
			again.items[again.n++] = item_for(&outcomes[i], held[i], token);
	if (again.n > 0) {
		turn_run(&again);
		t = again;
	}
	driver_follow(d, request, t.jobs, t.jobs_n);
	write_turn(d, &t, limited && limiter_runs(d));
	for (i = 0; i < RUNS_MAX; i++)
		wq_outcome_fini(&outcomes[i]);
}

static enum wq_work_kind kind_of(struct wq_str name)
{
	static const char *const names[] = { "completed", "failed", "retry",
		                             "delayed",   "wait",   "children" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (wq_str_is(name, names[i]))
			return (enum wq_work_kind)i;
	driver_die("kind", 0);
}

static void op_bare(struct driver *d, yyjson_val *request)
{
	struct turn t = { .d = d, .n = 1 };
	const struct held *h = held_find(wq_ref_base(&d->ref), wq_json_get_str(request, "id"));

	claim_of(&t, request, 0);
	t.items[0] = (struct wq_work_item){ .kind = kind_of(wq_json_get_str(request, "kind")),
		                            .id = h->job->id,
		                            .token = wq_json_get_str(request, "token"),
		                            .value = wq_json_get_str(request, "value"),
		                            .child = wq_json_get_str(request, "child"),
		                            .delay_ms = wq_json_get_int(request, "delay", 0),
		                            .skip_attempt = true,
		                            .keep_count = -1,
		                            .keep_age_s = -1,
		                            .place = h->place,
		                            .made = -1 };
	turn_run(&t);
	if (t.codes[0] < 0)
		driver_refuse(d, t.codes[0], NULL);
	else if (t.codes[0] == 0)
		wq_jsonw_null(&d->out);
	else
		wq_jsonw_int(&d->out, t.codes[0]);
}

static void lock_of(void *ctx, size_t i, struct wq_str *id, struct wq_str *token)
{
	yyjson_val *request = ctx;

	*id = wq_json_get_str(request, "id");
	*token = wq_json_get_str(request, "token");
}

static void on_renewed(struct wq_redis_cmd *cmd, int rc)
{
	struct turn *t = (struct turn *)(void *)((char *)cmd - offsetof(struct turn, cmd));

	t->jobs_n = wq_renew_lost_n(cmd);
	driver_done(t->d, rc);
}

static void op_extend_lock(struct driver *d, yyjson_val *request)
{
	struct turn t = { .d = d };

	claim_of(&t, request, 0);
	if (wq_renew_start(&d->ref, &t.cmd, t.claim.lock_ms, 1, lock_of, request, on_renewed) < 0 ||
	    driver_wait(d) != 0)
		driver_die("renew", 0);
	wq_jsonw_int(&d->out, t.jobs_n == 0);
}

struct check {
	struct driver *d;
	struct wq_redis_cmd cmd;
	struct wq_stalled_step step;
	size_t back;
};

static void on_checked(struct wq_redis_cmd *cmd, int rc)
{
	struct check *c = (struct check *)(void *)((char *)cmd - offsetof(struct check, cmd));

	if (rc == 0)
		c->back += wq_stalled_answer(cmd, &c->step);
	driver_done(c->d, rc);
}

/* {every, max} → how many were put back */
static void op_stalled_check(struct driver *d, yyjson_val *request)
{
	struct check c = { .d = d, .step.phase = WQ_STALLED_FIRST };
	struct wq_stalled_rule rule = { .every_ms = number(request, "every"),
		                        .max = number(request, "max"),
		                        .most = STALLED_MOST };

	while (c.step.phase != WQ_STALLED_DONE) {
		struct wq_stalled_step step = c.step;

		if (wq_stalled_start(&d->ref, &c.cmd, driver_now(), &rule, &step, on_checked) < 0 ||
		    driver_wait(d) != 0)
			driver_die("stalled check", 0);
	}
	wq_jsonw_int(&d->out, (int64_t)c.back);
}

/* The jobs of the last sequence. */
static void op_forget(struct driver *d, yyjson_val *request)
{
	held_clear();
	wq_jsonw_null(&d->out);
}

const struct driver_op driver_worker_ops[] = {
	{ "fetch", op_fetch },
	{ "settle", op_settle },
	{ "bare", op_bare },
	{ "extendLock", op_extend_lock },
	{ "stalledCheck", op_stalled_check },
	{ "forget", op_forget },
	{ NULL, NULL },
};
