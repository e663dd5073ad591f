/* SPDX-License-Identifier: MIT */
/* queue_looks.c — list, show, watch, jobs, workers. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "app/api/queue_schedulers.h"
#include "app/api/queue_view.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"
#include "app/cli/queue_names.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

enum { WATCH_MS = 5000, JOBS_DEFAULT = 50 };

static int64_t now(const struct wq_queue_cli *c)
{
	return wq_loop_wall_ms(c->session.loop);
}

static const char *const list_head[] = { "QUEUE",        ">WAITING", ">ACTIVE",    ">DELAYED",
	                                 ">PRIORITIZED", ">CHILDREN", ">COMPLETED", ">FAILED", ">/MIN", "STATE" };

static void add_queue(struct wq_grid *g, struct wq_str name, const struct wq_queue_counts *q)
{
	static const enum wq_job_state order[] = { WQ_JOB_WAITING, WQ_JOB_ACTIVE,
		                                   WQ_JOB_DELAYED, WQ_JOB_PRIORITIZED,
		                                   WQ_JOB_WAITING_CHILDREN, WQ_JOB_COMPLETED,
		                                   WQ_JOB_FAILED };

	wq_grid_str(g, name);
	for (size_t i = 0; i < WQ_COUNT(order); i++)
		wq_grid_count(g, q->of[order[i]]);
	wq_grid_count(g, q->finished_minute);
	wq_grid_text(g, q->paused ? "paused" : q->held_ms ? "held" : "open");
}

/* One queue by its name; false: a sentence was printed. */
static bool count(struct wq_queue_cli *c, struct wq_str name, struct wq_queue_counts *q)
{
	struct wq_ref ref;
	int rc = wq_ref_init(&ref, c->session.redis,
	                     wq_str(wq_settings_text(c->session.settings, WQ_SET_PREFIX)), name,
	                     NULL);
	bool ok;

	if (rc < 0)
		return false;
	c->look.ref = &ref;
	c->look.redis = c->session.redis;
	ok = wq_queue_cli_looked(c, wq_look_counts(&c->look, now(c), q));
	wq_ref_fini(&ref);
	return ok;
}

/* Those of `all`, as a table or as JSON. */
static bool show_all(struct wq_queue_cli *c, const struct wq_queue_cli_names *all)
{
	struct wq_queue_counts q;
	struct wq_grid g;
	bool ok = true;

	wq_grid_init(&g, WQ_COUNT(list_head), list_head);
	wq_jsonw_array(&c->w);
	for (size_t i = 0; ok && i < all->n; i++) {
		ok = count(c, all->at[i], &q);
		if (ok && c->json) {
			wq_view_queue_open(&c->w, all->at[i], &q);
			wq_jsonw_object_end(&c->w);
		} else if (ok) {
			add_queue(&g, all->at[i], &q);
		}
	}
	wq_jsonw_array_end(&c->w);
	if (ok && c->json)
		ok = wq_queue_cli_print(c) == WQ_EXIT_DONE;
	else if (ok)
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	wq_buf_clear(&c->out);
	wq_jsonw_begin(&c->w, &c->out);
	return ok;
}

static bool list_once(struct wq_queue_cli *c)
{
	struct wq_queue_cli_names *all = wq_zalloc(sizeof(*all));
	bool ok;

	if (!all) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(WQ_ENOMEM));
		return false;
	}
	wq_arena_init(&all->arena, WQ_LOOK_ROWS_MAX_BYTES);
	if (c->args->count > 1) {
		all->at[all->n++] = c->ref.queue;
		ok = true;
	} else {
		ok = wq_queue_cli_find(c, NULL, all);
	}
	ok = ok && show_all(c, all);
	wq_arena_fini(&all->arena);
	wq_free(all);
	return ok;
}

static enum wq_exit list(struct wq_queue_cli *c)
{
	return list_once(c) ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}

/* A terminal is cleared each time; elsewhere blocks follow each other. */
static enum wq_exit watch(struct wq_queue_cli *c)
{
	uint64_t interval = WATCH_MS, times = UINT64_MAX;
	bool terminal = isatty(STDOUT_FILENO);

