/* SPDX-License-Identifier: MIT */
/* queue_changes.c — pause, resume, retry, promote, limits; drain, clean and obliterate, which ask first. */
#include <inttypes.h>
#include <stdio.h>

#include "app/cli/queue.h"
#include "base/err.h"

enum { WHAT_MAX_BYTES = 256 };

static enum wq_exit pause_queue(struct wq_queue_cli *c)
{
	if (!wq_queue_cli_changed(c, wq_inspect_pause(&c->inspect)))
		return WQ_EXIT_FAILED;
	puts("paused");
	return WQ_EXIT_DONE;
}

static enum wq_exit resume(struct wq_queue_cli *c)
{
	if (!wq_queue_cli_changed(c, wq_inspect_resume(&c->inspect)))
		return WQ_EXIT_FAILED;
	puts("resumed");
	return WQ_EXIT_DONE;
}

static enum wq_exit promote(struct wq_queue_cli *c)
{
	return wq_queue_cli_change(c, wq_inspect_promote_all(&c->inspect), "promoted");
}

static enum wq_exit retry(struct wq_queue_cli *c)
{
	enum wq_job_state state = WQ_JOB_FAILED;

	if (!wq_queue_cli_state(c, &state))
		return WQ_EXIT_USAGE;
	if (state != WQ_JOB_FAILED && state != WQ_JOB_COMPLETED) {
		fprintf(stderr, "willaq: only completed and failed jobs can be retried\n");
		return WQ_EXIT_USAGE;
	}
	return wq_queue_cli_change(c,
	                           wq_inspect_retry_all(&c->inspect,
	                                                state == WQ_JOB_FAILED
	                                                        ? WQ_FINISHED_FAILED
	                                                        : WQ_FINISHED_COMPLETED,
	                                                0),
	                           "to be run once more");
}

/* Counts for what would happen; false: a sentence was printed. */
static bool count(struct wq_queue_cli *c, struct wq_queue_counts *q)
{
	return wq_queue_cli_looked(c,
	                           wq_look_counts(&c->look, wq_loop_wall_ms(c->session.loop), q));
}

static enum wq_exit drain(struct wq_queue_cli *c)
{
	bool delayed = wq_queue_cli_flag(c, "delayed");
	struct wq_queue_counts q;
	char what[WHAT_MAX_BYTES];

	if (!count(c, &q))
		return WQ_EXIT_FAILED;
	snprintf(what, sizeof(what), "%" PRIu64 " jobs that wait",
	         q.of[WQ_JOB_WAITING] + q.of[WQ_JOB_PRIORITIZED] +
	                 (delayed ? q.of[WQ_JOB_DELAYED] : 0));
	if (!wq_queue_cli_confirmed(c, what))
		return WQ_EXIT_USAGE;
	return wq_queue_cli_change(c, wq_inspect_drain(&c->inspect, delayed), "deleted");
}

static enum wq_exit clean(struct wq_queue_cli *c)
{
	enum wq_job_state state = WQ_JOB_STATES;
	uint64_t grace = 0, limit = 0;
	struct wq_queue_counts q;
	char what[WHAT_MAX_BYTES];

	if (!wq_queue_cli_state(c, &state) || !wq_queue_cli_ms(c, "older-than", &grace) ||
	    !wq_queue_cli_count(c, "limit", UINT32_MAX, &limit))
		return WQ_EXIT_USAGE;
	if (state == WQ_JOB_STATES) {
		fprintf(stderr, "willaq: --state is needed: which jobs?\n");
		return WQ_EXIT_USAGE;
	}
	if (!count(c, &q))
		return WQ_EXIT_FAILED;
	snprintf(what, sizeof(what), "up to %" PRIu64 " jobs that are %s",
	         limit && limit < q.of[state] ? limit : q.of[state], wq_job_state_name(state));
	if (!wq_queue_cli_confirmed(c, what))
		return WQ_EXIT_USAGE;
	return wq_queue_cli_change(c, wq_inspect_clean(&c->inspect, state, (int64_t)grace, limit),
	                           "deleted");
}

