/* SPDX-License-Identifier: MIT */
/* fill.c — the content's texts one by one, into the JSON of a message, which is then read. */
#include "domain/sequence/fill.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "domain/message/read.h"
#include "domain/template/template.h"
#include "store/registry.h"

enum { NAME_MAX_BYTES = 80 };

/* One message in the making. */
struct filling {
	struct wq_step_fill *f;
	struct wq_template_ask ask;
	struct wq_jsonw w;
	int rc;
};

struct wq_str wq_step_address(const struct wq_redis_value *contact)
{
	static const char *const names[] = { "phone", "user_id", "lid" };

	for (size_t i = 0; i < WQ_COUNT(names); i++) {
		struct wq_str name = wq_fields_get(contact, names[i]);

		if (name.n)
			return name;
	}
	return wq_strn("", 0);
}

static struct wq_str first_word(struct wq_str name)
{
	return wq_strn(name.p, wq_str_find(name, ' '));
}

/* What is known of the contact itself: a field, or an attribute. */
static bool find_of_contact(const struct wq_template_scope *s, struct wq_str name,
                            struct wq_template_value *out)
{
	static const char *const fields[] = { "name", "phone", "username", NULL };
	const struct wq_step_fill *f = s->ctx;
	const struct wq_redis_value *contact = f->contact;
	char key[NAME_MAX_BYTES];

	if (wq_str_starts(name, "contact."))
		name = wq_strn(name.p + 8, name.n - 8);
	*out = (struct wq_template_value){ .json = NULL };
	for (size_t i = 0; fields[i] && !out->text.n; i++)
		if (wq_str_is(name, fields[i]))
			out->text = wq_fields_get(contact, fields[i]);
	if (wq_str_is(name, "first_name"))
		out->text = first_word(wq_fields_get(contact, "name"));
	else if (wq_str_is(name, "language"))
		out->text = wq_fields_get(contact, "lang");
	if (!out->text.n && name.n < sizeof(key) - 2) {
		snprintf(key, sizeof(key), "a:%.*s", WQ_STR_ARG(name));
		out->text = wq_fields_get(contact, key);
	}
	return out->text.n > 0;
}

static bool is_filled(struct wq_str s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '{' && s.p[i + 1] == '{')
			return true;
	return false;
}

/* Told once, of what went wrong first. */
static void note(struct filling *g, int rc, const struct wq_template_problem *p)
{
	if (g->rc != 0)
		return;
	g->rc = rc < 0 ? rc : rc == WQ_TEMPLATE_MISSING ? WQ_FILL_MISSING : WQ_FILL_INVALID;
	snprintf(g->f->problem, sizeof(g->f->problem), "%s%s%s (line %u, column %u)", p->name,
	         *p->name ? " " : "", p->what, p->line, p->column);
}

static void put_text(struct filling *g, struct wq_str text)
{
	struct wq_template_problem p = { .line = 0 };
	struct wq_str out = text;
	int rc = is_filled(text) ? wq_template_fill(text, &g->ask, g->f->arena, &out, &p) : 0;

	wq_jsonw_str(&g->w, rc == 0 ? out : wq_str(""));
	if (rc != 0)
		note(g, rc, &p);
}

static void put_known(struct filling *g, yyjson_val *first, struct wq_str name, struct wq_str value)
{
	if (!value.n || yyjson_obj_getn(first, name.p, name.n))
		return;
	wq_jsonw_key_str(&g->w, name);
	wq_jsonw_str(&g->w, value);
}

/* Fields and attributes of the contact, where `first` says nothing. */
static void put_of_contact(struct filling *g, yyjson_val *first)
{
	static const char *const names[] = { "name", "first_name", "phone", "username",
		                             "language" };
	const struct wq_redis_value *contact = g->f->contact;
	const struct wq_template_scope s = { .ctx = g->f };
	struct wq_template_value v;

	for (size_t i = 0; i < WQ_COUNT(names); i++)
		if (find_of_contact(&s, wq_str(names[i]), &v))
			put_known(g, first, wq_str(names[i]), v.text);
	for (size_t i = 0; i + 1 < wq_redis_count(contact); i += 2) {
		struct wq_str key = wq_redis_str(wq_redis_at(contact, i));
		bool named = false;

		if (!wq_str_starts(key, "a:"))
			continue;
		key = wq_strn(key.p + 2, key.n - 2);
		for (size_t at = 0; at < WQ_COUNT(names); at++)
			named = named || wq_str_is(key, names[at]);
		if (!named)
			put_known(g, first, key, wq_redis_str(wq_redis_at(contact, i + 1)));
	}
}

/* Of what the sequence sets, what neither the step nor the contact says. */
static void put_of_sequence(struct filling *g, yyjson_val *first)
{
	const struct wq_template_scope contact = { .ctx = g->f };
	yyjson_obj_iter it;
	yyjson_val *key;

	if (!yyjson_obj_iter_init(wq_json_get(g->f->head, "variables"), &it))
		return;
	while ((key = yyjson_obj_iter_next(&it))) {
		struct wq_str name = wq_json_str(key);
		struct wq_template_value v;

		if (yyjson_obj_getn(first, name.p, name.n) || find_of_contact(&contact, name, &v))
			continue;
		wq_jsonw_key_str(&g->w, name);
		wq_jsonw_value(&g->w, yyjson_obj_iter_get_val(key));
	}
}

