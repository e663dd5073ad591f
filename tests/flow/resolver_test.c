/* SPDX-License-Identifier: MIT */
/* resolver_test.c — what is asked, what is remembered, for how long; on virtual time but where the network's counts. */
#include "base/alloc.h"
#include "base/err.h"
#include "io/dns/resolver.h"
#include "io/loop/timer.h"
#include "support/nameserver.h"
#include "support/test.h"

enum { TURNS_MAX = 1000000 };

static struct {
	struct wq_clock_virtual clock;
	struct wq_loop *loop;
	struct wq_ns ns;
	struct wq_resolver *resolver;
	bool closed;
} w;

struct looked {
	struct wq_resolve q;
	int rc;
	unsigned told;
};
static struct looked a, b, c;

static void begin(struct wq_ns_name *names, unsigned n, bool virtual_time)
{
	for (unsigned i = 0; i < n; i++)
		names[i].asked = 0;
	w.closed = false;
	wq_clock_virtual_init(&w.clock, 1700000000000);
	WQ_CHECK_INT("loop", wq_loop_create(&w.loop, virtual_time ? &w.clock : NULL), 0);
	wq_ns_start(&w.ns, w.loop, names, n);
	WQ_CHECK_INT("resolver", wq_resolver_create(&w.resolver, w.loop, w.ns.servers), 0);
}

static void on_closed(void *ctx)
{
	*(bool *)ctx = true;
}

static bool is_closed(void *ctx)
{
	(void)ctx;
	return w.closed;
}

static void end(void)
{
	wq_resolver_close(w.resolver, on_closed, &w.closed);
	WQ_CHECK("closed", wq_loop_run_until(w.loop, is_closed, NULL, TURNS_MAX));
	wq_ns_stop(&w.ns);
	wq_loop_destroy(w.loop);
}

static void on_looked(struct wq_resolve *q, int rc)
{
	struct looked *k = WQ_OWNER(q, struct looked, q);

	k->rc = rc;
	k->told++;
}

static void start(struct looked *k, const char *name)
{
	*k = (struct looked){ .rc = 1 };
	WQ_CHECK_INT(name, wq_resolve_start(w.resolver, &k->q, wq_str(name), on_looked), 0);
	WQ_CHECK_INT("not from inside the call", k->told, 0);
}

static bool is_told(void *ctx)
{
	return ((struct looked *)ctx)->told > 0;
}

static void finish(struct looked *k)
{
	WQ_CHECK("told", wq_loop_run_until(w.loop, is_told, k, TURNS_MAX));
	WQ_CHECK_INT("once", k->told, 1);
}

/* The addresses between spaces, or the code. */
static const char *look(const char *name)
{
	static char out[512];
	size_t n = 0;

	start(&a, name);
	finish(&a);
	if (a.rc < 0)
		return wq_err_name(a.rc);
	for (unsigned i = 0; i < a.q.count; i++) {
		char text[46];

		WQ_CHECK("text", wq_address_text(&a.q.addresses[i], text));
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s", i > 0 ? " " : "", text);
	}
	return out;
}

static struct wq_timer timer;
static bool over;
static void on_timer(struct wq_timer *t)
{
	(void)t;
	over = true;
}

static bool is_over(void *ctx)
{
	(void)ctx;
	return over;
}

static void pass(uint64_t ms)
{
	wq_timer_init(&timer, w.loop, on_timer);
	over = false;
	wq_timer_start(&timer, ms);
	WQ_CHECK("time passes", wq_loop_run_until(w.loop, is_over, NULL, TURNS_MAX));
}

WQ_TEST(what_needs_no_question)
{
	begin(NULL, 0, false);
	WQ_CHECK_STR("IPv4", look("192.0.2.1"), "192.0.2.1");
	WQ_CHECK_STR("IPv6", look("2001:DB8::1"), "2001:db8::1");
	WQ_CHECK("for good", a.q.good_until_us == UINT64_MAX);
	WQ_CHECK_STR("localhost", look("LocalHost"), "127.0.0.1 ::1");
	WQ_CHECK_STR("localhost.", look("localhost."), "127.0.0.1 ::1");
	WQ_CHECK_STR("below it", look("x.localhost"), "127.0.0.1 ::1");
	WQ_CHECK_STR("empty", look(""), "ERESOLVE");
	WQ_CHECK_STR("a dot", look("."), "ERESOLVE");
	WQ_CHECK_STR("two dots", look("a..b"), "ERESOLVE");
	WQ_CHECK_STR("a space", look("a b"), "ERESOLVE");
	WQ_CHECK_STR("brackets", look("[::1]"), "ERESOLVE");
	WQ_CHECK_STR("a zone", look("fe80::1%lo"), "ERESOLVE");
	WQ_CHECK_STR("a long label",
	             look("0123456789012345678901234567890123456789012345678901234567890123.test"),
	             "ERESOLVE");
	WQ_CHECK_INT("not one question", w.ns.questions, 0);
	end();
}

