/* SPDX-License-Identifier: MIT */
/* sink.c — waiting posts to calls, and their answers back to the posts. */
#include "domain/sink/sink.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"

struct call {
	struct wq_redis_cmd cmd;
	struct wq_sink *sink;
	struct wq_list posts;
	const struct wq_list *at; /* the next post to be written */
	size_t n;
	bool open;
};

struct wq_sink {
	struct wq_loop *loop;
	struct wq_sink_keys *keys; /* owned */
	struct wq_sink_limits limits;
	struct wq_list waiting;
	size_t waiting_n, waiting_bytes;
	struct call calls[WQ_SINK_CALLS];
	struct wq_post turn, closed;
	uint64_t unheld; /* posts in a row that Redis did not take */
	bool closing;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric fresh, known, posts, refused, depth;
};

static void on_turn(struct wq_post *p);
static void on_done(struct wq_post *p);

static double read_depth(void *ctx)
{
	return (double)((const struct wq_sink *)ctx)->waiting_n;
}

static void init_metrics(struct wq_sink *s)
{
	static const char updates[] = "updates that webhooks brought";
	static const char posts[] = "webhooks by what became of them";

	s->fresh = (struct wq_metric){ .name = "willaq_sink_updates_total",
		                       .help = updates,
		                       .labels = "seen=\"new\"",
		                       .type = WQ_COUNTER };
	s->known = s->fresh;
	s->known.labels = "seen=\"before\"";
	s->posts = (struct wq_metric){ .name = "willaq_sink_posts_total",
		                       .help = posts,
		                       .labels = "outcome=\"held\"",
		                       .type = WQ_COUNTER };
	s->refused = s->posts;
	s->refused.labels = "outcome=\"refused\"";
	s->depth = (struct wq_metric){ .name = "willaq_sink_waiting",
		                       .help = "webhooks that wait for Redis",
		                       .type = WQ_GAUGE,
		                       .read = read_depth,
		                       .ctx = s };
}

int wq_sink_create(struct wq_sink **out, struct wq_loop *l, struct wq_redis *redis,
                   const struct wq_sink_opts *o, const struct wq_sink_limits *limits,
                   const char **why)
{
	struct wq_sink *s = wq_zalloc(sizeof(*s));
	int rc;

	*out = NULL;
	if (!s)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_sink_keys_create(&s->keys, redis, o, why);
	if (rc < 0) {
		wq_free(s);
		return rc;
	}
	s->loop = l;
	s->limits = *limits;
	wq_list_init(&s->waiting);
	wq_post_init(&s->turn, l, on_turn);
	wq_post_init(&s->closed, l, on_done);
	for (size_t i = 0; i < WQ_COUNT(s->calls); i++) {
		s->calls[i].sink = s;
		wq_list_init(&s->calls[i].posts);
	}
	init_metrics(s);
	*out = s;
	return 0;
}

void wq_sink_add_metrics(struct wq_sink *s, struct wq_metrics *m)
{
	wq_metrics_add(m, &s->posts);
	wq_metrics_add(m, &s->refused);
	wq_metrics_add(m, &s->fresh);
	wq_metrics_add(m, &s->known);
	wq_metrics_add(m, &s->depth);
}

static void tell(struct wq_sink *s, struct wq_intake *i, int rc)
{
	i->sink = NULL;
	wq_metric_count(rc == 0 ? &s->posts : &s->refused, 1);
	if (rc == 0) {
		wq_metric_count(&s->fresh, (double)i->fresh);
		wq_metric_count(&s->known, (double)i->known);
	}
	i->cb(i, rc);
}

static bool flies(const struct wq_sink *s)
{
	for (size_t i = 0; i < WQ_COUNT(s->calls); i++)
		if (s->calls[i].open)
			return true;
	return false;
}

static void check_closed(struct wq_sink *s)
{
	if (s->closing && wq_list_empty(&s->waiting) && !flies(s))
		wq_post_send(&s->closed);
}

static void on_done(struct wq_post *p)
{
	struct wq_sink *s = WQ_OWNER(p, struct wq_sink, closed);
	void (*on_closed)(void *ctx) = s->on_closed;
	void *ctx = s->ctx;

	wq_post_cancel(&s->turn);
	wq_sink_keys_destroy(s->keys);
	wq_free(s);
	if (on_closed)
		on_closed(ctx);
}

