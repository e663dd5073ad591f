/* SPDX-License-Identifier: MIT */
/* story_test.c — docs/story.md on virtual time, over three days to the second: a lead writes, gets a sequence, answers,
 * goes quiet, the window closes, a template reaches her and she opens it again.  Receiver, due clock, steps and sender
 * are the real ones, on a real Redis; the provider is of this process. */
#include "base/assert.h"
#include "domain/receive/receiver.h"
#include "domain/sequence/stepper.h"
#include "domain/window/tick.h"
#include "send_world.h"
#include "store/enrol.h"
#include "store/sequence.h"
#include "support/test.h"

#define HOUR_MS (60 * 60 * INT64_C(1000))
#define LEAD    "593991234567"
#define OURS    "\"provider\":\"cloud\",\"phoneNumberId\":\"100001\""
#define EDGE_MS INT64_C(6000) /* every second is looked at around what is told */
#define TEMPLATE "{\"template\":{\"name\":\"hello_world\",\"language\":{\"code\":\"en_US\"}}}"

enum { TRIES_MAX = 20, ID_BYTES = 64, DATA_BYTES = 1024 };

static struct wq_redisd server;
static struct wq_receiver *receiver;
static struct wq_producer *producer;
static struct wq_ref ref;
static struct wq_due *due;
static struct wq_window_ticker ticker;
static struct wq_stepper stepper;
static struct wq_send_keys keys;
static struct wq_handler messages, events;
static int64_t began_ms;

static void set(void *flag)
{
	*(bool *)flag = true;
}

static bool is_set(void *flag)
{
	return *(bool *)flag;
}

static void nobody_else(void *ctx, struct wq_task *task)
{
	(void)ctx;
	wq_task_complete(task, wq_str("others"));
}

static void open_due(void)
{
	const struct wq_due_opts o = {
		.loop = sw.calls.loop, .redis = sw.redis, .accounts = sw.accounts, .own_clock = true
	};

	WQ_CHECK_INT("due", wq_due_create(&due, &o), 0);
	wq_window_ticker_init(&ticker, due);
	stepper = (struct wq_stepper){ .loop = sw.calls.loop,
		                       .producer = producer,
		                       .accounts = sw.accounts,
		                       .queue_base = wq_ref_base(&ref),
		                       .keep_s = 864000 };
	wq_stepper_add(&stepper, due);
	wq_due_start(due);
}

static void close_due(void)
{
	bool closed = false;

	wq_due_close(due, set, &closed);
	send_world_until(is_set, &closed, "the due clock closes");
}

static void begin(void)
{
	const struct wq_receiver_opts o = { .keep_s = 864000, .own_clock = true };
	const struct wq_handler others = { .run = nobody_else };

	send_world_begin(&server);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	WQ_CHECK_INT("receiver",
	             wq_receiver_create(&receiver, sw.calls.loop, sw.redis, sw.accounts, &o), 0);
	wq_receiver_messages(receiver, &messages);
	wq_receiver_events(receiver, &others, &events);
	WQ_CHECK_INT("producer", wq_producer_create(&producer, sw.calls.loop, sw.redis), 0);
	WQ_CHECK_INT("queue",
	             wq_ref_init(&ref, sw.redis, wq_str("bull"), wq_str("outbound-messages"), NULL),
	             0);
	WQ_CHECK_INT("keys", wq_send_keys_init(&keys, sw.redis, wq_str("c")), 0);
	began_ms = send_world_now();
	open_due();
}

static void end(void)
{
	bool closed = false;

	close_due();
	wq_producer_close(producer, set, &closed);
	send_world_until(is_set, &closed, "the producer closes");
	closed = false;
	wq_receiver_close(receiver, set, &closed);
	send_world_until(is_set, &closed, "the receiver closes");
	wq_ref_fini(&ref);
	send_world_end();
}

/* Until that moment of the story: nobody looks on the way, and every second of the last few is looked at. */
static void until_ms(int64_t at_ms)
{
	int64_t ms = began_ms + at_ms - send_world_now();

	if (ms > EDGE_MS) {
		close_due();
		send_world_leap(ms - EDGE_MS);
		send_world_pass(1); /* the loop sees it */
		open_due();
	}
	send_world_pass(began_ms + at_ms - send_world_now());
}

