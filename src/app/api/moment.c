/* SPDX-License-Identifier: MIT */
/* moment.c — three ways to say when. */
#include "app/api/moment.h"

#include <stdio.h>
#include <time.h>

#include "app/settings/value.h"
#include "base/limits.h"
#include "queue/when.h"

enum { MOMENT_MAX_BYTES = 40 };
/* Less is seconds that somebody took for milliseconds. */
#define MOMENT_MIN_MS INT64_C(100000000000)

const char wq_moment_form[] =
	"a date as 2026-03-29T14:00, milliseconds since 1970, or how long ago, as 2h or 7d";

/* Without an offset it is a moment of the program's time zone. */
static bool parse_date(struct wq_str text, int64_t *ms)
{
	char local[MOMENT_MAX_BYTES + sizeof("T00:00Z")];
	bool timed = wq_str_find(text, 'T') < text.n || wq_str_find(text, ' ') < text.n;
	time_t seconds;
	struct tm tm;

	snprintf(local, sizeof(local), "%.*s%s", WQ_STR_ARG(text), timed ? "Z" : "T00:00Z");
	if (!wq_when_parse(wq_str(local), NULL, ms))
		return timed && wq_when_parse(text, NULL, ms);
	seconds = (time_t)(*ms / 1000);
	if (!gmtime_r(&seconds, &tm))
		return false;
	tm.tm_isdst = -1;
	*ms = (int64_t)mktime(&tm) * 1000 + *ms % 1000;
	return true;
}

static bool parse_ago(struct wq_str text, int64_t now_ms, int64_t *ms)
{
	static const struct wq_setting_def age = { .name = "", .type = WQ_SETTING_MS,
		                                   .max = INT64_MAX, .unit_ms = 1 };
	const char *why = NULL;
	int64_t ago;

	if (!wq_value_parse(&age, text, &ago, &why) || ago < 0 || ago >= now_ms)
		return false;
	*ms = now_ms - ago;
	return true;
}

bool wq_moment_parse(struct wq_str text, int64_t now_ms, int64_t *ms)
{
	uint64_t number;

	if (text.n == 0 || text.n > MOMENT_MAX_BYTES)
		return false;
	if (wq_str_to_u64(text, UINT64_MAX, &number)) {
		*ms = (int64_t)number;
		return number >= MOMENT_MIN_MS && number <= WQ_TIMESTAMP_MAX_MS;
	}
	return parse_ago(text, now_ms, ms) || (parse_date(text, ms) && *ms > 0);
}
