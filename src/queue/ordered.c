/* SPDX-License-Identifier: MIT */
/* ordered.c — tasks that ask to enter, and jobs that pass: each kind by one call at a time for all of a turn. */
#include "queue/ordered.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/map.h"

enum { DATA_DEPTH_MAX = 64 };

/* A job of a lane, from its run until it has passed. */
struct entry {
	struct wq_list link;     /* entering, in a call, or passing */
	struct wq_map_node held; /* by id, while its task lives */
	struct wq_task *task;    /* NULL: it has gone */
	bool inner;              /* the inner handler has it */
	bool parked, ended;
	struct wq_str lane, id;  /* behind the struct */
};

/* One kind of call. */
struct batch {
	struct wq_redis_cmd cmd;
	struct wq_list waiting, flying;
	const struct wq_list *at; /* the next to be written */
	bool open;
};

struct wq_ordered {
	struct wq_lanes lanes;
	struct wq_handler inner;
	struct wq_map by_id;
	struct batch enter, pass;
	struct wq_post turn;
};

static void on_turn(struct wq_post *p);

int wq_ordered_create(struct wq_ordered **out, struct wq_loop *l, const struct wq_ref *ref,
                      const struct wq_handler *inner)
{
	struct wq_ordered *o = wq_zalloc(sizeof(*o));
	int rc;

	*out = NULL;
	if (!o)
		return WQ_RAISE(WQ_ENOMEM);
	o->inner = *inner;
	wq_post_init(&o->turn, l, on_turn);
	for (struct batch *b = &o->enter; b; b = b == &o->enter ? &o->pass : NULL) {
		wq_list_init(&b->waiting);
		wq_list_init(&b->flying);
	}
	rc = wq_map_init(&o->by_id);
	if (rc == 0)
		rc = wq_lanes_init(&o->lanes, ref);
	if (rc < 0) {
		wq_ordered_destroy(o);
		return rc;
	}
	*out = o;
	return 0;
}

static void free_all(struct wq_list *list)
{
	while (!wq_list_empty(list)) {
		struct entry *e = WQ_OWNER(wq_list_pop(list), struct entry, link);

		wq_free(e);
	}
}

void wq_ordered_destroy(struct wq_ordered *o)
{
	if (!o)
		return;
	wq_post_cancel(&o->turn);
	for (struct batch *b = &o->enter; b; b = b == &o->enter ? &o->pass : NULL) {
		if (b->open)
			wq_redis_forget(&b->cmd);
		free_all(&b->waiting);
		free_all(&b->flying);
	}
	wq_map_fini(&o->by_id);
	wq_lanes_fini(&o->lanes);
	wq_free(o);
}

/* The job's entry, or NULL: it is in no lane, or there is no memory to tell. */
static struct entry *make(struct wq_ordered *o, struct wq_task *task, bool *failed)
{
	yyjson_doc *doc = wq_json_read(task->job->data, DATA_DEPTH_MAX, NULL);
	struct wq_str lane = wq_json_get_str(yyjson_doc_get_root(doc), "conversation"),
		      id = task->job->id;
	struct entry *e = NULL;

	*failed = false;
	if (lane.n > 0 && lane.n <= WQ_LANE_NAME_MAX_BYTES) {
		e = wq_zalloc(sizeof(*e) + lane.n + id.n);
		*failed = !e;
	}
	if (e) {
		char *text = (char *)(e + 1);

		memcpy(text, lane.p, lane.n);
		memcpy(text + lane.n, id.p, id.n);
		e->lane = wq_strn(text, lane.n);
		e->id = wq_strn(text + lane.n, id.n);
		e->task = task;
		wq_map_put(&o->by_id, &e->held, e->id);
	}
	wq_json_free(doc);
	return e;
}

static void on_run(void *ctx, struct wq_task *task)
{
	struct wq_ordered *o = ctx;
	bool failed;
	struct entry *e = make(o, task, &failed);

	if (failed) {
		(void)WQ_RAISE(WQ_ENOMEM);
		wq_task_delay(task, WQ_LANE_PARK_MS);
	} else if (!e) {
		o->inner.run(o->inner.ctx, task);
	} else {
		wq_list_push(&o->enter.waiting, &e->link);
		wq_post_at_end(&o->turn);
	}
}

