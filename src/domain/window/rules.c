/* SPDX-License-Identifier: MIT */
/* rules.c — their reader. */
#include "domain/window/rules.h"

#include <stdio.h>

#include "base/assert.h"

static int wrong(struct wq_message_problem *p, const char *field, const char *what)
{
	snprintf(p->field, sizeof(p->field), "%s", field);
	snprintf(p->what, sizeof(p->what), "%s", what);
	return WQ_WINDOW_INVALID;
}

static int read_flag(bool *out, yyjson_val *v, const char *field, struct wq_message_problem *p)
{
	if (v && !yyjson_is_bool(v))
		return wrong(p, field, "must be true or false");
	if (v)
		*out = yyjson_get_bool(v);
	return 0;
}

static int read_way(struct wq_window_rules *out, yyjson_val *v, struct wq_message_problem *p)
{
	yyjson_val *way = wq_json_get(v, "when_closed");

	out->template = wq_json_get(v, "template");
	if (way && !wq_when_closed_from(wq_json_str(way), &out->when_closed))
		return wrong(p, "window.when_closed", "must be fail, template, pending or force");
	if (out->template && !wq_json_get_str(out->template, "name").n)
		return wrong(p, "window.template", "must be an object with name and language");
	return 0;
}

int wq_window_rules_read(struct wq_window_rules *out, yyjson_val *v, struct wq_message_problem *p)
{
	static const char *const members[] = { "enforced", "own_messages", "when_closed",
		                               "template" };
	yyjson_obj_iter iter = yyjson_obj_iter_with(v);
	yyjson_val *key;
	bool enforced = true;
	int rc;

	*out = (struct wq_window_rules){ .own_messages = false };
	if (!v || yyjson_is_null(v))
		return 0;
	if (!yyjson_is_obj(v))
		return wrong(p, "window", "must be an object");
	while ((key = yyjson_obj_iter_next(&iter))) {
		size_t i = 0;

		while (i < WQ_COUNT(members) && !wq_str_is(wq_json_str(key), members[i]))
			i++;
		if (i == WQ_COUNT(members))
			return wrong(
				p, "window",
				"takes enforced, own_messages, when_closed and template alone");
	}
	rc = read_flag(&enforced, wq_json_get(v, "enforced"), "window.enforced", p);
	if (wq_json_get(v, "enforced"))
		out->enforced = enforced ? WQ_WINDOW_ENFORCED : WQ_WINDOW_NOT;
	if (rc == 0)
		rc = read_flag(&out->own_messages, wq_json_get(v, "own_messages"),
		               "window.own_messages", p);
	return rc == 0 ? read_way(out, v, p) : rc;
}
