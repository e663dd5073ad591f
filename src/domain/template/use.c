/* SPDX-License-Identifier: MIT */
/* use.c — kind, language and variables to a text, and problems to the member of the message that has them. */
#include "domain/template/use.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "domain/message/read.h"
#include "domain/template/parse.h"

enum { NEAR_MAX_EDITS = 2 };

/* Of calling codes; the longest that fits counts. */
static const struct {
	const char *code, *language;
} countries[] = {
	{ "1", "en_US" },    { "1787", "es_PR" }, { "1809", "es_DO" }, { "1829", "es_DO" },
	{ "1849", "es_DO" }, { "1939", "es_PR" }, { "34", "es_ES" },   { "41", "de_CH" },
	{ "43", "de_AT" },   { "44", "en_GB" },   { "49", "de_DE" },   { "51", "es_PE" },
	{ "52", "es_MX" },   { "53", "es_CU" },   { "54", "es_AR" },   { "56", "es_CL" },
	{ "57", "es_CO" },   { "58", "es_VE" },   { "240", "es_GQ" },  { "423", "de_LI" },
	{ "502", "es_GT" },  { "503", "es_SV" },  { "504", "es_HN" },  { "505", "es_NI" },
	{ "506", "es_CR" },  { "507", "es_PA" },  { "591", "es_BO" },  { "593", "es_EC" },
	{ "595", "es_PY" },  { "598", "es_UY" },
};

const char *wq_template_language_of(struct wq_str phone)
{
	const char *best = "en";
	size_t longest = 0;

	if (phone.n == 0 || phone.p[0] != '+')
		return best;
	for (size_t i = 0; i < WQ_COUNT(countries); i++) {
		size_t n = strlen(countries[i].code);

		if (n > longest &&
		    wq_str_starts(wq_strn(phone.p + 1, phone.n - 1), countries[i].code)) {
			longest = n;
			best = countries[i].language;
		}
	}
	return best;
}

__attribute__((format(printf, 3, 4))) static int invalid(struct wq_message_problem *p,
                                                         const char *field, const char *fmt, ...)
{
	va_list ap;

	*p = (struct wq_message_problem){ .limit = 0 };
	snprintf(p->field, sizeof(p->field), "%s", field);
	va_start(ap, fmt);
	vsnprintf(p->what, sizeof(p->what), fmt, ap);
	va_end(ap);
	return WQ_MESSAGE_INVALID;
}

static int check_shape(yyjson_val *use, struct wq_message_problem *p)
{
	static const char *const known[] = { "template", "language", "variables", "currency",
		                             NULL };
	yyjson_obj_iter it;
	yyjson_val *key;
	char field[48];
	size_t i;

	yyjson_obj_iter_init(use, &it);
	while ((key = yyjson_obj_iter_next(&it))) {
		for (i = 0; known[i] && !wq_str_is(wq_json_str(key), known[i]); i++)
			;
		if (!known[i])
			return invalid(
				p, "use",
				"has a member that is none of template, language, variables, "
				"currency");
		if (i != 2 && !yyjson_is_str(yyjson_obj_iter_get_val(key)) &&
		    !yyjson_is_null(yyjson_obj_iter_get_val(key))) {
			snprintf(field, sizeof(field), "use.%s", known[i]);
			return invalid(p, field, "is no text");
		}
	}
	key = wq_json_get(use, "variables");
	if (key && !yyjson_is_obj(key) && !yyjson_is_null(key))
		return invalid(p, "use.variables", "is no object: {\"name\": \"Ana\"}");
	return wq_json_get_str(use, "template").n > 0
	               ? 0
	               : invalid(p, "use.template", "is missing: the kind of text");
}

/* What is given and nearly the name of what is declared is a slip: nobody would see it otherwise. */
static int check_slips(const struct wq_template *t, yyjson_val *variables,
                       struct wq_message_problem *p)
{
	yyjson_obj_iter it;
	yyjson_val *key;
	char field[WQ_TEMPLATE_NAME_MAX_BYTES + 16];

	if (!yyjson_obj_iter_init(variables, &it))
		return 0;
	while ((key = yyjson_obj_iter_next(&it))) {
		struct wq_str name = wq_json_str(key);

		if (name.n > WQ_TEMPLATE_NAME_MAX_BYTES || wq_template_declared(t->variables, name))
			continue;
		for (const struct wq_template_variable *v = t->variables; v; v = v->next) {
			if (name.n < 4 || wq_str_distance(v->name, name) > NEAR_MAX_EDITS ||
			    yyjson_obj_getn(variables, v->name.p, v->name.n))
				continue;
			snprintf(field, sizeof(field), "use.variables.%.*s", WQ_STR_ARG(name));
			return invalid(p, field,
			               "is none of the text's variables; did you mean %.*s?",
			               WQ_STR_ARG(v->name));
		}
	}
	return 0;
}

static int tell(const struct wq_template_found *f, struct wq_str kind, int rc,
                const struct wq_template_problem *tp, struct wq_message_problem *p)
{
	char field[sizeof(tp->name) + 16];

	if (rc < 0)
		return rc;
	if (rc == WQ_TEMPLATE_INVALID || !tp->name[0])
		snprintf(field, sizeof(field), "use.template");
	else
		snprintf(field, sizeof(field), "use.variables.%s", tp->name);
	return invalid(p, field, "%s (%.*s in %.*s, line %u, column %u)", tp->what,
	               WQ_STR_ARG(kind), WQ_STR_ARG(f->language), tp->line, tp->column);
}

static int put_content(struct wq_message *m, struct wq_str text, struct wq_arena *a)
{
	struct wq_buf b;
	struct wq_jsonw w;
	int rc;

	wq_buf_init(&b, 2 * WQ_TEMPLATE_TEXT_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "body", text);
	wq_jsonw_object_end(&w);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		rc = wq_json_parse_in(&m->content, wq_buf_str(&b), 4, a);
	wq_buf_fini(&b);
	return rc;
}

static size_t chars(struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

int wq_template_use(struct wq_message *m, const struct wq_template_use *u, struct wq_arena *a,
                    struct wq_message_problem *p)
{
	struct wq_str kind = wq_json_get_str(m->use, "template"),
		      language = wq_json_get_str(m->use, "language"), text;
	yyjson_val *variables = wq_json_get(m->use, "variables");
	struct wq_template_scope given = wq_template_scope_json(variables, u->scope);
	struct wq_template_ask ask = { .scope = &given,
		                       .zone = u->zone,
		                       .currency = wq_json_get_str(m->use, "currency") };
	struct wq_template_problem tp = { .line = 0 };
	struct wq_template_found f;
	struct wq_template t;
	int rc = check_shape(m->use, p);

	if (rc != 0)
		return rc;
	ask.language = language.n ? language : wq_str(wq_template_language_of(m->to));
	if (!wq_templates_find(u->templates, u->business, u->account, kind, ask.language, &f))
		return invalid(p, "use.template",
		               "is no kind of text that there is: see /api/templates");
	rc = wq_template_found_read(&f, &t, a, &tp);
	if (rc == 0)
		rc = check_slips(&t, variables, p);
	if (rc == WQ_MESSAGE_INVALID && p->field[0])
		return rc;
	if (rc == 0)
		rc = wq_template_found_render(&f, &ask, a, &text, &tp);
	if (rc != 0)
		return tell(&f, kind, rc, &tp, p);
	if (chars(text) > WQ_WA_TEXT_MAX_CHARS)
		return invalid(p, "use.template", "makes a text of more than %d characters",
		               WQ_WA_TEXT_MAX_CHARS);
	return put_content(m, text, a);
}