static struct entry *find(const struct wq_ordered *o, const struct wq_task *task)
{
	struct wq_map_node *node = wq_map_get(&o->by_id, task->job->id);
	struct entry *e = node ? WQ_OWNER(node, struct entry, held) : NULL;

	return e && e->task == task ? e : NULL;
}

static void on_cancel(void *ctx, struct wq_task *task, enum wq_cancel_reason reason)
{
	struct wq_ordered *o = ctx;
	struct entry *e = find(o, task);

	/* One that only asks to enter is put back when the answer comes. */
	if ((!e || e->inner) && o->inner.cancel)
		o->inner.cancel(o->inner.ctx, task, reason);
}

static void on_gone(void *ctx, struct wq_task *task, bool ended)
{
	struct wq_ordered *o = ctx;
	struct entry *e = find(o, task);

	if (o->inner.gone)
		o->inner.gone(o->inner.ctx, task, ended);
	if (!e)
		return;
	wq_map_take(&o->by_id, &e->held);
	e->task = NULL;
	e->ended = ended;
	if (!ended && !e->parked) {
		wq_free(e); /* it comes again, or is somebody else's: its lane waits for it */
		return;
	}
	wq_list_push(&o->pass.waiting, &e->link);
	wq_post_at_end(&o->turn);
}

static void on_refused(void *ctx, const char *why)
{
	struct wq_ordered *o = ctx;

	if (o->inner.refused)
		o->inner.refused(o->inner.ctx, why);
}

void wq_ordered_handler(struct wq_ordered *o, struct wq_handler *out)
{
	*out = (struct wq_handler){
		.ctx = o, .run = on_run, .cancel = on_cancel, .gone = on_gone, .refused = on_refused
	};
}

static void write_item(void *ctx, size_t i, struct wq_lane_item *out)
{
	struct batch *b = ctx;
	struct entry *e;

	b->at = i == 0 ? b->flying.next : b->at->next;
	e = WQ_OWNER(b->at, struct entry, link);
	*out = (struct wq_lane_item){ .lane = e->lane, .id = e->id, .ended = e->ended };
}

static void admit(struct wq_ordered *o, struct entry *e, int rc, bool may_run)
{
	struct wq_task *task = e->task;

	wq_list_remove(&e->link);
	if (rc != 0 || task->cancelled || !task->worker) {
		wq_task_release(task);
	} else if (may_run) {
		e->inner = true;
		o->inner.run(o->inner.ctx, task);
	} else {
		e->parked = true;
		wq_task_delay(task, WQ_LANE_PARK_MS);
	}
}

static void on_entered(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_ordered *o = WQ_OWNER(cmd, struct wq_ordered, enter.cmd);

	for (size_t i = 0; !wq_list_empty(&o->enter.flying); i++)
		admit(o, WQ_OWNER(o->enter.flying.next, struct entry, link), rc,
		      rc == 0 && wq_lane_may_run(cmd, i));
	o->enter.open = false;
	wq_post_at_end(&o->turn);
}

/* Whatever came of it: a job that nobody woke looks by itself. */
static void on_passed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_ordered *o = WQ_OWNER(cmd, struct wq_ordered, pass.cmd);

	(void)rc;
	free_all(&o->pass.flying);
	o->pass.open = false;
	wq_post_at_end(&o->turn);
}

static size_t gather(struct batch *b)
{
	size_t n = 0;

	for (; n < WQ_LANE_BATCH_MAX && !wq_list_empty(&b->waiting); n++)
		wq_list_push(&b->flying, wq_list_pop(&b->waiting));
	b->open = n > 0;
	return n;
}

static void on_turn(struct wq_post *p)
{
	struct wq_ordered *o = WQ_OWNER(p, struct wq_ordered, turn);
	size_t n = o->pass.open ? 0 : gather(&o->pass);

	if (n &&
	    wq_lane_pass_start(&o->lanes, &o->pass.cmd, n, write_item, &o->pass, on_passed) < 0) {
		free_all(&o->pass.flying);
		o->pass.open = false;
	}
	n = o->enter.open ? 0 : gather(&o->enter);
	if (n && wq_lane_enter_start(&o->lanes, &o->enter.cmd, n, write_item, &o->enter,
	                             on_entered) < 0) {
		while (!wq_list_empty(&o->enter.flying))
			admit(o, WQ_OWNER(o->enter.flying.next, struct entry, link), WQ_EAWAY,
			      false);
		o->enter.open = false;
	}
}
