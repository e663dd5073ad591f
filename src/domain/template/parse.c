/* SPDX-License-Identifier: MIT */
/* parse.c — a body to nodes: texts, what is shown, and blocks, which hold nodes themselves. */
#include "domain/template/parse.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "domain/template/format.h"

enum tag_kind { TAG_NONE, TAG_SHOW, TAG_IF, TAG_EACH, TAG_ELSE, TAG_ELSE_IF, TAG_CLOSE, TAG_COMMENT };

struct tag {
	enum tag_kind kind;
	size_t from, to;       /* with its braces */
	const char *closes;    /* of CLOSE: "if", "unless", "each"; of IF: what closes it */
	struct wq_template_node *node;
};

void wq_template_tell(struct wq_template_problem *p, struct wq_str source, size_t at,
                      struct wq_str name, const char *fmt, ...)
{
	va_list ap;

	*p = (struct wq_template_problem){ .line = 1, .column = 1 };
	for (size_t i = 0; i < at && i < source.n; i++) {
		unsigned char c = (unsigned char)source.p[i];

		p->column += (c & 0xC0) != 0x80;
		if (c == '\n') {
			p->line++;
			p->column = 1;
		}
	}
	snprintf(p->name, sizeof(p->name), "%.*s", WQ_STR_ARG(name));
	va_start(ap, fmt);
	vsnprintf(p->what, sizeof(p->what), fmt, ap);
	va_end(ap);
}

bool wq_template_fail(struct wq_template_parser *r, size_t at, struct wq_str name, const char *fmt,
                      ...)
{
	char what[sizeof(r->p->what)];
	va_list ap;

	if (r->rc != 0)
		return false;
	r->rc = WQ_TEMPLATE_INVALID;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	wq_template_tell(r->p, r->t->source, at, name, "%s", what);
	return false;
}

void *wq_template_room(struct wq_template_parser *r, size_t n)
{
	void *p = r->rc == 0 ? wq_arena_alloc(r->arena, n) : NULL;

	if (!p && r->rc == 0)
		r->rc = WQ_ENOMEM;
	return p;
}

static struct wq_template_node *make(struct wq_template_parser *r, enum wq_template_node_kind kind,
                                     size_t at)
{
	struct wq_template_node *n = wq_template_room(r, sizeof(*n));

	if (n) {
		n->kind = kind;
		n->at = (uint32_t)at;
	}
	return n;
}

static bool expect_end(struct wq_template_parser *r, size_t from)
{
	if (r->rc != 0)
		return false;
	if (r->token != WQ_TOKEN_END)
		return wq_template_fail(r, r->word_at, wq_str(""), "}} should stand here");
	return r->word.n == 2 ? true
	                      : wq_template_fail(r, from, wq_str(""), "{{ has no closing }}");
}

/* "| date "long"": the format's name, and what follows up to the next |. */
static struct wq_template_call *take_call(struct wq_template_parser *r)
{
	struct wq_template_call *c = wq_template_next(r) ? wq_template_room(r, sizeof(*c)) : NULL;
	size_t at = r->word_at;

	if (!c)
		return NULL;
	c->format = r->token == WQ_TOKEN_NAME ? wq_format_find(r->word) : NULL;
	if (!c->format) {
		(void)wq_template_fail(r, at, wq_str(""), "there is no format \"%.*s\": %s",
		                       (int)(r->word.n < 32 ? r->word.n : 32), r->word.p,
		                       wq_format_names());
		return NULL;
	}
	if (!wq_template_next(r))
		return NULL;
	while (r->token != WQ_TOKEN_END && !wq_template_is_sign(r, "|")) {
		if (c->args_n == WQ_COUNT(c->args)) {
			(void)wq_template_fail(r, r->word_at, wq_str(""), "this is too much here");
			return NULL;
		}
		if (!wq_template_take_operand(r, &c->args[c->args_n++]))
			return NULL;
	}
	return wq_format_check(r, c, at) ? c : NULL;
}

