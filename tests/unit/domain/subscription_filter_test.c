/* SPDX-License-Identifier: MIT */
/* subscription_filter_test.c — who gets an event, and what a subscription may say: tables. */
#include "base/err.h"
#include "domain/subscription/delivery.h"
#include "support/fault.h"
#include "support/test.h"

#define ID wq_str("sub_1")
#define MESSAGE "{\"businessId\":\"7001\",\"phoneNumberId\":\"9001\",\"message\":{\"id\":\"m\"}}"
#define READ "{\"businessId\":\"7001\",\"phoneNumberId\":\"9001\",\"status\":{\"id\":\"m\",\"status\":\"read\"}}"
#define ODD "{\"status\":{\"status\":\"Read\\nx\"}}"
#define QUALITY "{\"businessId\":\"7001\",\"field\":\"phone_number_quality_update\",\"value\":{}}"

static const struct {
	const char *name, *data, *kind, *type, *field;
} events[] = {
	{ "process-message", MESSAGE, "message", "message.received", "messages" },
	{ "process-status", READ, "status", "message.read", "messages" },
	{ "process-status", ODD, "status", "message.status", "messages" },
	{ "process-event", QUALITY, "event", "account.phone_number_quality_update",
	  "phone_number_quality_update" },
	{ "process-event", "no json", "event", "account.event", "messages" },
	{ "process-echo", MESSAGE, "echo", "message.echo", "messages" },
	{ "webhook", "\n{}", "webhook", "webhook", "messages" },
	{ "system-server.started", "{}", "system", "server.started", "" },
	{ "system-server", "{}", "system", "system.event", "" },
	{ "system-a.b.c", "{}", "system", "system.event", "" },
	{ "system-A.\nb", "no json", "system", "system.event", "" },
};

static struct wq_event event_of(const char *name, const char *data)
{
	struct wq_event e = { .id = WQ_STR("1781000000123-0"),
		              .provider = WQ_STR("cloud"),
		              .account = WQ_STR("9001"),
		              .name = wq_str(name),
		              .data = wq_str(data) };

	WQ_CHECK_INT(name, wq_event_init(&e), 0);
	return e;
}

WQ_TEST(an_event_is_named_by_what_it_holds)
{
	for (size_t i = 0; i < WQ_COUNT(events); i++) {
		struct wq_event e = event_of(events[i].name, events[i].data);

		WQ_CHECK_SLICE(events[i].data, e.kind, events[i].kind);
		WQ_CHECK_STR(events[i].data, e.type, events[i].type);
		WQ_CHECK_SLICE(events[i].data, e.field, events[i].field);
		wq_event_fini(&e);
		wq_event_fini(&e);
	}
}

static const struct {
	const char *filter, *name, *data;
	bool wanted;
} filters[] = {
	{ "", "process-message", MESSAGE, true },
	{ ",\"events\":[]", "process-message", MESSAGE, true },
	{ ",\"events\":[\"message.received\"]", "process-message", MESSAGE, true },
	{ ",\"events\":[\"message.read\"]", "process-message", MESSAGE, false },
	{ ",\"events\":[\"message.*\"]", "process-status", READ, true },
	{ ",\"events\":[\"*\"]", "process-event", QUALITY, true },
	{ ",\"events\":[\"message*x\"]", "process-message", MESSAGE, false },
	{ ",\"events\":[\"account.*\",\"message.read\"]", "process-status", READ, true },
	{ ",\"kinds\":[\"status\"]", "process-message", MESSAGE, false },
	{ ",\"kinds\":[\"status\",\"message\"]", "process-message", MESSAGE, true },
	{ ",\"fields\":[\"messages\"]", "process-event", QUALITY, false },
	{ ",\"kinds\":[\"system\"]", "system-sink.full", "{}", true },
	{ ",\"kinds\":[\"message\"]", "system-sink.full", "{}", false },
	{ ",\"fields\":[\"messages\"]", "system-sink.full", "{}", false },
	{ ",\"fields\":[\"phone_number_*\"]", "process-event", QUALITY, true },
	{ ",\"providers\":[\"twilio\"]", "process-message", MESSAGE, false },
	{ ",\"providers\":[\"cloud\"]", "process-message", MESSAGE, true },
	{ ",\"accounts\":[\"9001\"]", "process-message", MESSAGE, true },
	{ ",\"accounts\":[\"7001\"]", "process-message", MESSAGE, true },
	{ ",\"accounts\":[\"9002\"]", "process-message", MESSAGE, false },
	{ ",\"accounts\":[\"9001\"],\"kinds\":[\"status\"]", "process-message", MESSAGE, false },
	{ "", "webhook", "\n{}", false },
	{ ",\"raw\":true", "webhook", "\n{}", true },
	{ ",\"raw\":true", "process-message", MESSAGE, false },
};

