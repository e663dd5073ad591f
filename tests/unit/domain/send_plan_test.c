/* SPDX-License-Identifier: MIT */
/* send_plan_test.c — what is done about a verdict, by a table; and what travels with a send. */
#include "domain/send/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "domain/send/opaque.h"
#include "domain/send/submit.h"
#include "support/test.h"

enum { NONE = -9, GRACE_MS = 30000 };

static const struct {
	const char *what;
	enum wq_action action;
	enum wq_sent_as as;
	int status;
	int64_t wait_ms;
	unsigned attempts_max, number;
	bool last;
	/* wanted */
	enum wq_send_end end;
	enum wq_send_ending ending;
	int64_t delay_ms;
	int effect; /* NONE */
	int64_t effect_ms;
	bool outage;
} cases[] = {
	{ "sent", WQ_ACT_DONE, WQ_SENT, 200, 0, 0, 1, false, WQ_SEND_END_SENT,
	  WQ_ENDING_COMPLETE, 0, NONE, 0, false },
	{ "it passes", WQ_ACT_RETRY, WQ_REFUSED, 400, 2000, 0, 1, false, WQ_SEND_END_AGAIN,
	  WQ_ENDING_FAIL, 2000, NONE, 0, false },
	{ "the job's last attempt", WQ_ACT_RETRY, WQ_REFUSED, 400, 2000, 0, 3, true,
	  WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, 2000, NONE, 0, false },
	{ "the row's last try", WQ_ACT_RETRY, WQ_REFUSED, 400, 2000, 2, 2, false,
	  WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, 2000, NONE, 0, false },
	{ "a row with as few bounds them as well", WQ_ACT_RETRY, WQ_REFUSED, 400, 2000, 3, 1, true,
	  WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, 2000, NONE, 0, false },
	{ "an outage's tries are not the job's", WQ_ACT_RETRY, WQ_REFUSED, 503, 2000, 20, 4, true,
	  WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, 2000, NONE, 0, true },
	{ "nor quicker than one a second", WQ_ACT_RETRY, WQ_REFUSED, 400, 0, 4, 1, true,
	  WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, 1000, NONE, 0, false },
	{ "until they are used up", WQ_ACT_RETRY, WQ_REFUSED, 503, 2000, 20, 20, false,
	  WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, 2000, NONE, 0, true },
	{ "a declared 5xx is an outage", WQ_ACT_RETRY, WQ_REFUSED, 503, 2000, 0, 1, false,
	  WQ_SEND_END_AGAIN, WQ_ENDING_FAIL, 2000, NONE, 0, true },
	{ "the number slows down", WQ_ACT_SLOW, WQ_REFUSED, 400, 5000, 0, 1, true,
	  WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, 5000, WQ_EFFECT_SLOW, 5000, false },
	{ "a person waits", WQ_ACT_PAIR, WQ_REFUSED, 400, 4000, 0, 1, true,
	  WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, 4000, WQ_EFFECT_PAIR, 4000, false },
	{ "a pause with an end", WQ_ACT_PAUSE, WQ_REFUSED, 403, 60000, 0, 1, true,
	  WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, 5000, WQ_EFFECT_HOLD, 60000, false },
	{ "a pause without", WQ_ACT_PAUSE, WQ_REFUSED, 403, 0, 0, 1, true,
	  WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, 5000, WQ_EFFECT_HOLD, -1, false },
	{ "a token", WQ_ACT_TOKEN, WQ_REFUSED, 401, 60000, 0, 1, true, WQ_SEND_END_AGAIN,
	  WQ_ENDING_DELAY, 5000, WQ_EFFECT_HOLD, -1, false },
	{ "the window", WQ_ACT_TEMPLATE, WQ_REFUSED, 400, 0, 0, 1, false,
	  WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, 0, NONE, 0, false },
	{ "a template", WQ_ACT_STOP_TEMPLATE, WQ_REFUSED, 400, 0, 0, 1, false,
	  WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, 0, WQ_EFFECT_STOP, 21600000, false },
	{ "an opt-out", WQ_ACT_SUPPRESS, WQ_REFUSED, 400, 0, 0, 1, false,
	  WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, 0, WQ_EFFECT_OPT_OUT, 0, false },
	{ "no marketing for a day", WQ_ACT_NO_MARKETING, WQ_REFUSED, 400, 0, 0, 1, false,
	  WQ_SEND_END_FAILED, WQ_ENDING_FOR_GOOD, 0, WQ_EFFECT_MARKETING, 86400000, false },
	{ "never", WQ_ACT_DROP, WQ_REFUSED, 400, 0, 0, 1, false, WQ_SEND_END_FAILED,
	  WQ_ENDING_FOR_GOOD, 0, NONE, 0, false },
	{ "ours to fix", WQ_ACT_FIX, WQ_REFUSED, 400, 0, 0, 1, false, WQ_SEND_END_FAILED,
	  WQ_ENDING_FOR_GOOD, 0, NONE, 0, false },
	{ "nobody knows", WQ_ACT_SETTLE, WQ_UNKNOWN, 0, 5, 0, 1, true, WQ_SEND_END_UNKNOWN,
	  WQ_ENDING_DELAY, GRACE_MS, NONE, 0, true },
	{ "nobody knows, but somebody answered", WQ_ACT_SETTLE, WQ_UNKNOWN, 200, 5, 0, 1,
	  true, WQ_SEND_END_UNKNOWN, WQ_ENDING_DELAY, GRACE_MS, NONE, 0, false },
	{ "no connection uses up nothing", WQ_ACT_SLOW, WQ_NOT_SENT, 0, 9, 0, 7, true,
	  WQ_SEND_END_AGAIN, WQ_ENDING_DELAY, 1000, NONE, 0, true },
};

