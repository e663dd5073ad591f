/* SPDX-License-Identifier: MIT */
/* push.c — from a claimed job to a request, and from its answer to the job's ending. */
#include "queue/push.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "base/standard_webhook.h"
#include "queue/breaker.h"
#include "queue/push_body.h"
#include "queue/push_verdict.h"

enum { HOLD_MS = 200, ID_HEX_BYTES = 32, HEADER_BYTES = 3 * WQ_JOB_ID_MAX_BYTES + 1 };

/* A queue that is posted. */
struct lane {
	struct wq_list link;
	struct wq_push *push;
	char *queue, *header; /* owned; the second as a header can hold it */
};

struct wq_push {
	struct wq_loop *loop;
	struct wq_client *client; /* borrowed */
	char *url;
	uint32_t timeout_ms;
	size_t answer_max_bytes;
	bool is_signed;
	struct wq_standard_webhook signer;
	struct wq_breaker breaker;
	struct wq_list lanes;
	struct wq_list waiting; /* for the end of the trial */
	void (*refused)(void *ctx, const char *why);
	void *refused_ctx;
	struct wq_metric posts, connections, outages, openings, state, took;
};

/* One job on its way.  Freed when its task has ended. */
struct post {
	struct wq_call call;
	struct wq_push *push;
	struct lane *lane;
	struct wq_task *task;
	struct wq_list link; /* in `waiting`, or alone */
	struct wq_buf body, job;
	bool trial, calling;
	bool cancelled;
	enum wq_cancel_reason reason;
	char attempt[12], id[8 + ID_HEX_BYTES], timestamp[24];
	char signature[WQ_STANDARD_WEBHOOK_SIGNATURE_BYTES];
};

static void free_post(struct post *t)
{
	if (t->calling)
		wq_call_fini(&t->call);
	wq_list_remove(&t->link);
	wq_buf_fini(&t->body);
	wq_buf_fini(&t->job);
	wq_free(t);
}

static struct post *create_post(struct lane *lane, struct wq_task *task)
{
	struct post *t = wq_zalloc(sizeof(*t));

	if (!t) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	t->push = lane->push;
	t->lane = lane;
	t->task = task;
	task->user = t;
	wq_list_init(&t->link);
	wq_buf_init(&t->body, WQ_PUSH_BODY_MAX_BYTES);
	wq_buf_init(&t->job, HEADER_BYTES);
	return t;
}

static uint64_t now_us(const struct wq_push *p)
{
	return wq_loop_now_us(p->loop);
}

/* Counts what the breaker does, and says it once. */
static void tell_breaker(struct wq_push *p, enum wq_breaker_outcome o, bool trial)
{
	enum wq_breaker_state before = p->breaker.state;
	uint64_t openings = p->breaker.openings;

	wq_breaker_tell(&p->breaker, o, trial, now_us(p));
	if (o == WQ_BREAKER_OUTAGE)
		wq_metric_count(&p->outages, 1);
	wq_metric_count(&p->openings, (double)(p->breaker.openings - openings));
	wq_metric_set(&p->state, p->breaker.state);
	if (p->breaker.state == before && p->breaker.openings == openings)
		return;
	if (p->breaker.state == WQ_BREAKER_OPEN)
		wq_warn("push_paused", WQ_URL("url", p->url),
		        WQ_U("ms", wq_breaker_pause_ms(&p->breaker, now_us(p))),
		        WQ_S("why", "the endpoint is out of reach: jobs wait in their queue"));
	else if (p->breaker.state == WQ_BREAKER_CLOSED)
		wq_info("push_goes_on", WQ_URL("url", p->url));
}

static void hand_back(struct wq_task *task, uint32_t hold_ms)
{
	wq_worker_hold(task->worker, hold_ms ? hold_ms : 1);
	wq_task_release(task);
}

/* Nothing was asked of the endpoint. */
static void give_up(struct post *t, uint32_t hold_ms)
{
	struct wq_task *task = t->task;

	if (t->trial)
		tell_breaker(t->push, WQ_BREAKER_NOTHING, true);
	free_post(t);
	hand_back(task, hold_ms);
}

static void fail(struct wq_task *task, struct wq_str reason, struct wq_str stack, bool for_good)
{
	const struct wq_failure f = { .reason = reason, .stack = stack, .unrecoverable = for_good };

	wq_task_fail(task, &f);
}

