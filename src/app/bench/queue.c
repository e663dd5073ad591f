/* SPDX-License-Identifier: MIT */
/* queue.c — `willaq bench queue`: look, load, tell, sweep. */
#include "app/bench/queue.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/bench/command.h"
#include "app/bench/goals.h"
#include "app/settings/table.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/random.h"

enum {
	BODY_BYTES = 256,
	BATCH = 50,
	BACKLOG = 10000,
	DELAY_MS = 1000,
	CONCURRENCY = 100,
	COUNT = 100000, /* of jobs that are only added, unless told how many or how long */
	RATE = 100,     /* of start and delayed: what they measure says little about a full queue */
};

static const struct wq_bench_queue_kind *const kinds[] = {
	[WQ_BENCH_ADD] = &wq_bench_queue_add,         [WQ_BENCH_BULK] = &wq_bench_queue_bulk,
	[WQ_BENCH_WORK] = &wq_bench_queue_work,       [WQ_BENCH_DELAYED] = &wq_bench_queue_delayed,
	[WQ_BENCH_START] = &wq_bench_queue_start,
};

/* options */

static bool fits(const struct wq_bench_queue *q, const char *option, bool wanted)
{
	if (wanted || !wq_args_option(q->args, option))
		return true;
	fprintf(stderr, "willaq: --do %s does not take --%s\n", kinds[q->what]->name, option);
	return false;
}

static bool options_fit(const struct wq_bench_queue *q)
{
	bool works = q->what >= WQ_BENCH_WORK,
	     found = q->what == WQ_BENCH_START || q->what == WQ_BENCH_DELAYED;

	if (q->theirs && wq_args_option(q->args, "concurrency")) {
		fprintf(stderr,
		        "willaq: --concurrency is of our worker, not of --workers theirs\n");
		return false;
	}
	return fits(q, "batch", q->what == WQ_BENCH_BULK) &&
	       fits(q, "backlog", q->what == WQ_BENCH_DELAYED) &&
	       fits(q, "delay", q->what == WQ_BENCH_DELAYED) && fits(q, "workers", found) &&
	       fits(q, "concurrency", works);
}

static void fill_in(struct wq_bench_queue *q)
{
	bool closed = wq_bench_plan_is_closed(&q->c.plan);

	if (q->what == WQ_BENCH_START || q->what == WQ_BENCH_DELAYED) {
		if (closed && !q->c.at_once_given)
			q->c.plan.from_per_s = RATE;
	} else if (q->what != WQ_BENCH_WORK && closed && !q->c.plan.count && !q->c.duration_given) {
		q->c.plan.count = q->what == WQ_BENCH_BULK ? COUNT / q->batch + 1 : COUNT;
	}
	if (q->what == WQ_BENCH_DELAYED)
		q->c.drain_us += q->delay_us;
}

static bool read_options(struct wq_bench_queue *q)
{
	static const char *const whats[] = { "add", "bulk", "work", "delayed", "start", NULL };
	static const char *const whose[] = { "own", "theirs", NULL };
	const struct wq_args *a = q->args;
	const char *name = wq_args_option(a, "queue");

	q->name = name ? name : "willaq-bench";
	q->batch = BATCH;
	q->body = BODY_BYTES;
	q->backlog = BACKLOG;
	q->delay_us = DELAY_MS * 1000;
	q->concurrency = CONCURRENCY;
	q->keep = wq_args_option(a, "keep");
	q->in_use = wq_args_option(a, "in-use");
	if (!wq_bench_read_word(a, "do", whats, &q->what) ||
	    !wq_bench_read_word(a, "workers", whose, &q->theirs) ||
	    !wq_bench_common_read(&q->c, a, kinds[q->what]->at_once) ||
	    !wq_bench_read_count(a, "batch", 1, WQ_ADD_ALL_MAX_ITEMS, &q->batch) ||
	    !wq_bench_read_count(a, "body", 64, WQ_BENCH_BODY_MAX_BYTES, &q->body) ||
	    !wq_bench_read_count(a, "backlog", 0, WQ_BENCH_JOBS_MAX, &q->backlog) ||
	    !wq_bench_read_us(a, "delay", WQ_BENCH_DURATION_MAX_MS * 1000ull, &q->delay_us) ||
	    !wq_bench_read_count(a, "concurrency", 1, WQ_BENCH_AT_ONCE_MAX, &q->concurrency) ||
	    !options_fit(q))
		return false;
	fill_in(q);
	return true;
}

