/* SPDX-License-Identifier: MIT */
/* dry_run.c — for each queue: who uses it, how much is there, and a page of what comes first. */
#include "app/worker/dry_run.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/cli/grid.h"
#include "app/cli/session.h"
#include "base/assert.h"
#include "queue/queue_check.h"
#include "store/look.h"

enum { SHOWN_MAX = 20, LINE_BYTES = 512 };

struct dry_run {
	struct wq_session session;
	struct wq_ref ref;
	struct wq_queue_check check;
	struct wq_look look;
};

static void on_checked(struct wq_queue_check *c, int rc)
{
	wq_session_done(&WQ_OWNER(c, struct dry_run, check)->session, rc);
}

static void on_look(struct wq_look *l, int rc)
{
	wq_session_done(&WQ_OWNER(l, struct dry_run, look)->session, rc);
}

static struct wq_look *look(struct dry_run *d)
{
	wq_look_init(&d->look, &d->ref, on_look);
	return &d->look;
}

static bool looked(struct dry_run *d, int started)
{
	return wq_session_wait(&d->session, started, d->look.cmd.error);
}

static bool check(struct dry_run *d)
{
	const struct wq_queue_seen *seen = &d->check.seen;
	char text[LINE_BYTES];

	if (!wq_session_wait(&d->session, wq_queue_check_start(&d->check, &d->ref, on_checked),
	                     d->check.guard.meta.error))
		return false;
	if (d->check.refused) {
		fprintf(stderr, "willaq: %s\n", d->check.why);
		return false;
	}
	printf("queue      %s\n", wq_grid_clean(d->ref.queue, text, sizeof(text)));
	printf("opened by  %s\n", seen->version[0]
	                                  ? wq_grid_clean(wq_str(seen->version), text, sizeof(text))
	                                  : "nobody has said (BullMQ 4, or workers only)");
	if (seen->clients_known)
		printf("workers    %u as BullMQ 5 and newer (willaq among them), %u as BullMQ 4\n",
		       seen->workers_v5, seen->workers_v4);
	if (d->check.warning[0])
		printf("warning    %s\n", d->check.warning);
	return true;
}

static bool show_counts(struct dry_run *d, struct wq_queue_counts *counts)
{
	if (!looked(d, wq_look_counts(look(d), wq_loop_wall_ms(d->session.loop), counts)))
		return false;
	printf("jobs      ");
	for (unsigned i = WQ_JOB_WAITING; i < WQ_JOB_STATES; i++)
		printf(" %" PRIu64 " %s%s", counts->of[i], wq_job_state_name((enum wq_job_state)i),
		       i + 1 < WQ_JOB_STATES ? "," : "\n");
	if (counts->paused)
		printf("paused     nothing would be taken before it is resumed\n");
	if (counts->held_ms)
		printf("limited    nothing would be taken yet, by the rate limit\n");
	if (counts->concurrency)
		printf("at most    %u jobs of all workers together\n", counts->concurrency);
	return true;
}

static void add_jobs(struct wq_grid *g, const struct wq_job_page *page)
{
	for (size_t i = 0; i < page->n; i++) {
		const struct wq_job *j = page->jobs[i];

		wq_grid_str(g, j->id);
		wq_grid_str(g, j->name);
		wq_grid_count(g, j->priority);
		wq_grid_count(g, j->attempts_made);
		wq_grid_time(g, j->timestamp_ms);
	}
}

/* Those without a priority run before all that have one. */
static bool show_first(struct dry_run *d, const struct wq_queue_counts *counts)
{
	static const char *const head[] = { "id", "name", ">priority", ">attempts", "added" };
	static const enum wq_job_state states[] = { WQ_JOB_WAITING, WQ_JOB_PRIORITIZED };
	uint32_t left = SHOWN_MAX;
	struct wq_grid g;
	bool ok = true;

	if (!counts->of[WQ_JOB_WAITING] && !counts->of[WQ_JOB_PRIORITIZED]) {
		printf("nothing waits\n\n");
		return true;
	}
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; i < WQ_COUNT(states) && ok && left > 0; i++) {
		const struct wq_page_query query = { .state = states[i],
			                             .n = left,
			                             .ascending = true };
		struct wq_job_page page = { .n = 0 };

		ok = looked(d, wq_look_page(look(d), &query, &page));
		add_jobs(&g, &page);
		left -= page.n < left ? (uint32_t)page.n : left;
		wq_job_page_fini(&page);
	}
	if (ok) {
		printf("would be taken first:\n");
		ok = wq_grid_print(&g) == 0;
		printf("\n");
	}
	wq_grid_fini(&g);
	return ok;
}

static bool show_queue(struct dry_run *d, const struct wq_plan *p, struct wq_str name)
{
	struct wq_queue_counts counts;
	bool ok;

	if (wq_ref_init(&d->ref, d->session.redis, wq_str(p->o.prefix), name, NULL) < 0)
		return false;
	ok = check(d) && show_counts(d, &counts) && show_first(d, &counts);
	wq_ref_fini(&d->ref);
	return ok;
}

enum wq_exit wq_dry_run(const struct wq_plan *p, const struct wq_settings *s)
{
	struct dry_run d = { .ref = { .redis = NULL } };
	bool ok = wq_session_open(&d.session, s);

	for (unsigned i = 0; i < p->queues_n && ok; i++)
		ok = show_queue(&d, p, p->queues[i]);
	if (ok)
		printf("dry run: nothing was taken, nothing was written\n");
	wq_session_close(&d.session);
	return ok ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}
