/* SPDX-License-Identifier: MIT */
/* cron_fuzz.c — hostile text as a pattern, as a date, as the name of a time zone, and hostile bytes as its file.
 *
 * The first byte chooses; the rest is the text.  A moment that is found lies behind the one asked for and fits the
 * pattern's fields of minute and second; a search ends; spans of a zone meet; what is refused says why.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/calendar.h"
#include "base/err.h"
#include "base/log.h"
#include "base/zone_file.h"
#include "queue/cron.h"
#include "queue/when.h"

enum { INPUT_MAX_BYTES = 4096, TIMES = 3, SPANS = 50 };

static struct wq_zone *zones[3];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void swallow(void *ctx, struct wq_str line) {}

static void open_zones(void)
{
	static const char *const names[] = { "UTC", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		                             "EET-2EEST,M4.5.5/0,M10.5.4/24" };
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };

	wq_log_setup(&quiet);
	for (size_t i = 0; i < 3; i++)
		WQ_REQUIRE(wq_zone_open(&zones[i], NULL, wq_str(names[i])) == 0);
}

static void fuzz_pattern(struct wq_str text, unsigned choice)
{
	static const int64_t starts[] = { 1774649587531, 1776938400000, -62135596800000,
		                          8639999999999000 };
	const struct wq_zone *zone = zones[choice / 2 % 3];
	int64_t at = starts[choice / 6 % 4], next;
	const char *why = NULL;
	struct wq_local local;
	struct wq_cron c;
	int rc;

	rc = wq_cron_parse(&c, choice % 2 ? WQ_CRON_PARSER_5 : WQ_CRON_PARSER_4, text, wq_str("s"),
	                   &why);
	WQ_REQUIRE((rc == 0) == (why == NULL));
	for (int i = 0; rc == 0 && i < TIMES; i++) {
		if (wq_cron_next(&c, zone, at, INT64_MAX, &next) != 0)
			return;
		WQ_REQUIRE(next > at);
		wq_zone_local(zone, next, &local);
		WQ_REQUIRE(local.ms == 0 && (c.set[WQ_CRON_SECOND] >> local.second & 1));
		WQ_REQUIRE(c.set[WQ_CRON_MINUTE] >> local.minute & 1);
		at = next;
	}
}

static void fuzz_file(struct wq_str bytes)
{
	struct wq_zone z = { .kinds_n = 1 };
	struct wq_zone_span s;
	struct wq_local local;
	int64_t utc[2];

	if (wq_zone_file_parse(&z, bytes) == 0) {
		s = wq_zone_span_at(&z, -WQ_TIME_MAX_MS);
		for (int i = 0; i < SPANS && s.until_ms != INT64_MAX; i++) {
			int64_t until = s.until_ms;

			wq_zone_local(&z, until, &local);
			wq_zone_utc(&z, &local, utc);
			s = wq_zone_span_at(&z, until);
			WQ_REQUIRE(s.from_ms == until && s.until_ms > until);
		}
	}
	wq_zone_file_fini(&z);
}

static void fuzz_names(struct wq_str text)
{
	char nearest[WQ_ZONE_NAME_MAX_BYTES + 1];
	struct wq_zone *z;
	int64_t ms;

	wq_when_parse(text, zones[1], &ms);
	wq_zone_nearest("/nonexistent", text, nearest);
	if (wq_zone_open(&z, "/nonexistent", text) == 0) {
		wq_zone_span_at(z, 1774649587531);
		wq_zone_destroy(z);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy;

	if (size == 0 || size > INPUT_MAX_BYTES)
		return 0;
	if (!zones[0])
		open_zones();
	copy = wq_strndup((const char *)data + 1, size - 1); /* of its own size, so that a byte too far is seen */
	if (data[0] < 200)
		fuzz_pattern(wq_strn(copy, size - 1), data[0]);
	else if (data[0] < 230)
		fuzz_file(wq_strn(copy, size - 1));
	else
		fuzz_names(wq_strn(copy, size - 1));
	wq_free(copy);
	return 0;
}