/* making */

static int add_data(struct wq_bench_queue *q)
{
	int rc = wq_buf_addf(&q->data, "{\"bench\":\"%s\",\"pad\":\"", q->mark);

	while (rc == 0 && q->data.n + 2 < q->body)
		rc = wq_buf_add_char(&q->data, 'x');
	return rc < 0 ? rc : wq_buf_add_text(&q->data, "\"}");
}

static int make(struct wq_bench_queue *q)
{
	unsigned char bytes[WQ_BENCH_MARK_BYTES / 2];
	int rc = wq_random_bytes(bytes, sizeof(bytes));

	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(q->mark + 2 * i, 3, "%02x", bytes[i]);
	wq_buf_init(&q->data, WQ_BENCH_BODY_MAX_BYTES + 64);
	wq_buf_init(&q->opts, 256);
	if (rc == 0)
		rc = add_data(q);
	if (rc == 0)
		rc = wq_buf_add_text(&q->opts,
		                     q->keep || q->what < WQ_BENCH_WORK
		                             ? "{\"attempts\":1}"
		                             : "{\"attempts\":1,\"removeOnComplete\":true,"
		                               "\"removeOnFail\":true}");
	if (rc == 0)
		rc = wq_histogram_init(&q->added);
	if (rc == 0)
		rc = wq_histogram_init(&q->started);
	return rc < 0 ? rc : wq_producer_create(&q->producer, q->session.loop, q->session.redis);
}

/* telling */

static void describe(struct wq_bench_queue *q)
{
	struct wq_bench_subject *s = &q->subject;
	const struct wq_settings *v = q->session.settings;

	*s = (struct wq_bench_subject){ .kind = "queue",
		                        .what = kinds[q->what]->name,
		                        .unit = kinds[q->what]->unit,
		                        .latency = kinds[q->what]->latency };
	wq_bench_setting_url(s, "redis", wq_settings_text(v, WQ_SET_REDIS_URL));
	wq_bench_setting(s, "queue", "%.200s", q->name);
	wq_bench_setting(s, "prefix", "%.40s", wq_settings_text(v, WQ_SET_PREFIX));
	wq_bench_setting(s, "body", "%" PRIu64, q->body);
	wq_bench_setting(s, "at once", "%" PRIu32, q->c.at_once);
	if (q->what == WQ_BENCH_BULK)
		wq_bench_setting(s, "batch", "%" PRIu64, q->batch);
	if (q->what >= WQ_BENCH_WORK && !q->theirs)
		wq_bench_setting(s, "concurrency", "%" PRIu64, q->concurrency);
	if (q->what == WQ_BENCH_DELAYED) {
		wq_bench_setting(s, "backlog", "%" PRIu64, q->backlog);
		wq_bench_setting(s, "delay", "%g s", (double)q->delay_us / 1e6);
	}
	if (q->theirs)
		wq_bench_setting(s, "workers", "%zu, of others", q->workers.n);
}

static void add_facts(struct wq_bench_queue *q, double redis_cpu_us)
{
	const struct wq_bench_result *r = wq_bench_result(q->run);
	struct wq_bench_subject *s = &q->subject;
	uint64_t each = q->what == WQ_BENCH_BULK ? q->batch : 1;

	if (q->what == WQ_BENCH_BULK)
		wq_bench_fact(s, "jobs_per_second", "/s", wq_bench_rate(r) * (double)each);
	if (redis_cpu_us >= 0 && q->redis_cpu_us >= 0 && wq_bench_begun_in_all(q->run))
		wq_bench_fact(s, "redis_cpu_us_per_job", "us",
		              (redis_cpu_us - q->redis_cpu_us) /
		                      (double)(wq_bench_begun_in_all(q->run) * each));
	if (q->added.total)
		wq_bench_extra(s, "added", "from when it was really begun until Redis had the job",
		               &q->added);
	if (q->started.total)
		wq_bench_extra(s, "started",
		               "from when it was really begun until our worker ran the job",
		               &q->started);
	if (q->what == WQ_BENCH_DELAYED)
		wq_bench_note(
			s,
			"BullMQ's clock has milliseconds: up to 1 ms of it is no delay of anybody's");
	if (q->theirs)
		wq_bench_note(
			s, "the start is what the queue's events tell: their way to us is in it");
	if (q->ids_full)
		wq_bench_note(
			s,
			"ended early: no more jobs can be remembered to be removed; say --keep to leave them");
}