WQ_TEST(plan_table)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		const struct wq_verdict v = { .action = cases[i].action,
			                      .wait_ms = cases[i].wait_ms,
			                      .attempts_max = cases[i].attempts_max };
		const struct wq_answer a = { .as = cases[i].as,
			                     .rc = cases[i].as == WQ_NOT_SENT ? WQ_ECONNECT : 0,
			                     .status = cases[i].status };
		const struct wq_send_try t = { .number = cases[i].number,
			                       .last_attempt = cases[i].last,
			                       .grace_ms = GRACE_MS };
		struct wq_send_plan p = wq_send_plan(&v, &a, &t);

		WQ_CHECK_INT(cases[i].what, p.end, cases[i].end);
		WQ_CHECK_INT(cases[i].what, p.ending, cases[i].ending);
		WQ_CHECK_INT(cases[i].what, p.wait_ms, cases[i].delay_ms);
		WQ_CHECK_INT(cases[i].what, p.affects ? (int)p.effect : NONE, cases[i].effect);
		WQ_CHECK_INT(cases[i].what, p.effect_ms, cases[i].effect_ms);
		WQ_CHECK_INT(cases[i].what, p.outage, cases[i].outage);
	}
}

/* Why nothing was sent. */
WQ_TEST(unsent_table)
{
	static const struct {
		const char *what;
		int rc;
		enum wq_send_ending ending;
		bool outage;
	} reasons[] = {
		{ "nobody there", WQ_ECONNECT, WQ_ENDING_DELAY, true },
		{ "no address", WQ_ERESOLVE, WQ_ENDING_DELAY, true },
		{ "our own stop says nothing of the provider", WQ_ECANCELED, WQ_ENDING_DELAY,
		  false },
		{ "nor does our own load", WQ_EFULL, WQ_ENDING_DELAY, false },
		{ "a request that can't be made", WQ_EINVAL, WQ_ENDING_FOR_GOOD, false },
		{ "nor one of that size", WQ_ETOOBIG, WQ_ENDING_FOR_GOOD, false },
		{ "an address that may not be called", WQ_EDENIED, WQ_ENDING_FOR_GOOD, false },
	};

	for (size_t i = 0; i < WQ_COUNT(reasons); i++) {
		const struct wq_verdict v = { .action = WQ_ACT_SLOW };
		const struct wq_answer a = { .as = WQ_NOT_SENT, .rc = reasons[i].rc };
		const struct wq_send_try t = { .number = 1 };
		struct wq_send_plan p = wq_send_plan(&v, &a, &t);

		WQ_CHECK_INT(reasons[i].what, p.ending, reasons[i].ending);
		WQ_CHECK_INT(reasons[i].what, p.outage, reasons[i].outage);
	}
}

WQ_TEST(opaque_is_believed_with_its_proof_only)
{
	struct wq_hmac_key *key = wq_hmac_key_create(wq_str("token")), *other;
	char text[WQ_OPAQUE_MAX_BYTES];
	struct wq_str id;
	int64_t number;

	other = wq_hmac_key_create(wq_str("another"));
	WQ_CHECK_INT("written", wq_opaque_write(text, key, wq_str("m1.acc.x"), 3), 0);
	WQ_CHECK_INT("read", wq_opaque_read(wq_str(text), key, &id, &number), 0);
	WQ_CHECK_SLICE("id", id, "m1.acc.x");
	WQ_CHECK_INT("try", number, 3);
	WQ_CHECK_INT("another key", wq_opaque_read(wq_str(text), other, &id, &number),
	             WQ_OPAQUE_FOREIGN);
	for (size_t i = 0; text[i]; i++) {
		char was = text[i];

		text[i] = was == 'z' ? 'y' : 'z';
		WQ_CHECK_INT("one byte", wq_opaque_read(wq_str(text), key, &id, &number),
		             WQ_OPAQUE_FOREIGN);
		text[i] = was;
		WQ_CHECK_INT("cut", wq_opaque_read(wq_strn(text, i), key, &id, &number),
		             WQ_OPAQUE_FOREIGN);
	}
	WQ_CHECK_INT("somebody's own", wq_opaque_read(wq_str("order-7"), key, &id, &number),
	             WQ_OPAQUE_FOREIGN);
	wq_hmac_key_destroy(key);
	wq_hmac_key_destroy(other);
}

WQ_TEST(ids_name_their_account)
{
	struct wq_arena a;
	struct wq_str id, again;

	wq_arena_init(&a, 4096);
	id = wq_submit_id(&a, wq_str("acc_1"), 1795268687121);
	again = wq_submit_id(&a, wq_str("acc_1"), 1795268687121);
	WQ_CHECK_SLICE("account", wq_submit_account_of(id), "acc_1");
	WQ_CHECK_INT("one of a kind", wq_str_eq(id, again), false);
	WQ_CHECK_INT("a job's id names none", wq_submit_account_of(wq_str("17")).p == NULL, true);
	WQ_CHECK_INT("nor does a dot at its end", wq_submit_account_of(wq_str("17.")).p == NULL,
	             true);
	wq_arena_fini(&a);
}

WQ_TEST_MAIN(WQ_CASE(plan_table), WQ_CASE(unsent_table),
             WQ_CASE(opaque_is_believed_with_its_proof_only), WQ_CASE(ids_name_their_account))
