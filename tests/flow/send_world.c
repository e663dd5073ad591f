/* SPDX-License-Identifier: MIT */
/* send_world.c — what holds time, what is stored, and the worker's side of a handler, as a record. */
#include "send_world.h"

#include <stdarg.h>

#include "base/alloc.h"
#include "support/test.h"

enum { TURNS_MAX = 2000000, COMMAND_BYTES = 1024, AWAY_TURNS = 2000, JUMP_TURNS = 20, BEGAN_S = 1700000000 };

struct send_world sw;
static uint64_t live; /* blocks before it began */

/* The worker's side. */

static struct errand *end(struct wq_task *t, enum ending how)
{
	struct errand *e = WQ_OWNER(t, struct errand, task);

	WQ_CHECK("ended once", e->ending == OPEN);
	e->ending = how;
	return e;
}

static void keep(struct errand *e, struct wq_str s)
{
	snprintf(e->text, sizeof(e->text), "%.*s", WQ_STR_ARG(s));
}

void wq_task_complete(struct wq_task *t, struct wq_str json)
{
	keep(end(t, COMPLETED), json);
}

void wq_task_fail(struct wq_task *t, const struct wq_failure *f)
{
	struct errand *e = end(t, f->unrecoverable ? FAILED_FOR_GOOD : FAILED);

	keep(e, f->reason);
	e->delay_ms = f->wait_ms;
}

void wq_task_delay(struct wq_task *t, int64_t delay_ms)
{
	end(t, DELAYED)->delay_ms = delay_ms;
}

bool wq_task_is_ours(const struct wq_task *t)
{
	return !WQ_OWNER(t, const struct errand, task)->lost;
}

const char *ending_name(enum ending e)
{
	static const char *const names[] = { "open", "completed", "failed", "failed for good",
		                             "delayed" };

	return names[e];
}

void errand_init(struct errand *e, const char *id, const char *fmt, ...)
{
	va_list ap;

	memset(e, 0, sizeof(*e));
	va_start(ap, fmt);
	vsnprintf(e->data, sizeof(e->data), fmt, ap);
	va_end(ap);
	e->job = (struct wq_job){ .id = wq_str(id),
		                  .name = wq_str("send-message"),
		                  .data = wq_str(e->data),
		                  .opts = wq_str("{}"),
		                  .timestamp_ms = send_world_now() };
	e->task = (struct wq_task){ .job = &e->job, .token = wq_str("0123456789abcdef") };
}

void errand_start(struct errand *e, const struct wq_handler *h)
{
	e->ending = OPEN;
	e->text[0] = '\0';
	e->job.attempts_started = ++e->runs;
	h->run(h->ctx, &e->task);
}

static bool has_ended(void *ctx)
{
	return ((struct errand *)ctx)->ending != OPEN;
}

void errand_await(struct errand *e)
{
	send_world_until(has_ended, e, "the job ends");
}

void errand_run(struct errand *e, const struct wq_handler *h)
{
	errand_start(e, h);
	errand_await(e);
}

void errand_cancel(struct errand *e)
{
	e->task.cancelled = true;
	sw.sends.cancel(sw.sends.ctx, &e->task, WQ_CANCEL_REQUESTED);
}

void errand_finish(struct errand *e, const struct wq_handler *h, unsigned runs)
{
	for (errand_run(e, h); runs > 1 && (e->ending == DELAYED || e->ending == FAILED); runs--) {
		e->job.attempts_made += e->ending == FAILED;
		send_world_pass(e->delay_ms > 0 ? e->delay_ms : 1);
		errand_run(e, h);
	}
}

/* What is stored. */

