/* SPDX-License-Identifier: MIT */
/* can_send_test.c — who may be written to, why, and for how much: the table of cases. */
#include "domain/window/can_send.h"

#include "support/test.h"

#define NOW   INT64_C(1790000000000) /* in September 2026 */
#define LATER (NOW + 1)

/* clang-format off: read by column */
static const struct {
	const char *what;
	struct wq_can_facts facts;
	bool template, forced;
	enum wq_rate_category category;
	bool can;
	enum wq_can_reason reason;
	int64_t micros;
} cases[] = {
	{ "the customer wrote", { .window_ms = LATER, .country = "EC" }, false, false, WQ_RATE_MARKETING,
	  true, WQ_CAN_WINDOW_ACTIVE, 0 },
	{ "the last moment", { .window_ms = NOW, .country = "EC" }, false, false, WQ_RATE_MARKETING,
	  false, WQ_CAN_WINDOW_CLOSED, 74000 },
	{ "never wrote", { .country = "EC" }, false, false, WQ_RATE_UTILITY, false, WQ_CAN_WINDOW_CLOSED, 11300 },
	{ "a template", { .country = "EC" }, true, false, WQ_RATE_MARKETING, true, WQ_CAN_TEMPLATE, 74000 },
	{ "marketing costs inside, too", { .window_ms = LATER, .country = "EC" }, true, false, WQ_RATE_MARKETING,
	  true, WQ_CAN_TEMPLATE, 74000 },
	{ "utility inside is free", { .window_ms = LATER, .country = "EC" }, true, false, WQ_RATE_UTILITY,
	  true, WQ_CAN_TEMPLATE, 0 },
	{ "authentication inside costs", { .window_ms = LATER, .country = "ES" }, true, false,
	  WQ_RATE_AUTHENTICATION, true, WQ_CAN_TEMPLATE, 20000 },
	{ "by an advertisement", { .window_ms = LATER, .free_ms = LATER, .country = "EC" }, false, false,
	  WQ_RATE_MARKETING, true, WQ_CAN_FREE_ENTRY, 0 },
	{ "its template is free", { .free_ms = LATER, .country = "EC" }, true, false, WQ_RATE_MARKETING,
	  true, WQ_CAN_FREE_ENTRY, 0 },
	{ "its text needs the 24 hours", { .free_ms = LATER, .country = "EC" }, false, false, WQ_RATE_MARKETING,
	  false, WQ_CAN_WINDOW_CLOSED, 0 },
	{ "it is over", { .window_ms = LATER, .free_ms = NOW, .country = "EC" }, false, false, WQ_RATE_MARKETING,
	  true, WQ_CAN_WINDOW_ACTIVE, 0 },
	{ "opted out", { .window_ms = LATER, .optout_ms = 1, .country = "EC" }, false, false, WQ_RATE_MARKETING,
	  false, WQ_CAN_OPTED_OUT, 0 },
	{ "opted out, a template", { .optout_ms = 1, .free_ms = LATER }, true, false, WQ_RATE_UTILITY,
	  false, WQ_CAN_OPTED_OUT, 0 },
	{ "blocked us", { .window_ms = LATER, .blocked_ms = 1 }, true, false, WQ_RATE_UTILITY,
	  false, WQ_CAN_BLOCKED, 0 },
	{ "opted out before blocked", { .optout_ms = 1, .blocked_ms = 1 }, true, false, WQ_RATE_UTILITY,
	  false, WQ_CAN_OPTED_OUT, 7700 },
	{ "no marketing for now", { .window_ms = LATER, .no_marketing_ms = LATER, .country = "EC" }, true, false,
	  WQ_RATE_MARKETING, false, WQ_CAN_NO_MARKETING, 74000 },
	{ "marketing again", { .no_marketing_ms = NOW, .country = "EC" }, true, false, WQ_RATE_MARKETING,
	  true, WQ_CAN_TEMPLATE, 74000 },
	{ "utility all the same", { .no_marketing_ms = LATER, .country = "EC" }, true, false, WQ_RATE_UTILITY,
	  true, WQ_CAN_TEMPLATE, 11300 },
	{ "text all the same", { .window_ms = LATER, .no_marketing_ms = LATER }, false, false, WQ_RATE_MARKETING,
	  true, WQ_CAN_WINDOW_ACTIVE, 0 },
	{ "forced, closed", { .country = "EC" }, false, true, WQ_RATE_MARKETING, true, WQ_CAN_FORCED, 74000 },
	{ "forced, opted out", { .optout_ms = 1, .window_ms = LATER, .country = "EC" }, false, true, WQ_RATE_MARKETING,
	  true, WQ_CAN_FORCED, 0 },
	{ "forced, a template", { .blocked_ms = 1, .country = "EC" }, true, true, WQ_RATE_UTILITY,
	  true, WQ_CAN_FORCED, 11300 },
	{ "no windows there", { .windowless = true, .country = "EC" }, false, false, WQ_RATE_MARKETING,
	  true, WQ_CAN_NO_WINDOW, 0 },
	{ "no windows, opted out", { .windowless = true, .optout_ms = 1 }, false, false, WQ_RATE_MARKETING,
	  false, WQ_CAN_OPTED_OUT, 0 },
	{ "no windows, forced", { .windowless = true, .country = "EC" }, false, true, WQ_RATE_MARKETING,
	  true, WQ_CAN_FORCED, 0 },
	{ "nobody knows the country", { .window_ms = 1 }, false, false, WQ_RATE_MARKETING,
	  false, WQ_CAN_WINDOW_CLOSED, 60400 },
};
/* clang-format on */

WQ_TEST(the_table)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		const struct wq_can_wish wish = { .now_ms = NOW,
			                          .template = cases[i].template,
			                          .forced = cases[i].forced,
			                          .category = cases[i].category };
		struct wq_can_send c = wq_can_send(&cases[i].facts, &wish, NULL);

		WQ_CHECK_INT(cases[i].what, c.can, cases[i].can);
		WQ_CHECK_STR(cases[i].what, wq_can_reason_names[c.reason],
		             wq_can_reason_names[cases[i].reason]);
		WQ_CHECK_INT(cases[i].what, c.price.micros, cases[i].micros);
		WQ_CHECK(cases[i].what, c.price.known);
	}
}

WQ_TEST(a_number_tells_its_country)
{
	static const struct {
		const char *name, *iso;
	} names[] = {
		{ "+593991234567", "EC" },
		{ "+34600111222", "ES" },
		{ "+4915112345678", "DE" },
		{ "+12125550123", "US" },
		{ "+14165550123", "CA" },
		{ "+18095550123", "DO" },
		{ "+17875550123", "PR" },
		{ "+79161234567", "RU" },
		{ "+77011234567", "KZ" },
		{ "+5491123456789", "AR" },
		{ "+5215512345678", "MX" },
		{ "+447700900123", "GB" },
		{ "+21261234567", "MA" },
		{ "+263771234567", "ZW" },
		{ "EC.7001abc", "EC" },
		{ "12345@lid", "" },
		{ "+", "" },
		{ "", "" },
		{ "+999123456", "" },
		{ "ec.7001", "" },
	};
	char iso[WQ_COUNTRY_BYTES];

	for (size_t i = 0; i < WQ_COUNT(names); i++) {
		wq_country_of(wq_str(names[i].name), iso);
		WQ_CHECK_STR(names[i].name, iso, names[i].iso);
	}
}

WQ_TEST_MAIN(WQ_CASE(the_table), WQ_CASE(a_number_tells_its_country))