static void end_task(struct wq_task *task, const struct wq_push_verdict *v)
{
	if (v->kind == WQ_PUSH_COMPLETE)
		wq_task_complete(task, v->value);
	else if (v->kind == WQ_PUSH_DELAY)
		wq_task_delay(task, v->delay_ms);
	else
		fail(task, v->reason, v->stack, v->kind == WQ_PUSH_FAIL_FOR_GOOD);
}

static enum wq_breaker_outcome outcome_of(const struct wq_push_answer *a)
{
	if (wq_push_is_outage(a))
		return WQ_BREAKER_OUTAGE;
	return a->rc == 0 || a->rc == WQ_ETOOBIG ? WQ_BREAKER_FINE : WQ_BREAKER_NOTHING;
}

static void post_it(struct post *t);

/* Those that waited for the trial have their turn. */
static void wake(struct wq_push *p)
{
	while (!wq_list_empty(&p->waiting)) {
		struct post *t = WQ_OWNER(p->waiting.next, struct post, link);
		enum wq_breaker_answer a = wq_breaker_ask(&p->breaker, now_us(p));

		if (a == WQ_BREAKER_WAIT)
			return;
		wq_list_remove(&t->link);
		if (a == WQ_BREAKER_STOP) {
			give_up(t, wq_breaker_pause_ms(&p->breaker, now_us(p)));
			continue;
		}
		t->trial = a == WQ_BREAKER_TRIAL;
		post_it(t);
	}
}

static void judge(struct post *t, const struct wq_push_answer *a)
{
	struct wq_push_verdict v;

	wq_push_verdict_init(&v, a);
	end_task(t->task, &v);
	wq_push_verdict_fini(&v);
}

static void on_answer(struct wq_call *call, int rc)
{
	struct post *t = WQ_OWNER(call, struct post, call);
	struct wq_push *p = t->push;
	bool cut = t->cancelled && rc == WQ_ECANCELED;
	const struct wq_push_answer a = { .rc = rc,
		                          .status = call->status,
		                          .timed_out = cut && t->reason == WQ_CANCEL_TIMEOUT,
		                          .timeout_ms = p->timeout_ms,
		                          .retry_after_ms = call->retry_after_ms,
		                          .delay = wq_call_header_in(call, "X-Willaq-Delay"),
		                          .body = wq_buf_str(&call->body_in),
		                          .why = wq_call_why(call) };

	wq_metric_count(&p->connections, !call->reused);
	wq_metric_observe_us(&p->took, call->took_us);
	tell_breaker(p, outcome_of(&a), t->trial);
	if (cut && t->reason == WQ_CANCEL_REQUESTED)
		fail(t->task, wq_str("cancelled on request"), wq_str(""), false);
	else if (rc == WQ_ECANCELED && !a.timed_out)
		wq_task_release(t->task);
	else
		judge(t, &a);
	free_post(t);
	wake(p);
}

static void add_header(struct wq_call *c, const char *name, struct wq_str value)
{
	c->headers[c->headers_n++] = (struct wq_call_header){ .name = name, .value = value };
}

/* The same for all attempts of one job, and of no other: its time is in it, for ids are used again. */
static int write_id(struct post *t)
{
	const struct wq_job *j = t->task->job;
	unsigned char sum[WQ_SHA256_BYTES];
	struct wq_buf b;
	int rc;

	wq_buf_init(&b, WQ_QUEUE_NAME_MAX_BYTES + WQ_JOB_ID_MAX_BYTES + 64);
	rc = wq_buf_addf(&b, "%" PRId64 ":%s:", j->timestamp_ms, t->lane->queue);
	if (rc == 0)
		rc = wq_buf_add_str(&b, j->id);
	if (rc == 0)
		rc = wq_sha256(wq_buf_str(&b), sum);
	wq_buf_fini(&b);
	memcpy(t->id, "msg_", 4);
	if (rc == 0)
		wq_hex_encode(sum, ID_HEX_BYTES / 2, t->id + 4);
	t->id[4 + ID_HEX_BYTES] = '\0';
	return rc;
}

