/* SPDX-License-Identifier: MIT */
/* producer.c — a queue of requests in front of two script calls.
 *
 *   add ──► waiting ──► end of the turn ──► a call that is free ──► outcomes, in the order of the requests
 *                           ▲                                          │
 *                           └──────────────────────────────────────────┘ what was added meanwhile
 *
 * A call takes requests from the head of the queue: single ones together up to a bound, or one wq_add_all alone.  A
 * request that is forgotten while it flies leaves its call; the answer for it is not looked at.
 */
#include "queue/producer.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "io/loop/timer.h"

/* A script call in flight. */
struct call {
	struct wq_redis_cmd cmd;
	struct wq_producer *producer;
	struct wq_list requests; /* in the order of their items */
	bool busy;
};

struct wq_producer {
	struct wq_loop *loop;
	struct wq_redis *redis; /* borrowed */
	struct wq_list waiting; /* requests */
	size_t waiting_n, waiting_bytes, flying_n;
	struct call calls[WQ_PRODUCER_CALLS];
	struct wq_post sender, closer;
	struct wq_timer patience; /* of the first that waits */
	struct wq_timer pause;    /* Redis was not ready to take anything */
	uint64_t patience_us;
	bool closing;
	void (*on_closed)(void *ctx);
	void *closed_ctx;
	struct {
		struct wq_metric added, stood_for, refused, failed, full, calls, waiting;
	} m;
};

static struct wq_add_request *request_of(struct wq_list *link)
{
	return WQ_OWNER(link, struct wq_add_request, link);
}

static struct wq_add *single_of(struct wq_add_request *q)
{
	return WQ_OWNER(q, struct wq_add, request);
}

static struct wq_add_all *all_of(struct wq_add_request *q)
{
	return WQ_OWNER(q, struct wq_add_all, request);
}

bool wq_producer_certain(int rc)
{
	switch (rc) {
	case WQ_ELOST:
	case WQ_ETIMEDOUT:
	case WQ_EREPLY: /* an error in the middle of a script undoes nothing */
	case WQ_EPROTO:
	case WQ_REDIS_WRONGTYPE:
		return false;
	default:
		return true;
	}
}

static void count(struct wq_producer *p, const struct wq_add_outcome *o)
{
	wq_metric_count(o->code == WQ_ADD_NEW  ? &p->m.added
	                : o->code > WQ_ADD_NEW ? &p->m.stood_for
	                                       : &p->m.refused,
	                1);
}

/* Tells a single request; the last use of it. */
static void tell_single(struct wq_add *a, const struct wq_redis_cmd *cmd, int rc)
{
	struct wq_producer *p = a->request.producer;

	a->request.producer = NULL;
	a->error = cmd && rc != 0 ? cmd->error : "";
	if (rc == 0)
		rc = wq_add_outcome(cmd, a->request.at, &a->item, &a->outcome);
	if (rc == 0)
		count(p, &a->outcome);
	else
		wq_metric_count(&p->m.failed, 1);
	a->cb(a, rc);
}

static int outcomes_of(struct wq_add_all *a, struct wq_producer *p, const struct wq_redis_cmd *cmd)
{
	int rc = 0;

	for (size_t i = 0; i < a->n && rc == 0; i++) {
		rc = wq_add_outcome(cmd, i, &a->items[i], &a->room[i]);
		if (rc == 0)
			count(p, &a->room[i]);
	}
	return rc;
}

static void tell_all(struct wq_add_all *a, const struct wq_redis_cmd *cmd, int rc)
{
	struct wq_producer *p = a->request.producer;
	struct wq_add_outcome *room = a->room;

	a->request.producer = NULL;
	a->error = cmd && rc != 0 ? cmd->error : "";
	if (rc == 0)
		rc = outcomes_of(a, p, cmd);
	if (rc != 0)
		wq_metric_count(&p->m.failed, (double)a->n);
	a->outcomes = rc == 0 ? room : NULL;
	a->room = NULL;
	a->cb(a, rc);
	wq_free(room);
}

