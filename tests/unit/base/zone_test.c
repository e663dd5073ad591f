/* SPDX-License-Identifier: MIT */
/* zone_test.c — dates, rules, zones of the system, and files that lie. */
#include "base/alloc.h"
#include "base/calendar.h"
#include "base/err.h"
#include "base/zone.h"
#include "base/zone_file.h"
#include "support/test.h"

enum { HOUR_S = 3600, HOUR_MS = 3600000 };

static struct wq_zone *open_zone(const char *name)
{
	struct wq_zone *z = NULL;

	WQ_CHECK_INT(name, wq_zone_open(&z, NULL, wq_str(name)), 0);
	return z;
}

WQ_TEST(dates)
{
	static const struct {
		struct wq_date date;
		int64_t days;
		int weekday;
	} cases[] = {
		{ { 1970, 1, 1 }, 0, 4 },
		{ { 1969, 12, 31 }, -1, 3 },
		{ { 2000, 2, 29 }, 11016, 2 },
		{ { 2000, 3, 1 }, 11017, 3 },
		{ { 1900, 3, 1 }, -25508, 4 },
		{ { 2026, 11, 21 }, 20778, 6 },
		{ { 0, 3, 1 }, -719468, 3 },
		{ { -1, 12, 31 }, -719529, 5 },
		{ { 275760, 9, 13 }, 100000000, 6 },
		{ { -271821, 4, 20 }, -100000000, 2 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_date back = wq_date_from_days(cases[i].days);

		WQ_CHECK_INT("days", wq_date_to_days(cases[i].date), cases[i].days);
		WQ_CHECK("back", memcmp(&back, &cases[i].date, sizeof(back)) == 0);
		WQ_CHECK_INT("weekday", wq_days_weekday(cases[i].days), cases[i].weekday);
	}
	WQ_CHECK_INT("leap", wq_month_days(2024, 2), 29);
	WQ_CHECK_INT("no leap", wq_month_days(2100, 2), 28);
	for (int64_t day = -800000; day < 800000; day += 97)
		WQ_CHECK_INT("round", wq_date_to_days(wq_date_from_days(day)), day);
}

WQ_TEST(rules)
{
	static const struct {
		const char *text;
		int64_t utc_s;
		int32_t want; /* INT32_MIN: refused */
	} cases[] = {
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1774745999, 1 * HOUR_S }, /* 2026-03-29T00:59:59Z */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1774746000, 2 * HOUR_S },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1792889999, 2 * HOUR_S }, /* 2026-10-25T00:59:59Z */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1792890000, 1 * HOUR_S },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 3000000000000, 1 * HOUR_S },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1767225600, 11 * HOUR_S },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1782864000, 37800 },
		{ "<-03>3", 0, -3 * HOUR_S },
		{ "XXX3EDT4,0/0,J365/23", 1782864000, -4 * HOUR_S }, /* summer all year */
		{ "XXX3EDT4,0/0,J365/23", 1767225600, -4 * HOUR_S },
		{ "IST-2IDT,M3.4.4/26,M10.5.0", 1774569600,
		  3 * HOUR_S }, /* 2026-03-27T00:00:00Z, the moment */
		{ "IST-2IDT,M3.4.4/26,M10.5.0", 1774569599, 2 * HOUR_S },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774746000, -1 * HOUR_S },
		{ "A0B,J60/0,J61/0", 0, INT32_MIN },
		{ "AAA5BBB,J60/0,J61/0", 1772341200,
		  -4 * HOUR_S }, /* 1 March, whether leap or not */
		{ "AAA5BBB,59/0,60/0", 1772341200, -4 * HOUR_S },
		{ "", 0, INT32_MIN },
		{ "AB1", 0, INT32_MIN },
		{ "ABC", 0, INT32_MIN },
		{ "ABC25", 0, INT32_MIN },
		{ "ABC1DEF", 0, INT32_MIN },
		{ "ABC1DEF,M3.5.0", 0, INT32_MIN },
		{ "ABC1DEF,M13.5.0,M10.5.0", 0, INT32_MIN },
		{ "ABC1DEF,M3.6.0,M10.5.0", 0, INT32_MIN },
		{ "ABC1DEF,M3.5.7,M10.5.0", 0, INT32_MIN },
		{ "ABC1DEF,J0,J5", 0, INT32_MIN },
		{ "ABC1DEF,M3.5.0/168,M10.5.0", 0, INT32_MIN },
		{ "ABC1DEF,M3.5.0,M10.5.0x", 0, INT32_MIN },
		{ "<+1", 0, INT32_MIN },
		{ "<>1", 0, INT32_MIN },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_zone_rule r;
		bool refused = cases[i].want == INT32_MIN;

		WQ_CHECK_INT(cases[i].text, wq_zone_rule_parse(&r, wq_str(cases[i].text)),
		             refused ? WQ_EPARSE : 0);
		if (!refused)
			WQ_CHECK_INT(cases[i].text, wq_zone_rule_at(&r, cases[i].utc_s).offset_s,
			             cases[i].want);
	}
}