/* Its first and its last are told: between them whoever looks sees the counts. */
static void note_trouble(struct wq_sink *s, int rc, const char *error, size_t posts)
{
	if (rc == 0 && s->unheld)
		wq_info("sink_holds_again", WQ_U("refused", s->unheld));
	else if (rc != 0 && !s->unheld)
		wq_error("sink_holds_nothing", WQ_I("rc", rc), WQ_S("error", error),
		         WQ_S("why", "webhooks are answered 503 until Redis takes them"));
	s->unheld = rc == 0 ? 0 : s->unheld + posts;
}

/* The answer of a call, or why there is none, to each of its posts. */
static void end_call(struct call *c, int rc, const char *error)
{
	struct wq_sink *s = c->sink;

	note_trouble(s, rc, error, c->n);
	for (size_t i = 0; !wq_list_empty(&c->posts); i++) {
		struct wq_intake *p = WQ_OWNER(c->posts.next, struct wq_intake, link);

		wq_list_remove(&p->link);
		p->error = error;
		if (rc == 0)
			wq_sink_counts(&c->cmd, i, &p->fresh, &p->known);
		tell(s, p, rc);
	}
	c->open = false;
	check_closed(s);
}

static void on_answer(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);

	if (rc == 0) {
		rc = wq_sink_answer(cmd, c->n);
		rc = rc == WQ_SINK_FULL ? WQ_SINK_BACKLOG : rc;
	}
	end_call(c, rc, cmd->error);
	if (!wq_list_empty(&c->sink->waiting))
		wq_post_at_end(&c->sink->turn);
}

static const struct wq_sink_post *next_post(void *ctx, size_t i)
{
	struct call *c = ctx;

	if (i == 0)
		c->at = c->posts.next;
	else
		c->at = c->at->next;
	return &WQ_OWNER(c->at, struct wq_intake, link)->post;
}

static void gather(struct wq_sink *s, struct call *c)
{
	size_t bytes = 0;

	c->n = 0;
	while (!wq_list_empty(&s->waiting) && c->n < WQ_SINK_BATCH_POSTS_MAX) {
		struct wq_intake *i = WQ_OWNER(s->waiting.next, struct wq_intake, link);

		if (c->n > 0 && bytes + i->bytes > WQ_SINK_BATCH_BYTES_MAX)
			break;
		bytes += i->bytes;
		s->waiting_n--;
		s->waiting_bytes -= i->bytes;
		wq_list_remove(&i->link);
		wq_list_push(&c->posts, &i->link);
		c->n++;
	}
}

static void on_turn(struct wq_post *p)
{
	struct wq_sink *s = WQ_OWNER(p, struct wq_sink, turn);

	for (size_t i = 0; i < WQ_COUNT(s->calls); i++) {
		struct call *c = &s->calls[i];
		int rc;

		if (c->open || wq_list_empty(&s->waiting))
			continue;
		gather(s, c);
		c->open = true;
		rc = wq_sink_start(s->keys, &c->cmd, wq_loop_wall_ms(s->loop), c->n, next_post, c,
		                   on_answer);
		if (rc < 0)
			end_call(c, rc, "");
	}
}

int wq_sink_take(struct wq_sink *s, struct wq_intake *i, void (*cb)(struct wq_intake *i, int rc))
{
	if (s->closing)
		return WQ_ECANCELED;
	i->bytes = wq_sink_post_bytes(&i->post);
	if (s->waiting_n >= s->limits.waiting_max ||
	    (s->waiting_n > 0 && s->waiting_bytes + i->bytes > s->limits.waiting_max_bytes)) {
		wq_metric_count(&s->refused, 1);
		return WQ_EFULL;
	}
	i->sink = s;
	i->cb = cb;
	i->error = "";
	i->fresh = i->known = 0;
	s->waiting_n++;
	s->waiting_bytes += i->bytes;
	wq_list_push(&s->waiting, &i->link);
	wq_post_at_end(&s->turn);
	return 0;
}

void wq_sink_close(struct wq_sink *s, void (*on_closed)(void *ctx), void *ctx)
{
	if (!s)
		return;
	s->closing = true;
	s->on_closed = on_closed;
	s->ctx = ctx;
	while (!wq_list_empty(&s->waiting)) {
		struct wq_intake *i = WQ_OWNER(s->waiting.next, struct wq_intake, link);

		s->waiting_n--;
		s->waiting_bytes -= i->bytes;
		wq_list_remove(&i->link);
		tell(s, i, WQ_ECANCELED);
	}
	check_closed(s);
}