static bool take_show(struct wq_template_parser *r, struct tag *tag)
{
	struct wq_template_call **last;
	unsigned n = 0;

	tag->kind = TAG_SHOW;
	tag->node = make(r, WQ_NODE_SHOW, tag->from);
	if (!tag->node || !wq_template_take_operand(r, &tag->node->what))
		return false;
	last = &tag->node->calls;
	while (wq_template_is_sign(r, "|")) {
		if (++n > WQ_TEMPLATE_FORMATS_MAX)
			return wq_template_fail(r, r->word_at, wq_str(""),
			                        "up to %d formats follow each other",
			                        WQ_TEMPLATE_FORMATS_MAX);
		*last = take_call(r);
		if (!*last)
			return false;
		last = &(*last)->next;
	}
	return expect_end(r, tag->from);
}

static bool take_if(struct wq_template_parser *r, struct tag *tag, bool negated)
{
	struct wq_template_test *t, *inner;

	tag->node = make(r, WQ_NODE_IF, tag->from);
	inner = tag->node && wq_template_next(r) ? wq_template_take_test(r) : NULL;
	if (!inner || r->rc != 0)
		return false;
	tag->node->test = inner;
	if (negated) {
		t = wq_template_room(r, sizeof(*t));
		if (!t)
			return false;
		*t = (struct wq_template_test){ .kind = WQ_TEST_NOT, .a = inner };
		tag->node->test = t;
	}
	return expect_end(r, tag->from);
}

static bool take_each(struct wq_template_parser *r, struct tag *tag)
{
	struct wq_template_operand *o;

	tag->node = make(r, WQ_NODE_EACH, tag->from);
	if (!tag->node || !wq_template_next(r))
		return false;
	o = &tag->node->what;
	if (r->token != WQ_TOKEN_NAME)
		return wq_template_fail(r, r->word_at, wq_str(""),
		                        "#each needs the name of a list");
	if (!wq_template_take_operand(r, o))
		return false;
	if (o->declared && o->declared->type != WQ_TEMPLATE_LIST)
		return wq_template_fail(r, o->at, o->name, "is of type %s: no list",
		                        wq_template_type_name(o->declared->type));
	return expect_end(r, tag->from);
}

static bool take_open(struct wq_template_parser *r, struct tag *tag)
{
	if (!wq_template_next(r))
		return false;
	tag->closes = wq_template_is_name(r, "unless") ? "unless" : "if";
	tag->kind = TAG_IF;
	if (wq_template_is_name(r, "if") || wq_template_is_name(r, "unless"))
		return take_if(r, tag, *tag->closes == 'u');
	tag->kind = TAG_EACH;
	tag->closes = "each";
	if (wq_template_is_name(r, "each"))
		return take_each(r, tag);
	return wq_template_fail(r, r->word_at, wq_str(""), "behind # stands if, unless or each");
}

static bool take_close(struct wq_template_parser *r, struct tag *tag)
{
	static const char *const names[] = { "if", "unless", "each", NULL };

	tag->kind = TAG_CLOSE;
	if (!wq_template_next(r))
		return false;
	for (size_t i = 0; names[i]; i++)
		if (wq_template_is_name(r, names[i])) {
			tag->closes = names[i];
			return wq_template_next(r) && expect_end(r, tag->from);
		}
	return wq_template_fail(r, r->word_at, wq_str(""), "behind / stands if, unless or each");
}

static bool take_else(struct wq_template_parser *r, struct tag *tag)
{
	if (!wq_template_next(r))
		return false;
	tag->kind = TAG_ELSE_IF;
	if (wq_template_is_name(r, "if"))
		return take_if(r, tag, false);
	tag->kind = TAG_ELSE;
	return expect_end(r, tag->from);
}

static size_t find(struct wq_str s, const char *what, size_t from)
{
	const char *p = from < s.n ? memmem(s.p + from, s.n - from, what, 2) : NULL;

	return p ? (size_t)(p - s.p) : s.n;
}

