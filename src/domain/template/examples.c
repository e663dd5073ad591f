/* SPDX-License-Identifier: MIT */
/* examples.c — a preview's values: what the declarations give as examples. */
#include "domain/template/format.h"
#include "domain/template/library.h"

static void write_value(struct wq_jsonw *w, const struct wq_template_variable *v,
                        struct wq_str text)
{
	if (v->type == WQ_TEMPLATE_LIST)
		wq_jsonw_raw(w, text.n ? text : wq_str("[]"));
	else if (v->type == WQ_TEMPLATE_BOOL)
		wq_jsonw_bool(w, wq_str_is(text, "true"));
	else
		wq_jsonw_str(w, text);
}

/* Members of lists are in the lists' own examples. */
static bool is_member(const struct wq_template_variable *all, const struct wq_template_variable *v)
{
	const struct wq_template_variable *list =
		wq_template_declared(all, wq_strn(v->name.p, wq_str_find(v->name, '.')));

	return list && list != v && list->type == WQ_TEMPLATE_LIST;
}

int wq_template_examples(const struct wq_template_variable *all, struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	for (const struct wq_template_variable *v = all; v; v = v->next) {
		struct wq_str text = v->example.p ? v->example : v->otherwise;

		if (!text.p || is_member(all, v))
			continue;
		wq_jsonw_key_str(w, v->name);
		write_value(w, v, text);
	}
	wq_jsonw_object_end(w);
	return w->rc;
}
