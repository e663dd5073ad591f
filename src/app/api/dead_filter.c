/* SPDX-License-Identifier: MIT */
/* dead_filter.c — member by member. */
#include "app/api/dead_filter.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "app/settings/value.h"
#include "base/limits.h"
#include "queue/when.h"

enum { MOMENT_MAX_BYTES = 40 };
/* Less is seconds that somebody took for milliseconds. */
#define MOMENT_MIN_MS INT64_C(100000000000)

const char wq_dead_moment_form[] =
	"a date as 2026-03-29T14:00, milliseconds since 1970, or how long ago, as 2h or 7d";
const char *const wq_dead_filter_members[] = { "error", "name", "account", "since", "until", NULL };

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

bool wq_dead_moment_parse(struct wq_str text, int64_t now_ms, int64_t *ms)
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

const char *wq_dead_filter_set(struct wq_dead_filter *f, const char *member, struct wq_str text,
                               int64_t now_ms)
{
	struct wq_str *texts[] = { &f->error, &f->name, &f->account };
	int64_t *moments[] = { &f->since_ms, &f->until_ms };

	for (size_t i = 0; wq_dead_filter_members[i]; i++) {
		if (strcmp(wq_dead_filter_members[i], member) != 0)
			continue;
		if (i < 3)
			*texts[i] = text;
		else if (!wq_dead_moment_parse(text, now_ms, moments[i - 3]))
			return member;
		return text.n > 0 && text.n <= WQ_DEAD_FILTER_MAX_BYTES ? NULL : member;
	}
	return member;
}

const char *wq_dead_filter_problem(const char *member)
{
	bool moment = strcmp(member, "since") == 0 || strcmp(member, "until") == 0;

	return moment ? wq_dead_moment_form : "a text, not an empty one";
}

static bool refuse(struct wq_exchange *x, const char *member)
{
	wq_reply_problem(x, 400, "invalid_parameter", "%s must be %s", member,
	                 wq_dead_filter_problem(member));
	return false;
}

/* The order of the two is judged when both are known. */
static bool judge(struct wq_exchange *x, const struct wq_dead_filter *f)
{
	if (!f->since_ms || !f->until_ms || f->since_ms < f->until_ms)
		return true;
	wq_reply_problem(x, 400, "invalid_parameter", "since must be before until");
	return false;
}

bool wq_dead_filter_of_query(struct wq_exchange *x, int64_t now_ms, struct wq_dead_filter *f)
{
	for (size_t i = 0; wq_dead_filter_members[i]; i++) {
		const char *member = wq_dead_filter_members[i];
		struct wq_str text = wq_exchange_query(x, member);

		if (text.p && wq_dead_filter_set(f, member, text, now_ms))
			return refuse(x, member);
	}
	return judge(x, f);
}

/* A string, or a number where that makes sense; p NULL: neither. */
static struct wq_str text_of(struct wq_exchange *x, yyjson_val *v, bool number_too)
{
	char number[24];
	char *copy;

	if (!number_too || !yyjson_is_int(v))
		return wq_json_str(v);
	snprintf(number, sizeof(number), "%" PRId64, yyjson_get_sint(v));
	copy = wq_arena_copy(wq_exchange_arena(x), wq_str(number));
	return wq_strn(copy, copy ? strlen(copy) : 0);
}

bool wq_dead_filter_of_body(struct wq_exchange *x, yyjson_val *body, int64_t now_ms,
                            struct wq_dead_filter *f)
{
	for (size_t i = 0; wq_dead_filter_members[i]; i++) {
		const char *member = wq_dead_filter_members[i];
		yyjson_val *v = wq_json_get(body, member);
		struct wq_str text = text_of(x, v, i >= 2);

		if (v && (!text.p || wq_dead_filter_set(f, member, text, now_ms)))
			return refuse(x, member);
	}
	return judge(x, f);
}
