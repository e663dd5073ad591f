/* SPDX-License-Identifier: MIT */
/* cron_test.c — what patterns mean, what is no pattern, and dates as clients write them. */
#include "queue/cron.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "queue/when.h"
#include "support/test.h"

enum { ONLY_4 = 1, ONLY_5 = 2, BOTH = 3, WANTED_MAX = 4 };

static struct wq_zones zones;

static const struct wq_zone *zone_of(const char *name)
{
	const struct wq_zone *z = NULL;

	WQ_CHECK_INT(name, wq_zones_get(&zones, wq_str(name), &z), 0);
	return z;
}

static int64_t ms_of(const char *text)
{
	int64_t ms = 0;

	WQ_CHECK(text, wq_when_parse(wq_str(text), zone_of("UTC"), &ms));
	return ms;
}

static int parse(struct wq_cron *c, int dialect, const char *pattern)
{
	const char *why = NULL;
	int rc = wq_cron_parse(c, dialect == ONLY_4 ? WQ_CRON_PARSER_4 : WQ_CRON_PARSER_5,
	                       wq_str(pattern), wq_str("seed"), &why);

	WQ_CHECK(pattern, (rc == 0) == (why == NULL));
	return rc;
}

struct meaning {
	const char *what;
	int dialects;
	const char *pattern, *zone, *after;
	const char *want[WANTED_MAX]; /* one behind the other */
};

static void check_meaning(const struct meaning *m, int dialect)
{
	int64_t at = ms_of(m->after);
	struct wq_cron c;

	WQ_CHECK_INT(m->what, parse(&c, dialect, m->pattern), 0);
	for (int i = 0; i < WANTED_MAX && m->want[i]; i++) {
		int rc = wq_cron_next(&c, zone_of(m->zone), at, INT64_MAX, &at);

		if (strcmp(m->want[i], "never") == 0) {
			WQ_CHECK_INT(m->what, rc, WQ_CRON_NEVER);
			return;
		}
		WQ_CHECK_INT(m->what, rc, 0);
		WQ_CHECK_INT(m->what, at, ms_of(m->want[i]));
	}
}