static int sign(struct post *t)
{
	int64_t seconds = wq_loop_wall_ms(t->push->loop) / 1000;
	int rc = write_id(t);

	snprintf(t->timestamp, sizeof(t->timestamp), "%" PRId64, seconds);
	if (rc == 0)
		rc = wq_standard_webhook_sign(&t->push->signer, wq_str(t->id), seconds,
		                              wq_buf_str(&t->body), t->signature);
	add_header(&t->call, "webhook-id", wq_str(t->id));
	add_header(&t->call, "webhook-timestamp", wq_str(t->timestamp));
	add_header(&t->call, "webhook-signature", wq_str(t->signature));
	return rc;
}

static int compose(struct post *t)
{
	const struct wq_job *j = t->task->job;
	struct wq_call *c = &t->call;
	int rc = wq_push_body_add(&t->body, wq_str(t->lane->queue), j, t->task->token);

	if (rc == 0)
		rc = wq_push_header_add(&t->job, j->id);
	if (rc < 0)
		return rc;
	snprintf(t->attempt, sizeof(t->attempt), "%" PRIu32, j->attempts_made + 1);
	*c = (struct wq_call){ .method = "POST",
		               .url = t->push->url,
		               .timeout_ms = t->push->timeout_ms,
		               .stall_timeout_ms = t->push->timeout_ms,
		               .response_max_bytes = t->push->answer_max_bytes,
		               .body = wq_buf_str(&t->body) };
	add_header(c, "Content-Type", wq_str("application/json"));
	add_header(c, "X-Willaq-Queue", wq_str(t->lane->header));
	add_header(c, "X-Willaq-Job", wq_buf_str(&t->job));
	add_header(c, "X-Willaq-Attempt", wq_str(t->attempt));
	return t->push->is_signed ? sign(t) : 0;
}

/* It cannot be posted: for a reason of its own, or for one that will pass. */
static void on_not_sent(struct post *t, int rc)
{
	struct wq_task *task = t->task;

	if (rc != WQ_EINVAL && rc != WQ_ETOOBIG && rc != WQ_EPARSE) {
		give_up(t, HOLD_MS);
		return;
	}
	if (t->trial)
		tell_breaker(t->push, WQ_BREAKER_NOTHING, true);
	free_post(t);
	fail(task,
	     wq_str(rc == WQ_ETOOBIG ? "the job is too large to be posted"
	                             : "the job cannot be written as a request"),
	     wq_str(""), true);
}

static void post_it(struct post *t)
{
	int rc = compose(t);

	if (rc == 0)
		rc = wq_call_start(t->push->client, &t->call, on_answer);
	t->calling = rc == 0;
	if (rc == 0)
		wq_metric_count(&t->push->posts, 1);
	else
		on_not_sent(t, rc);
}

static void run(void *ctx, struct wq_task *task)
{
	struct lane *lane = ctx;
	struct wq_push *p = lane->push;
	enum wq_breaker_answer a = wq_breaker_ask(&p->breaker, now_us(p));
	struct post *t;

	task->user = NULL;
	wq_metric_set(&p->state, p->breaker.state);
	if (a == WQ_BREAKER_STOP) {
		hand_back(task, wq_breaker_pause_ms(&p->breaker, now_us(p)));
		return;
	}
	t = create_post(lane, task);
	if (!t) {
		if (a == WQ_BREAKER_TRIAL)
			tell_breaker(p, WQ_BREAKER_NOTHING, true);
		hand_back(task, HOLD_MS);
		return;
	}
	t->trial = a == WQ_BREAKER_TRIAL;
	if (a == WQ_BREAKER_WAIT)
		wq_list_push(&p->waiting, &t->link);
	else
		post_it(t);
}

static void cancel(void *ctx, struct wq_task *task, enum wq_cancel_reason reason)
{
	struct post *t = task->user;

	(void)ctx;
	if (!t->calling) { /* it waits for a trial */
		free_post(t);
		wq_task_release(task);
		return;
	}
	t->cancelled = true;
	t->reason = reason;
	wq_call_cancel(&t->call);
}

static void refused(void *ctx, const char *why)
{
	struct wq_push *p = ((struct lane *)ctx)->push;

	if (p->refused)
		p->refused(p->refused_ctx, why);
}

