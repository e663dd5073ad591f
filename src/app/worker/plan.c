/* SPDX-License-Identifier: MIT */
/* plan.c — settings into the options of workers. */
#include "app/worker/plan.h"

#include <stdio.h>

#include "app/sending/part.h"
#include "base/limits.h"

static const char *text_or_null(const struct wq_settings *s, enum wq_setting id)
{
	const char *text = wq_settings_text(s, id);

	return text && *text ? text : NULL;
}

static uint32_t number(const struct wq_settings *s, enum wq_setting id)
{
	return (uint32_t)wq_settings_int(s, id);
}

static uint32_t ms(const struct wq_settings *s, enum wq_setting id)
{
	return (uint32_t)wq_settings_ms(s, id);
}

static struct wq_keep keep(const struct wq_settings *s, enum wq_setting count, enum wq_setting age)
{
	struct wq_keep k = { .count = -1, .age_s = (int64_t)wq_settings_ms(s, age) / 1000 };
	uint64_t n;

	if (wq_str_to_u64(wq_str(wq_settings_text(s, count)), INT32_MAX, &n))
		k.count = (int64_t)n;
	if (k.age_s == 0)
		k.age_s = -1;
	return k;
}

static bool is_twice(const struct wq_plan *p, struct wq_str name)
{
	for (unsigned i = 0; i < p->queues_n; i++)
		if (wq_str_eq(p->queues[i], name))
			return true;
	return false;
}

static bool read_queues(struct wq_plan *p, const char *list)
{
	struct wq_str rest = wq_str(list), name;

	while (wq_str_next(&rest, ',', &name)) {
		name = wq_str_trim(name);
		if (!name.n)
			continue;
		if (is_twice(p, name)) {
			fprintf(stderr, "willaq: --queue names \"%.*s\" twice\n", WQ_STR_ARG(name));
			return false;
		}
		if (p->queues_n == WQ_PLAN_QUEUES_MAX) {
			fprintf(stderr,
			        "willaq: --queue names more than %d queues: start a second worker\n",
			        WQ_PLAN_QUEUES_MAX);
			return false;
		}
		p->queues[p->queues_n++] = name;
	}
	if (!p->queues_n)
		fprintf(stderr, "willaq: which queue? --queue NAME says it; several with commas\n");
	return p->queues_n > 0;
}

static bool check_names(const struct wq_plan *p)
{
	for (unsigned i = 0; i < p->queues_n; i++) {
		struct wq_ref ref;
		const char *why = NULL;
		int rc = wq_ref_init(&ref, NULL, wq_str(p->o.prefix), p->queues[i], &why);

		wq_ref_fini(&ref);
		if (rc == 0)
			continue;
		fprintf(stderr, "willaq: --queue \"%.*s\": %s\n", WQ_STR_ARG(p->queues[i]),
		        why ? why : "out of memory");
		return false;
	}
	if (p->o.name && strlen(p->o.name) > WQ_WORKER_NAME_MAX_BYTES) {
		fprintf(stderr, "willaq: --worker-name is longer than %d bytes\n",
		        WQ_WORKER_NAME_MAX_BYTES);
		return false;
	}
	return true;
}

void wq_plan_worker_opts(struct wq_worker_opts *o, const struct wq_settings *s)
{
	wq_worker_opts_init(o);
	o->prefix = wq_settings_text(s, WQ_SET_PREFIX);
	o->name = text_or_null(s, WQ_SET_WORKER_NAME);
	o->timezone = text_or_null(s, WQ_SET_TIMEZONE);
	o->concurrency = number(s, WQ_SET_CONCURRENCY);
	o->lock_ms = ms(s, WQ_SET_LOCK_DURATION);
	o->stalled_interval_ms = ms(s, WQ_SET_STALLED_INTERVAL);
	o->max_stalled_count = number(s, WQ_SET_MAX_STALLED_COUNT);
	o->max_started_attempts = number(s, WQ_SET_MAX_STARTED_ATTEMPTS);
	o->drain_delay_ms = ms(s, WQ_SET_POLL_INTERVAL);
	o->job_timeout_ms = ms(s, WQ_SET_JOB_TIMEOUT);
	o->limit_max = number(s, WQ_SET_LIMIT_MAX);
	o->limit_ms = o->limit_max ? ms(s, WQ_SET_LIMIT_DURATION) : 0;
	o->keep_completed = keep(s, WQ_SET_KEEP_COMPLETED, WQ_SET_KEEP_COMPLETED_AGE);
	o->keep_failed = keep(s, WQ_SET_KEEP_FAILED, WQ_SET_KEEP_FAILED_AGE);
	o->metrics_minutes = number(s, WQ_SET_JOB_METRICS);
	o->dead_letters = wq_settings_bool(s, WQ_SET_DEAD_LETTERS);
	o->dead_letters_max = number(s, WQ_SET_DEAD_LETTERS_MAX);
	o->dead_letters_age_s = (uint32_t)(wq_settings_ms(s, WQ_SET_DEAD_LETTERS_AGE) / 1000);
	o->batch_max = number(s, WQ_SET_BATCH_MAX);
}

bool wq_plan_read(struct wq_plan *p, const struct wq_settings *s, bool noop)
{
	*p = (struct wq_plan){ .noop = noop, .push = text_or_null(s, WQ_SET_PUSH) };
	wq_plan_worker_opts(&p->o, s);
	return read_queues(p, wq_settings_text(s, WQ_SET_QUEUE)) && check_names(p);
}

bool wq_plan_has_work(const struct wq_plan *p)
{
	if (p->noop && p->push) {
		fprintf(stderr,
		        "willaq: --noop and --push cannot both be: what shall become of the jobs?\n");
		return false;
	}
	if (p->noop || p->push)
		return true;
	for (unsigned i = 0; i < p->queues_n; i++)
		if (!wq_sending_works(p->queues[i])) {
			fprintf(stderr,
			        "willaq: there is no handler of our own for the queue \"%.*s\" (there are for %s, "
			        "%s, %s and %s): say --push URL to post its jobs, or --noop to complete each at once\n",
			        WQ_STR_ARG(p->queues[i]), wq_outbound_queue, wq_inbound_queue,
			        wq_statuses_queue, wq_account_events_queue);
			return false;
		}
	return true;
}