/* running */

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

static bool load(struct wq_bench_queue *q, const struct wq_bench_queue_kind *k)
{
	struct wq_bench_driver d = { .begin = k->begin, .close = k->stop, .ctx = q };
	struct wq_bench_opts o = wq_bench_common_opts(&q->c, q->session.loop, k->unit);
	int rc = wq_bench_create(&q->run, &o, &d);

	q->progress = o.progress;
	if (rc < 0) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
		return false;
	}
	q->redis_cpu_us = wq_bench_queue_redis_cpu(q);
	wq_bench_run(q->run);
	add_facts(q, wq_bench_queue_redis_cpu(q));
	return true;
}

/* All that was made is closed, whatever came of the run. */
static bool put_away(struct wq_bench_queue *q, const struct wq_bench_queue_kind *k)
{
	if (k->close)
		k->close(q);
	if (q->producer) {
		wq_producer_close(q->producer, on_closed, &q->session);
		(void)wq_session_run(&q->session, 0);
		q->producer = NULL;
	}
	return q->keep || wq_bench_queue_sweep(q, k);
}

static enum wq_exit perform(struct wq_bench_queue *q)
{
	const struct wq_bench_queue_kind *k = kinds[q->what];
	int rc = make(q);
	bool ran, clean;
	enum wq_exit code = WQ_EXIT_FAILED;

	if (rc < 0) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
		return WQ_EXIT_FAILED;
	}
	describe(q);
	wq_bench_queue_watch(q);
	ran = k->open(q) && load(q, k);
	clean = put_away(q, k);
	wq_bench_queue_unwatch(q);
	if (ran)
		code = wq_bench_tell(wq_bench_result(q->run), &q->c, &q->subject);
	if (!q->foreign)
		return clean ? code : WQ_EXIT_FAILED;
	fprintf(stderr,
	        "willaq: a job of somebody else came to queue %s and was put back; the run was ended: name a queue "
	        "of its own\n",
	        q->name);
	return WQ_EXIT_FAILED;
}

static void fini(struct wq_bench_queue *q)
{
	wq_bench_destroy(q->run);
	if (q->producer) {
		wq_producer_close(q->producer, on_closed, &q->session);
		(void)wq_session_run(&q->session, 0);
	}
	wq_free(q->jobs);
	wq_free(q->bulks);
	wq_free(q->items);
	wq_free(q->ids);
	wq_histogram_fini(&q->added);
	wq_histogram_fini(&q->started);
	wq_buf_fini(&q->data);
	wq_buf_fini(&q->opts);
	wq_workers_seen_fini(&q->workers);
	wq_ref_fini(&q->ref);
	wq_session_close(&q->session);
}

enum wq_exit wq_bench_queue(const struct wq_settings *s, const struct wq_args *args)
{
	struct wq_bench_queue q = { .args = args };
	enum wq_exit code = WQ_EXIT_FAILED;
	const char *why = NULL;

	if (!read_options(&q))
		return WQ_EXIT_USAGE;
	if (wq_session_open(&q.session, s)) {
		int rc = wq_ref_init(&q.ref, q.session.redis,
		                     wq_str(wq_settings_text(s, WQ_SET_PREFIX)), wq_str(q.name),
		                     &why);

		if (rc < 0) {
			fprintf(stderr, "willaq: %s\n", why ? why : wq_err_text(rc));
			code = why ? WQ_EXIT_USAGE : WQ_EXIT_FAILED;
		} else if (wq_bench_queue_may(&q)) {
			code = perform(&q);
		}
	}
	fini(&q);
	return code;
}