static struct wq_ns_name names[] = {
	{ .name = "one.test", .a = { "192.0.2.1", "192.0.2.2", "192.0.2.3" }, .ttl = 60 },
	{ .name = "short.test", .a = { "192.0.2.1", "192.0.2.2", "192.0.2.3" }, .ttl = 0 },
	{ .name = "long.test", .a = { "192.0.2.1", "192.0.2.2" }, .ttl = 86400 },
	{ .name = "back.test", .a = { "", "192.0.2.9" }, .ttl = 60 },
	{ .name = "alias.test", .cname = "one.test", .a = { "192.0.2.7" }, .ttl = 60 },
	{ .name = "six.test", .a = { "192.0.2.1" }, .aaaa = "2001:db8::6", .ttl = 60 },
	{ .name = "silent.test", .a = { "-" } },
	{ .name = "two.test", .a = { "two" }, .ttl = 60 },
};

static void count_is(const char *name, unsigned asked)
{
	for (size_t i = 0; i < WQ_COUNT(names); i++)
		if (strcmp(names[i].name, name) == 0)
			WQ_CHECK_INT(name, names[i].asked, asked);
}

WQ_TEST(answers_are_kept_for_their_time)
{
	begin(names, WQ_COUNT(names), true);
	WQ_CHECK_STR("first", look("one.test"), "192.0.2.1");
	WQ_CHECK_STR("kept, in any case", look("ONE.Test"), "192.0.2.1");
	pass(58000);
	WQ_CHECK_STR("kept", look("one.test"), "192.0.2.1");
	pass(3000);
	WQ_CHECK_STR("asked anew", look("one.test"), "192.0.2.2");
	count_is("one.test", 2);

	WQ_CHECK_STR("no time at all", look("short.test"), "192.0.2.1");
	pass(4000);
	WQ_CHECK_STR("is 5 seconds", look("short.test"), "192.0.2.1");
	pass(2000);
	WQ_CHECK_STR("and no more", look("short.test"), "192.0.2.2");

	WQ_CHECK_STR("a day", look("long.test"), "192.0.2.1");
	pass(298000);
	WQ_CHECK_STR("is 5 minutes", look("long.test"), "192.0.2.1");
	pass(3000);
	WQ_CHECK_STR("and no more", look("long.test"), "192.0.2.2");
	end();
}

WQ_TEST(failures_are_kept_for_a_second)
{
	begin(names, WQ_COUNT(names), true);
	WQ_CHECK_STR("no such name", look("back.test"), "ERESOLVE");
	WQ_CHECK_STR("kept", look("back.test"), "ERESOLVE");
	count_is("back.test", 1);
	pass(1100);
	WQ_CHECK_STR("came back", look("back.test"), "192.0.2.9");
	WQ_CHECK_STR("nobody knows it", look("unknown.test"), "ERESOLVE");
	end();
}

WQ_TEST(forms_of_answers)
{
	const char *six;

	begin(names, WQ_COUNT(names), false);
	WQ_CHECK_STR("by another name", look("alias.test"), "192.0.2.7");
	six = look("six.test");
	WQ_CHECK("both families", strstr(six, "192.0.2.1") && strstr(six, "2001:db8::6"));
	WQ_CHECK_INT("two addresses", (look("two.test"), a.q.count), 2);
	end();
}

WQ_TEST(equal_questions_are_one)
{
	begin(names, WQ_COUNT(names), false);
	start(&a, "one.test");
	start(&b, "ONE.test");
	start(&c, "one.test");
	wq_resolve_cancel(&c.q);
	finish(&c);
	finish(&a);
	finish(&b);
	WQ_CHECK_INT("a", a.rc, 0);
	WQ_CHECK_INT("b", b.rc, 0);
	WQ_CHECK_INT("c", c.rc, WQ_ECANCELED);
	count_is("one.test", 1);
	end();
}

