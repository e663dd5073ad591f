/* SPDX-License-Identifier: MIT */
/* send_steps_test.c — at each step of a send something comes between: a cancel, a lock that is gone, the end of the
 * process, a connection to Redis that breaks.  Then another process takes the job, as a queue would give it. */
#include "base/err.h"
#include "domain/send/sending.h"
#include "send_world.h"
#include "support/test.h"

#define TAKEN    "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"
#define TOO_FAST "{\"error\":{\"message\":\"slower\",\"code\":130429}}"

enum { TRIES_MAX = 20 };

enum event { CANCEL, LOCK_LOST, CLOSE, BROKEN, EVENTS };
static const char *const events[EVENTS] = { "a cancel", "a lost lock", "the end",
	                                    "a broken connection" };

static struct wq_redisd server;
static struct errand e;
static struct {
	const char *step;
	enum event event;
	struct wq_post post;
	bool met, closing, closed;
} trap;

static void on_closed(void *ctx)
{
	(void)ctx;
	trap.closed = true;
}

static void on_trap(struct wq_post *p)
{
	(void)p;
	if (trap.event == CANCEL && e.ending == OPEN)
		errand_cancel(&e);
	if (trap.event == LOCK_LOST) {
		e.lost = true;
		if (e.ending == OPEN)
			errand_cancel(&e);
	}
	if (trap.event == CLOSE) {
		trap.closing = true;
		wq_sender_close(sw.sender, on_closed, NULL);
	}
	if (trap.event == BROKEN)
		send_world_ask("CLIENT KILL TYPE normal SKIPME yes");
}

static void on_step(void *ctx, const struct wq_flow *f, const char *step, int last)
{
	(void)ctx;
	(void)f;
	(void)last;
	if (trap.met || strcmp(step, trap.step) != 0)
		return;
	trap.met = true;
	wq_post_send(&trap.post);
}

static bool is_over(void *ctx)
{
	(void)ctx;
	return e.ending != OPEN && (!trap.closing || trap.closed) && !wq_post_pending(&trap.post);
}

/* Until the step is met, and the job has ended. */
static void disturb(const char *step, enum event event)
{
	trap.step = step;
	trap.event = event;
	trap.met = trap.closing = trap.closed = false;
	wq_flow_trace(on_step, NULL);
	errand_start(&e, &sw.sends);
	send_world_until(is_over, NULL, step);
	wq_flow_trace(NULL, NULL);
	if (trap.closed)
		sw.sender = NULL;
	else
		send_world_close();
}

/* The job as it comes again, to another process. */
static void hand_on(void)
{
	WQ_CHECK_INT("another sender", send_world_open(), 0);
	e.lost = e.task.cancelled = false;
	send_world_pass(e.delay_ms > 0 ? e.delay_ms : 1);
	errand_finish(&e, &sw.sends, TRIES_MAX);
	send_world_close();
}

static void begin_letter(int status, const char *answer)
{
	send_world_ask("FLUSHDB");
	send_world_answers_nothing_yet();
	send_world_answers(status, answer, WQ_PEER_KEEP);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	errand_init(
		&e, "1",
		"{\"id\":\"m1\",\"account\":\"c\",\"to\":\"+593991234567\",\"text\":\"hello\"}");
}

/* `posts`: that the provider gets, each of which it answers. */
static void try_one(const char *step, enum event event, unsigned posts)
{
	char what[64];

	snprintf(what, sizeof(what), "%s at %s", events[event], step);
	begin_letter(posts == 1 ? 200 : 429, posts == 1 ? TAKEN : TOO_FAST);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	disturb(step, event);
	WQ_CHECK(what, trap.met);
	WQ_CHECK(what, e.ending == DELAYED || (e.ending == COMPLETED && send_world_posts() == 1));
	hand_on();
	WQ_CHECK_STR(what, ending_name(e.ending), "completed");
	WQ_CHECK_INT(what, send_world_posts(), posts);
	WQ_CHECK_STR(what, send_world_record("c", "state led"), "accepted sent");
}

WQ_TEST(something_comes_between_two_steps)
{
	static const char *const steps[] = { "read", "claim", "claimed", "post", "judge", "settle",
		                             "settled", "close" };
	enum { FROM_SETTLE = 5 };

	send_world_begin(&server);
	wq_post_init(&trap.post, sw.calls.loop, on_trap);
	for (enum event v = 0; v < EVENTS; v++) {
		for (size_t i = 0; i < WQ_COUNT(steps); i++)
			try_one(steps[i], v, 1);
		for (size_t i = FROM_SETTLE; i < WQ_COUNT(steps); i++)
			try_one(steps[i], v, 2);
		try_one("effect", v, 2);
	}
	send_world_end();
}

static bool is_written(void *ctx)
{
	(void)ctx;
	return send_world_posts() > 0;
}

/* Whoever asks for it, what was written may have been read: nobody sends it again. */
WQ_TEST(what_was_written_is_in_doubt)
{
	static const enum event ends[] = { CANCEL, LOCK_LOST, CLOSE };

	send_world_begin(&server);
	for (size_t i = 0; i < WQ_COUNT(ends); i++) {
		begin_letter(0, "");
		errand_start(&e, &sw.sends);
		send_world_until(is_written, NULL, "it is written");
		trap.event = ends[i];
		trap.closing = trap.closed = false;
		on_trap(NULL);
		errand_await(&e);
		WQ_CHECK_STR(events[ends[i]], send_world_record("c", "state led"),
		             "queued unknown");
		send_world_until(is_over, NULL, "over");
		if (trap.closed)
			sw.sender = NULL;
		else
			send_world_close();
		hand_on();
		WQ_CHECK_STR(events[ends[i]], ending_name(e.ending), "failed for good");
		WQ_CHECK_INT(events[ends[i]], send_world_posts(), 1);
		WQ_CHECK_STR(events[ends[i]], send_world_record("c", "state led"), "parked parked");
	}
	send_world_end();
}

static int begin_all(void **state)
{
	(void)state;
	wq_redisd_start(&server, NULL);
	return 0;
}

static int end_all(void **state)
{
	(void)state;
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(something_comes_between_two_steps),
		WQ_CASE(what_was_written_is_in_doubt),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
