/* SPDX-License-Identifier: MIT */
/* mapped.c — found by kind and language, its places filled one by one, judged as one that was written out. */
#include "domain/template/mapped.h"

#include <stdio.h>

#include "base/err.h"
#include "domain/message/read.h"
#include "domain/template/provider_definition.h"

enum { PLACE_MAX_BYTES = 256 };

/* One in the making. */
struct mapping {
	const struct wq_message *m;
	const struct wq_template_use *u;
	struct wq_arena *arena;
	struct wq_message_problem *p;
	struct wq_template text; /* of ours: its declarations */
	struct wq_template_ask ask;
	yyjson_val *data;        /* as it was mapped */
	yyjson_val *components;  /* of the provider's; NULL: not told */
};

const char *wq_mapped_word(enum wq_mapped m)
{
	static const char *const words[] = { NULL, "template_unmapped", "template_not_approved",
		                             "template_unfit" };

	return words[m];
}

static struct wq_str asked_language(const struct wq_message *m)
{
	struct wq_str language = wq_json_get_str(m->use, "language");

	return language.n ? language : wq_str(wq_template_language_of(m->to));
}

int wq_mapped_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                    const struct wq_message *m, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str language = asked_language(m), languages[WQ_PTPL_LANGUAGES];
	char norm[8] = "";
	size_t n = 0;

	if (language.n == 5) { /* "es-EC" is "es_EC" */
		memcpy(norm, language.p, 5);
		norm[2] = '_';
		languages[n++] = wq_str(norm);
	}
	if (language.n >= 2)
		languages[n++] = wq_strn(language.p, 2);
	languages[n++] = wq_str("en");
	return wq_ptpl_for_start(k, cmd, wq_json_get_str(m->use, "template"), n, languages, cb);
}

__attribute__((format(printf, 2, 3))) static int refuse(struct wq_message_problem *p,
                                                        const char *fmt, ...)
{
	va_list ap;

	*p = (struct wq_message_problem){ .limit = 0 };
	va_start(ap, fmt);
	vsnprintf(p->what, sizeof(p->what), fmt, ap);
	va_end(ap);
	return WQ_MESSAGE_INVALID;
}

/* The provider takes no lines, no tabs, and no more than four spaces side by side. */
static struct wq_str one_line(char *text, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		bool space = (unsigned char)text[i] <= ' ';

		if (space && (to == 0 || text[to - 1] == ' '))
			continue;
		text[to++] = space ? ' ' : text[i];
	}
	while (to > 0 && text[to - 1] == ' ')
		to--;
	return wq_strn(text, to);
}

static bool has_places(struct wq_str s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '{' && s.p[i + 1] == '{')
			return true;
	return false;
}

/* What is said at one place. */
static int fill_place(struct mapping *g, struct wq_str says, struct wq_str *out)
{
	const struct wq_template_rules rules = { .others = g->text.variables };
	struct wq_template_problem tp = { .line = 0 };
	struct wq_template t;
	char *source = wq_arena_alloc(g->arena, PLACE_MAX_BYTES), *copy;
	int rc;

	if (!source)
		return WQ_ENOMEM;
	snprintf(source, PLACE_MAX_BYTES, has_places(says) ? "%.*s" : "{{%.*s}}", WQ_STR_ARG(says));
	rc = wq_template_read(&t, wq_str(source), &rules, g->arena, &tp);
	if (rc == 0)
		rc = wq_template_render(&t, &g->ask, g->arena, out, &tp);
	if (rc < 0)
		return rc;
	if (rc > 0)
		return refuse(g->p, "the parameter %.*s of the template: %s%s%s",
		              says.n < 64 ? (int)says.n : 64, says.p, tp.name, *tp.name ? " " : "",
		              tp.what);
	copy = wq_arena_copy(g->arena, *out);
	if (!copy)
		return WQ_ENOMEM;
	*out = one_line(copy, out->n);
	return out->n ? 0
	              : refuse(g->p, "the parameter %.*s of the template is empty",
	                       says.n < 64 ? (int)says.n : 64, says.p);
}

static int write_place(struct mapping *g, struct wq_jsonw *w, unsigned i, struct wq_str says)
{
	struct wq_str place = wq_provider_text_place(wq_provider_body_of(g->components), i),
		      text = WQ_STR("");
	uint64_t number;
	int rc = fill_place(g, says, &text);

	if (rc != 0)
		return rc;
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "type", "text");
	if (place.n && !wq_str_to_u64(place, WQ_WA_PARAMETERS_MAX, &number))
		wq_jsonw_put_str(w, "parameter_name", place);
	wq_jsonw_put_str(w, "text", text);
	wq_jsonw_object_end(w);
	return 0;
}

static int write_body(struct mapping *g, struct wq_jsonw *w, yyjson_val *parameters)
{
	yyjson_val *each;
	size_t i, n;
	int rc = 0;

	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "type", "body");
	wq_jsonw_key(w, "parameters");
	wq_jsonw_array(w);
	yyjson_arr_foreach(parameters, i, n, each)
	{
		rc = rc == 0 ? write_place(g, w, (unsigned)i, wq_json_str(each)) : rc;
	}
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
	return rc;
}

