/* SPDX-License-Identifier: MIT */
/* question_test.c — sends put together: how many within a window, what overlapped, what came out of order; forms. */
#include "app/sandbox/question.h"

#include "app/sandbox/fingerprints.h"
#include "app/sandbox/form.h"
#include "base/alloc.h"
#include "base/err.h"
#include "support/test.h"

static void add(struct wq_record *r, const char *to, int64_t at_ms, int64_t ended_ms,
                const char *text)
{
	struct wq_record_entry e = { .outcome = WQ_OUTCOME_ACCEPTED,
		                     .accepted = true,
		                     .number = wq_str("900"),
		                     .to = wq_str(to),
		                     .text = wq_str(text),
		                     .opaque = wq_str(text),
		                     .at_ms = at_ms };

	wq_record_add(r, &e);
	if (ended_ms)
		wq_record_ended(r, e.seq, ended_ms);
}

static uint64_t by_to(const struct wq_record_entry *e, void *ctx)
{
	return wq_str_is(e->to, (const char *)ctx) ? 1 : 2;
}

WQ_TEST(groups_in_the_order_in_which_they_came)
{
	struct wq_question_order o;
	struct wq_question q;
	struct wq_record *r;
	int64_t at_ms;
	char a[] = "a";

	WQ_CHECK_INT("create", wq_record_create(&r), 0);
	WQ_CHECK_INT("nothing", wq_question_ask(&q, r, by_to, a), 0);
	WQ_CHECK_INT("is nothing", q.n, 0);
	add(r, "a", 1000, 1010, "n 1");
	add(r, "b", 1005, 1100, "n 5");
	add(r, "a", 1010, 1300, "n 3");
	add(r, "a", 1200, 1250, "n 2");
	add(r, "b", 1300, 0, "hello");
	add(r, "b", 2300, 2301, "n 6");
	WQ_CHECK_INT("ask", wq_question_ask(&q, r, by_to, a), 0);
	WQ_CHECK_INT("all", q.n, 6);
	WQ_CHECK_INT("of a", wq_question_end(&q, 0), 3);
	o = wq_question_order(&q, 0, 3);
	WQ_CHECK_INT("one before the answer", o.overlapped, 1);
	WQ_CHECK_INT("one too late", o.out_of_order, 1);
	o = wq_question_order(&q, 3, 6);
	WQ_CHECK_INT("unanswered is busy", o.overlapped, 1);
	WQ_CHECK_INT("in order", o.out_of_order, 0);
	WQ_CHECK_INT("within 200 ms", wq_question_most(&q, 0, 3, 200, &at_ms), 2);
	WQ_CHECK_INT("since", at_ms, 1000);
	WQ_CHECK_INT("within 201 ms", wq_question_most(&q, 0, 3, 201, &at_ms), 3);
	wq_question_fini(&q);
	wq_question_fini(&q);
	wq_record_destroy(r);
}

WQ_TEST(a_try_more_is_the_same_key)
{
	struct wq_record_entry e = { .opaque = wq_str("wq1.2.0123.m1.default"),
		                     .body = wq_str("b") };

	WQ_CHECK_SLICE("ours", wq_record_key(&e), "m1.default");
	e.opaque = wq_str("wq1.2.");
	WQ_CHECK_SLICE("broken", wq_record_key(&e), "wq1.2.");
	e.opaque = wq_str("order 7");
	WQ_CHECK_SLICE("somebody's", wq_record_key(&e), "order 7");
	e.opaque = wq_strn(NULL, 0);
	WQ_CHECK_SLICE("none", wq_record_key(&e), "b");
}

WQ_TEST(forms)
{
	static const char *const broken[] = { "a=%", "a=%4", "a=%zz", "%f=1", "a=%ff" };
	struct wq_arena a;
	struct wq_form f;
	struct wq_buf b;

	wq_arena_init(&a, 1 << 20);
	WQ_CHECK_INT("read",
	             wq_form_read(&a, wq_str("To=whatsapp%3A%2B593&Body=a+b%C3%B1&&x&y="), &f), 0);
	WQ_CHECK_INT("four", f.n, 4);
	WQ_CHECK_SLICE("to", wq_form_get(&f, "To"), "whatsapp:+593");
	WQ_CHECK_SLICE("body", wq_form_get(&f, "Body"), "a bñ");
	WQ_CHECK("missing", !wq_form_get(&f, "z").p);
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
		WQ_CHECK_INT(broken[i], wq_form_read(&a, wq_str(broken[i]), &f), WQ_EPARSE);
	wq_buf_init(&b, 1000);
	WQ_CHECK_INT("add", wq_form_add(&b, "To", wq_str("whatsapp:+593 ñ")), 0);
	WQ_CHECK_INT("add", wq_form_add(&b, "x", wq_str("")), 0);
	WQ_CHECK_SLICE("written", wq_buf_str(&b), "To=whatsapp%3A%2B593+%C3%B1&x=");
	wq_buf_fini(&b);
	wq_arena_fini(&a);
}

WQ_TEST_MAIN(WQ_CASE(groups_in_the_order_in_which_they_came), WQ_CASE(a_try_more_is_the_same_key),
             WQ_CASE(forms))
