/* SPDX-License-Identifier: MIT */
/* window_send_test.c — free text outside of windows: it fails, becomes a template, waits for somebody, or goes; what we
 * write ourselves opens windows where people want that; messages wait for business hours, in the person's own zone. */
#include "base/assert.h"
#include "domain/send/person.h"
#include "domain/window/hours.h"
#include "send_world.h"
#include "support/test.h"

#define TAKEN "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"
#define CLOSED "{\"error\":{\"message\":\"(#131047) Re-engagement message\",\"code\":131047}}"
#define TO "+593991234567"

static struct wq_redisd server;
static char person[WQ_PERSON_HEX_BYTES + 1];

static void begin(void)
{
	send_world_begin(&server);
	WQ_CHECK_INT("digest", wq_person_of(wq_str(TO), person), 0);
}

/* A contact of account c whose window ends so long from now. */
static void a_contact(int64_t ms)
{
	long long ends = (long long)(send_world_now() + ms);

	send_world_ask("HSET wq:{c}:con:c1 made 1 al %s window %lld", person, ends);
	send_world_ask("HSET wq:{c}:person:%s con c1 window %lld", person, ends);
}

static void run(struct errand *e, const char *members)
{
	errand_init(e, "1",
	            "{\"id\":\"m1\",\"account\":\"c\",\"to\":\"" TO "\",\"text\":\"hello\"%s}",
	            members);
	errand_finish(e, &sw.sends, 5);
}

WQ_TEST(closed_and_nothing_said_it_fails)
{
	struct errand e;

	begin();
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(-1);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	run(&e, "");
	WQ_CHECK_STR("ends", ending_name(e.ending), "failed for good");
	WQ_CHECK_STR("because", e.text,
	             "the 24-hour window is closed: only a template can be sent");
	WQ_CHECK_INT("posts", send_world_posts(), 0);
	send_world_end();
}

WQ_TEST(a_template_goes_instead)
{
	struct errand e;

	begin();
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(-1);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	run(&e,
	    ",\"whenClosed\":\"template\",\"fallback\":{\"name\":\"again\",\"language\":\"es\"}");
	WQ_CHECK_STR("ends", ending_name(e.ending), "completed");
	WQ_CHECK_INT("posts", send_world_posts(), 1);
	WQ_CHECK("the template",
	         strstr(sw.calls.peer.requests[0].text, "\"name\":\"again\"") != NULL);
	WQ_CHECK("and no text", strstr(sw.calls.peer.requests[0].text, "hello") == NULL);
	WQ_CHECK_STR("record", send_world_record("c", "state"), "accepted");
	WQ_CHECK("told", strstr(send_world_ask("HGET wq:{c}:msg:m1 tl"), "window_closed") != NULL);
	send_world_end();
}

WQ_TEST(open_the_text_goes)
{
	struct errand e;

	begin();
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(60000);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	run(&e, ",\"fallback\":{\"name\":\"again\",\"language\":\"es\"}");
	WQ_CHECK_STR("ends", ending_name(e.ending), "completed");
	WQ_CHECK("the text", strstr(sw.calls.peer.requests[0].text, "hello") != NULL);
	send_world_end();
}

WQ_TEST(it_waits_for_somebody)
{
	struct errand e;

	begin();
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(-1);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	run(&e, ",\"whenClosed\":\"pending\",\"priority\":\"high\"");
	WQ_CHECK_STR("ends", ending_name(e.ending), "completed");
	WQ_CHECK_INT("posts", send_world_posts(), 0);
	WQ_CHECK_STR("record", send_world_record("c", "state led"), "parked rejected");
	WQ_CHECK_STR("waits", send_world_ask("ZCARD wq:{c}:pends"), "1");
	WQ_CHECK_STR("its contact", send_world_ask("SCARD wq:{c}:pends:of:c1"), "1");
	e.runs = 0;
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("once", send_world_ask("ZCARD wq:{c}:pends"), "1");
	send_world_end();
}

WQ_TEST(forced_by_policy_it_goes)
{
	struct errand e;

	begin();
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(-1);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	run(&e, ",\"whenClosed\":\"force\"");
	WQ_CHECK_STR("ends", ending_name(e.ending), "completed");
	WQ_CHECK("the text", strstr(sw.calls.peer.requests[0].text, "hello") != NULL);
	send_world_end();
}

/* We had counted an open window, or none at all. */
WQ_TEST(the_provider_knows_better)
{
	struct errand e;

	begin();
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(60000);
	send_world_answers(400, CLOSED, WQ_PEER_KEEP);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	run(&e, ",\"fallback\":{\"name\":\"again\",\"language\":\"es\"}");
	WQ_CHECK_STR("ends", ending_name(e.ending), "completed");
	WQ_CHECK_INT("posts", send_world_posts(), 2);
	WQ_CHECK("the template",
	         strstr(sw.calls.peer.requests[1].text, "\"name\":\"again\"") != NULL);
	WQ_CHECK_STR("the contact's", send_world_ask("HGET wq:{c}:con:c1 said"), "closed");
	send_world_end();
}