static enum wq_exit obliterate(struct wq_queue_cli *c)
{
	struct wq_queue_counts q;
	char what[WHAT_MAX_BYTES];
	uint64_t all = 0;

	if (!count(c, &q))
		return WQ_EXIT_FAILED;
	for (unsigned s = WQ_JOB_WAITING; s < WQ_JOB_STATES; s++)
		all += q.of[s];
	snprintf(what, sizeof(what), "the whole queue with %" PRIu64 " jobs", all);
	if (!wq_queue_cli_confirmed(c, what))
		return WQ_EXIT_USAGE;
	return wq_queue_cli_change(
		c, wq_inspect_obliterate(&c->inspect, wq_queue_cli_flag(c, "force")), "deleted");
}

struct limits {
	uint64_t concurrency, max, per, hold;
};

/* Those that were named, one after the other; false: a sentence was printed. */
static bool set_limits(struct wq_queue_cli *c, const struct limits *l)
{
	if (wq_queue_cli_flag(c, "concurrency") &&
	    !wq_queue_cli_changed(c, wq_inspect_concurrency(&c->inspect, (uint32_t)l->concurrency)))
		return false;
	if (wq_queue_cli_flag(c, "max") &&
	    !wq_queue_cli_changed(c,
	                          wq_inspect_rate(&c->inspect, (uint32_t)l->max, (uint32_t)l->per)))
		return false;
	return !wq_queue_cli_flag(c, "hold") ||
	       wq_queue_cli_changed(c, wq_inspect_hold(&c->inspect, (uint32_t)l->hold));
}

static enum wq_exit show_limits(struct wq_queue_cli *c)
{
	struct wq_queue_counts q;

	if (!count(c, &q))
		return WQ_EXIT_FAILED;
	if (!c->json) {
		printf("concurrency  %" PRIu32 "\nmax          %" PRIu32 "\nper          %" PRIu32
		       " ms\nheld         %" PRId64 " ms\n",
		       q.concurrency, q.rate_max, q.rate_ms, q.held_ms);
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "concurrency", q.concurrency);
	wq_jsonw_put_int(&c->w, "max", q.rate_max);
	wq_jsonw_put_int(&c->w, "duration_ms", q.rate_ms);
	wq_jsonw_put_int(&c->w, "held_ms", q.held_ms);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c);
}

static enum wq_exit limits(struct wq_queue_cli *c)
{
	struct limits l = { 0 };

	if (!wq_queue_cli_count(c, "concurrency", UINT32_MAX, &l.concurrency) ||
	    !wq_queue_cli_count(c, "max", UINT32_MAX, &l.max) ||
	    !wq_queue_cli_ms(c, "per", &l.per) || !wq_queue_cli_ms(c, "hold", &l.hold))
		return WQ_EXIT_USAGE;
	if ((l.max > 0) != (l.per > 0)) {
		fprintf(stderr, "willaq: --max and --per belong together: --max 100 --per 1s\n");
		return WQ_EXIT_USAGE;
	}
	return set_limits(c, &l) ? show_limits(c) : WQ_EXIT_FAILED;
}

const struct wq_queue_action wq_queue_changes[] = {
	{ "pause", "QUEUE", 1, 1, pause_queue, true },
	{ "resume", "QUEUE", 1, 1, resume, true },
	{ "retry", "QUEUE [--state failed|completed]", 1, 1, retry, true },
	{ "promote", "QUEUE", 1, 1, promote, true },
	{ "limits", "QUEUE [--concurrency N] [--max N --per TIME] [--hold TIME]", 1, 1, limits, true },
	{ "drain", "QUEUE [--delayed] --yes", 1, 1, drain, true },
	{ "clean", "QUEUE --state STATE [--older-than TIME] [--limit N] --yes", 1, 1, clean, true },
	{ "obliterate", "QUEUE [--force] --yes", 1, 1, obliterate, true },
	{ NULL, NULL, 0, 0, NULL, false },
};