/* What was told of people since the last time, in its order; "…" of messages is left out. */
static const char *told(void)
{
	return send_world_ask(
		"EVAL local\tr=''for\t_,e\tin\tipairs(redis.call('XRANGE',KEYS[1],'-','+'))do\tlocal\tt=e[2][2]"
		"if\tnot\tstring.find(t,'^message')and\tnot\tstring.find(t,'^conversation')"
		"then\tr=r..t..'\\32'end\tend\t"
		"redis.call('DEL',KEYS[1])return\tr 1 wq:{c}:out");
}

static void work(const struct wq_handler *h, const char *name, const char *data)
{
	struct errand e;

	errand_init(&e, "1", "%s", data);
	e.job.name = wq_str(name);
	errand_finish(&e, h, TRIES_MAX);
	WQ_CHECK_STR(e.text, ending_name(e.ending), "completed");
}

/* As the sink writes its jobs. */
static void hears(const char *job, const char *who, const char *id, const char *text)
{
	char data[DATA_BYTES];
	long long now = (long long)send_world_now();

	snprintf(data, sizeof(data),
	         "{" OURS ",\"timestamp\":%lld,%s\"message\":{%s,\"id\":\"%s\","
	         "\"timestamp\":\"%lld\",\"type\":\"text\",\"text\":{\"body\":\"%s\"}},"
	         "\"contact\":{\"profile\":{\"name\":\"Lucia Vega\"},\"wa_id\":\"" LEAD "\"}}",
	         now, strcmp(job, "process-echo") == 0 ? "\"kind\":\"echo\"," : "", who, id,
	         now / 1000, text);
	work(strcmp(job, "process-echo") == 0 ? &events : &messages, job, data);
}

static void she_writes(const char *id, const char *text)
{
	hears("process-message", "\"from\":\"" LEAD "\"", id, text);
}

struct call {
	struct wq_redis_cmd cmd;
	bool done;
};

static void on_call(struct wq_redis_cmd *cmd, int rc)
{
	WQ_CHECK_INT("script", rc, 0);
	WQ_OWNER(cmd, struct call, cmd)->done = true;
}

static bool is_done(void *ctx)
{
	return ((struct call *)ctx)->done;
}

static void define_sequence(void)
{
	const struct wq_seq_put_step steps[] = {
		{ 0, WQ_STR("{\"message\":{\"text\":{\"body\":\"Hello {{first_name}}\"}}}") },
		{ 36 * HOUR_MS, WQ_STR("{\"message\":{\"text\":{\"body\":\"Still there?\"}},"
		                       "\"when_closed\":\"template\",\"fallback\":" TEMPLATE "}") },
	};
	const struct wq_seq_put put = { .id = WQ_STR("welcome"), .now_ms = send_world_now(), .by = WQ_STR("test"),
		                        .what = WQ_STR("created"), .spec = WQ_STR("{}"), .head = WQ_STR("{}"),
		                        .name = WQ_STR("Welcome"), .print = WQ_STR("1"), .on_answer = "pause",
		                        .steps = steps, .n = WQ_COUNT(steps) };
	struct call c = { .done = false };

	WQ_CHECK_INT("put", wq_seq_put_start(&keys, &c.cmd, &put, on_call), 0);
	send_world_until(is_done, &c, "the sequence is there");
}

static void item(void *id, size_t i, struct wq_enrol_who *out)
{
	(void)i;
	*out = (struct wq_enrol_who){
		.who = wq_str(id), .id = WQ_STR(""), .phone = WQ_STR(""), .words = WQ_STR("")
	};
}

static void enrol(void)
{
	const struct wq_enrol e = { .seq = WQ_STR("welcome"),
		                    .by = WQ_STR("test"),
		                    .now_ms = send_world_now() };
	struct call c = { .done = false };
	char id[ID_BYTES];

	snprintf(id, sizeof(id), "%s", send_world_ask("ZRANGE wq:{c}:cons:made 0 0"));
	WQ_CHECK_INT("enrol", wq_enrol_start(&keys, &c.cmd, &e, 1, item, id, on_call), 0);
	send_world_until(is_done, &c, "she is in it");
}

