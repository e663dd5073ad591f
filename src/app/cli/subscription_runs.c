/* SPDX-License-Identifier: MIT */
/* subscription_runs.c — a test post, and a replay. */
#include <inttypes.h>
#include <stdio.h>

#include "app/api/moment.h"
#include "app/cli/subscription.h"
#include "app/node.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { RATE_DEFAULT = 10, PLACE_MAX_BYTES = 64 };

/* test */

struct testing {
	struct wq_subscription_cli s;
	struct wq_client *client;     /* owned, as the next two */
	struct wq_producer *producer;
	struct wq_delivery delivery;
	struct wq_delivery_ways ways;
};

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

static void on_told(struct wq_delivery *d)
{
	wq_session_done(&WQ_OWNER(d, struct testing, delivery)->s.c->session, 0);
}

static int open_ways(struct testing *t)
{
	struct wq_session *s = &t->s.c->session;
	struct wq_client_opts o;
	int rc;

	wq_node_client_opts(s->settings, &o);
	rc = wq_client_create(&t->client, s->loop, s->resolver, &o);
	if (rc == 0)
		rc = wq_producer_create(&t->producer, s->loop, s->redis);
	t->ways = (struct wq_delivery_ways){
		.loop = s->loop,
		.client = t->client,
		.redis = s->redis,
		.producer = t->producer,
		.prefix = wq_settings_text(s->settings, WQ_SET_PREFIX),
		.ring = &t->s.ring,
		.private_too = wq_settings_bool(s->settings, WQ_SET_SUBSCRIPTION_PRIVATE),
	};
	wq_delivery_init(&t->delivery, &t->ways);
	return rc;
}

static void close_ways(struct testing *t)
{
	struct wq_session *s = &t->s.c->session;

	wq_delivery_fini(&t->delivery);
	if (t->producer) {
		wq_producer_close(t->producer, on_closed, s);
		(void)wq_session_run(s, 0);
	}
	if (t->client) {
		wq_client_close(t->client, on_closed, s);
		(void)wq_session_run(s, 0);
	}
}

static enum wq_exit tell_tested(struct testing *t)
{
	const struct wq_delivery *d = &t->delivery;
	struct wq_queue_cli *c = t->s.c;
	bool good = wq_delivery_is_taken(d);

	if (c->json) {
		wq_view_tested(&c->w, d);
		return wq_queue_cli_print(c) == WQ_EXIT_DONE && good ? WQ_EXIT_DONE
		                                                     : WQ_EXIT_FAILED;
	}
	if (good)
		printf("delivered: answered %d after %" PRIu64 " ms\n", d->status,
		       d->took_us / 1000);
	else if (d->status)
		fprintf(stderr, "willaq: not taken: %s\n", d->why);
	else
		fprintf(stderr, "willaq: not delivered: %s\n", d->why);
	return good ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}

static enum wq_exit run_test(struct testing *t)
{
	struct wq_session *s = &t->s.c->session;
	int rc = open_ways(t);

	if (rc == 0)
		rc = wq_delivery_start_test(&t->delivery, &t->s.sub, on_told);
	if (rc == 0)
		(void)wq_session_run(s, 0);
	else if (!t->delivery.why[0])
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
	t->delivery.rc = rc < 0 ? rc : t->delivery.rc;
	return rc == 0 || t->delivery.why[0] ? tell_tested(t) : WQ_EXIT_FAILED;
}

static enum wq_exit test(struct wq_queue_cli *c)
{
	struct testing t = { .client = NULL };
	enum wq_exit code = WQ_EXIT_FAILED;

	wq_subscription_cli_begin(&t.s, c);
	if (wq_subscription_cli_read(&t.s)) {
		code = run_test(&t);
		close_ways(&t);
	}
	wq_subscription_cli_end(&t.s);
	return code;
}

/* replay: chunk by chunk, until there is no next */

struct replaying {
	struct wq_subscription_cli s;
	struct wq_redis_cmd cmd;
	struct wq_sub_replay replay;
	char from[PLACE_MAX_BYTES], to[PLACE_MAX_BYTES];
	int64_t n, events;
};