/* As who sends it needs it: by then nobody knows the contact any more. */
static void keep_use(struct filling *g, yyjson_val *use, struct wq_str language)
{
	yyjson_val *own = wq_json_get(use, "variables"), *key;
	yyjson_obj_iter it;

	wq_jsonw_key(&g->w, "use");
	wq_jsonw_object(&g->w);
	wq_jsonw_put_str(&g->w, "template", wq_json_get_str(use, "template"));
	wq_jsonw_put_str(&g->w, "language", language.n ? language : wq_str("en"));
	wq_jsonw_key(&g->w, "variables");
	wq_jsonw_object(&g->w);
	if (yyjson_obj_iter_init(own, &it))
		while ((key = yyjson_obj_iter_next(&it))) {
			wq_jsonw_key_str(&g->w, wq_json_str(key));
			wq_jsonw_value(&g->w, yyjson_obj_iter_get_val(key));
		}
	put_of_contact(g, own);
	put_of_sequence(g, own);
	wq_jsonw_object_end(&g->w);
	wq_jsonw_object_end(&g->w);
}

/* The text of a kind, with what the step says of it before all else. */
static void put_use(struct filling *g, yyjson_val *use)
{
	struct wq_template_scope own = wq_template_scope_json(wq_json_get(use, "variables"),
	                                                      g->ask.scope);
	struct wq_template_problem p = { .what = "is no kind of template" };
	struct wq_str language = wq_json_get_str(use, "language"), out = wq_str("");
	struct wq_template_ask ask = g->ask;
	struct wq_template_found found;
	int rc = WQ_TEMPLATE_INVALID;

	ask.scope = &own;
	if (language.n)
		ask.language = language;
	if (wq_templates_find(g->f->templates, g->f->business, g->f->account,
	                      wq_json_get_str(use, "template"), ask.language, &found))
		rc = wq_template_found_render(&found, &ask, g->f->arena, &out, &p);
	wq_jsonw_key(&g->w, "text");
	wq_jsonw_object(&g->w);
	wq_jsonw_put_str(&g->w, "body", rc == 0 ? out : wq_str(""));
	wq_jsonw_object_end(&g->w);
	if (g->f->keeps_use)
		keep_use(g, use, ask.language);
	if (rc != 0)
		note(g, rc, &p);
}

/* Any value with its texts filled in; as deep as a message that was checked may be. */
static void put_value(struct filling *g, yyjson_val *v)
{
	yyjson_val *key;

	if (yyjson_is_str(v)) {
		put_text(g, wq_json_str(v));
	} else if (yyjson_is_arr(v)) {
		yyjson_arr_iter it;

		yyjson_arr_iter_init(v, &it);
		wq_jsonw_array(&g->w);
		while ((v = yyjson_arr_iter_next(&it)))
			put_value(g, v);
		wq_jsonw_array_end(&g->w);
	} else if (yyjson_is_obj(v)) {
		yyjson_obj_iter it;

		yyjson_obj_iter_init(v, &it);
		wq_jsonw_object(&g->w);
		while ((key = yyjson_obj_iter_next(&it))) {
			wq_jsonw_key_str(&g->w, wq_json_str(key));
			put_value(g, yyjson_obj_iter_get_val(key));
		}
		wq_jsonw_object_end(&g->w);
	} else {
		wq_jsonw_value(&g->w, v);
	}
}

static void put_members(struct filling *g)
{
	yyjson_obj_iter it;
	yyjson_val *key;

	if (wq_json_get(g->f->content, "use")) {
		put_use(g, wq_json_get(g->f->content, "use"));
		return;
	}
	yyjson_obj_iter_init(g->f->content, &it);
	while ((key = yyjson_obj_iter_next(&it))) {
		wq_jsonw_key_str(&g->w, wq_json_str(key));
		put_value(g, yyjson_obj_iter_get_val(key));
	}
}

static int read_back(struct wq_step_fill *f, struct wq_str text)
{
	struct wq_message_problem p = { .limit = 0 };
	yyjson_val *root;
	int rc = wq_json_parse_in(&root, text, WQ_JOB_JSON_DEPTH_MAX, f->arena);

	if (rc == 0)
		rc = wq_message_read(&f->message, root, f->now_ms, f->arena, &p);
	if (rc == WQ_MESSAGE_INVALID) {
		snprintf(f->problem, sizeof(f->problem), "%s %s", p.field, p.what);
		return WQ_FILL_INVALID;
	}
	return rc == WQ_EPARSE ? WQ_FILL_INVALID : rc;
}

int wq_step_fill(struct wq_step_fill *f)
{
	struct wq_template_scope set = wq_template_scope_json(wq_json_get(f->head, "variables"),
	                                                      NULL);
	struct wq_template_scope scope = { .find = find_of_contact,
		                           .ctx = f,
		                           .next = &set };
	struct wq_str language = wq_fields_get(f->contact, "lang");
	struct filling g = { .f = f, .ask = { .language = language, .scope = &scope } };
	struct wq_buf text;
	int rc;

	if (!language.n)
		g.ask.language = wq_json_get_str(f->head, "language");
	wq_buf_init(&text, WQ_LETTER_MEMORY_MAX_BYTES);
	wq_jsonw_begin(&g.w, &text);
	wq_jsonw_object(&g.w);
	wq_jsonw_put_str(&g.w, "to", f->to);
	put_members(&g);
	wq_jsonw_object_end(&g.w);
	rc = wq_jsonw_end(&g.w);
	if (rc == WQ_ETOOBIG) {
		snprintf(f->problem, sizeof(f->problem), "is larger than a message may be");
		rc = WQ_FILL_INVALID;
	}
	if (rc == 0)
		rc = g.rc;
	if (rc == 0)
		rc = read_back(f, wq_buf_str(&text));
	wq_buf_fini(&text);
	return rc;
}
