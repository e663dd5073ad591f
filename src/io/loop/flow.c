/* SPDX-License-Identifier: MIT */
/* flow.c — the trampoline: steps never call steps, so the stack stays one frame deep. */
#include "io/loop/flow.h"

#include "base/assert.h"
#include "base/log.h"

static struct {
	void (*cb)(void *ctx, const struct wq_flow *f, const char *step, int last);
	void *ctx;
} tracer;

static void run(struct wq_flow *f)
{
	enum wq_flow_next next;

	do {
		const struct wq_flow_step *step = &f->steps[f->at];

		if (tracer.cb)
			tracer.cb(tracer.ctx, f, step->name, f->last);
		wq_debug("step", WQ_U("flow", (uintptr_t)f), WQ_S("step", step->name),
		         WQ_I("last", f->last));
		next = step->run(f);
	} while (next == WQ_FLOW_GO);
	if (next == WQ_FLOW_END)
		f->on_end(f, f->last); /* f may be gone: nothing may follow this line */
}

static void on_post(struct wq_post *p)
{
	run(WQ_OWNER(p, struct wq_flow, post));
}

static void move(struct wq_flow *f, int to)
{
	WQ_REQUIRE(f->steps[f->at].may &
	           WQ_BIT(to)); /* the drawing on top of the file shows every edge */
	f->from = f->at;
	f->at = to;
}

void wq_flow_init(struct wq_flow *f, struct wq_loop *l, const struct wq_flow_step *steps,
                  void (*on_end)(struct wq_flow *f, int rc))
{
	*f = (struct wq_flow){ .steps = steps, .on_end = on_end };
	wq_post_init(&f->post, l, on_post);
}

void wq_flow_start(struct wq_flow *f)
{
	wq_post_send(&f->post);
}

void wq_flow_resume(struct wq_flow *f, int rc)
{
	WQ_REQUIRE(f->parked); /* called twice, or from inside the submit call */
	f->parked = false;
	f->last = rc;
	run(f);
}

void wq_flow_cancel(struct wq_flow *f)
{
	f->cancelled = true;
	if (f->parked && f->steps[f->from].cancel)
		f->steps[f->from].cancel(f);
}

enum wq_flow_next wq_flow_go(struct wq_flow *f, int to)
{
	move(f, to);
	return WQ_FLOW_GO;
}

enum wq_flow_next wq_flow_after(struct wq_flow *f, int to, int started)
{
	WQ_REQUIRE(started <= 0);
	move(f, to);
	f->last = started;
	f->parked = started == 0;
	return f->parked ? WQ_FLOW_WAIT : WQ_FLOW_GO;
}

enum wq_flow_next wq_flow_end(struct wq_flow *f, int rc)
{
	f->last = rc;
	return WQ_FLOW_END;
}

void wq_flow_trace(void (*cb)(void *ctx, const struct wq_flow *f, const char *step, int last),
                   void *ctx)
{
	tracer.cb = cb;
	tracer.ctx = ctx;
}