WQ_TEST(clocks_around_the_world)
{
	static const struct {
		const char *zone;
		int64_t utc_ms;
		const char *want;
	} cases[] = {
		{ "Europe/Berlin", 1774745999999, "2026-03-29 01:59:59.999 0" },
		{ "Europe/Berlin", 1774746000000, "2026-03-29 03:00:00.000 0" },
		{ "Europe/Berlin", 4128325200000, "2100-10-27 15:00:00.000 3" },
		{ "America/New_York", 1762059600000, "2025-11-02 01:00:00.000 0" },
		{ "America/New_York", 1762063200000, "2025-11-02 01:00:00.000 0" },
		{ "Asia/Kolkata", 0, "1970-01-01 05:30:00.000 4" },
		{ "Asia/Kathmandu", 1763703600000, "2025-11-21 11:25:00.000 5" },
		{ "Pacific/Apia", 1325239200000,
		  "2011-12-31 00:00:00.000 6" }, /* there was no 30 December */
		{ "Pacific/Apia", 1325239199000, "2011-12-29 23:59:59.000 4" },
		{ "Australia/Lord_Howe", 1775314800000, "2026-04-05 01:30:00.000 0" },
		{ "UTC", -1, "1969-12-31 23:59:59.999 3" },
		{ "utc", -62135596800000, "0001-01-01 00:00:00.000 1" },
		{ "utc+5:30", 0, "1970-01-01 05:30:00.000 4" },
		{ "utc-11", 0, "1969-12-31 13:00:00.000 3" },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", 1774746000000, "2026-03-29 03:00:00.000 0" },
		{ "UTC", WQ_TIME_MAX_MS, "275760-09-13 00:00:00.000 6" },
		{ "UTC", INT64_MAX, "275760-09-13 00:00:00.000 6" },
		{ "UTC", INT64_MIN, "-271821-04-20 00:00:00.000 2" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_zone *z = open_zone(cases[i].zone);
		struct wq_local l;
		char got[64];

		wq_zone_local(z, cases[i].utc_ms, &l);
		snprintf(got, sizeof(got), "%04lld-%02d-%02d %02d:%02d:%02d.%03d %d",
		         (long long)l.year, l.month, l.day, l.hour, l.minute, l.second, l.ms,
		         l.weekday);
		WQ_CHECK_STR(cases[i].zone, got, cases[i].want);
		wq_zone_destroy(z);
	}
}

WQ_TEST(local_time_to_utc)
{
	static const struct {
		const char *zone;
		struct wq_local local;
		enum wq_zone_fit fit;
		int64_t first, second;
	} cases[] = {
		{ "Europe/Berlin",
		  { .year = 2026, .month = 7, .day = 1, .hour = 12 },
		  WQ_ZONE_ONCE,
		  1782900000000,
		  1782900000000 },
		{ "Europe/Berlin",
		  { .year = 2026, .month = 3, .day = 29, .hour = 2, .minute = 30 },
		  WQ_ZONE_NEVER,
		  1774744200000,
		  1774747800000 },
		{ "Europe/Berlin",
		  { .year = 2026, .month = 3, .day = 29, .hour = 3 },
		  WQ_ZONE_ONCE,
		  1774746000000,
		  1774746000000 },
		{ "Europe/Berlin",
		  { .year = 2026, .month = 10, .day = 25, .hour = 2, .minute = 30 },
		  WQ_ZONE_TWICE,
		  1792888200000,
		  1792891800000 },
		{ "Europe/Berlin",
		  { .year = 2026, .month = 10, .day = 25, .hour = 3 },
		  WQ_ZONE_ONCE,
		  1792893600000,
		  1792893600000 },
		{ "Europe/Berlin",
		  { .year = 2026, .month = 6, .day = 31, .hour = 12 },
		  WQ_ZONE_ONCE,
		  1782900000000,
		  1782900000000 }, /* carried into July */
		{ "Pacific/Apia",
		  { .year = 2011, .month = 12, .day = 30, .hour = 12 },
		  WQ_ZONE_NEVER,
		  1325196000000,
		  1325282400000 },
		{ "Australia/Lord_Howe",
		  { .year = 2026, .month = 10, .day = 4, .hour = 2, .minute = 15 },
		  WQ_ZONE_NEVER,
		  1791040500000,
		  1791042300000 },
		{ "UTC", { .year = 1970, .month = 1, .day = 1, .ms = 7 }, WQ_ZONE_ONCE, 7, 7 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_zone *z = open_zone(cases[i].zone);
		int64_t utc[2] = { 0, 0 };

		WQ_CHECK_INT(cases[i].zone, wq_zone_utc(z, &cases[i].local, utc), cases[i].fit);
		WQ_CHECK_INT(cases[i].zone, utc[0], cases[i].first);
		WQ_CHECK_INT(cases[i].zone, utc[1], cases[i].second);
		wq_zone_destroy(z);
	}
}

/* Every span ends where the next begins, and the clock there differs. */
WQ_TEST(spans_meet)
{
	static const char *const names[] = { "Europe/Berlin", "Africa/Casablanca", "Africa/Cairo",
		                             "America/Sao_Paulo", "Asia/Gaza" };

	for (size_t i = 0; i < WQ_COUNT(names); i++) {
		struct wq_zone *z = open_zone(names[i]);
		struct wq_zone_span s = wq_zone_span_at(z, -4000000000000);
		size_t n = 0;

		for (; s.until_ms < 6000000000000; n++) {
			struct wq_zone_span next = wq_zone_span_at(z, s.until_ms);

			WQ_CHECK_INT(names[i], next.from_ms, s.until_ms);
			WQ_CHECK(names[i], next.until_ms > next.from_ms);
			WQ_CHECK_INT(names[i], wq_zone_span_at(z, s.until_ms - 1).offset_ms,
			             s.offset_ms);
			s = next;
		}
		WQ_CHECK(names[i], n > 20 && n < 2000);
		wq_zone_destroy(z);
	}
}

WQ_TEST(names)
{
	static const char *const refused[] = {
		"", "/etc/passwd", "../etc/passwd", "Europe/../Europe/Berlin", "Europe/Berlin/", "Europe//Berlin",
		"Europe", "Europe/Atlantis", "tzdata.zi", "utc+24", "utc+5:3", "utc+", "utc+1:60", "Europe/Berl\nin",
		"-", "posixrules/", "012345678901234567890123456789012345678901234567890123456789abcde",
	};
	static const struct {
		const char *wrong, *want;
	} near[] = {
		{ "Europe/Berln", "Europe/Berlin" },
		{ "europe/berlin", "Europe/Berlin" },
		{ "Berlin", "Europe/Berlin" },
		{ "America/Newyork", "America/New_York" },
		{ "America/New York", "America/New_York" },
		{ "Asia/Kolkatta", "Asia/Kolkata" },
	};
	char nearest[WQ_ZONE_NAME_MAX_BYTES + 1];
	struct wq_zone *z = NULL;

	for (size_t i = 0; i < WQ_COUNT(refused); i++)
		WQ_CHECK_INT(refused[i], wq_zone_open(&z, NULL, wq_str(refused[i])), WQ_ENOENT);
	WQ_CHECK_INT("no folder", wq_zone_open(&z, "/nonexistent", wq_str("Europe/Berlin")),
	             WQ_ENOENT);
	for (size_t i = 0; i < WQ_COUNT(near); i++) {
		WQ_CHECK(near[i].wrong, wq_zone_nearest(NULL, wq_str(near[i].wrong), nearest));
		WQ_CHECK_STR(near[i].wrong, nearest, near[i].want);
	}
	WQ_CHECK("nothing near",
	         !wq_zone_nearest(NULL, wq_str("Qqxqqxqqxqqxq/Zwzwzwzwzw"), nearest));
	wq_zone_system_name(nearest);
	z = open_zone(nearest);
	WQ_CHECK_STR("its name", wq_zone_name(z), nearest);
	wq_zone_destroy(z);
	WQ_CHECK_INT("fixed", wq_zone_fixed(&z, -12600), 0);
	WQ_CHECK_STR("fixed", wq_zone_name(z), "utc-3:30");
	WQ_CHECK_INT("fixed", wq_zone_span_at(z, 0).offset_ms, -12600000);
	wq_zone_destroy(z);
	wq_zone_destroy(NULL);
}

WQ_TEST(kept_open)
{
	struct wq_zones zs = { 0 };
	const struct wq_zone *z, *again;
	uint64_t live;
	char name[32];

	WQ_CHECK_INT("open", wq_zones_get(&zs, wq_str("Europe/Berlin"), &z), 0);
	live = wq_alloc_live();
	WQ_CHECK_INT("again", wq_zones_get(&zs, wq_str("Europe/Berlin"), &again), 0);
	WQ_CHECK("the same", again == z && wq_alloc_live() == live);
	WQ_CHECK_INT("unknown", wq_zones_get(&zs, wq_str("Europe/Berli"), &again), WQ_ENOENT);
	for (int i = 0; i < 3 * WQ_ZONES_MAX; i++) {
		snprintf(name, sizeof(name), "utc+%d:%02d", i / 60, i % 60);
		WQ_CHECK_INT(name, wq_zones_get(&zs, wq_str(name), &z), 0);
		WQ_CHECK_INT(name, wq_zone_span_at(z, 0).offset_ms, i * 60000);
	}
	wq_zones_fini(&zs);
	wq_zones_fini(&zs);
}

/* A zone with one change and a rule, whole, then cut at each byte, then with each byte wrong. */
static size_t make_file(char out[static 256], const char *rule)
{
	char v1[44] = "TZif2", v2[44] = "TZif2";
	static const char changes[] = { 0, 0, 0, 0, 0x69, (char)0xc8, 0x7a, (char)0x80 };
	static const char kinds[] = { 1, 0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0x1c, 0x20, 1, 0, 'A', 0 };
	size_t n = 0;

	v2[35] = 1; /* a change */
	v2[39] = 2; /* kinds */
	v2[43] = 2; /* letters */
	memcpy(out + n, v1, 44);
	memcpy(out + (n += 44), v2, 44);
	memcpy(out + (n += 44), changes, 8);
	memcpy(out + (n += 8), kinds, sizeof(kinds));
	n += sizeof(kinds);
	n += (size_t)snprintf(out + n, 100, "\n%s\n", rule);
	return n;
}

WQ_TEST(files_that_lie)
{
	char good[256], *copy;
	size_t n = make_file(good, "CET-1CEST,M3.5.0,M10.5.0/3");
	struct wq_zone z = { 0 };

	WQ_CHECK_INT("whole", wq_zone_file_parse(&z, wq_strn(good, n)), 0);
	WQ_CHECK_INT("changes", (int)z.changes, 1);
	WQ_CHECK_INT("before", wq_zone_span_at(&z, 0).offset_ms, HOUR_MS);
	wq_zone_file_fini(&z);
	wq_zone_file_fini(&z);
	for (size_t cut = 0; cut < n; cut++) {
		copy = wq_strndup(good, cut);
		z = (struct wq_zone){ 0 };
		WQ_CHECK("cut", wq_zone_file_parse(&z, wq_strn(copy, cut)) < 0);
		wq_free(copy);
	}
	for (size_t i = 0; i < n * 3; i++) {
		static const uint8_t wrong[] = { 0xff, 0x80, 0x01 };

		copy = wq_strndup(good, n);
		copy[i / 3] = (char)(copy[i / 3] ^ wrong[i % 3]);
		z = (struct wq_zone){ 0 };
		if (wq_zone_file_parse(&z, wq_strn(copy, n)) == 0)
			wq_zone_span_at(&z, 1774746000000);
		wq_zone_file_fini(&z);
		wq_free(copy);
	}
	WQ_CHECK_INT("no rule", wq_zone_file_parse(&z, wq_strn(good, make_file(good, ""))), 0);
	WQ_CHECK_INT("the last one stays", wq_zone_span_at(&z, 1900000000000).offset_ms,
	             2 * HOUR_MS);
	wq_zone_file_fini(&z);
	WQ_CHECK_INT("not one", wq_zone_file_parse(&z, wq_str("# tzdata")), WQ_ENOENT);
	good[4] = 0;
	WQ_CHECK_INT("version 1", wq_zone_file_parse(&z, wq_strn(good, n)), WQ_EPARSE);
}

WQ_TEST(out_of_memory)
{
	for (uint64_t n = 0;; n++) {
		uint64_t live = wq_alloc_live();
		struct wq_zone *z = NULL;
		int rc;

		wq_alloc_fail_after(n);
		rc = wq_zone_open(&z, NULL, wq_str("Europe/Berlin"));
		wq_alloc_fail_after(UINT64_MAX);
		if (rc == 0) {
			wq_zone_destroy(z);
			break;
		}
		WQ_CHECK_INT("code", rc, WQ_ENOMEM);
		WQ_CHECK("nothing left", wq_alloc_live() == live);
		WQ_CHECK("bounded", n < 100);
	}
}

WQ_TEST_MAIN(WQ_CASE(dates), WQ_CASE(rules), WQ_CASE(clocks_around_the_world),
             WQ_CASE(local_time_to_utc), WQ_CASE(spans_meet), WQ_CASE(names), WQ_CASE(kept_open),
             WQ_CASE(files_that_lie), WQ_CASE(out_of_memory))