WQ_TEST(cancel_at_every_stage)
{
	begin(names, WQ_COUNT(names), false);
	start(&a, "192.0.2.1"); /* answered, not yet told */
	wq_resolve_cancel(&a.q);
	wq_resolve_cancel(&a.q);
	finish(&a);
	WQ_CHECK_INT("literal", a.rc, WQ_ECANCELED);
	wq_resolve_cancel(&a.q); /* over: nothing to cancel */
	start(&a, "silent.test");
	wq_resolve_cancel(&a.q);
	finish(&a);
	WQ_CHECK_INT("silent", a.rc, WQ_ECANCELED);
	start(&a, "one.test");
	wq_resolve_cancel(&a.q);
	finish(&a);
	WQ_CHECK_STR("its answer is worth keeping", look("one.test"), "192.0.2.1");
	count_is("one.test", 1);
	end();
}

WQ_TEST(close_with_questions_in_flight)
{
	begin(names, WQ_COUNT(names), false);
	start(&a, "silent.test");
	start(&b, "silent.test");
	start(&c, "localhost");
	end();
	WQ_CHECK_INT("a", a.told * 100 - (unsigned)a.rc, 100 - WQ_ECANCELED);
	WQ_CHECK_INT("b", b.told * 100 - (unsigned)b.rc, 100 - WQ_ECANCELED);
	WQ_CHECK_INT("c was answered", c.told + (unsigned)c.rc, 1);
}

WQ_TEST(a_server_that_is_silent)
{
	begin(names, WQ_COUNT(names), false);
	WQ_CHECK_STR("in the end", look("silent.test"), "ETIMEDOUT");
	WQ_CHECK("asked more than once", w.ns.questions >= 2 * WQ_DNS_TRIES);
	end();
}

WQ_TEST(more_names_than_are_kept)
{
	static struct wq_ns_name many[WQ_DNS_CACHE_ENTRIES + 2];
	static char texts[WQ_DNS_CACHE_ENTRIES + 2][16];
	uint64_t live;

	for (unsigned i = 0; i < WQ_COUNT(many); i++) {
		snprintf(texts[i], sizeof(texts[i]), "n%u.test", i);
		many[i] = (struct wq_ns_name){ .name = texts[i], .a = { "192.0.2.1" }, .ttl = 300 };
	}
	begin(many, WQ_COUNT(many), false);
	for (unsigned i = 0; i < WQ_DNS_CACHE_ENTRIES; i++)
		WQ_CHECK_STR(texts[i], look(texts[i]), "192.0.2.1");
	live = wq_alloc_live();
	look("n0.test"); /* asked for last: n1 is the oldest now */
	look(texts[WQ_DNS_CACHE_ENTRIES]);
	look(texts[WQ_DNS_CACHE_ENTRIES + 1]);
	look("n0.test");
	look("n3.test");
	WQ_CHECK_INT("n0 was kept", many[0].asked, 1);
	WQ_CHECK_INT("n3 was kept", many[3].asked, 1);
	look("n1.test");
	look("n2.test");
	WQ_CHECK_INT("n1 was not", many[1].asked, 2);
	WQ_CHECK_INT("nor n2", many[2].asked, 2);
	WQ_CHECK("memory stays", wq_alloc_live() <= live + 2);
	end();
}

WQ_TEST(too_many_questions)
{
	static struct looked many[WQ_DNS_QUESTIONS_MAX];
	char name[32];

	begin(names, WQ_COUNT(names), false);
	for (unsigned i = 0; i < WQ_DNS_QUESTIONS_MAX; i++) {
		snprintf(name, sizeof(name), "q%u.test", i);
		start(&many[i], name);
	}
	WQ_CHECK_INT("one more",
	             wq_resolve_start(w.resolver, &a.q, wq_str("another.test"), on_looked),
	             WQ_EFULL);
	start(&b, "q7.test"); /* the same as one in flight is none more */
	for (unsigned i = 0; i < WQ_DNS_QUESTIONS_MAX; i++)
		finish(&many[i]);
	finish(&b);
	WQ_CHECK_INT("there is room again", look("one.test")[0], '1');
	end();
}

WQ_TEST(servers_that_are_none)
{
	struct wq_resolver *r;

	WQ_CHECK_INT("loop", wq_loop_create(&w.loop, NULL), 0);
	WQ_CHECK("text", wq_resolver_create(&r, w.loop, "nonsense") < 0);
	wq_loop_destroy(w.loop);
}

WQ_TEST_MAIN(WQ_CASE(what_needs_no_question), WQ_CASE(answers_are_kept_for_their_time),
             WQ_CASE(failures_are_kept_for_a_second), WQ_CASE(forms_of_answers),
             WQ_CASE(equal_questions_are_one), WQ_CASE(cancel_at_every_stage),
             WQ_CASE(close_with_questions_in_flight), WQ_CASE(a_server_that_is_silent),
             WQ_CASE(more_names_than_are_kept), WQ_CASE(too_many_questions),
             WQ_CASE(servers_that_are_none))