WQ_TEST(each_list_that_is_given_has_to_hold_it)
{
	for (size_t i = 0; i < WQ_COUNT(filters); i++) {
		struct wq_event e = event_of(filters[i].name, filters[i].data);
		struct wq_subscription s;
		const char *why;
		char spec[256];

		snprintf(spec, sizeof(spec), "{\"url\":\"https://x.example/\"%s}",
		         filters[i].filter);
		WQ_CHECK_INT(spec, wq_subscription_init(&s, ID, wq_str(spec), &why), 0);
		WQ_CHECK_INT(spec, wq_filter_wants(&s.filter, &e), filters[i].wanted);
		wq_subscription_fini(&s);
		wq_event_fini(&e);
	}
}

static const struct {
	const char *spec;
	int rc;
} specs[] = {
	{ "{\"url\":\"https://x.example/a?b=1\"}", 0 },
	{ "{\"queue\":\"q\",\"batch_size\":50,\"batch_delay_ms\":0}", 0 },
	{ "{\"stream\":\"s\",\"in_flight\":16,\"rate\":10000}", 0 },
	{ "{\"url\":\"http://x/\",\"order\":\"strict\"}", 0 },
	{ "{\"url\":\"http://x/\",\"secrets\":[\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]}", 0 },
	{ "{\"url\":\"http://x/\",\"secrets\":[\"nothing!\"]}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"secret\":\"nothing!\"}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"secret\":\"v1:0:0\"}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"secret\":\"\"}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"secret\":7}", WQ_EINVAL },
	{ "{}", WQ_EINVAL },
	{ "[]", WQ_EINVAL },
	{ "no json", WQ_EINVAL },
	{ "{\"url\":\"\"}", WQ_EINVAL },
	{ "{\"url\":7}", WQ_EINVAL },
	{ "{\"url\":\"ftp://x/\"}", WQ_EINVAL },
	{ "{\"url\":\"http://\"}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"queue\":\"q\"}", WQ_EINVAL },
	{ "{\"stream\":\"wq:{bull}:sub:events\"}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"kinds\":\"message\"}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"kinds\":[1]}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"kinds\":[\"\"]}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"batch_size\":51}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"batch_size\":1.5}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"in_flight\":0}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"rate\":-1}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"order\":\"any\"}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"order\":\"strict\",\"in_flight\":2}", WQ_EINVAL },
	{ "{\"queue\":\"q\",\"raw\":true}", WQ_EINVAL },
	{ "{\"url\":\"http://x/\",\"raw\":1}", WQ_EINVAL },
};

WQ_TEST(what_a_subscription_may_say)
{
	for (size_t i = 0; i < WQ_COUNT(specs); i++) {
		struct wq_subscription s;
		const char *why = NULL;
		int rc = wq_subscription_init(&s, ID, wq_str(specs[i].spec), &why);

		WQ_CHECK_INT(specs[i].spec, rc, specs[i].rc);
		WQ_CHECK(specs[i].spec, (rc < 0) == (why != NULL));
		wq_subscription_fini(&s);
		wq_subscription_fini(&s);
	}
}

/* From a spec and two events to what is posted, with any allocation failing. */
static void post_is_made(void)
{
	static const struct wq_seal_ring none;
	static const struct wq_delivery_ways ways = { .ring = &none };
	struct wq_subscription s;
	struct wq_delivery d;
	const char *why;
	int rc = wq_subscription_init(
		&s, ID, wq_str("{\"url\":\"http://x/\",\"batch_size\":2,\"secrets\":[\"czE=\"]}"),
		&why);

	wq_delivery_init(&d, &ways);
	for (int i = 0; rc == 0 && i < 2; i++) {
		struct wq_event e = { .id = WQ_STR("1781000000123-0"),
			              .provider = WQ_STR("cloud"),
			              .account = WQ_STR("9001"),
			              .name = WQ_STR("process-message"),
			              .data = WQ_STR(MESSAGE) };

		rc = wq_event_init(&e);
		if (rc == 0)
			rc = wq_delivery_add(&d, &s, &e);
		wq_event_fini(&e);
		WQ_CHECK("what did not fit is not half there",
		         rc == 0 || d.events_n == (unsigned)i);
	}
	WQ_CHECK("done, or out of memory", rc == 0 || rc == WQ_ENOMEM);
	if (rc == 0)
		WQ_CHECK_SLICE("ids", wq_buf_str(&d.ids), "1781000000123-0,1781000000123-0");
	wq_delivery_fini(&d);
	wq_delivery_fini(&d);
	wq_subscription_fini(&s);
}

WQ_TEST(a_post_is_made_or_is_not_for_lack_of_memory)
{
	WQ_CHECK("swept", wq_fault_sweep("post", post_is_made, 200).runs > 3);
}

WQ_TEST_MAIN(WQ_CASE(an_event_is_named_by_what_it_holds),
             WQ_CASE(each_list_that_is_given_has_to_hold_it), WQ_CASE(what_a_subscription_may_say),
             WQ_CASE(a_post_is_made_or_is_not_for_lack_of_memory))
