/* SPDX-License-Identifier: MIT */
/* hours_test.c — when business hours begin next: weekends, holidays, and the nights in which clocks change. */
#include "domain/window/hours.h"

#include "support/test.h"

#define UTC(year, month, day, hour, minute) { year, month, day, hour, minute, 0, 0, 0, 0 }
#define OFFICE(zone) \
	"{\"zone\":\"" zone "\",\"week\":{\"mon\":\"09:00-18:00\",\"tue\":\"09:00-18:00\"," \
	"\"wed\":\"09:00-18:00\",\"thu\":\"09:00-18:00\",\"fri\":[\"09:00-13:00\",\"15:00-18:00\"]}," \
	"\"holidays\":[\"12-25\",\"2026-11-02\"," \
	"{\"date\":\"12-24\",\"open\":\"09:00-12:00\"},{\"date\":\"2027-12-25\",\"open\":\"10:00-11:00\"}]}"
#define NIGHTS \
	"{\"zone\":\"Europe/Berlin\",\"week\":{\"sat\":\"22:00-24:00\",\"sun\":[\"00:00-02:30\",\"02:45-04:00\"]}}"
#define EARLY  "{\"zone\":\"Europe/Berlin\",\"week\":{\"sun\":\"02:30-06:00\"}}"

/* clang-format off: read by column */
static const struct {
	const char *what, *hours;
	struct wq_local now, next; /* in UTC */
} cases[] = {
	/* Guayaquil is 5 hours behind UTC, and its clocks never change.  2026-06-10 is a Wednesday. */
	{ "before they begin", OFFICE("America/Guayaquil"), UTC(2026, 6, 10, 13, 59), UTC(2026, 6, 10, 14, 0) },
	{ "within", OFFICE("America/Guayaquil"), UTC(2026, 6, 10, 14, 0), UTC(2026, 6, 10, 14, 0) },
	{ "the last minute", OFFICE("America/Guayaquil"), UTC(2026, 6, 10, 22, 59), UTC(2026, 6, 10, 22, 59) },
	{ "over", OFFICE("America/Guayaquil"), UTC(2026, 6, 10, 23, 0), UTC(2026, 6, 11, 14, 0) },
	{ "a day later by UTC", OFFICE("America/Guayaquil"), UTC(2026, 6, 11, 4, 30), UTC(2026, 6, 11, 14, 0) },
	{ "at noon on Friday", OFFICE("America/Guayaquil"), UTC(2026, 6, 12, 18, 0), UTC(2026, 6, 12, 20, 0) },
	{ "over the weekend", OFFICE("America/Guayaquil"), UTC(2026, 6, 12, 23, 0), UTC(2026, 6, 15, 14, 0) },
	{ "a holiday of this year", OFFICE("America/Guayaquil"), UTC(2026, 11, 2, 15, 0), UTC(2026, 11, 3, 14, 0) },
	{ "not of the next", OFFICE("America/Guayaquil"), UTC(2027, 11, 2, 15, 0), UTC(2027, 11, 2, 15, 0) },
	{ "half a holiday", OFFICE("America/Guayaquil"), UTC(2026, 12, 24, 16, 59), UTC(2026, 12, 24, 16, 59) },
	{ "Christmas, a weekend", OFFICE("America/Guayaquil"), UTC(2026, 12, 24, 17, 0), UTC(2026, 12, 28, 14, 0) },
	{ "a year's own hours", OFFICE("America/Guayaquil"), UTC(2027, 12, 24, 17, 0), UTC(2027, 12, 25, 15, 0) },
	/* Clocks in Berlin go forward on 29 March and back on 25 October 2026, both Sundays, at 01:00 UTC. */
	{ "winter time", OFFICE("Europe/Berlin"), UTC(2026, 3, 27, 20, 0), UTC(2026, 3, 30, 7, 0) },
	{ "summer time ends", OFFICE("Europe/Berlin"), UTC(2026, 10, 23, 20, 0), UTC(2026, 10, 26, 8, 0) },
	{ "past midnight", NIGHTS, UTC(2026, 6, 13, 22, 0), UTC(2026, 6, 13, 22, 0) },
	{ "a gap in the night", NIGHTS, UTC(2026, 6, 14, 0, 31), UTC(2026, 6, 14, 0, 45) },
	{ "what comes twice is open twice", NIGHTS, UTC(2026, 10, 25, 1, 15), UTC(2026, 10, 25, 1, 15) },
	{ "what is skipped begins later", EARLY, UTC(2026, 3, 28, 12, 0), UTC(2026, 3, 29, 1, 30) },
	{ "as on any other Sunday", EARLY, UTC(2026, 3, 21, 12, 0), UTC(2026, 3, 22, 1, 30) },
};
/* clang-format on */