	if (!wq_queue_cli_ms(c, "interval", &interval) ||
	    !wq_queue_cli_count(c, "times", UINT32_MAX, &times))
		return WQ_EXIT_USAGE;
	for (uint64_t i = 0; i < times; i++) {
		if (i > 0)
			wq_session_pause(&c->session, interval ? interval : 1);
		if (terminal)
			fputs("\033[H\033[J", stdout);
		else if (i > 0 && !c->json)
			putchar('\n');
		if (!list_once(c))
			return WQ_EXIT_FAILED;
		if (fflush(stdout) != 0)
			return WQ_EXIT_FAILED;
	}
	return WQ_EXIT_DONE;
}

static void print_limits(const struct wq_queue_counts *q)
{
	if (q->concurrency)
		printf("concurrency      %" PRIu32 " at once\n", q->concurrency);
	if (q->rate_max)
		printf("rate             %" PRIu32 " in %" PRIu32 " ms\n", q->rate_max, q->rate_ms);
	if (q->held_ms > 0)
		printf("held             for %" PRId64 " ms more\n", q->held_ms);
}

static void print_queue(const struct wq_queue_cli *c, const struct wq_queue_counts *q,
                        const struct wq_workers_seen *workers)
{
	char name[WQ_GRID_CELL_MAX_BYTES];

	printf("queue            %s\n", wq_grid_clean(c->ref.queue, name, sizeof(name)));
	printf("state            %s\n", q->paused ? "paused" : "open");
	for (unsigned s = WQ_JOB_WAITING; s < WQ_JOB_STATES; s++)
		printf("%-16s %" PRIu64 "\n", wq_job_state_name((enum wq_job_state)s), q->of[s]);
	print_limits(q);
	if (workers->known)
		printf("workers          %zu\n", workers->n);
	printf("last minute      %" PRIu64 " finished\n", q->finished_minute);
	if (q->schedulers)
		printf("schedulers       %" PRIu64 "\n", q->schedulers);
	if (q->version[0])
		printf("opened by        %s\n",
		       wq_grid_clean(wq_str(q->version), name, sizeof(name)));
}

static enum wq_exit show(struct wq_queue_cli *c)
{
	struct wq_workers_seen workers = { .n = 0 };
	struct wq_queue_counts q;
	enum wq_exit code = WQ_EXIT_FAILED;

	if (!wq_queue_cli_looked(c, wq_look_counts(&c->look, now(c), &q)) ||
	    !wq_queue_cli_looked(c, wq_look_workers(&c->look, &workers)))
		return code;
	if (!q.exists) {
		fprintf(stderr,
		        "willaq: there is no such queue: \"willaq queue list\" tells which there are\n");
	} else if (c->json) {
		wq_view_queue_open(&c->w, c->ref.queue, &q);
		wq_jsonw_key(&c->w, "workers");
		wq_view_workers(&c->w, &workers);
		wq_jsonw_object_end(&c->w);
		code = wq_queue_cli_print(c);
	} else {
		print_queue(c, &q, &workers);
		(void)wq_queue_cli_may_change(c); /* tells what is wrong with it; looking is free */
		code = WQ_EXIT_DONE;
	}
	wq_workers_seen_fini(&workers);
	return code;
}

static void print_page(const struct wq_job_page *p)
{
	static const char *const head[] = { "ID", "NAME", "ADDED", ">TRIES", "DATA", "REASON" };
	struct wq_grid g;

	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; i < p->n; i++) {
		const struct wq_job *j = p->jobs[i];

		wq_grid_str(&g, j->id);
		wq_grid_str(&g, j->name);
		wq_grid_time(&g, j->timestamp_ms);
		wq_grid_count(&g, j->attempts_made);
		wq_grid_str(&g, p->whole[i] ? wq_strn(j->data.p, j->data.n < 60 ? j->data.n : 60)
		                            : wq_str("(too large)"));
		wq_grid_str(&g, j->failed_reason);
	}
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	if (p->next)
		printf("(%" PRIu64 " in all; the next ones: --from %" PRIu64 ")\n", p->total,
		       p->next);
}

static enum wq_exit jobs(struct wq_queue_cli *c)
{
	const char *order = wq_args_option(c->args, "order");
	struct wq_page_query q = { .state = WQ_JOB_WAITING };
	struct wq_job_page page = { .n = 0 };
	uint64_t n = JOBS_DEFAULT;

