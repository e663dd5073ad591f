/* SPDX-License-Identifier: MIT */
/* json_member.c — goes from key to key; what lies between is skipped by its brackets and quotes. */
#include "base/json_member.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind the string that begins at `i`. */
static size_t skip_string(struct wq_str s, size_t i)
{
	for (i++; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\')
			i++;
	return i + 1;
}

/* Behind the value, comma or not, that begins at `i`: at the ',' or '}' of the object that holds it. */
static size_t skip_value(struct wq_str s, size_t i)
{
	unsigned depth = 0;

	while (i < s.n) {
		char c = s.p[i];

		if (c == '"') {
			i = skip_string(s, i);
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		else if (depth && (c == '}' || c == ']'))
			depth--;
		else if (!depth && (c == '}' || c == ','))
			return i;
		i++;
	}
	return s.n;
}

static struct wq_str value_of(struct wq_str s, size_t from, size_t to)
{
	while (from < to && (is_space(s.p[from]) || s.p[from] == ':'))
		from++;
	while (to > from && is_space(s.p[to - 1]))
		to--;
	return wq_strn(s.p + from, to - from);
}

bool wq_json_member_find(struct wq_str object, const char *key, struct wq_json_member *m)
{
	struct wq_str s = object;
	size_t i = wq_str_find(s, '{') + 1;
	bool found = false;

	while (i < s.n && s.p[i] != '}') {
		size_t from = i, end;

		while (from < s.n && s.p[from] != '"' && s.p[from] != '}')
			from++;
		if (from >= s.n || s.p[from] == '}')
			break;
		end = skip_string(s, from);
		i = skip_value(s, end);
		if (i < s.n && wq_str_is(wq_strn(s.p + from + 1, end - from - 2), key)) {
			*m = (struct wq_json_member){ from, i, value_of(s, end, i) };
			found = true;
		}
		if (i < s.n && s.p[i] == ',')
			i++;
	}
	return found;
}
