/* SPDX-License-Identifier: MIT */
/* rates_test.c — prices by day, country, category and window; built in, and people's own. */
#include "domain/window/rates.h"

#include "base/err.h"
#include "support/test.h"

#define DAY(y2026_days) (INT64_C(1767225600000) + (y2026_days) * INT64_C(86400000)) /* from 1 January 2026 */

static int64_t price(const struct wq_rates *r, int64_t now, const char *country,
                     enum wq_rate_category c, bool in_window, bool free_entry)
{
	const struct wq_rate_ask ask = { now, country, c, in_window, free_entry };
	struct wq_price p = wq_rates_price(r, &ask);

	return p.known ? p.micros : -1;
}

WQ_TEST(the_built_in_ones_follow_the_calendar)
{
	WQ_CHECK_INT("before them", price(NULL, DAY(-400), "EC", WQ_RATE_MARKETING, false, false),
	             -1);
	WQ_CHECK_INT("Mexico, summer",
	             price(NULL, DAY(-150), "MX", WQ_RATE_MARKETING, false, false), 43600);
	WQ_CHECK_INT("Mexico, autumn", price(NULL, DAY(-50), "MX", WQ_RATE_MARKETING, false, false),
	             30500);
	WQ_CHECK_INT("its utility stayed",
	             price(NULL, DAY(-50), "MX", WQ_RATE_UTILITY, false, false), 8500);
	WQ_CHECK_INT("Zimbabwe, other",
	             price(NULL, DAY(-150), "ZW", WQ_RATE_MARKETING, false, false), 60400);
	WQ_CHECK_INT("Zimbabwe, Africa",
	             price(NULL, DAY(-50), "ZW", WQ_RATE_MARKETING, false, false), 22500);
	WQ_CHECK_INT("a millisecond before",
	             price(NULL, DAY(0) - 1, "FR", WQ_RATE_MARKETING, false, false), 143200);
	WQ_CHECK_INT("the day itself", price(NULL, DAY(0), "FR", WQ_RATE_MARKETING, false, false),
	             85900);
	WQ_CHECK_INT("nobody's country", price(NULL, DAY(0), "", WQ_RATE_UTILITY, false, false),
	             7700);
	WQ_CHECK_INT("utility inside", price(NULL, DAY(0), "FR", WQ_RATE_UTILITY, true, false), 0);
	WQ_CHECK_INT("marketing inside", price(NULL, DAY(0), "FR", WQ_RATE_MARKETING, true, false),
	             85900);
	WQ_CHECK_INT("by an advertisement",
	             price(NULL, DAY(0), "FR", WQ_RATE_MARKETING, false, true), 0);
	WQ_CHECK_INT("free text", price(NULL, DAY(0), "FR", WQ_RATE_SERVICE, true, false), 0);
	WQ_CHECK_STR("in", wq_rates_currency(NULL), "USD");
}

static struct wq_rates *own(const char *json)
{
	char why[WQ_RATES_WHY_BYTES] = "";
	struct wq_rates *r;
	int rc = wq_rates_read(&r, wq_str(json), why);

	WQ_CHECK_STR(json, why, "");
	WQ_CHECK_INT(json, rc, 0);
	return r;
}

WQ_TEST(own_rows_stand_above_the_built_in_ones)
{
	struct wq_rates *r = own(
		"{\"currency\":\"USD\",\"rates\":["
		"{\"from\":\"2026-02-01\",\"country\":\"EC\",\"category\":\"marketing\",\"price\":0.08},"
		"{\"from\":\"2026-03-01\",\"countries\":[\"EC\",\"PE\"],\"category\":\"MARKETING\",\"price\":0.09},"
		"{\"from\":\"2026-10-01\",\"country\":\"*\",\"category\":\"service\",\"in_window\":true,"
		"\"as\":\"utility\"},"
		"{\"from\":\"2026-10-01\",\"country\":\"*\",\"category\":\"utility\",\"in_window\":true,"
		"\"as\":\"utility\"}]}");

	WQ_CHECK_INT("not yet", price(r, DAY(30), "EC", WQ_RATE_MARKETING, false, false), 74000);
	WQ_CHECK_INT("own", price(r, DAY(31), "EC", WQ_RATE_MARKETING, false, false), 80000);
	WQ_CHECK_INT("the latest", price(r, DAY(70), "EC", WQ_RATE_MARKETING, false, false), 90000);
	WQ_CHECK_INT("of two countries", price(r, DAY(70), "PE", WQ_RATE_MARKETING, false, false),
	             90000);
	WQ_CHECK_INT("another's", price(r, DAY(70), "CO", WQ_RATE_MARKETING, false, false), 12500);
	WQ_CHECK_INT("text is free", price(r, DAY(70), "EC", WQ_RATE_SERVICE, true, false), 0);
	WQ_CHECK_INT("text costs as utility",
	             price(r, DAY(300), "EC", WQ_RATE_SERVICE, true, false), 11300);
	WQ_CHECK_INT("and utility, too", price(r, DAY(300), "EC", WQ_RATE_UTILITY, true, false),
	             11300);
	wq_rates_destroy(r);
}