static void on_replayed(struct wq_redis_cmd *cmd, int rc)
{
	struct replaying *r = WQ_OWNER(cmd, struct replaying, cmd);
	struct wq_str next = wq_str("");

	r->n = rc == 0 ? wq_sub_replay_answer(cmd, &next) : 0;
	snprintf(r->from, sizeof(r->from), "%.*s", (int)(next.n < PLACE_MAX_BYTES ? next.n : 0),
	         next.p);
	wq_session_done(&r->s.c->session, rc);
}

/* False: a sentence was printed. */
static bool read_moment(struct wq_queue_cli *c, const char *option, int64_t *ms)
{
	const char *text = wq_args_option(c->args, option);

	if (!text || wq_moment_parse(wq_str(text), wq_loop_wall_ms(c->session.loop), ms))
		return true;
	fprintf(stderr, "willaq: --%s takes %s, not \"%s\"\n", option, wq_moment_form, text);
	return false;
}

static enum wq_exit tell_replayed(struct replaying *r)
{
	struct wq_queue_cli *c = r->s.c;

	if (!c->json) {
		printf("%" PRId64 " %s on the way once more\n", r->events,
		       r->events == 1 ? "event is" : "events are");
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "events", r->events);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c);
}

static enum wq_exit run_replay(struct replaying *r)
{
	struct wq_session *s = &r->s.c->session;

	do {
		r->replay.from = wq_str(r->from);
		r->replay.to = wq_str(r->to);
		if (!wq_session_wait(
			    s, wq_sub_replay_start(&r->s.keys, &r->cmd, &r->replay, on_replayed),
			    r->cmd.error))
			return WQ_EXIT_FAILED;
		if (r->n == WQ_SUB_MISSING)
			return wq_subscription_cli_missing(&r->s);
		if (r->n == WQ_SUB_TOO_MANY) {
			fprintf(stderr,
			        "willaq: %" PRId64
			        " events are on the way, and more waits for this subscription "
			        "than may: let that be delivered first\n",
			        r->events);
			return WQ_EXIT_FAILED;
		}
		r->events += r->n;
		r->replay.due_ms += r->n * r->replay.step_us / 1000;
	} while (r->n > 0 && r->from[0]);
	return tell_replayed(r);
}

static enum wq_exit replay(struct wq_queue_cli *c)
{
	int64_t now = wq_loop_wall_ms(c->session.loop), since = -1, until = now;
	uint64_t rate = RATE_DEFAULT;
	struct replaying r = { .n = 0 };
	enum wq_exit code;

	if (!wq_args_option(c->args, "since"))
		fprintf(stderr,
		        "willaq: --since tells from when on, as 2h or 2026-01-31T12:00:00Z\n");
	if (!wq_args_option(c->args, "since") || !read_moment(c, "since", &since) ||
	    !read_moment(c, "until", &until) ||
	    !wq_queue_cli_count(c, "rate", WQ_SUB_RATE_MAX, &rate))
		return WQ_EXIT_USAGE;
	if (rate == 0) {
		fprintf(stderr, "willaq: --rate takes 1 to %d\n", WQ_SUB_RATE_MAX);
		return WQ_EXIT_USAGE;
	}
	wq_subscription_cli_begin(&r.s, c);
	r.replay = (struct wq_sub_replay){ .id = r.s.id,
		                           .count = WQ_SUB_REPLAY_CHUNK,
		                           .due_ms = now,
		                           .step_us = (int64_t)(1000000 / rate) };
	snprintf(r.from, sizeof(r.from), "%" PRId64 "-0", since < 0 ? 0 : since);
	snprintf(r.to, sizeof(r.to), "%" PRId64, until < 0 ? 0 : until);
	code = wq_subscription_cli_read(&r.s) ? run_replay(&r) : WQ_EXIT_FAILED;
	wq_subscription_cli_end(&r.s);
	return code;
}

const struct wq_queue_action wq_subscription_runs[] = {
	{ "test", "ID", 1, 1, test, false },
	{ "replay", "ID --since WHEN [--until WHEN] [--rate N]", 1, 1, replay, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