static yyjson_doc *doc;

/* Account c has these members, for the rest of this world. */
static void settle_account(const char *spec)
{
	const struct wq_account_ways ways = { .ring = NULL };
	struct wq_account_problem p = { .field = "" };
	struct wq_account read = { .number = WQ_STR("") };
	const struct wq_account *found;
	struct wq_account *a;
	struct wq_arena arena;

	doc = wq_json_read(wq_str(spec), 16, NULL);
	wq_arena_init(&arena, 4096);
	WQ_CHECK_INT(p.field,
	             wq_account_read(&read, yyjson_doc_get_root(doc), wq_strn(NULL, 0),
	                             wq_strn(NULL, 0), &ways, &arena, &p),
	             0);
	wq_arena_fini(&arena);
	WQ_CHECK_INT("c", wq_accounts_find(sw.accounts, wq_strn(NULL, 0), wq_str("c"), &found), 0);
	a = (struct wq_account *)(uintptr_t)found;
	a->window = read.window;
	a->hours = read.hours;
}

#define SPEC(rest) "{\"provider\":\"cloud\",\"name\":\"c\",\"phone_number_id\":\"100001\"," rest "}"

WQ_TEST(an_account_has_a_way_of_its_own)
{
	struct errand e;

	begin();
	settle_account(SPEC(
		"\"window\":{\"when_closed\":\"template\",\"template\":{\"name\":\"back\",\"language\":\"es\"}}"));
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(-1);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	run(&e, "");
	WQ_CHECK_STR("ends", ending_name(e.ending), "completed");
	WQ_CHECK("the template",
	         strstr(sw.calls.peer.requests[0].text, "\"name\":\"back\"") != NULL);
	wq_json_free(doc);
	send_world_end();
}

WQ_TEST(own_messages_open_windows_where_people_want_that)
{
	struct errand e;

	begin();
	settle_account(SPEC("\"window\":{\"enforced\":false,\"own_messages\":true}"));
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(-1);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	run(&e, "");
	WQ_CHECK_STR("ends", ending_name(e.ending), "completed");
	WQ_CHECK("open",
	         atoll(send_world_ask("HGET wq:{c}:con:c1 window")) > send_world_now() + 86000000);
	WQ_CHECK_STR("due", send_world_ask("ZCARD wq:{c}:due:win"), "1");
	wq_json_free(doc);
	send_world_end();
}

#define OFFICE(people) \
	SPEC("\"hours\":{\"zone\":\"UTC\",\"people\":" people ",\"week\":{\"sun\":\"09:00-18:00\"," \
	     "\"mon\":\"09:00-18:00\"," \
	     "\"tue\":\"09:00-18:00\",\"wed\":\"09:00-18:00\",\"thu\":\"09:00-18:00\",\"fri\":\"09:00-18:00\"," \
	     "\"sat\":\"09:00-18:00\"}}")

/* It begins at 22:13 UTC: 10:47 until it is 09:00 there, and 9:47 until it is in Berlin. */
static void check_hours(const char *spec, const char *zone, int64_t wait_ms)
{
	struct errand e;

	begin();
	settle_account(spec);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	a_contact(-1);
	send_world_ask("HSET wq:{c}:con:c1 zone %s", zone);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	errand_init(&e, "1",
	            "{\"id\":\"m1\",\"account\":\"c\",\"to\":\"" TO
	            "\",\"template\":{\"name\":\"t\","
	            "\"language\":\"es\"}}");
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR(zone, ending_name(e.ending), "delayed");
	WQ_CHECK(zone, e.delay_ms > wait_ms - 60000 && e.delay_ms <= wait_ms);
	sw.calls.clock.wall_base_ms += e.delay_ms;
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR(zone, ending_name(e.ending), "completed");
	wq_json_free(doc);
	send_world_end();
}

WQ_TEST(messages_wait_for_business_hours)
{
	enum { MIN = 60000 };

	check_hours(OFFICE("false"), "America/Guayaquil", (10 * 60 + 47) * (int64_t)MIN);
	check_hours(OFFICE("true"), "Europe/Berlin", (9 * 60 + 47) * (int64_t)MIN);
	check_hours(OFFICE("true"), "Middle/Earth", (10 * 60 + 47) * (int64_t)MIN);
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
		WQ_CASE(closed_and_nothing_said_it_fails),
		WQ_CASE(a_template_goes_instead),
		WQ_CASE(open_the_text_goes),
		WQ_CASE(it_waits_for_somebody),
		WQ_CASE(forced_by_policy_it_goes),
		WQ_CASE(the_provider_knows_better),
		WQ_CASE(an_account_has_a_way_of_its_own),
		WQ_CASE(own_messages_open_windows_where_people_want_that),
		WQ_CASE(messages_wait_for_business_hours),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
