/* SPDX-License-Identifier: MIT */
/* inspector.c — one part after the other, until there are no more. */
#include "queue/inspector.h"

#include "base/assert.h"
#include "base/err.h"

/* The places in which jobs of a state stand. */
static const enum wq_place waiting[] = { WQ_PLACE_WAIT, WQ_PLACE_PAUSED };
static const enum wq_place drained[] = { WQ_PLACE_WAIT, WQ_PLACE_PAUSED, WQ_PLACE_PRIORITIZED,
	                                 WQ_PLACE_DELAYED };

static void end(struct wq_inspect *i, int rc)
{
	i->error = i->change.cmd.error;
	i->cb(i, rc);
}

static void on_change(struct wq_change *c, int rc)
{
	struct wq_inspect *i = WQ_OWNER(c, struct wq_inspect, change);

	if (rc != 0) {
		end(i, rc);
		return;
	}
	i->n += c->n;
	i->code = c->code;
	for (size_t at = 0; i->on_id && at < wq_change_ids(c); at++)
		i->on_id(i, wq_change_id(c, at));
	if (i->cancelled) {
		end(i, WQ_ECANCELED);
		return;
	}
	rc = i->code == WQ_CHANGE_DONE && i->step ? i->step(i) : 1;
	if (rc != 0) /* nothing further is in flight */
		end(i, rc < 0 ? rc : 0);
}

void wq_inspect_init(struct wq_inspect *i, struct wq_loop *l, const struct wq_ref *ref,
                     void (*cb)(struct wq_inspect *i, int rc))
{
	*i = (struct wq_inspect){ .loop = l, .cb = cb, .error = "" };
	wq_change_init(&i->change, ref, on_change);
}

void wq_inspect_cancel(struct wq_inspect *i)
{
	i->cancelled = true;
}

void wq_inspect_forget(struct wq_inspect *i)
{
	wq_change_forget(&i->change);
}

const char *wq_inspect_code_text(int code)
{
	switch ((enum wq_change_code)code) {
	case WQ_CHANGE_DONE:
		return "done";
	case WQ_CHANGE_NOT_WAITED_FOR:
		return "its parent did not wait for the job";
	case WQ_CHANGE_HELD:
		return "the job, or one that it depends on, is being run: wait until it ends";
	case WQ_CHANGE_MISSING:
		return "there is no such job";
	case WQ_CHANGE_ACTIVE:
		return "jobs are being run: wait until they end, or use force";
	case WQ_CHANGE_STATE:
		return "the job is not in a state that allows this";
	case WQ_CHANGE_PARENT:
		return "the parent of the job is gone";
	case WQ_CHANGE_SCHEDULED:
		return "the job is the next one of a scheduler: remove the scheduler instead";
	}
	return "Redis answered with a code that is not known here";
}

/* A fresh operation; `step` is what goes on with it, NULL: it is one call. */
static struct wq_change *begin(struct wq_inspect *i, int (*step)(struct wq_inspect *i))
{
	WQ_REQUIRE(i->cb != NULL);
	i->code = 0;
	i->n = 0;
	i->phase = 0;
	i->cancelled = false;
	i->step = step;
	i->change.more = false;
	return &i->change;
}

static int64_t now(const struct wq_inspect *i)
{
	return wq_loop_wall_ms(i->loop);
}

static int step_pause(struct wq_inspect *i)
{
	return i->change.more ? wq_change_pause(&i->change) : 1;
}

int wq_inspect_pause(struct wq_inspect *i)
{
	return wq_change_pause(begin(i, step_pause));
}

static int step_resume(struct wq_inspect *i)
{
	return i->change.more ? wq_change_resume(&i->change) : 1;
}

int wq_inspect_resume(struct wq_inspect *i)
{
	return wq_change_resume(begin(i, step_resume));
}

int wq_inspect_promote(struct wq_inspect *i, struct wq_str id)
{
	return wq_change_promote(begin(i, NULL), id);
}

int wq_inspect_change_delay(struct wq_inspect *i, struct wq_str id, int64_t delay_ms)
{
	return wq_change_delay(begin(i, NULL), now(i), id, delay_ms);
}

int wq_inspect_change_priority(struct wq_inspect *i, struct wq_str id, uint32_t priority,
                               bool front)
{
	return wq_change_priority(begin(i, NULL), id, priority, front);
}

int wq_inspect_retry(struct wq_inspect *i, struct wq_str id, const struct wq_retry *how)
{
	return wq_change_retry(begin(i, NULL), id, how);
}

static int step_remove(struct wq_inspect *i)
{
	return i->change.more ? wq_change_remove(&i->change, i->id, i->flag) : 1;
}

int wq_inspect_remove(struct wq_inspect *i, struct wq_str id, bool children)
{
	i->id = id;
	i->flag = children;
	return wq_change_remove(begin(i, step_remove), id, children);
}

static int step_remove_pending(struct wq_inspect *i)
{
	return i->change.more ? wq_change_remove_pending(&i->change, i->id) : 1;
}

int wq_inspect_remove_pending(struct wq_inspect *i, struct wq_str id)
{
	i->id = id;
	return wq_change_remove_pending(begin(i, step_remove_pending), id);
}

int wq_inspect_detach(struct wq_inspect *i, struct wq_str id)
{
	return wq_change_detach(begin(i, NULL), id);
}