static void tell(struct wq_add_request *q, const struct wq_redis_cmd *cmd, int rc)
{
	if (q->all)
		tell_all(all_of(q), cmd, rc);
	else
		tell_single(single_of(q), cmd, rc);
}

/* Each request leaves its list before it is told: a callback may add, forget or close. */
static void tell_each(struct call *c, const struct wq_redis_cmd *cmd, int rc)
{
	struct wq_list *link;

	while ((link = wq_list_pop(&c->requests)) != NULL) {
		c->producer->flying_n--;
		tell(request_of(link), cmd, rc);
	}
}

static bool is_idle(const struct wq_producer *p)
{
	for (size_t i = 0; i < WQ_PRODUCER_CALLS; i++)
		if (p->calls[i].busy)
			return false;
	return true;
}

static void proceed(struct wq_producer *p)
{
	if (p->closing)
		wq_post_send(&p->closer);
	else if (p->waiting_n && !wq_timer_active(&p->pause))
		wq_post_at_end(&p->sender);
}

/* Nothing was added, and soon it may be. */
static bool will_pass(int rc)
{
	return rc == WQ_EAWAY || rc == WQ_REDIS_LOADING || rc == WQ_REDIS_BUSY ||
	       rc == WQ_REDIS_READONLY;
}

/* Those of a call who still have patience wait again, in front of the others and in their order. */
static void put_back(struct wq_producer *p, struct call *c)
{
	uint64_t now_us = wq_loop_now_us(p->loop);
	struct wq_list *link = c->requests.prev, *before;

	for (; link != &c->requests; link = before) {
		struct wq_add_request *q = request_of(link);

		before = link->prev;
		if (q->since_us + p->patience_us <= now_us)
			continue;
		wq_list_remove(link);
		wq_list_push_front(&p->waiting, link);
		q->flies = false;
		p->waiting_n++;
		p->waiting_bytes += q->bytes;
		p->flying_n--;
		wq_timer_start_at(&p->patience, q->since_us + p->patience_us);
	}
	wq_timer_start(&p->pause, WQ_PRODUCER_PAUSE_MS);
}

static void on_pause(struct wq_timer *t)
{
	proceed(WQ_OWNER(t, struct wq_producer, pause));
}

static void on_answer(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);

	if (will_pass(rc) && !c->producer->closing)
		put_back(c->producer, c);
	tell_each(c, cmd, rc);
	c->busy = false;
	proceed(c->producer);
}

static size_t items_of(struct wq_add_request *q)
{
	return q->all ? all_of(q)->n : 1;
}

/* Moves requests that fit one call; how many items they are. */
static size_t gather(struct wq_producer *p, struct call *c)
{
	size_t n = 0, bytes = 0;

	while (!wq_list_empty(&p->waiting)) {
		struct wq_add_request *q = request_of(p->waiting.next);

		if (n > 0 && (q->all || n == WQ_ADD_BATCH_MAX_ITEMS ||
		              bytes + q->bytes > WQ_ADD_BATCH_MAX_BYTES))
			break;
		wq_list_remove(&q->link);
		wq_list_push(&c->requests, &q->link);
		q->flies = true;
		q->at = n;
		n += items_of(q);
		bytes += q->bytes;
		p->waiting_n--;
		p->waiting_bytes -= q->bytes;
		p->flying_n++;
		if (q->all)
			break;
	}
	return n;
}

/* Walks the requests of a call, whose items are asked for in order. */
struct walk {
	struct wq_list *at;
};

static const struct wq_add_item *next_item(void *ctx, size_t i)
{
	struct walk *w = ctx;
	struct wq_add_request *q = request_of(w->at);

	if (q->all)
		return &all_of(q)->items[i];
	w->at = w->at->next;
	return &single_of(q)->item;
}

static void call_start(struct wq_producer *p, struct call *c)
{
	size_t n = gather(p, c);
	struct walk w = { .at = c->requests.next };
	int rc;

	c->busy = true; /* a callback may end up here again */
	wq_metric_count(&p->m.calls, 1);
	rc = wq_add_start(p->redis, &c->cmd, wq_loop_wall_ms(p->loop), n, next_item, &w, on_answer);
	if (rc < 0) {
		tell_each(c, NULL, rc);
		c->busy = false;
	}
}