/* What waits in the queue is sent, all the way to her phone; what the provider was asked for. */
static const char *delivered(const char *wamid)
{
	static char body[DATA_BYTES];
	char id[ID_BYTES], data[DATA_BYTES], status[DATA_BYTES];
	struct errand e;

	snprintf(id, sizeof(id), "%s",
	         send_world_ask("ZRANGE bull:outbound-messages:prioritized 0 0"));
	if (!id[0])
		snprintf(id, sizeof(id), "%s",
		         send_world_ask("LINDEX bull:outbound-messages:wait 0"));
	if (!id[0])
		return "nothing waits";
	snprintf(data, sizeof(data), "%s",
	         send_world_ask("HGET bull:outbound-messages:%s data", id));
	send_world_ask("DEL bull:outbound-messages:prioritized bull:outbound-messages:wait");
	snprintf(body, sizeof(body),
	         "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"%s\"}]}", wamid);
	send_world_answers_nothing_yet();
	send_world_answers(200, body, WQ_PEER_KEEP);
	errand_init(&e, id, "%s", data);
	errand_finish(&e, &sw.sends, TRIES_MAX);
	if (e.ending != COMPLETED) {
		snprintf(body, sizeof(body), "%s: %s", ending_name(e.ending), e.text);
		return body;
	}
	for (int i = 0; i < 2; i++) {
		snprintf(status, sizeof(status),
		         "{" OURS ",\"sentAt\":%lld,\"status\":{\"id\":\"%s\","
		         "\"recipient_id\":\"" LEAD "\",\"status\":\"%s\"}}",
		         (long long)send_world_now(), wamid, i == 0 ? "sent" : "delivered");
		work(&sw.receipts, "process-status", status);
	}
	snprintf(body, sizeof(body), "%s", data);
	return body;
}

/* Free text by somebody's own program; how it ended. */
static const char *free_text(const char *id)
{
	static char ending[ERRAND_TEXT_BYTES + ID_BYTES];
	struct errand e;

	send_world_answers_nothing_yet();
	send_world_answers(
		200, "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.F\"}]}",
		WQ_PEER_KEEP);
	errand_init(&e, id,
	            "{\"id\":\"%s\",\"account\":\"c\",\"to\":\"+" LEAD "\",\"text\":\"hello\"}",
	            id);
	errand_run(&e, &sw.sends);
	snprintf(ending, sizeof(ending), "%s %s", ending_name(e.ending), e.text);
	return ending;
}

static bool has(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("\"%s\" has no \"%s\"\n", text, part);
	return strstr(text, part) != NULL;
}

WQ_TEST(from_a_first_word_to_a_template)
{
	begin();
	define_sequence();
	(void)told();

	she_writes("w1", "Hi, is the flat still free?");
	WQ_CHECK_STR("she is somebody", told(), "contact.created window.opened ");

	enrol();
	until_ms(3000);
	WQ_CHECK("she gets the first step", has(delivered("wamid.1"), "Hello Lucia"));
	WQ_CHECK_STR("it was told", told(), "sequence.enrolled sequence.step ");

	until_ms(2 * HOUR_MS);
	she_writes("w2", "Can I see it on Friday?");
	WQ_CHECK_STR("an answer pauses", told(), "sequence.answered ");

	until_ms(3 * HOUR_MS);
	hears("process-echo", "\"from\":\"1\",\"to\":\"" LEAD "\"", "w3", "Friday at five");
	WQ_CHECK_STR("a person goes on", told(), "sequence.active ");

	until_ms(25 * HOUR_MS - 2000);
	WQ_CHECK_STR("23 hours after her last word, but for two seconds", told(), "");
	until_ms(25 * HOUR_MS + 1500);
	WQ_CHECK_STR("the window is about to close", told(), "window.closing ");
	until_ms(26 * HOUR_MS - 2000);
	WQ_CHECK_STR("not yet", told(), "");
	WQ_CHECK("free text goes", has(free_text("f1"), "completed"));
	until_ms(26 * HOUR_MS + 1500);
	WQ_CHECK_STR("it has closed", told(), "window.closed ");
	WQ_CHECK("free text fails", has(free_text("f2"), "failed for good"));

	until_ms(39 * HOUR_MS - 2000);
	WQ_CHECK_STR("36 hours after the person's word, but for two seconds", told(), "");
	until_ms(39 * HOUR_MS + 2500);
	WQ_CHECK("a template goes in the place of the text",
	         has(delivered("wamid.2"), "hello_world"));
	WQ_CHECK_STR("she is through", told(), "sequence.step sequence.completed ");

	until_ms(70 * HOUR_MS);
	she_writes("w4", "Yes, I am still here");
	WQ_CHECK_STR("she opens it again", told(), "window.opened ");
	WQ_CHECK("free text goes again", has(free_text("f3"), "completed"));
	end();
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
	const struct CMUnitTest all[] = { WQ_CASE(from_a_first_word_to_a_template) };

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