int wq_inspect_update_data(struct wq_inspect *i, struct wq_str id, struct wq_str json)
{
	return wq_change_note(begin(i, NULL), id, WQ_NOTE_DATA, json, 0);
}

int wq_inspect_progress(struct wq_inspect *i, struct wq_str id, struct wq_str json)
{
	return wq_change_note(begin(i, NULL), id, WQ_NOTE_PROGRESS, json, 0);
}

int wq_inspect_log(struct wq_inspect *i, struct wq_str id, struct wq_str row, uint32_t keep)
{
	return wq_change_note(begin(i, NULL), id, WQ_NOTE_LOG, row, keep);
}

static int step_promote_all(struct wq_inspect *i)
{
	return i->change.more ? wq_change_promote_all(&i->change) : 1;
}

int wq_inspect_promote_all(struct wq_inspect *i)
{
	return wq_change_promote_all(begin(i, step_promote_all));
}

static int step_retry_all(struct wq_inspect *i)
{
	return i->change.more ? wq_change_retry_all(&i->change, i->state, i->until_ms) : 1;
}

int wq_inspect_retry_all(struct wq_inspect *i, enum wq_finished state, int64_t until_ms)
{
	i->state = state;
	i->until_ms = until_ms ? until_ms : now(i);
	return wq_change_retry_all(begin(i, step_retry_all), state, i->until_ms);
}

static int step_clean(struct wq_inspect *i)
{
	i->what.before = i->n;
	return i->change.more ? wq_change_clean(&i->change, &i->what) : 1;
}

int wq_inspect_clean_place(struct wq_inspect *i, enum wq_place place, int64_t grace_ms,
                           uint64_t limit)
{
	i->what =
		(struct wq_clean){ .place = place, .until_ms = now(i) - grace_ms, .limit = limit };
	return wq_change_clean(begin(i, step_clean), &i->what);
}

/* The second list when the first is done and the limit leaves room; each has its own "cleaned". */
static int step_clean_waiting(struct wq_inspect *i)
{
	if (!i->change.more) {
		if (i->phase > 0 || (i->what.limit && i->n >= i->what.limit))
			return 1;
		i->what.place = waiting[++i->phase];
		i->what.limit -= i->what.limit ? i->n : 0;
		i->until_ms = (int64_t)i->n; /* taken from the first list */
	}
	i->what.before = i->n - (i->phase ? (uint64_t)i->until_ms : 0);
	return wq_change_clean(&i->change, &i->what);
}

int wq_inspect_clean(struct wq_inspect *i, enum wq_job_state state, int64_t grace_ms,
                     uint64_t limit)
{
	static const enum wq_place places[WQ_JOB_STATES] = {
		[WQ_JOB_ACTIVE] = WQ_PLACE_ACTIVE,
		[WQ_JOB_DELAYED] = WQ_PLACE_DELAYED,
		[WQ_JOB_PRIORITIZED] = WQ_PLACE_PRIORITIZED,
		[WQ_JOB_WAITING_CHILDREN] = WQ_PLACE_CHILDREN,
		[WQ_JOB_COMPLETED] = WQ_PLACE_COMPLETED,
		[WQ_JOB_FAILED] = WQ_PLACE_FAILED,
	};

	WQ_REQUIRE(state > WQ_JOB_UNKNOWN && state < WQ_JOB_STATES);
	if (state != WQ_JOB_WAITING)
		return wq_inspect_clean_place(i, places[state], grace_ms, limit);
	i->what = (struct wq_clean){ .place = waiting[0],
		                     .until_ms = now(i) - grace_ms,
		                     .limit = limit };
	return wq_change_clean(begin(i, step_clean_waiting), &i->what);
}

static int step_drain(struct wq_inspect *i)
{
	unsigned places = i->flag ? WQ_COUNT(drained) : WQ_COUNT(drained) - 1;

	if (!i->change.more && ++i->phase == places)
		return 1;
	return wq_change_drain(&i->change, drained[i->phase]);
}

int wq_inspect_drain(struct wq_inspect *i, bool delayed)
{
	i->flag = delayed;
	return wq_change_drain(begin(i, step_drain), drained[0]);
}

enum { PAUSING, TAKING };

static int step_obliterate(struct wq_inspect *i)
{
	if (i->phase == PAUSING) {
		if (i->change.more)
			return wq_change_pause(&i->change);
		i->phase = TAKING;
		return wq_change_obliterate(&i->change, i->flag);
	}
	return i->change.more ? wq_change_obliterate(&i->change, i->flag) : 1;
}

int wq_inspect_obliterate(struct wq_inspect *i, bool force)
{
	i->flag = force;
	return wq_change_pause(begin(i, step_obliterate));
}

int wq_inspect_concurrency(struct wq_inspect *i, uint32_t n)
{
	return wq_change_concurrency(begin(i, NULL), n);
}

int wq_inspect_rate(struct wq_inspect *i, uint32_t max, uint32_t per_ms)
{
	return wq_change_rate(begin(i, NULL), max, per_ms);
}

int wq_inspect_hold(struct wq_inspect *i, uint32_t ms)
{
	return wq_change_hold(begin(i, NULL), ms);
}

int wq_inspect_dedup_forget(struct wq_inspect *i, struct wq_str dedup_id)
{
	return wq_change_dedup_forget(begin(i, NULL), dedup_id);
}