static void on_send(struct wq_post *post)
{
	struct wq_producer *p = WQ_OWNER(post, struct wq_producer, sender);

	if (wq_timer_active(&p->pause))
		return;
	for (size_t i = 0; i < WQ_PRODUCER_CALLS; i++)
		if (p->waiting_n && !p->calls[i].busy && !p->closing)
			call_start(p, &p->calls[i]);
	if (is_idle(p))
		proceed(p); /* none could start: what came meanwhile is tried in the next turn */
}

/* Those that wait for longer than a caller should. */
static void on_patience(struct wq_timer *t)
{
	struct wq_producer *p = WQ_OWNER(t, struct wq_producer, patience);

	while (!wq_list_empty(&p->waiting)) {
		struct wq_add_request *q = request_of(p->waiting.next);

		if (q->since_us + p->patience_us > wq_loop_now_us(p->loop)) {
			wq_timer_start_at(t, q->since_us + p->patience_us);
			return;
		}
		wq_list_remove(&q->link);
		p->waiting_n--;
		p->waiting_bytes -= q->bytes;
		tell(q, NULL, WQ_EAWAY);
	}
}

static void on_close(struct wq_post *post)
{
	struct wq_producer *p = WQ_OWNER(post, struct wq_producer, closer);
	void (*on_closed)(void *ctx) = p->on_closed;
	void *ctx = p->closed_ctx;
	struct wq_list *link;

	while ((link = wq_list_pop(&p->waiting)) != NULL) {
		p->waiting_n--;
		tell(request_of(link), NULL, WQ_ECANCELED);
	}
	if (!is_idle(p))
		return;
	wq_post_cancel(&p->sender);
	wq_post_cancel(&p->closer);
	wq_timer_stop(&p->patience);
	wq_timer_stop(&p->pause);
	wq_free(p);
	if (on_closed)
		on_closed(ctx);
}

static double read_waiting(void *ctx)
{
	return (double)wq_producer_pending(ctx);
}

static struct wq_metric jobs_metric(const char *labels)
{
	return (struct wq_metric){ .name = "willaq_queue_adds_total",
		                   .help = "Jobs given to be added, by what became of them.",
		                   .labels = labels };
}

static void metrics_init(struct wq_producer *p)
{
	p->m.added = jobs_metric("outcome=\"added\"");
	p->m.stood_for = jobs_metric("outcome=\"duplicate\"");
	p->m.refused = jobs_metric("outcome=\"refused\"");
	p->m.failed = jobs_metric("outcome=\"failed\"");
	p->m.full = jobs_metric("outcome=\"full\"");
	p->m.calls = (struct wq_metric){ .name = "willaq_queue_add_calls_total",
		                         .help = "Script calls that added jobs." };
	p->m.waiting = (struct wq_metric){ .name = "willaq_queue_adds_pending",
		                           .help = "Requests to add that wait or are in flight.",
		                           .type = WQ_GAUGE,
		                           .read = read_waiting,
		                           .ctx = p };
}

int wq_producer_create(struct wq_producer **out, struct wq_loop *l, struct wq_redis *redis)
{
	struct wq_producer *p = wq_zalloc(sizeof(*p));

	*out = p;
	if (!p)
		return WQ_RAISE(WQ_ENOMEM);
	p->loop = l;
	p->redis = redis;
	wq_list_init(&p->waiting);
	for (size_t i = 0; i < WQ_PRODUCER_CALLS; i++) {
		p->calls[i].producer = p;
		wq_list_init(&p->calls[i].requests);
	}
	wq_post_init(&p->sender, l, on_send);
	wq_post_init(&p->closer, l, on_close);
	wq_timer_init(&p->patience, l, on_patience);
	wq_timer_init(&p->pause, l, on_pause);
	wq_producer_set_patience(p, WQ_PRODUCER_WAIT_MAX_MS);
	metrics_init(p);
	return 0;
}

