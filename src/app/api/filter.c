/* SPDX-License-Identifier: MIT */
/* filter.c — member by member. */
#include "app/api/filter.h"

#include <inttypes.h>
#include <stdio.h>

static bool refuse(struct wq_exchange *x, const struct wq_filter_kind *kind, const char *member)
{
	wq_reply_problem(x, 400, "invalid_parameter", "%s must be %s", member,
	                 kind->problem(member));
	return false;
}

static bool judge(struct wq_exchange *x, const struct wq_filter_kind *kind, const void *filter)
{
	const char *why = kind->judge(filter);

	if (why)
		wq_reply_problem(x, 400, "invalid_parameter", "%s", why);
	return !why;
}

bool wq_filter_of_query(struct wq_exchange *x, const struct wq_filter_kind *kind, int64_t now_ms,
                        void *filter)
{
	for (size_t i = 0; kind->members[i]; i++) {
		struct wq_str text = wq_exchange_query(x, kind->members[i]);

		if (text.p && kind->set(filter, kind->members[i], text, now_ms))
			return refuse(x, kind, kind->members[i]);
	}
	return judge(x, kind, filter);
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

bool wq_filter_of_body(struct wq_exchange *x, const struct wq_filter_kind *kind, yyjson_val *body,
                       int64_t now_ms, void *filter)
{
	for (size_t i = 0; kind->members[i]; i++) {
		yyjson_val *v = wq_json_get(body, kind->members[i]);
		struct wq_str text = text_of(x, v, i >= kind->numbers_from);

		if (v && (!text.p || kind->set(filter, kind->members[i], text, now_ms)))
			return refuse(x, kind, kind->members[i]);
	}
	return judge(x, kind, filter);
}
