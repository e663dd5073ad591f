/* SPDX-License-Identifier: MIT */
/* tosend.c — one batch of an account. */
#include "domain/send/tosend.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/json.h"
#include "domain/message/message.h"
#include "domain/send/letter_job.h"
#include "io/loop/flow.h"
#include "store/tosend.h"

enum { TAKE, ADD, CLEAR, END };

struct batch {
	struct wq_flow flow;
	struct wq_tosend *tosend;
	struct wq_due_run *run;
	struct wq_redis_cmd cmd; /* CLEAR */
	struct wq_arena arena;
	struct wq_add_all add;
	struct wq_add_item items[WQ_TOSEND_MAX];
	struct wq_str ids[WQ_TOSEND_MAX];
	size_t n;
	bool more;
};

static struct batch *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct batch, flow);
}

static void on_taken(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_due_run *r = WQ_OWNER(cmd, struct wq_due_run, cmd);

	wq_flow_resume(&((struct batch *)r->user)->flow, rc);
}

static enum wq_flow_next run_take(struct wq_flow *f)
{
	struct batch *b = self(f);

	return wq_flow_after(f, ADD,
	                     wq_tosend_take_start(&b->run->keys, &b->run->cmd, b->run->now_ms,
	                                          on_taken));
}

static unsigned priority_of(struct wq_str data)
{
	yyjson_doc *doc = wq_json_read(data, WQ_JOB_JSON_DEPTH_MAX, NULL);
	int64_t n = wq_json_get_int(yyjson_doc_get_root(doc), "priority", WQ_PRIORITY_NORMAL);

	wq_json_free(doc);
	return n >= 1 && n <= WQ_PRIORITY_MAX ? (unsigned)n : WQ_PRIORITY_NORMAL;
}

/* WQ_ENOMEM, WQ_ETOOBIG: it has to wait. */
static int put_job(struct batch *b, struct wq_str id, struct wq_str data)
{
	char *own_id = wq_arena_copy(&b->arena, id), *own_data = wq_arena_copy(&b->arena, data),
	     *text;
	struct wq_letter_job job = { .priority = priority_of(data) };
	struct wq_buf opts;
	int rc;

	if (!own_id || !own_data)
		return WQ_ENOMEM;
	job.id = wq_strn(own_id, id.n);
	job.data = wq_strn(own_data, data.n);
	wq_buf_init(&opts, WQ_LETTER_OPTS_MAX_BYTES);
	rc = wq_letter_job_opts(&job, &opts);
	text = rc == 0 ? wq_arena_copy(&b->arena, wq_buf_str(&opts)) : NULL;
	if (text) {
		b->ids[b->n] = job.id;
		b->items[b->n++] = wq_letter_job_item(&job, b->tosend->queue_base,
		                                      wq_strn(text, opts.n));
	}
	wq_buf_fini(&opts);
	return text ? 0 : WQ_ENOMEM;
}

static void on_added(struct wq_add_all *a, int rc)
{
	wq_flow_resume(&WQ_OWNER(a, struct batch, add)->flow, rc);
}

static enum wq_flow_next run_add(struct wq_flow *f)
{
	struct batch *b = self(f);
	struct wq_str id, data;

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	b->more = wq_tosend_more(&b->run->cmd);
	for (size_t i = 0; i < WQ_TOSEND_MAX && wq_tosend_at(&b->run->cmd, i, &id, &data); i++)
		if (put_job(b, id, data) != 0)
			break;
	if (b->n == 0)
		return wq_flow_end(f, 0);
	wq_metric_count(&b->tosend->found, b->n);
	b->add = (struct wq_add_all){ .items = b->items, .n = b->n };
	return wq_flow_after(f, CLEAR, wq_producer_add_all(b->tosend->producer, &b->add, on_added));
}

static void on_cleared(struct wq_redis_cmd *cmd, int rc)
{
	wq_flow_resume(&WQ_OWNER(cmd, struct batch, cmd)->flow, rc);
}

static enum wq_flow_next run_clear(struct wq_flow *f)
{
	struct batch *b = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	return wq_flow_after(f, END,
	                     wq_tosend_done_start(&b->run->keys, &b->cmd, b->ids, b->n,
	                                          on_cleared));
}

static enum wq_flow_next run_end(struct wq_flow *f)
{
	return wq_flow_end(f, f->last);
}

static const struct wq_flow_step steps[] = {
	[TAKE] = { "take", run_take, NULL, WQ_BIT(ADD) },
	[ADD] = { "add", run_add, NULL, WQ_BIT(CLEAR) },
	[CLEAR] = { "clear", run_clear, NULL, WQ_BIT(END) },
	[END] = { "end", run_end, NULL, 0 },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct batch *b = self(f);
	struct wq_due_run *r = b->run;
	bool more = b->more;

	wq_arena_fini(&b->arena);
	wq_free(b);
	wq_due_done(r, rc > 0 ? WQ_EAWAY : rc == 0 && more ? WQ_DUE_MORE : rc);
}

static int run(void *ctx, struct wq_due_run *r)
{
	struct wq_tosend *t = ctx;
	struct batch *b = wq_zalloc(sizeof(*b));

	if (!b)
		return WQ_RAISE(WQ_ENOMEM);
	b->tosend = t;
	b->run = r;
	r->user = b;
	wq_arena_init(&b->arena, 2 * WQ_TOSEND_MAX * WQ_LETTER_DATA_MAX_BYTES);
	wq_flow_init(&b->flow, t->loop, steps, on_end);
	wq_flow_start(&b->flow);
	return 0;
}

void wq_tosend_add(struct wq_tosend *t, struct wq_due *due)
{
	t->found = (struct wq_metric){ .name = "willaq_jobs_found_total",
		                       .help = "messages whose jobs somebody else had to add",
		                       .type = WQ_COUNTER };
	wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_JOBS, "jobs", run, t });
}

void wq_tosend_add_metrics(struct wq_tosend *t, struct wq_metrics *m)
{
	wq_metrics_add(m, &t->found);
}