WQ_TEST(meanings)
{
	static const struct meaning table[] = {
		{ "every five minutes", BOTH, "*/5 * * * *", "UTC", "2026-03-27T22:13:07Z",
		  { "2026-03-27T22:15Z", "2026-03-27T22:20Z" } },
		{ "a moment that fits is left out", BOTH, "*/5 * * * *", "UTC", "2026-03-27T22:15:00Z",
		  { "2026-03-27T22:20Z" } },
		{ "seconds first", BOTH, "*/10 * * * * *", "UTC", "2026-03-27T22:13:07.5Z",
		  { "2026-03-27T22:13:10Z", "2026-03-27T22:13:20Z" } },
		{ "a list and a range", BOTH, "15,45 1-3 * * *", "UTC", "2026-03-27T03:15:00Z",
		  { "2026-03-27T03:45Z", "2026-03-28T01:15Z" } },
		{ "the last day", BOTH, "0 0 L * *", "UTC", "2027-02-01T00:00:00Z",
		  { "2027-02-28T00:00Z", "2027-03-31T00:00Z" } },
		{ "the last Friday", BOTH, "0 0 * * 5L", "UTC", "2026-03-01T00:00:00Z",
		  { "2026-03-27T00:00Z", "2026-04-24T00:00Z" } },
		{ "the third Friday", BOTH, "0 12 * * 5#3", "UTC", "2026-03-01T00:00:00Z",
		  { "2026-03-20T12:00Z", "2026-04-17T12:00Z" } },
		{ "day or weekday", BOTH, "0 0 13 * 5", "UTC", "2026-03-01T00:00:00Z",
		  { "2026-03-06T00:00Z", "2026-03-13T00:00Z", "2026-03-20T00:00Z" } },
		{ "day and nth weekday", BOTH, "0 0 13 * 5#2", "UTC", "2026-03-01T00:00:00Z",
		  { "2026-03-13T00:00Z", "2026-04-10T00:00Z", "2026-04-13T00:00Z" } },
		{ "29 February", BOTH, "0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z",
		  { "2104-02-29T00:00Z" } },
		{ "names", BOTH, "0 0 * jan,JUL Mon-fri", "UTC", "2026-03-27T00:00:00Z",
		  { "2026-07-01T00:00Z", "2026-07-02T00:00Z" } },
		{ "Sunday is 7", BOTH, "0 0 * * 7", "UTC", "2026-03-27T00:00:00Z",
		  { "2026-03-29T00:00Z" } },
		{ "daily", BOTH, "@daily", "Europe/Berlin", "2026-03-28T12:00:00Z",
		  { "2026-03-28T23:00Z", "2026-03-29T22:00Z" } },
		{ "a skipped hour", BOTH, "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
		  { "2026-03-29T01:30Z", "2026-03-30T00:30Z" } },
		{ "a doubled hour", BOTH, "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
		  { "2026-10-25T00:30Z", "2026-10-26T01:30Z" } },
		{ "all hours through a doubled one", BOTH, "0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z",
		  { "2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z" } },
		{ "a list through a doubled hour", BOTH, "0 1-3 * * *", "Europe/Berlin", "2026-10-24T22:00:00Z",
		  { "2026-10-24T23:00Z", "2026-10-25T00:00Z", "2026-10-25T02:00Z", "2026-10-26T00:00Z" } },
		{ "half an hour is skipped", BOTH, "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T10:00:00Z",
		  { "2026-10-04T15:15Z", "2026-10-05T15:15Z" } },
		{ "midnight is skipped", BOTH, "0 0 * * *", "Africa/Cairo", "2026-04-23T10:00:00Z",
		  { "2026-04-24T21:00Z", "2026-04-25T21:00Z" } },
		{ "minutes through a skipped hour", BOTH, "*/20 2,3 * * *", "America/New_York", "2026-03-08T06:30:00Z",
		  { "2026-03-08T07:00Z", "2026-03-08T07:20Z", "2026-03-08T07:40Z", "2026-03-09T06:00Z" } },
		{ "H", ONLY_5, "H H * * *", "UTC", "2026-03-27T00:00:00Z",
		  { "2026-03-27T00:04Z" } },
		{ "never", BOTH, "0 0 31 4,6 *", "UTC", "2026-03-27T00:00:00Z",
		  { "never" } },
		{ "a wildcard that is not one", ONLY_4, "0 0 */1 * 5", "UTC", "2026-03-27T00:00:00Z",
		  { "2026-04-03T00:00Z", "2026-04-10T00:00Z" } },
		{ "a wildcard that is not one", ONLY_5, "0 0 */1 * 5", "UTC", "2026-03-27T00:00:00Z",
		  { "2026-03-28T00:00Z", "2026-03-29T00:00Z" } },
	};

	for (size_t i = 0; i < WQ_COUNT(table); i++) {
		if (table[i].dialects & ONLY_4)
			check_meaning(&table[i], ONLY_4);
		if (table[i].dialects & ONLY_5)
			check_meaning(&table[i], ONLY_5);
	}
	wq_zones_fini(&zones);
}

WQ_TEST(refusals)
{
	static const struct {
		const char *pattern;
		int by;
	} table[] = {
		{ "60 * * * *", BOTH },    { "* 24 * * *", BOTH },
		{ "* * 0 * *", BOTH },     { "* * 32 * *", BOTH },
		{ "* * * 13 *", BOTH },    { "* * * * 8", BOTH },
		{ "a * * * *", BOTH },     { "*/0 * * * *", BOTH },
		{ "5-1 * * * *", BOTH },   { "1,,2 * * * *", BOTH },
		{ "* * * * * * *", BOTH }, { "0 0 L-3 * *", BOTH },
		{ "0 0 1W * *", BOTH },    { "-1 * * * *", BOTH },
		{ "1.5 * * * *", BOTH },   { "0 0 * * 5#6", BOTH },
		{ "0 0 * * 5#0", BOTH },   { "0 0 * * 1#2,3", BOTH },
		{ "@reboot", BOTH },       { "0 0 * foo *", BOTH },
		{ "1/2/3 * * * *", BOTH }, { "/5 * * * *", BOTH },
		{ "0 0 30 2 *", BOTH },    { "99999999999999999999 * * * *", BOTH },
		{ "** * * * *", BOTH },    { "0 0 * * #3", BOTH },
		{ "0 0 * * 5#1#2", BOTH }, { "5/ * * * *", BOTH },
		{ "H * * * *", ONLY_4 },   { "? * * * *", ONLY_4 },
		{ "@weekdays", ONLY_4 },   { "0 0 * mon *", ONLY_4 },
		{ "0 0 31 2 5", ONLY_4 },  { "1,1 * * * *", ONLY_5 },
		{ "0 0 * * 0,7", ONLY_5 }, { "0 0 * * L", ONLY_5 },
		{ "   ", ONLY_5 },         { "0 0 L,L * *", ONLY_5 },
		{ "0- * * * *", ONLY_5 },  { "H(5-1) * * * *", BOTH },
		{ "H/0 * * * *", BOTH },   { "H(70-80) * * * *", BOTH },
	};
	struct wq_cron c;

	for (size_t i = 0; i < WQ_COUNT(table); i++) {
		WQ_CHECK_INT(table[i].pattern, parse(&c, ONLY_4, table[i].pattern),
		             table[i].by & ONLY_4 ? WQ_EPARSE : 0);
		WQ_CHECK_INT(table[i].pattern, parse(&c, ONLY_5, table[i].pattern),
		             table[i].by & ONLY_5 ? WQ_EPARSE : 0);
	}
}

