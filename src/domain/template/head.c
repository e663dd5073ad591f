/* SPDX-License-Identifier: MIT */
/* head.c — declarations: one a line, up to the line "---". */
#include "base/assert.h"
#include "base/err.h"
#include "domain/template/format.h"
#include "domain/template/parse.h"

static const char *const type_names[WQ_TEMPLATE_TYPES] = {
	[WQ_TEMPLATE_TEXT] = "text",   [WQ_TEMPLATE_NUMBER] = "number",
	[WQ_TEMPLATE_MONEY] = "money", [WQ_TEMPLATE_DATE] = "date",
	[WQ_TEMPLATE_PHONE] = "phone", [WQ_TEMPLATE_BOOL] = "bool",
	[WQ_TEMPLATE_LIST] = "list",
};

const char *wq_template_type_name(enum wq_template_type t)
{
	return (unsigned)t < WQ_TEMPLATE_TYPES ? type_names[t] : "text";
}

static struct wq_str line_at(struct wq_str s, size_t from)
{
	struct wq_str rest = wq_strn(s.p + from, s.n - from);

	return wq_strn(rest.p, wq_str_find(rest, '\n'));
}

static struct wq_str bare(struct wq_str line)
{
	while (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return wq_str_trim(line);
}

/* What a line of the head is about: its key, and where the rest begins. */
static struct wq_str key_of(struct wq_str line, size_t *rest)
{
	static const char *const keys[] = { "title", "about", "category", "var", NULL };
	size_t colon = wq_str_find(line, ':');
	struct wq_str key = wq_str_trim(wq_strn(line.p, colon < line.n ? colon : 0));

	*rest = colon + 1;
	for (size_t i = 0; keys[i]; i++)
		if (wq_str_is(key, keys[i]))
			return key;
	return wq_strn(NULL, 0);
}

/* Where the line "---" ends the head; 0: there is no head. */
static size_t head_end(struct wq_str s)
{
	bool head = false;
	size_t rest;

	for (size_t at = 0; at < s.n;) {
		struct wq_str line = line_at(s, at);

		if (!head && bare(line).n > 0) {
			head = key_of(line, &rest).p != NULL;
			if (!head)
				return 0;
		}
		if (wq_str_is(bare(line), "---"))
			return at;
		at += line.n + 1;
	}
	return 0;
}

static bool take_type(struct wq_template_parser *r, struct wq_template_variable *v)
{
	if (!wq_template_next(r))
		return false;
	for (unsigned i = 0; i < WQ_TEMPLATE_TYPES; i++)
		if (wq_template_is_name(r, type_names[i])) {
			v->type = (enum wq_template_type)i;
			return wq_template_next(r);
		}
	return wq_template_fail(r, r->word_at, v->name,
	                        "needs a type: text, number, money, date, phone, bool or list");
}

/* The rest of the line as it stands. */
static bool take_rest(struct wq_template_parser *r, struct wq_str *out)
{
	*out = wq_str_trim(wq_strn(r->t->source.p + r->at, r->end - r->at));
	r->at = r->end;
	return wq_template_next(r);
}

/* A list's values are JSON: up to the bracket that closes it. */
static bool take_json(struct wq_template_parser *r, const struct wq_template_variable *v, size_t at,
                      struct wq_str *out)
{
	const char *s = r->t->source.p;
	size_t depth = 0, from = at;
	bool text = false;
	yyjson_val *root;
	int rc;

	for (; at < r->end; at++) {
		if (s[at] == '"')
			text = !text;
		else if (s[at] == '\\' && text)
			at++;
		else if (!text && (s[at] == '[' || s[at] == ']'))
			depth += s[at] == '[' ? 1 : (size_t)-1;
		if (depth == 0)
			break;
	}
	*out = wq_strn(s + from, at < r->end ? at + 1 - from : 0);
	rc = wq_json_parse_in(&root, *out, WQ_TEMPLATE_DEPTH_MAX, r->arena);
	if (rc == WQ_ENOMEM)
		r->rc = rc;
	if (rc != 0 || v->type != WQ_TEMPLATE_LIST)
		return wq_template_fail(r, from, v->name,
		                        rc != 0 ? "needs a list as JSON writes it: [\"a\", \"b\"]"
		                                : "is no list");
	r->at = at + 1;
	return wq_template_next(r);
}

static bool take_literal(struct wq_template_parser *r, struct wq_template_variable *v,
                         struct wq_str *out)
{
	size_t at = r->word_at + r->word.n;