const char *send_world_ask(const char *fmt, ...)
{
	char command[COMMAND_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return wq_redisd_ask(sw.server, command);
}

const char *send_world_record(const char *account, const char *fields)
{
	return send_world_ask(
		"EVAL local\tr={}for\ti,f\tin\tipairs(ARGV)do\tlocal\tv=redis.call('HGET',KEYS[1],f)"
		"r[i]=(not\tv\tor\tv=='')and'-'or\tv\tend\treturn\ttable.concat(r,'\\32') "
		"1 wq:{%s}:msg:m1 %s",
		account, fields);
}

/* The world. */

/* A post in a turn keeps virtual time from jumping. */
static void on_hold(struct wq_post *p)
{
	(void)p;
}

static double metric(const char *name)
{
	for (const struct wq_list *at = sw.metrics.all.next; at != &sw.metrics.all; at = at->next) {
		const struct wq_metric *m = WQ_OWNER(at, const struct wq_metric, link);

		if (strcmp(m->name, name) == 0)
			return m->read ? m->read(m->ctx) : m->value;
	}
	WQ_CHECK(name, false);
	return 0;
}

/* Whether something outside of this process is waited for.  A connection that is made anew needs its turns as well, but
 * also the timer that begins it: now and then time may jump. */
static bool is_busy(void)
{
	if (!sw.redis)
		return false;
	if (wq_redis_ready(sw.redis))
		return metric("willaq_redis_commands") > 0;
	return ++sw.away_turns % AWAY_TURNS < AWAY_TURNS - JUMP_TURNS;
}

struct wait {
	bool (*done)(void *ctx);
	void *ctx;
};

static bool look(void *ctx)
{
	struct wait *wait = ctx;

	if (is_busy())
		wq_post_send(&sw.hold);
	return wait->done(wait->ctx);
}

void send_world_until(bool (*done)(void *ctx), void *ctx, const char *what)
{
	struct wait wait = { done, ctx };

	WQ_CHECK(what, wq_loop_run_until(sw.calls.loop, look, &wait, TURNS_MAX) || done(ctx));
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

static void set(void *ctx)
{
	*(bool *)ctx = true;
}

static void on_passed(struct wq_timer *t)
{
	WQ_OWNER(t, struct wq_calls, watchdog)->late = true;
}

void send_world_pass(int64_t ms)
{
	struct wq_timer *t = &sw.calls.watchdog;

	sw.calls.late = false;
	wq_timer_init(t, sw.calls.loop, on_passed);
	wq_timer_start(t, (uint64_t)ms);
	send_world_until(is_set, &sw.calls.late, "time passes");
	sw.calls.late = false;
}

static bool is_at_rest(void *ctx)
{
	(void)ctx;
	return wq_redis_ready(sw.redis) && metric("willaq_redis_commands") == 0;
}

void send_world_leap(int64_t ms)
{
	send_world_until(is_at_rest, NULL, "Redis has answered");
	sw.calls.clock.us += (uint64_t)ms * 1000;
}

int64_t send_world_now(void)
{
	return wq_loop_wall_ms(sw.calls.loop);
}

void send_world_answers_nothing_yet(void)
{
	sw.steps_n = 0;
	sw.calls.peer.at = sw.calls.peer.requests_n = 0;
}

void send_world_answers(int status, const char *body, enum wq_peer_then then)
{
	unsigned n = sw.steps_n++;

	WQ_CHECK("room for answers", n < SEND_WORLD_ANSWERS);
	snprintf(
		sw.answers[n], sizeof(sw.answers[n]),
		"HTTP/1.1 %d Said\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		status, strlen(body), body);
	sw.steps[n] = (struct wq_peer_step){ .answer = status ? sw.answers[n] : NULL,
		                             .then = then };
	sw.calls.peer.steps = sw.steps;
	sw.calls.peer.steps_n = sw.steps_n;
}

unsigned send_world_posts(void)
{
	return sw.calls.peer.requests_n;
}

const char *send_world_opaque(unsigned index)
{
	static const char member[] = "\"biz_opaque_callback_data\":\"";
	static char text[256];
	const char *at = index < send_world_posts()
	                         ? strstr(sw.calls.peer.requests[index].text, member)
	                         : NULL;

	snprintf(text, sizeof(text), "%.*s", at ? (int)strcspn(at + strlen(member), "\"") : 0,
	         at ? at + strlen(member) : "");
	return text;
}

static bool is_ready(void *ctx)
{
	(void)ctx;
	return wq_redis_ready(sw.redis);
}

static bool are_loaded(void *ctx)
{
	(void)ctx;
	return wq_accounts_loaded(sw.accounts);
}

static void open_redis(void)
{
	struct wq_redis_opts o;

	wq_redis_opts_init(&o);
	o.url = sw.server->url;
	WQ_CHECK_INT("redis", wq_redis_create(&sw.redis, sw.calls.loop, sw.calls.resolver, &o), 0);
	wq_metrics_init(&sw.metrics);
	wq_redis_add_metrics(sw.redis, &sw.metrics);
	send_world_until(is_ready, NULL, "Redis");
}

static void open_accounts(void)
{
	static const struct wq_account like[WQ_COUNT(sw.env)] = {
		{ .id = WQ_STR("c"), .name = WQ_STR("c"), .provider = WQ_PROVIDER_CLOUD,
		  .number = WQ_STR("100001"), .secret = WQ_STR("token-of-c") },
		{ .id = WQ_STR("e"), .name = WQ_STR("e"), .provider = WQ_PROVIDER_EVOLUTION,
		  .number = WQ_STR("inst"), .secret = WQ_STR("key-of-e") },
		{ .id = WQ_STR("t"), .name = WQ_STR("t"), .provider = WQ_PROVIDER_TWILIO,
		  .number = WQ_STR("+15550001111"), .user = WQ_STR("AC0123456789abcdef0123456789abcdef"),
		  .secret = WQ_STR("auth-of-t") },
		{ .id = WQ_STR("d"), .name = WQ_STR("d"), .provider = WQ_PROVIDER_CLOUD,
		  .number = WQ_STR("100002"), .secret = WQ_STR("token-of-d"),
		  .base_url = WQ_STR("http://127.0.0.1:1") },
		{ .id = WQ_STR("s"), .name = WQ_STR("s"), .provider = WQ_PROVIDER_CLOUD,
		  .number = WQ_STR("100003"), .state = WQ_ACCOUNT_SUSPENDED },
	};
	const struct wq_accounts_opts o = { .loop = sw.calls.loop, .redis = sw.redis, .prefix = "bull",
		                            .env = sw.env, .env_n = WQ_COUNT(sw.env) };

	snprintf(sw.base_url, sizeof(sw.base_url), "http://127.0.0.1:%u", sw.calls.peer.port);
	for (size_t i = 0; i < WQ_COUNT(sw.env); i++) {
		sw.env[i] = like[i];
		if (!like[i].base_url.p)
			sw.env[i].base_url = wq_str(sw.base_url);
	}
	WQ_CHECK_INT("accounts", wq_accounts_create(&sw.accounts, &o), 0);
	send_world_until(are_loaded, NULL, "the accounts are loaded");
}

void send_world_begin(struct wq_redisd *server)
{
	live = wq_alloc_live();
	memset(&sw, 0, sizeof(sw));
	sw.server = server;
	send_world_ask("FLUSHALL");
	wq_calls_prepare(&sw.calls, true);
	wq_calls_open(&sw.calls, NULL, 0, NULL, 0);
	wq_post_init(&sw.hold, sw.calls.loop, on_hold);
	wq_sender_opts_init(&sw.opts);
	sw.opts.own_clock = true;
	open_redis();
	open_accounts();
}

int send_world_open(void)
{
	int rc = wq_sender_create(&sw.sender, sw.calls.loop, sw.calls.client, sw.redis, sw.accounts,
	                          &sw.opts);

	if (rc < 0)
		return rc;
	wq_sender_handler(sw.sender, &sw.sends);
	wq_sender_receipts(sw.sender, &sw.receipts);
	return 0;
}

void send_world_close(void)
{
	sw.sender_closed = false;
	wq_sender_close(sw.sender, set, &sw.sender_closed);
	if (sw.sender)
		send_world_until(is_set, &sw.sender_closed, "the sender closes");
	sw.sender = NULL;
}

void send_world_end(void)
{
	struct wq_redis *redis = sw.redis;

	send_world_close();
	wq_accounts_close(sw.accounts, set, &sw.accounts_closed);
	send_world_until(is_set, &sw.accounts_closed, "the accounts close");
	while (wq_list_pop(&sw.metrics.all))
		; /* the registry goes before what it reads */
	sw.redis = NULL;
	wq_redis_close(redis, set, &sw.redis_closed);
	send_world_until(is_set, &sw.redis_closed, "Redis closes");
	wq_calls_end(&sw.calls);
	WQ_CHECK_INT("nothing is left", wq_alloc_live(), live);
}
