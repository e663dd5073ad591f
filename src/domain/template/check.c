/* SPDX-License-Identifier: MIT */
/* check.c — names, problems and rows. */
#include "domain/template/check.h"

#include <stdio.h>

#include "base/limits.h"

bool wq_template_kind_is(struct wq_str kind)
{
	if (kind.n == 0 || kind.n > WQ_TEMPLATE_KIND_MAX_BYTES || kind.p[0] < 'a' ||
	    kind.p[0] > 'z')
		return false;
	for (size_t i = 0; i < kind.n; i++) {
		char c = kind.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

bool wq_template_language_is(struct wq_str l)
{
	if (l.n != 2 && (l.n != 5 || l.p[2] != '_'))
		return false;
	for (size_t i = 0; i < l.n; i++)
		if (i != 2 &&
		    !(i < 2 ? l.p[i] >= 'a' && l.p[i] <= 'z' : l.p[i] >= 'A' && l.p[i] <= 'Z'))
			return false;
	return true;
}

int wq_template_check(struct wq_template *t, struct wq_str kind, struct wq_str language,
                      struct wq_str source, struct wq_arena *a, struct wq_template_problem *p)
{
	struct wq_template_found ours, f = { .language = language, .source = source };

	if (wq_templates_find(NULL, wq_strn(NULL, 0), wq_strn(NULL, 0), kind, language, &ours))
		f.base = ours.source;
	return wq_template_found_read(&f, t, a, p);
}

void wq_template_problem_text(const struct wq_template_problem *p, char *out, size_t max)
{
	snprintf(out, max, "line %u, column %u: %s%s%s", p->line, p->column, p->name,
	         p->name[0] ? " " : "", p->what);
}

void wq_template_problem_write(struct wq_jsonw *w, const struct wq_template_problem *p)
{
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "line", p->line);
	wq_jsonw_put_int(w, "column", p->column);
	wq_jsonw_put_text(w, "name", p->name);
	wq_jsonw_put_text(w, "what", p->what);
	wq_jsonw_object_end(w);
}

const char *wq_template_of_name(enum wq_template_of of)
{
	static const char *const names[] = { "willaq", "all", "business", "account" };

	return (unsigned)of < 4 ? names[of] : "";
}

bool wq_template_row_at(const struct wq_templates *t, size_t i, struct wq_template_row *out)
{
	const struct wq_template_text *text = wq_template_text_at(i);
	struct wq_template_found ours;
	size_t n = 0;

	*out = (struct wq_template_row){ .base = { NULL, 0 } };
	if (text) {
		out->own.kind = wq_str(text->kind);
		out->own.language = wq_str(text->language);
		out->own.source = wq_str(text->source);
		return true;
	}
	while (wq_template_text_at(n))
		n++;
	if (!wq_templates_at(t, i - n, &out->own))
		return false;
	if (wq_templates_find(NULL, wq_strn(NULL, 0), wq_strn(NULL, 0), out->own.kind,
	                      out->own.language, &ours))
		out->base = ours.source;
	return true;
}

static void put(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	wq_jsonw_key(w, key);
	if (s.p)
		wq_jsonw_str(w, s);
	else
		wq_jsonw_null(w);
}

static void put_variables(struct wq_jsonw *w, const struct wq_template_variable *v)
{
	wq_jsonw_key(w, "variables");
	wq_jsonw_array(w);
	for (; v; v = v->next) {
		wq_jsonw_object(w);
		put(w, "name", v->name);
		put(w, "type", wq_str(wq_template_type_name(v->type)));
		put(w, "default", v->otherwise);
		put(w, "example", v->example);
		put(w, "about", v->about);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}

void wq_template_row_write(struct wq_jsonw *w, const struct wq_template_row *row,
                           struct wq_arena *a)
{
	const struct wq_template_own *o = &row->own;
	struct wq_template_found f = { o->of, o->language, o->source, row->base };
	struct wq_template_problem p;
	struct wq_template t = { .variables = NULL };

	if (wq_template_found_read(&f, &t, a, &p) != 0)
		t.variables = NULL;
	wq_jsonw_object(w);
	put(w, "kind", o->kind);
	put(w, "language", o->language);
	put(w, "of", wq_str(wq_template_of_name(o->of)));
	put(w, "owner", o->owner.n ? o->owner : wq_strn(NULL, 0));
	put(w, "title", t.title);
	put(w, "about", t.about);
	put(w, "category", t.category);
	put_variables(w, t.variables);
	put(w, "source", o->source);
	wq_jsonw_key(w, "changed_at");
	if (o->changed_ms)
		wq_jsonw_int(w, o->changed_ms);
	else
		wq_jsonw_null(w);
	put(w, "changed_by", o->by.n ? o->by : wq_strn(NULL, 0));
	wq_jsonw_object_end(w);
}