static void init_metrics(struct wq_push *p)
{
	p->posts = (struct wq_metric){ .name = "willaq_push_posts_total", .help = "jobs posted" };
	p->connections =
		(struct wq_metric){ .name = "willaq_push_new_connections_total",
		                    .help = "posts that could not use an open connection" };
	p->outages = (struct wq_metric){ .name = "willaq_push_outages_total",
		                         .help = "posts that found the endpoint out of reach" };
	p->openings = (struct wq_metric){ .name = "willaq_push_breaker_openings_total",
		                          .help = "how often the endpoint was left alone" };
	p->state = (struct wq_metric){ .name = "willaq_push_breaker_state",
		                       .help = "0 closed, 1 open, 2 half open",
		                       .type = WQ_GAUGE };
	p->took = (struct wq_metric){ .name = "willaq_push_answer_seconds",
		                      .help = "from the post to its answer",
		                      .type = WQ_HISTOGRAM };
}

static int init(struct wq_push *p, const struct wq_push_opts *o, const char **why)
{
	p->url = wq_strdup(o->url);
	if (!p->url)
		return WQ_RAISE(WQ_ENOMEM);
	if (!o->secrets || !*o->secrets)
		return 0;
	p->is_signed = true;
	return wq_standard_webhook_init(&p->signer, wq_str(o->secrets), WQ_PUSH_BODY_MAX_BYTES,
	                                why);
}

int wq_push_create(struct wq_push **out, struct wq_loop *l, struct wq_client *client,
                   const struct wq_push_opts *o, const char **why)
{
	struct wq_push *p = wq_zalloc(sizeof(*p));
	int rc;

	*out = NULL;
	if (!p)
		return WQ_RAISE(WQ_ENOMEM);
	p->loop = l;
	p->client = client;
	p->timeout_ms = o->timeout_ms;
	p->refused = o->refused;
	p->refused_ctx = o->ctx;
	p->answer_max_bytes = o->answer_max_bytes ? o->answer_max_bytes : WQ_PUSH_ANSWER_MAX_BYTES;
	wq_list_init(&p->lanes);
	wq_list_init(&p->waiting);
	wq_breaker_init(&p->breaker, WQ_PUSH_TRIP, WQ_PUSH_PAUSE_MIN_MS, WQ_PUSH_PAUSE_MAX_MS);
	init_metrics(p);
	rc = init(p, o, why);
	if (rc < 0) {
		wq_push_destroy(p);
		return rc;
	}
	*out = p;
	return 0;
}

static void free_lane(struct lane *lane)
{
	wq_free(lane->queue);
	wq_free(lane->header);
	wq_free(lane);
}

void wq_push_destroy(struct wq_push *p)
{
	if (!p)
		return;
	WQ_REQUIRE(wq_list_empty(&p->waiting));
	while (!wq_list_empty(&p->lanes)) {
		struct lane *lane = WQ_OWNER(p->lanes.next, struct lane, link);

		wq_list_remove(&lane->link);
		free_lane(lane);
	}
	wq_standard_webhook_fini(&p->signer);
	wq_free(p->url);
	wq_free(p);
}

int wq_push_serve(struct wq_push *p, struct wq_str queue, struct wq_handler *out)
{
	struct lane *lane = wq_zalloc(sizeof(*lane));
	struct wq_buf header;

	wq_buf_init(&header, 3 * WQ_QUEUE_NAME_MAX_BYTES + 1);
	if (lane && wq_push_header_add(&header, queue) == 0 && wq_buf_text(&header)) {
		lane->queue = wq_strndup(queue.p, queue.n);
		lane->header = wq_strdup(wq_buf_text(&header));
	}
	wq_buf_fini(&header);
	if (!lane || !lane->queue || !lane->header) {
		if (lane)
			free_lane(lane);
		return WQ_RAISE(WQ_ENOMEM);
	}
	lane->push = p;
	wq_list_push(&p->lanes, &lane->link);
	*out = (struct wq_handler){ .ctx = lane, .run = run, .cancel = cancel, .refused = refused };
	return 0;
}

void wq_push_add_metrics(struct wq_push *p, struct wq_metrics *m)
{
	wq_metrics_add(m, &p->posts);
	wq_metrics_add(m, &p->connections);
	wq_metrics_add(m, &p->outages);
	wq_metrics_add(m, &p->openings);
	wq_metrics_add(m, &p->state);
	wq_metrics_add(m, &p->took);
}
