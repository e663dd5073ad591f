/* SPDX-License-Identifier: MIT */
/* worker_note.c — what a job says while it runs: progress, rows of its log, new data.
 *
 * A note leaves before the call that settles its job, on the same connection: Redis has it first.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "queue/worker_core.h"

/* On its way; nobody waits for its outcome. */
struct note {
	struct wq_change change;
	struct wq_list link;
	struct wq_worker *worker;
};

static void on_noted(struct wq_change *c, int rc)
{
	struct note *n = WQ_OWNER(c, struct note, change);

	(void)rc; /* whether a job is gone its own end tells */
	wq_list_remove(&n->link);
	n->worker->notes_n--;
	wq_free(n);
}

static struct note *create_note(struct wq_worker *w)
{
	struct note *n;

	if (w->notes_n >= WQ_WORKER_NOTES_MAX)
		return NULL;
	n = wq_alloc(sizeof(*n));
	if (!n)
		return NULL;
	n->worker = w;
	wq_list_init(&n->link);
	wq_change_init(&n->change, &w->ref, on_noted);
	return n;
}

/* `rc`: what starting it gave. */
static int keep_note(struct note *n, int rc)
{
	if (rc < 0) {
		wq_free(n);
		return rc;
	}
	wq_list_push(&n->worker->notes, &n->link);
	n->worker->notes_n++;
	return 0;
}

static int note(struct wq_task *t, enum wq_note kind, struct wq_str value, uint32_t keep)
{
	struct note *n;

	if (!t->worker || t->worker->closing)
		return WQ_ECANCELED;
	n = create_note(t->worker);
	if (!n)
		return WQ_RAISE_MSG(WQ_EFULL, "a note of a job has no room");
	return keep_note(n, wq_change_note(&n->change, t->job->id, kind, value, keep));
}

static bool is_json(struct wq_str text)
{
	yyjson_doc *doc = wq_json_read(text, WQ_JOB_JSON_DEPTH_MAX, NULL);

	wq_json_free(doc);
	return doc != NULL;
}

int wq_task_progress(struct wq_task *t, struct wq_str json)
{
	if (!is_json(json)) /* would end every listener of the queue's events */
		return WQ_RAISE_MSG(WQ_EPARSE, "a job's progress is no JSON");
	return note(t, WQ_NOTE_PROGRESS, json, 0);
}

int wq_task_log(struct wq_task *t, struct wq_str row)
{
	struct wq_job_policy p;

	wq_job_policy_read(&p, t->job->opts);
	return note(t, WQ_NOTE_LOG, row, p.logs > 0 ? (uint32_t)p.logs : 0);
}

int wq_task_update_data(struct wq_task *t, struct wq_str json)
{
	if (!is_json(json))
		return WQ_RAISE_MSG(WQ_EPARSE, "a job's data is no JSON");
	return note(t, WQ_NOTE_DATA, json, 0);
}

void wq_task_rate_limit(struct wq_task *t, int64_t delay_ms)
{
	struct wq_worker *w = t->worker;
	int64_t ms = delay_ms < 1 ? 1 : delay_ms < UINT32_MAX ? delay_ms : UINT32_MAX;
	struct note *n = w && !w->closing ? create_note(w) : NULL;

	if (n)
		keep_note(n, wq_change_hold(&n->change, (uint32_t)ms));
	if (w)
		wq_worker_limit(w, ms);
	wq_task_release(t);
}

void wq_worker_notes_init(struct wq_worker *w)
{
	wq_list_init(&w->notes);
}

void wq_worker_notes_stop(struct wq_worker *w)
{
	struct wq_list *l;

	while ((l = wq_list_pop(&w->notes))) {
		struct note *n = WQ_OWNER(l, struct note, link);

		wq_change_forget(&n->change);
		wq_free(n);
	}
	w->notes_n = 0;
}