WQ_TEST(another_currency_stands_alone)
{
	struct wq_rates *r = own(
		"{\"currency\":\"EUR\",\"rates\":["
		"{\"from\":\"2026-01-01\",\"country\":\"DE\",\"category\":\"utility\",\"price\":0.05}]}");

	WQ_CHECK_STR("in", wq_rates_currency(r), "EUR");
	WQ_CHECK_INT("own", price(r, DAY(1), "DE", WQ_RATE_UTILITY, false, false), 50000);
	WQ_CHECK_INT("none", price(r, DAY(1), "DE", WQ_RATE_MARKETING, false, false), -1);
	wq_rates_destroy(r);
}

WQ_TEST(what_is_wrong_is_told)
{
	static const struct {
		const char *json, *why;
	} bad[] = {
		{ "{", "this is no JSON" },
		{ "[]", "currency: must be three letters, as USD" },
		{ "{\"currency\":\"USD\"}", "rates: must be a list of at most 2000 rows" },
		{ "{\"currency\":\"EUR\",\"builtin\":true,\"rates\":[]}",
		  "builtin: the built-in prices are in USD, and these are not" },
		{ "{\"currency\":\"USD\",\"rates\":[{\"from\":\"soon\"}]}",
		  "rates[0].from: must be a day, as 2026-01-31" },
		{ "{\"currency\":\"USD\",\"rates\":[{\"from\":\"2026-13-01\",\"category\":\"utility\"}]}",
		  "rates[0].from: must be a day, as 2026-01-31" },
		{ "{\"currency\":\"USD\",\"rates\":[{\"from\":\"2026-01-01\",\"category\":\"news\"}]}",
		  "rates[0].category: must be marketing, utility, authentication or service" },
		{ "{\"currency\":\"USD\",\"rates\":[{\"from\":\"2026-01-01\",\"category\":\"utility\"}]}",
		  "rates[0].price: give it, or \"as\" with another category" },
		{ "{\"currency\":\"USD\",\"rates\":[{\"from\":\"2026-01-01\",\"category\":\"utility\",\"price\":-1}]}",
		  "rates[0].price: must be a number from 0 to 1000000" },
		{ "{\"currency\":\"USD\",\"rates\":[{\"from\":\"2026-01-01\",\"category\":\"utility\",\"price\":1}]}",
		  "rates[0].country: give it, or \"countries\": two letters each, \"*\": all" },
		{ "{\"currency\":\"USD\",\"rates\":[{\"from\":\"2026-01-01\",\"category\":\"utility\",\"price\":1,"
		  "\"country\":\"ecu\"}]}",
		  "rates[0].country: must be two capital letters, as EC, or *" },
		{ "{\"currency\":\"USD\",\"rates\":[{\"from\":\"2026-01-01\",\"prize\":1}]}",
		  "rates[0].prize: there is no such member" },
	};

	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		char why[WQ_RATES_WHY_BYTES] = "";
		struct wq_rates *r;

		WQ_CHECK_INT(bad[i].json, wq_rates_read(&r, wq_str(bad[i].json), why), WQ_EPARSE);
		WQ_CHECK_STR(bad[i].json, why, bad[i].why);
	}
}

WQ_TEST_MAIN(WQ_CASE(the_built_in_ones_follow_the_calendar),
             WQ_CASE(own_rows_stand_above_the_built_in_ones),
             WQ_CASE(another_currency_stands_alone), WQ_CASE(what_is_wrong_is_told))
