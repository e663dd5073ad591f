/* SPDX-License-Identifier: MIT */
/* tidy.c — what a content may hold whatever its kind: no null that says nothing, no number that nothing can hold. */
#include "base/assert.h"
#include "base/limits.h"
#include "domain/message/reading.h"

struct look {
	bool nulls; /* a member is null */
	bool raw;   /* a number is kept as text, for no type holds it */
	bool deep;
};

static void look_at(struct look *l, yyjson_val *v, unsigned depth)
{
	yyjson_val *key, *inner;
	size_t i, n;

	l->raw |= yyjson_is_raw(v);
	if (yyjson_is_ctn(v) && depth == WQ_MESSAGE_CONTENT_DEPTH_MAX) {
		l->deep = true;
		return;
	}
	yyjson_obj_foreach(v, i, n, key, inner)
	{
		l->nulls |= yyjson_is_null(inner);
		look_at(l, inner, depth + 1);
	}
	yyjson_arr_foreach(v, i, n, inner)
	{
		look_at(l, inner, depth + 1);
	}
}

/* What goes to a flow's screens is not ours to judge. */
static bool is_foreign(struct wq_str key)
{
	return wq_str_is(key, "data") || wq_str_is(key, "flow_action_data");
}

static void write_tidy(struct wq_jsonw *w, yyjson_val *v)
{
	yyjson_val *key, *inner;
	size_t i, n;

	if (!yyjson_is_ctn(v)) {
		wq_jsonw_value(w, v);
		return;
	}
	if (yyjson_is_arr(v)) {
		wq_jsonw_array(w);
		yyjson_arr_foreach(v, i, n, inner)
		{
			write_tidy(w, inner);
		}
		wq_jsonw_array_end(w);
		return;
	}
	wq_jsonw_object(w);
	yyjson_obj_foreach(v, i, n, key, inner)
	{
		if (yyjson_is_null(inner))
			continue;
		wq_jsonw_key_str(w, wq_json_str(key));
		if (is_foreign(wq_json_str(key)))
			wq_jsonw_value(w, inner);
		else
			write_tidy(w, inner);
	}
	wq_jsonw_object_end(w);
}

void wq_reading_tidy(struct wq_reading *r)
{
	yyjson_val *v = r->m->content;
	struct look l = { false, false, false };

	if (!v || r->rc != 0)
		return;
	look_at(&l, v, 0);
	if (l.deep)
		(void)wq_reading_fail(r, r->base, WQ_MESSAGE_CONTENT_DEPTH_MAX,
		                      "is nested deeper than %d levels",
		                      WQ_MESSAGE_CONTENT_DEPTH_MAX);
	else if (l.raw)
		(void)wq_reading_fail(r, r->base, 0, "has a number in it that is too large");
	else if (l.nulls) {
		wq_reading_rewrite(r);
		write_tidy(&r->w, v);
		wq_reading_rewritten(r);
	}
}