/* The tag at r->at, whole. */
static bool take_tag(struct wq_template_parser *r, struct tag *tag)
{
	bool ok;

	*tag = (struct tag){ .from = r->at };
	r->at += 2;
	if (r->at < r->end && r->t->source.p[r->at] == '!') {
		tag->kind = TAG_COMMENT;
		tag->to = find(r->t->source, "}}", r->at) + 2;
		return tag->to <= r->end ? true
		                         : wq_template_fail(r, tag->from, wq_str(""),
		                                            "{{! has no closing }}");
	}
	if (!wq_template_next(r))
		return false;
	if (wq_template_is_sign(r, "#"))
		ok = take_open(r, tag);
	else if (wq_template_is_sign(r, "/"))
		ok = take_close(r, tag);
	else if (wq_template_is_name(r, "else"))
		ok = take_else(r, tag);
	else
		ok = take_show(r, tag);
	tag->to = r->at;
	return ok;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* With nothing beside it: the line goes, from its beginning to its end. */
static void widen_alone(const struct wq_template_parser *r, struct tag *tag, size_t first)
{
	const char *s = r->t->source.p;
	size_t from = tag->from, to = tag->to;

	if (tag->kind == TAG_SHOW)
		return;
	while (from > first && is_space(s[from - 1]))
		from--;
	while (to < r->end && is_space(s[to]))
		to++;
	if ((from > first && s[from - 1] != '\n') || (to < r->end && s[to] != '\n'))
		return;
	tag->from = from;
	tag->to = to < r->end ? to + 1 : to;
}

struct list {
	struct wq_template_node *first, **last;
};

static void append(struct list *l, struct wq_template_node *n)
{
	*l->last = n;
	l->last = &n->next;
}

static bool add_text(struct wq_template_parser *r, struct list *l, size_t from, size_t to)
{
	struct wq_template_node *n;

	if (to <= from)
		return true;
	n = make(r, WQ_NODE_TEXT, from);
	if (!n)
		return false;
	n->text = wq_strn(r->t->source.p + from, to - from);
	append(l, n);
	return true;
}

/* The text up to the next tag, and that tag; TAG_NONE: the body is over. */
static bool take_part(struct wq_template_parser *r, struct list *l, struct tag *tag)
{
	size_t from = r->at, at = find(r->t->source, "{{", from);

	while (at < r->end && at > from && r->t->source.p[at - 1] == '\\') {
		if (!add_text(r, l, from, at - 1))
			return false;
		from = at;
		at = find(r->t->source, "{{", at + 2);
	}
	*tag = (struct tag){ .kind = TAG_NONE };
	r->at = at;
	if (at >= r->end)
		return add_text(r, l, from, r->end);
	if (!take_tag(r, tag))
		return false;
	widen_alone(r, tag, (size_t)(r->t->body.p - r->t->source.p));
	r->at = tag->to;
	return add_text(r, l, from, tag->from);
}

static bool take_nodes(struct wq_template_parser *r, struct list *l, struct tag *stop);

static bool take_branches(struct wq_template_parser *r, struct tag *open);

/* Behind {{else}} or {{else if}}, up to what closes the whole. */
static bool take_otherwise(struct wq_template_parser *r, struct tag *open, struct tag *stop)
{
	struct list no = { NULL, &no.first };

	if (stop->kind == TAG_ELSE_IF) {
		if (*open->closes != 'i')
			return wq_template_fail(r, stop->from, wq_str(""),
			                        "else if belongs to #if");
		stop->closes = open->closes;
		open->node->no = stop->node;
		return take_branches(r, stop);
	}
	if (!take_nodes(r, &no, stop))
		return false;
	open->node->no = no.first;
	if (stop->kind == TAG_CLOSE && strcmp(stop->closes, open->closes) == 0)
		return true;
	return wq_template_fail(r, stop->kind == TAG_NONE ? open->node->at : stop->from, wq_str(""),
	                        "/%s should close #%s first", open->closes, open->closes);
}

static bool take_yes(struct wq_template_parser *r, struct tag *open, struct tag *stop)
{
	struct list yes = { NULL, &yes.first };
	const struct wq_template_operand *o = &open->node->what;
	bool each = open->kind == TAG_EACH, ok;

	if (each)
		r->lists[r->lists_n++] = o->declared ? o->declared->name : o->name;
	ok = take_nodes(r, &yes, stop);
	r->lists_n -= each;
	open->node->yes = yes.first;
	return ok;
}

static bool take_branches(struct wq_template_parser *r, struct tag *open)
{
	struct tag stop;

	if (++r->depth > WQ_TEMPLATE_DEPTH_MAX)
		return wq_template_fail(r, open->node->at, wq_str(""),
		                        "conditions and blocks go up to %d deep",
		                        WQ_TEMPLATE_DEPTH_MAX);
	if (!take_yes(r, open, &stop))
		return false;
	if (stop.kind == TAG_ELSE || stop.kind == TAG_ELSE_IF) {
		if (!take_otherwise(r, open, &stop))
			return false;
	} else if (stop.kind == TAG_NONE) {
		return wq_template_fail(r, open->node->at, wq_str(""), "#%s has no closing /%s",
		                        open->closes, open->closes);
	} else if (strcmp(stop.closes, open->closes) != 0) {
		return wq_template_fail(r, stop.from, wq_str(""),
		                        "/%s closes nothing here: #%s is open", stop.closes,
		                        open->closes);
	}
	r->depth--;
	return true;
}

/* Up to a tag that is none of theirs: else, a closing one, or the end. */
static bool take_nodes(struct wq_template_parser *r, struct list *l, struct tag *stop)
{
	for (;;) {
		struct tag tag;

		if (!take_part(r, l, &tag))
			return false;
		if (tag.kind == TAG_COMMENT)
			continue;
		if (tag.kind != TAG_SHOW && tag.kind != TAG_IF && tag.kind != TAG_EACH) {
			*stop = tag;
			return true;
		}
		if (tag.kind != TAG_SHOW && !take_branches(r, &tag))
			return false;
		append(l, tag.node);
	}
}

static void parse_body(struct wq_template_parser *r)
{
	struct list l = { NULL, &l.first };
	struct tag stop;

	if (!take_nodes(r, &l, &stop))
		return;
	if (stop.kind != TAG_NONE)
		(void)wq_template_fail(r, stop.from, wq_str(""), "%s%s belongs to no open block",
		                       stop.kind == TAG_CLOSE ? "/" : "else",
		                       stop.kind == TAG_CLOSE ? stop.closes : "");
	r->t->nodes = l.first;
}

/* Blank lines at either end are nobody's message. */
static struct wq_str strip(struct wq_str s)
{
	while (s.n > 0 && (is_space(s.p[s.n - 1]) || s.p[s.n - 1] == '\n'))
		s.n--;
	while (s.n > 0 && (*s.p == '\n' || *s.p == '\r')) {
		s.p++;
		s.n--;
	}
	return s;
}

int wq_template_read(struct wq_template *t, struct wq_str source,
                     const struct wq_template_rules *rules, struct wq_arena *a,
                     struct wq_template_problem *p)
{
	struct wq_template_parser r = { .t = t, .rules = rules, .arena = a, .p = p };

	*t = (struct wq_template){ .source = source };
	if (source.n > WQ_TEMPLATE_SOURCE_MAX_BYTES)
		(void)wq_template_fail(&r, 0, wq_str(""), "is longer than %d bytes",
		                       WQ_TEMPLATE_SOURCE_MAX_BYTES);
	else if (!wq_str_is_utf8(source) || (source.n && memchr(source.p, 0, source.n)))
		(void)wq_template_fail(&r, 0, wq_str(""), "is no UTF-8 text");
	if (r.rc != 0 || !wq_template_read_head(&r))
		return r.rc;
	t->body = strip(wq_strn(source.p + r.at, source.n - r.at));
	if (t->body.n == 0)
		(void)wq_template_fail(&r, r.at, wq_str(""), "there is no text");
	r.at = (size_t)(t->body.p - source.p);
	r.end = r.at + t->body.n;
	if (r.rc == 0)
		parse_body(&r);
	return r.rc;
}
