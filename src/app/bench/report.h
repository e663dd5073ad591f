/* SPDX-License-Identifier: MIT */
#pragma once
/* report.h — a result told: a table, plots, JSON, CSV; and what it is compared with.
 *
 * What was loaded is told by a subject that the driver fills.  Nothing secret goes into it: addresses without user,
 * password and query, no token, no phone number.
 */
#include "app/bench/options.h"
#include "app/bench/run.h"
#include "app/cli/command.h"
#include "base/json.h"

enum {
	WQ_BENCH_SETTINGS_MAX = 24,
	WQ_BENCH_FACTS_MAX = 24,
	WQ_BENCH_EXTRAS_MAX = 4,
	WQ_BENCH_VALUE_MAX_BYTES = 256,
	WQ_BENCH_NOTES_MAX = 8,
};

struct wq_bench_subject {
	const char *kind;    /* "queue", "webhook", "send"; as all here: static or outlives the report */
	const char *what;    /* "add"; NULL: the kind has no parts */
	const char *unit;    /* "jobs" */
	const char *latency; /* what is measured: "from due to the answer of Redis" */
	struct {
		const char *name;
		char value[WQ_BENCH_VALUE_MAX_BYTES];
	} settings[WQ_BENCH_SETTINGS_MAX];
	unsigned settings_n;
	struct {
		const char *name, *unit; /* "jobs_per_second", "/s" */
		double value;
	} facts[WQ_BENCH_FACTS_MAX];
	unsigned facts_n;
	struct {
		const char *name, *label;     /* "start", "from added to started" */
		const struct wq_histogram *h; /* borrowed */
	} extras[WQ_BENCH_EXTRAS_MAX];
	unsigned extras_n;
	char notes[WQ_BENCH_NOTES_MAX][WQ_BENCH_VALUE_MAX_BYTES]; /* sentences for people: what to mind */
	unsigned notes_n;
};
void wq_bench_setting(struct wq_bench_subject *s, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A URL without what may be secret in it. */
void wq_bench_setting_url(struct wq_bench_subject *s, const char *name, const char *url);
void wq_bench_fact(struct wq_bench_subject *s, const char *name, const char *unit, double value);
void wq_bench_extra(struct wq_bench_subject *s, const char *name, const char *label,
                    const struct wq_histogram *h);
void wq_bench_note(struct wq_bench_subject *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Was the harness, and not the peer, what limited the result?  Which of them, and a sentence. */
enum wq_bench_limit { WQ_BENCH_LIMIT_NONE, WQ_BENCH_LIMIT_CPU, WQ_BENCH_LIMIT_LATE, WQ_BENCH_LIMIT_STARVED };
enum wq_bench_limit wq_bench_limit(const struct wq_bench_result *r);
const char *wq_bench_limit_name(enum wq_bench_limit l); /* "cpu"; NULL: none */
int wq_bench_limit_text(const struct wq_bench_result *r, struct wq_buf *out);

/* Tells it as the options ask, and judges it by --fail-over: WQ_EXIT_FAILED when a goal was missed, when nothing ended
 * well, or when what was to be written could not be. */
enum wq_exit wq_bench_tell(const struct wq_bench_result *r, const struct wq_bench_common *c,
                           const struct wq_bench_subject *s);