void wq_producer_set_patience(struct wq_producer *p, uint32_t ms)
{
	p->patience_us = (uint64_t)ms * 1000;
}

void wq_producer_close(struct wq_producer *p, void (*on_closed)(void *ctx), void *ctx)
{
	if (!p)
		return;
	WQ_REQUIRE(!p->closing);
	p->closing = true;
	p->on_closed = on_closed;
	p->closed_ctx = ctx;
	wq_post_send(&p->closer);
}

static int submit(struct wq_producer *p, struct wq_add_request *q)
{
	if (p->waiting_n >= WQ_PRODUCER_WAITING_MAX ||
	    q->bytes > WQ_PRODUCER_WAITING_MAX_BYTES - p->waiting_bytes) {
		wq_metric_count(&p->m.full, 1);
		return WQ_EFULL;
	}
	q->producer = p;
	q->since_us = wq_loop_now_us(p->loop);
	wq_list_push(&p->waiting, &q->link);
	if (!wq_timer_active(&p->patience))
		wq_timer_start_at(&p->patience, q->since_us + p->patience_us);
	p->waiting_n++;
	p->waiting_bytes += q->bytes;
	wq_post_at_end(&p->sender);
	return 0;
}

int wq_producer_add(struct wq_producer *p, struct wq_add *a, void (*cb)(struct wq_add *a, int rc))
{
	if (p->closing)
		return WQ_ECANCELED;
	a->request = (struct wq_add_request){ .bytes = wq_add_item_bytes(&a->item) };
	a->cb = cb;
	if (a->request.bytes > WQ_ADD_CALL_MAX_BYTES)
		return WQ_ETOOBIG;
	return submit(p, &a->request);
}

int wq_producer_add_all(struct wq_producer *p, struct wq_add_all *a,
                        void (*cb)(struct wq_add_all *a, int rc))
{
	size_t bytes = 0;
	int rc;

	if (p->closing)
		return WQ_ECANCELED;
	if (a->n == 0)
		return WQ_EINVAL;
	if (a->n > WQ_ADD_ALL_MAX_ITEMS)
		return WQ_ETOOBIG;
	for (size_t i = 0; i < a->n && bytes <= WQ_ADD_CALL_MAX_BYTES; i++)
		bytes += wq_add_item_bytes(&a->items[i]);
	if (bytes > WQ_ADD_CALL_MAX_BYTES)
		return WQ_ETOOBIG;
	a->request = (struct wq_add_request){ .bytes = bytes, .all = true };
	a->outcomes = NULL;
	a->cb = cb;
	a->room = wq_calloc(a->n, sizeof(*a->room));
	if (!a->room)
		return WQ_RAISE(WQ_ENOMEM);
	rc = submit(p, &a->request);
	if (rc < 0) {
		wq_free(a->room);
		a->room = NULL;
	}
	return rc;
}

static void forget(struct wq_add_request *q)
{
	struct wq_producer *p = q->producer;

	if (!p)
		return;
	wq_list_remove(&q->link);
	q->producer = NULL;
	if (q->flies) {
		p->flying_n--;
	} else {
		p->waiting_n--;
		p->waiting_bytes -= q->bytes;
	}
}

void wq_producer_forget(struct wq_add *a)
{
	forget(&a->request);
}

void wq_producer_forget_all(struct wq_add_all *a)
{
	forget(&a->request);
	wq_free(a->room);
	a->room = NULL;
}

size_t wq_producer_pending(const struct wq_producer *p)
{
	return p->waiting_n + p->flying_n;
}

void wq_producer_add_metrics(struct wq_producer *p, struct wq_metrics *m)
{
	struct wq_metric *all[] = { &p->m.added,  &p->m.stood_for, &p->m.refused, &p->m.failed,
		                    &p->m.full,   &p->m.calls,     &p->m.waiting };

	for (size_t i = 0; i < WQ_COUNT(all); i++)
		wq_metrics_add(m, all[i]);
}