static int64_t ms_of(const struct wq_local *l)
{
	struct wq_zone *utc;
	int64_t both[2];

	WQ_CHECK_INT("UTC", wq_zone_fixed(&utc, 0), 0);
	(void)wq_zone_utc(utc, l, both);
	wq_zone_destroy(utc);
	return both[0];
}

static int64_t next(const char *json, int64_t now_ms)
{
	yyjson_doc *doc = wq_json_read(wq_str(json), 8, NULL);
	struct wq_hours_problem p = { .field = "" };
	struct wq_hours h;
	struct wq_zone *zone;
	int64_t at;

	WQ_CHECK_INT(p.field, wq_hours_read(&h, yyjson_doc_get_root(doc), &p), 0);
	WQ_CHECK_INT("zone", wq_zone_open(&zone, NULL, h.zone), 0);
	at = wq_hours_next_ms(&h, zone, now_ms);
	wq_zone_destroy(zone);
	wq_json_free(doc);
	return at;
}

WQ_TEST(they_begin_when_clocks_say_so)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		WQ_CHECK_INT(cases[i].what, next(cases[i].hours, ms_of(&cases[i].now)),
		             ms_of(&cases[i].next));
}

WQ_TEST(always_and_never)
{
	struct wq_hours_problem p;
	struct wq_hours h;

	WQ_CHECK_INT("none", wq_hours_read(&h, NULL, &p), 0);
	WQ_CHECK_INT("always open", wq_hours_next_ms(&h, NULL, 77), 77);
	WQ_CHECK("never", next("{\"zone\":\"UTC\",\"week\":{}}", 77) == INT64_MAX);
}

WQ_TEST(what_is_wrong_is_told)
{
	static const struct {
		const char *json, *field;
	} bad[] = {
		{ "7", "hours" },
		{ "{\"week\":{}}", "hours.zone" },
		{ "{\"zone\":\"UTC\"}", "hours.week" },
		{ "{\"zone\":\"UTC\",\"people\":1,\"week\":{}}", "hours.people" },
		{ "{\"zone\":\"UTC\",\"week\":{\"monday\":\"09:00-18:00\"}}", "hours.week.monday" },
		{ "{\"zone\":\"UTC\",\"week\":{\"mon\":\"9-18\"}}", "hours.week.mon" },
		{ "{\"zone\":\"UTC\",\"week\":{\"mon\":\"18:00-09:00\"}}", "hours.week.mon" },
		{ "{\"zone\":\"UTC\",\"week\":{\"mon\":\"09:00-24:01\"}}", "hours.week.mon" },
		{ "{\"zone\":\"UTC\",\"week\":{\"mon\":[\"09:00-12:00\",\"11:00-13:00\"]}}",
		  "hours.week.mon" },
		{ "{\"zone\":\"UTC\",\"week\":{\"mon\":[\"01:00-02:00\",\"03:00-04:00\",\"05:00-06:00\","
		  "\"07:00-08:00\","
		  "\"09:00-10:00\"]}}",
		  "hours.week.mon" },
		{ "{\"zone\":\"UTC\",\"week\":{},\"holidays\":\"12-25\"}", "hours.holidays" },
		{ "{\"zone\":\"UTC\",\"week\":{},\"holidays\":[\"12-25\",\"02-30\"]}",
		  "hours.holidays[1]" },
		{ "{\"zone\":\"UTC\",\"week\":{},\"holidays\":[{\"date\":\"12-25\",\"open\":\"x\"}]}",
		  "hours.holidays[0]" },
	};

	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		yyjson_doc *doc = wq_json_read(wq_str(bad[i].json), 8, NULL);
		struct wq_hours_problem p = { .field = "" };
		struct wq_hours h;

		WQ_CHECK_INT(bad[i].json, wq_hours_read(&h, yyjson_doc_get_root(doc), &p),
		             WQ_HOURS_INVALID);
		WQ_CHECK_STR(bad[i].json, p.field, bad[i].field);
		WQ_CHECK(bad[i].json, !h.any);
		wq_json_free(doc);
	}
}

WQ_TEST_MAIN(WQ_CASE(they_begin_when_clocks_say_so), WQ_CASE(always_and_never),
             WQ_CASE(what_is_wrong_is_told))