	if (!wq_queue_cli_state(c, &q.state) ||
	    !wq_queue_cli_count(c, "from", UINT32_MAX, &q.from) ||
	    !wq_queue_cli_count(c, "limit", WQ_LOOK_PAGE_MAX, &n))
		return WQ_EXIT_USAGE;
	if (n == 0 || (order && strcmp(order, "asc") != 0 && strcmp(order, "desc") != 0)) {
		fprintf(stderr, "willaq: --limit takes 1 to %d, --order asc or desc\n",
		        WQ_LOOK_PAGE_MAX);
		return WQ_EXIT_USAGE;
	}
	q.n = (uint32_t)n;
	q.ascending = order ? strcmp(order, "asc") == 0
	                    : q.state != WQ_JOB_COMPLETED && q.state != WQ_JOB_FAILED;
	if (!wq_queue_cli_looked(c, wq_look_page(&c->look, &q, &page)))
		return WQ_EXIT_FAILED;
	if (c->json)
		wq_view_page(&c->w, &page);
	else
		print_page(&page);
	wq_job_page_fini(&page);
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

static enum wq_exit workers(struct wq_queue_cli *c)
{
	static const char *const head[] = { "WORKER", "ADDRESS", ">CONNECTED S", "GENERATION" };
	struct wq_workers_seen seen = { .n = 0 };
	struct wq_grid g;

	if (!wq_queue_cli_looked(c, wq_look_workers(&c->look, &seen)))
		return WQ_EXIT_FAILED;
	if (!seen.known) {
		fprintf(stderr,
		        "willaq: Redis has too many clients to list them, or does not let us\n");
		return WQ_EXIT_FAILED;
	}
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; i < seen.n; i++) {
		wq_grid_str(&g, seen.at[i].name);
		wq_grid_str(&g, seen.at[i].address);
		wq_grid_count(&g, seen.at[i].age_s);
		wq_grid_text(&g, seen.at[i].older ? "4" : "5 or later");
	}
	if (c->json)
		wq_view_workers(&c->w, &seen);
	else
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	wq_workers_seen_fini(&seen);
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

struct reading {
	struct wq_queue_cli *c;
	struct wq_redis_cmd cmd;
};

/* The answer lives as long as the callback: told at once. */
static void on_schedulers(struct wq_redis_cmd *cmd, int rc)
{
	static const char *const head[] = { "SCHEDULER", "NAME", "WHEN", "NEXT", ">JOBS" };
	struct wq_queue_cli *c = WQ_OWNER(cmd, struct reading, cmd)->c;
	struct wq_scheduler_seen seen;
	struct wq_grid g;
	char every[32];

	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; rc == 0 && i < wq_scheduler_read_count(cmd); i++) {
		if (!wq_scheduler_read_at(cmd, i, &seen))
			continue;
		snprintf(every, sizeof(every), "every %" PRId64 " ms", seen.record.every_ms);
		wq_grid_str(&g, seen.record.id);
		wq_grid_str(&g, seen.record.name);
		wq_grid_str(&g, seen.record.pattern.n ? seen.record.pattern : wq_str(every));
		wq_grid_time(&g, seen.next_ms);
		wq_grid_count(&g, seen.made > 0 ? (uint64_t)seen.made : 0);
	}
	if (rc == 0 && c->json)
		wq_view_schedulers(&c->w, cmd, 0);
	else if (rc == 0)
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	wq_session_done(&c->session, rc);
}

static enum wq_exit schedulers(struct wq_queue_cli *c)
{
	struct wq_scheduler_query q = { .count = WQ_SCHEDULERS_PAGE_MAX, .ascending = true };
	struct reading r = { .c = c };

	if (!wq_session_wait(&c->session,
	                     wq_scheduler_read_start(&c->ref, &r.cmd, &q, on_schedulers),
	                     r.cmd.error))
		return WQ_EXIT_FAILED;
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

const struct wq_queue_action wq_queue_looks[] = {
	{ "list", "", 0, 0, list, false },        { "show", "QUEUE", 1, 1, show, false },
	{ "watch", "[QUEUE]", 0, 1, watch, false }, { "jobs", "QUEUE", 1, 1, jobs, false },
	{ "workers", "QUEUE", 1, 1, workers, false },
	{ "schedulers", "QUEUE", 1, 1, schedulers, false }, { NULL, NULL, 0, 0, NULL, false },
};
