/* SPDX-License-Identifier: MIT */
/* rule.c — walks a content along its rows. */
#include "domain/message/rule.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"

size_t wq_chars(struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

bool wq_is_link(struct wq_str s)
{
	size_t scheme = 0;

	if (s.n > 7 && wq_str_is_nocase(wq_strn(s.p, 7), "http://"))
		scheme = 7;
	else if (s.n > 8 && wq_str_is_nocase(wq_strn(s.p, 8), "https://"))
		scheme = 8;
	if (scheme == 0 || strchr("/?#:@", s.p[scheme]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || strchr("\"<>\\^`{|}", s.p[i]))
			return false;
	return true;
}

size_t wq_rule_enter(struct wq_checking *c, const char *key)
{
	size_t back = c->n, room = sizeof(c->path) - c->n;
	int n = snprintf(c->path + c->n, room, "%s%s", c->n ? "." : "", key);

	c->n += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	return back;
}

size_t wq_rule_enter_at(struct wq_checking *c, size_t index)
{
	size_t back = c->n, room = sizeof(c->path) - c->n;
	int n = snprintf(c->path + c->n, room, "[%zu]", index);

	c->n += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	return back;
}

void wq_rule_leave(struct wq_checking *c, size_t back)
{
	c->n = back;
	c->path[back] = '\0';
}

bool wq_rule_fail(struct wq_checking *c, const char *key, int64_t limit, const char *fmt, ...)
{
	va_list ap;
	size_t back = c->n;

	if (key)
		back = wq_rule_enter(c, key);
	va_start(ap, fmt);
	(void)wq_reading_vfail_at(c->r, c->path, limit, fmt, ap);
	va_end(ap);
	wq_rule_leave(c, back);
	return false;
}

static bool check_length(struct wq_checking *c, struct wq_str s, const struct wq_rule *rule)
{
	size_t n = wq_chars(s);

	if (!s.p)
		return wq_rule_fail(c, NULL, 0, "is no text");
	if (n == 0 && rule->min > 0)
		return wq_rule_fail(c, NULL, 0, "is empty");
	if (n < rule->min)
		return wq_rule_fail(c, NULL, rule->min, "is shorter than %u characters", rule->min);
	return n <= rule->max ||
	       wq_rule_fail(c, NULL, rule->max, "is longer than %u characters", rule->max);
}

static bool check_digits(struct wq_checking *c, struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return wq_rule_fail(c, NULL, 0, "has something else than digits in it");
	return true;
}

static bool check_word(struct wq_checking *c, struct wq_str s, const struct wq_rule *rule)
{
	char all[128] = "";
	size_t n = 0;

	for (const char *const *word = rule->words; *word; word++) {
		if (wq_str_is(s, *word))
			return true;
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "", *word);
		if (n >= sizeof(all))
			break;
	}
	return wq_rule_fail(c, NULL, 0, rule->words[1] ? "is none of %s" : "is not %s", all);
}

static bool check_members(struct wq_checking *c, yyjson_val *v, const struct wq_rule *rule)
{
	if (!yyjson_is_obj(v))
		return wq_rule_fail(c, NULL, 0, "is no object");
	return !rule->of || wq_rules_check(c, v, rule->of);
}

static bool check_elements(struct wq_checking *c, yyjson_val *array, const struct wq_rule *rule)
{
	size_t i, n = yyjson_arr_size(array);
	yyjson_val *v;

	if (!yyjson_is_arr(array))
		return wq_rule_fail(c, NULL, 0, "is no list");
	if (n < rule->min)
		return wq_rule_fail(c, NULL, rule->min,
		                    rule->min == 1 ? "is empty" : "has fewer than %u entries",
		                    rule->min);
	if (n > rule->max)
		return wq_rule_fail(c, NULL, rule->max, "has more than %u entries", rule->max);
	yyjson_arr_foreach(array, i, n, v)
	{
		size_t back = wq_rule_enter_at(c, i);

		if (!check_members(c, v, rule))
			return false;
		wq_rule_leave(c, back);
	}
	return true;
}

static bool check_type(struct wq_checking *c, yyjson_val *v, const struct wq_rule *rule)
{
	struct wq_str s = wq_json_str(v);

	switch (rule->type) {
	case WQ_RULE_TEXT:
		return check_length(c, s, rule);
	case WQ_RULE_LINK:
		return check_length(c, s, rule) &&
		       (wq_is_link(s) ||
		        wq_rule_fail(c, NULL, 0,
		                     "is no address that begins with http:// or https://"));
	case WQ_RULE_DIGITS:
		return check_length(c, s, rule) && check_digits(c, s);
	case WQ_RULE_WORD:
		return check_word(c, s, rule);
	case WQ_RULE_BOOL:
		return yyjson_is_bool(v) || wq_rule_fail(c, NULL, 0, "is neither true nor false");
	case WQ_RULE_INT:
		return yyjson_is_int(v) || wq_rule_fail(c, NULL, 0, "is no whole number");
	case WQ_RULE_DEGREES:
		return (yyjson_is_num(v) && fabs(yyjson_get_num(v)) <= rule->max) ||
		       wq_rule_fail(c, NULL, rule->max, "is no number from -%u to %u", rule->max,
		                    rule->max);
	case WQ_RULE_OBJECT:
		return check_members(c, v, rule);
	case WQ_RULE_OBJECTS:
		return check_elements(c, v, rule);
	case WQ_RULE_ANY:
		break;
	}
	return true;
}

bool wq_rule_check(struct wq_checking *c, yyjson_val *v, const struct wq_rule *rule)
{
	return check_type(c, v, rule) && (!rule->more || rule->more(c, v));
}

/* Who reads it after us may take the other one. */
static bool is_twice(yyjson_val *obj, const char *key)
{
	yyjson_val *k, *v;
	size_t i, n, times = 0;

	yyjson_obj_foreach(obj, i, n, k, v)
	{
		times += wq_str_is(wq_json_str(k), key);
	}
	return times > 1;
}

bool wq_rules_check(struct wq_checking *c, yyjson_val *obj, const struct wq_rule *rules)
{
	for (const struct wq_rule *rule = rules; rule->key; rule++) {
		yyjson_val *v = wq_reading_get(obj, wq_str(rule->key));
		size_t back = wq_rule_enter(c, rule->key);

		if (is_twice(obj, rule->key))
			return wq_rule_fail(c, NULL, 0, "is there twice");
		if (!v && rule->required)
			return wq_rule_fail(c, NULL, 0, "is missing");
		if (v && !wq_rule_check(c, v, rule))
			return false;
		wq_rule_leave(c, back);
	}
	return true;
}