	while (at < r->end && (r->t->source.p[at] == ' ' || r->t->source.p[at] == '\t'))
		at++;
	if (at < r->end && r->t->source.p[at] == '[')
		return take_json(r, v, at, out);
	if (!wq_template_next(r))
		return false;
	if (r->token != WQ_TOKEN_TEXT && r->token != WQ_TOKEN_NUMBER &&
	    !wq_template_is_name(r, "true") && !wq_template_is_name(r, "false"))
		return wq_template_fail(r, r->word_at, v->name,
		                        "needs a text in quotes, a number, true or false here");
	if (r->word.n > 0 && !wq_template_fits(v->type, r->word))
		return wq_template_fail(r, r->word_at, v->name, "is of type %s: this is none",
		                        type_names[v->type]);
	*out = r->word;
	return wq_template_next(r);
}

static bool take_details(struct wq_template_parser *r, struct wq_template_variable *v)
{
	if (wq_template_is_sign(r, "=") && !take_literal(r, v, &v->otherwise))
		return false;
	if (wq_template_is_name(r, "eg") && !take_literal(r, v, &v->example))
		return false;
	if (wq_template_is_sign(r, "#"))
		return take_rest(r, &v->about);
	return r->token == WQ_TOKEN_END && r->word.n == 0
	               ? true
	               : wq_template_fail(r, r->word_at, v->name,
	                                  "is declared as: NAME TYPE = \"default\" eg "
	                                  "\"example\" # what it is");
}

static bool check_new(struct wq_template_parser *r, const struct wq_template_variable *v)
{
	unsigned n = 0;

	for (const struct wq_template_variable *o = r->t->variables; o; o = o->next)
		n++;
	if (n >= WQ_TEMPLATE_VARIABLES_MAX)
		return wq_template_fail(r, r->word_at, v->name, "is one too many: there may be %d",
		                        WQ_TEMPLATE_VARIABLES_MAX);
	if (wq_template_declared(r->t->variables, v->name))
		return wq_template_fail(r, r->word_at, v->name, "is declared twice");
	return wq_template_is_loop_name(v->name) || wq_str_is(v->name, "else") ||
	                       v->name.p[v->name.n - 1] == '.'
	               ? wq_template_fail(r, r->word_at, v->name, "is no name for a variable")
	               : true;
}

static bool take_variable(struct wq_template_parser *r, struct wq_template_variable ***last)
{
	struct wq_template_variable *v = wq_template_room(r, sizeof(*v));

	if (!v || !wq_template_next(r))
		return false;
	if (r->token != WQ_TOKEN_NAME)
		return wq_template_fail(r, r->word_at, wq_str(""),
		                        "a variable is declared as: var: NAME TYPE");
	v->name = r->word;
	if (!check_new(r, v) || !take_type(r, v) || !take_details(r, v))
		return false;
	**last = v;
	*last = &v->next;
	return true;
}

static bool take_line(struct wq_template_parser *r, size_t at, struct wq_str line,
                      struct wq_template_variable ***last)
{
	size_t rest;
	struct wq_str key = key_of(line, &rest), value;

	if (bare(line).n == 0)
		return true;
	if (!key.p)
		return wq_template_fail(r, at, wq_str(""),
		                        "a line of the head begins with title:, about:, category: "
		                        "or var:");
	value = bare(wq_strn(line.p + rest, line.n - rest));
	if (wq_str_is(key, "title"))
		r->t->title = value;
	else if (wq_str_is(key, "about"))
		r->t->about = value;
	else if (wq_str_is(key, "category"))
		r->t->category = value;
	else {
		r->at = at + rest;
		r->end = at + line.n;
		return take_variable(r, last);
	}
	return true;
}

bool wq_template_read_head(struct wq_template_parser *r)
{
	struct wq_template_variable **last = &r->t->variables;
	size_t end = head_end(r->t->source), at = 0;

	while (at < end) {
		struct wq_str line = line_at(r->t->source, at);

		if (!take_line(r, at, line, &last))
			return false;
		at += line.n + 1;
	}
	r->at = end > 0 ? end + line_at(r->t->source, end).n + 1 : 0;
	if (r->at > r->t->source.n)
		r->at = r->t->source.n;
	r->end = r->t->source.n;
	return true;
}