static int write_content(struct mapping *g, struct wq_jsonw *w)
{
	yyjson_val *parameters = wq_json_get(g->data, "parameters");
	int rc = 0;

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "name", wq_json_get_str(g->data, "name"));
	wq_jsonw_key(w, "language");
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "code", wq_json_get_str(g->data, "language"));
	wq_jsonw_object_end(w);
	if (yyjson_arr_size(parameters) > 0) {
		wq_jsonw_key(w, "components");
		wq_jsonw_array(w);
		rc = write_body(g, w, parameters);
		wq_jsonw_array_end(w);
	}
	wq_jsonw_object_end(w);
	return rc;
}

static int make(struct mapping *g, yyjson_val **content)
{
	struct wq_message read;
	yyjson_val *root = NULL;
	struct wq_buf b;
	struct wq_jsonw w;
	int rc, written;

	wq_buf_init(&b, WQ_LETTER_DATA_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	rc = write_content(g, &w);
	written = wq_jsonw_end(&w);
	if (rc == 0)
		rc = written;
	if (rc == 0)
		rc = wq_json_parse_in(&root, wq_buf_str(&b), WQ_JOB_JSON_DEPTH_MAX, g->arena);
	wq_buf_fini(&b);
	if (rc == 0)
		rc = wq_message_read_template(&read, root, "template", g->arena, g->p);
	if (rc != 0)
		return rc;
	*content = read.content;
	return wq_provider_definition_check(g->components, read.content, g->p);
}

/* The text of ours that it stands for, for its declarations: there may be none any more. */
static int read_text(struct mapping *g)
{
	struct wq_template_problem tp;
	struct wq_template_found f;
	int rc;

	if (!wq_templates_find(g->u->templates, g->u->business, g->u->account,
	                       wq_json_get_str(g->m->use, "template"), g->ask.language, &f))
		return 0;
	rc = wq_template_found_read(&f, &g->text, g->arena, &tp);
	if (rc > 0)
		g->text.variables = NULL;
	return rc < 0 ? rc : 0;
}

/* Shown as who is asked for writes it, where that is the template's own language. */
static struct wq_str shown_in(const struct mapping *g)
{
	struct wq_str asked = asked_language(g->m), is = wq_json_get_str(g->data, "language");
	bool same = asked.n >= 2 && is.n >= 2 && memcmp(asked.p, is.p, 2) == 0;

	return same ? asked : is;
}

static int fill(struct mapping *g, const struct wq_provider_template *t, struct wq_str data,
                yyjson_val **content)
{
	struct wq_template_scope scope = wq_template_scope_json(wq_json_get(g->m->use, "variables"),
	                                                        g->u->scope);
	int rc = wq_json_parse_in(&g->data, data, WQ_JOB_JSON_DEPTH_MAX, g->arena);

	if (rc == 0 && t->components.n)
		rc = wq_json_parse_in(&g->components, t->components, WQ_JOB_JSON_DEPTH_MAX,
		                      g->arena);
	if (rc != 0)
		return rc;
	g->ask = (struct wq_template_ask){ .scope = &scope,
		                           .language = shown_in(g),
		                           .zone = g->u->zone,
		                           .currency = wq_json_get_str(g->m->use, "currency") };
	rc = read_text(g);
	return rc == 0 ? make(g, content) : rc;
}

int wq_mapped_read(const struct wq_redis_cmd *cmd, const struct wq_message *m,
                   const struct wq_template_use *u, struct wq_arena *a, enum wq_mapped *found,
                   yyjson_val **content, struct wq_message_problem *p)
{
	struct mapping g = { .m = m, .u = u, .arena = a, .p = p };
	struct wq_str kind = wq_json_get_str(m->use, "template"), data;
	struct wq_provider_template t;
	bool known;
	int rc;

	*found = WQ_MAPPED_NONE;
	if (!wq_ptpl_for(cmd, &data, &known, &t)) {
		(void)refuse(p, "no approved template stands for %.*s", WQ_STR_ARG(kind));
		return 0;
	}
	*found = WQ_MAPPED_UNAPPROVED;
	if (!known)
		(void)refuse(p, "the template that stood for %.*s is not known any more",
		             WQ_STR_ARG(kind));
	else if (!wq_str_is(t.status, "APPROVED"))
		(void)refuse(p, "the template that stands for %.*s is %.*s, not approved",
		             WQ_STR_ARG(kind), WQ_STR_ARG(t.status));
	if (!known || !wq_str_is(t.status, "APPROVED"))
		return 0;
	rc = fill(&g, &t, data, content);
	*found = rc == WQ_MESSAGE_INVALID || rc == WQ_EPARSE ? WQ_MAPPED_UNFIT : WQ_MAPPED_FOUND;
	if (rc == WQ_EPARSE)
		(void)refuse(p, "what stands for %.*s can't be read", WQ_STR_ARG(kind));
	return rc < 0 && rc != WQ_EPARSE ? rc : 0;
}

int wq_mapped_check(const struct wq_provider_template *t, size_t parameters,
                    struct wq_message_problem *p)
{
	yyjson_doc *doc = NULL;
	unsigned places;

	if (!wq_str_is(t->status, "APPROVED"))
		return refuse(p, "it is not approved: %.*s", WQ_STR_ARG(t->status));
	if (!t->components.n || wq_json_parse(&doc, t->components, WQ_JOB_JSON_DEPTH_MAX) != 0)
		return 0;
	places = wq_provider_text_places(wq_provider_body_of(yyjson_doc_get_root(doc)));
	wq_json_free(doc);
	if (places == parameters)
		return 0;
	return refuse(p, "parameters: its body takes %u, and %zu are named", places, parameters);
}