WQ_TEST(bounds)
{
	char text[WQ_CRON_MAX_BYTES + 2];
	struct wq_cron c;
	int64_t at;

	memset(text, ' ', sizeof(text));
	memcpy(text, "* * * * *", 9);
	text[WQ_CRON_MAX_BYTES] = '\0';
	WQ_CHECK_INT("as long as it may be", parse(&c, ONLY_4, text), 0);
	text[WQ_CRON_MAX_BYTES] = ' ';
	text[WQ_CRON_MAX_BYTES + 1] = '\0';
	WQ_CHECK_INT("too long", parse(&c, ONLY_4, text), WQ_EPARSE);
	memset(text, '*', sizeof(text));
	text[WQ_CRON_MAX_BYTES] = '\0';
	WQ_CHECK_INT("all wildcards", parse(&c, ONLY_5, text), WQ_EPARSE);
	WQ_CHECK_INT("a pattern", parse(&c, ONLY_5, "0 0 * * *"), 0);
	WQ_CHECK_INT("up to its end", wq_cron_next(&c, zone_of("UTC"), 0, WQ_SECONDS(86400), &at),
	             0);
	WQ_CHECK_INT("no further", wq_cron_next(&c, zone_of("UTC"), 0, WQ_SECONDS(86400) - 1, &at),
	             WQ_CRON_NEVER);
	WQ_CHECK_INT("the end of time",
	             wq_cron_next(&c, zone_of("UTC"), 8640000000000000, INT64_MAX, &at),
	             WQ_CRON_NEVER);
	WQ_CHECK_INT("beyond it", wq_cron_next(&c, zone_of("UTC"), INT64_MAX, INT64_MAX, &at),
	             WQ_CRON_NEVER);
	WQ_CHECK_INT("before it", wq_cron_next(&c, zone_of("UTC"), INT64_MIN, INT64_MAX, &at),
	             WQ_CRON_NEVER);
	wq_zones_fini(&zones);
}

WQ_TEST(dates_of_clients)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t want;
	} table[] = {
		{ "1970-01-01", true, 0 },
		{ "1970-01-02T00:00", true, 82800000 }, /* in Berlin */
		{ "1970-01-01T01:02:03Z", true, 3723000 },
		{ "1970-01-01T01:02:03.4Z", true, 3723400 },
		{ "1970-01-01T01:02:03.456789Z", true, 3723456 },
		{ "1970-01-01T01:00:00+01:00", true, 0 },
		{ "1970-01-01T01:00:00+0130", true, -1800000 },
		{ "1969-12-31T23:59:59.999-00:00", true, -1 },
		{ "2026-03-29T02:30", true, 1774747800000 }, /* skipped */
		{ "2026-10-25T02:30", true, 1792888200000 }, /* the first of two */
		{ "", false, 0 },
		{ "tomorrow", false, 0 },
		{ "1970-13-01", false, 0 },
		{ "1970-00-01", false, 0 },
		{ "1970-01-01T25:00", false, 0 },
		{ "1970-01-01T01", false, 0 },
		{ "1970-01-01T01:02:03.Z", false, 0 },
		{ "1970-01-01T01:02:03ZZ", false, 0 },
		{ "1970-01-01T01:02:03+1", false, 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(table); i++) {
		int64_t got = 0;

		WQ_CHECK_INT(table[i].text,
		             wq_when_parse(wq_str(table[i].text), zone_of("Europe/Berlin"), &got),
		             table[i].ok);
		if (table[i].ok)
			WQ_CHECK_INT(table[i].text, got, table[i].want);
	}
	wq_zones_fini(&zones);
}

WQ_TEST_MAIN(WQ_CASE(meanings), WQ_CASE(refusals), WQ_CASE(bounds), WQ_CASE(dates_of_clients))
