/* SPDX-License-Identifier: MIT */
/* dead_filter_test.c — moments as people write them, members of a filter, and rows of a table. */
#include <stdlib.h>
#include <time.h>

#include "app/api/dead_filter.h"
#include "app/api/dead_format.h"
#include "app/api/moment.h"
#include "base/limits.h"
#include "queue/dead_letters.h"
#include "support/test.h"

#define NOW_MS INT64_C(1774778400000) /* 2026-03-29T10:00Z, the day on which clocks go forward in Berlin */
enum { NEVER = -1 };

WQ_TEST(moments)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "1774778400000", NOW_MS },
		{ "90s", NOW_MS - 90000 },
		{ "2h", NOW_MS - 7200000 },
		{ "7d", NOW_MS - INT64_C(604800000) },
		{ "0s", NOW_MS },
		{ "2026-03-29T10:00Z", NOW_MS },
		{ "2026-03-29T12:00:00.250+02:00", NOW_MS + 250 },
		{ "2026-03-29T12:00", NOW_MS }, /* of Berlin, in summer */
		{ "2026-03-29 12:00:01", NOW_MS + 1000 },
		{ "2026-03-29", INT64_C(1774738800000) }, /* its midnight, in winter */
		{ "", NEVER },
		{ "soon", NEVER },
		{ "-5m", NEVER },
		{ "1774778400", NEVER }, /* seconds */
		{ "99999999999999999999", NEVER },
		{ "100000d", NEVER }, /* before 1970 */
		{ "2026-02-30T", NEVER },
		{ "2026-13-01", NEVER },
		{ "2026-03-29T12:00:00.000000000000000000000000000Z", NEVER },
	};

	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms = NEVER;
		bool ok = wq_moment_parse(wq_str(cases[i].text), NOW_MS, &ms);

		WQ_CHECK_INT(cases[i].text, ok ? ms : NEVER, cases[i].want);
	}
}

WQ_TEST(members)
{
	static char text[WQ_DEAD_FILTER_MAX_BYTES + 1];
	struct wq_dead_filter f = { .since_ms = 0 };

	memset(text, 'x', sizeof(text));
	WQ_CHECK("error", !wq_dead_filter_set(&f, "error", wq_str("a"), NOW_MS));
	WQ_CHECK("name", !wq_dead_filter_set(&f, "name", wq_str("b"), NOW_MS));
	WQ_CHECK("account", !wq_dead_filter_set(&f, "account", wq_str("c"), NOW_MS));
	WQ_CHECK("since", !wq_dead_filter_set(&f, "since", wq_str("1h"), NOW_MS));
	WQ_CHECK("until", !wq_dead_filter_set(&f, "until", wq_str("1s"), NOW_MS));
	WQ_CHECK("texts",
	         wq_str_is(f.error, "a") && wq_str_is(f.name, "b") && wq_str_is(f.account, "c"));
	WQ_CHECK("moments", f.since_ms == NOW_MS - 3600000 && f.until_ms == NOW_MS - 1000);
	WQ_CHECK_STR("empty", wq_dead_filter_set(&f, "error", wq_str(""), NOW_MS), "error");
	WQ_CHECK_STR("too long",
	             wq_dead_filter_set(&f, "name", wq_strn(text, sizeof(text)), NOW_MS), "name");
	WQ_CHECK("longest",
	         !wq_dead_filter_set(&f, "name", wq_strn(text, sizeof(text) - 1), NOW_MS));
	WQ_CHECK_STR("no moment", wq_dead_filter_set(&f, "until", wq_str("x"), NOW_MS), "until");
}

/* What a letter becomes; both buffers end with the test. */
static void format_as(enum wq_dead_format format, const char *name, const char *data,
                      struct wq_buf *out)
{
	struct wq_ref dead = { .queue = wq_str("q-dlq") };
	struct wq_job job = { .id = wq_str("1"), .name = wq_str(name), .data = wq_str(data) };
	struct wq_dead_letter l;

	wq_buf_init(out, 65536);
	wq_dead_letter_read(&l, &job);
	WQ_CHECK_INT("written", wq_dead_format_add(out, format, &l, &dead), 0);
	WQ_CHECK_INT("terminated", wq_buf_add_char(out, '\0'), 0);
	wq_dead_letter_fini(&l);
}

WQ_TEST(rows)
{
	static const char data[] =
		"{\"a\":\n1,\"dlq\":{\"queue\":\"p\",\"id\":\"7\",\"failedReason\":\"r\\u001b\\n\","
		"\"attemptsMade\":3,\"failedAt\":1774778400250}}";
	static const struct {
		const char *name, *cell;
	} cells[] = {
		{ "plain", "\"plain\"" },
		{ "a\"b", "\"a\"\"b\"" },
		{ "=1+1", "\"'=1+1\"" },
		{ "@x", "\"'@x\"" },
		{ "-1", "\"'-1\"" },
		{ "+1", "\"'+1\"" },
		{ "\tx", "\"' x\"" },
		{ "a\r\nb", "\"a  b\"" },
		{ "a=b", "\"a=b\"" },
		{ "\xc2\x9b"
		  "1",
		  "\"  1\"" },
		{ "", "\"\"" },
	};
	struct wq_buf out;
	char want[256];

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		format_as(WQ_DEAD_CSV, cells[i].name, data, &out);
		snprintf(
			want, sizeof(want),
			"\"1\",\"p\",\"7\",%s,\"r  \",3,2026-03-29T10:00:00.250Z,\"\",\"{\"\"a\"\": 1}\"\r\n",
			cells[i].cell);
		WQ_CHECK_STR(cells[i].name, out.p, want);
		wq_buf_fini(&out);
	}
	format_as(WQ_DEAD_JSONL, "n", "{\"a\":\r\n1}", &out);
	WQ_CHECK_STR("one line", out.p,
	             "{\"id\":\"1\",\"queue\":\"q\",\"job_id\":null,\"name\":\"n\",\"reason\":null,"
	             "\"attempts_made\":0,\"failed_at\":null,\"account\":null,\"data\":{\"a\":  1},"
	             "\"stacktrace\":null,\"opts\":null}\n");
	wq_buf_fini(&out);
}

WQ_TEST_MAIN(WQ_CASE(moments), WQ_CASE(members), WQ_CASE(rows))
