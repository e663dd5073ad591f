/* SPDX-License-Identifier: MIT */
/* render.c — nodes and values to text. */
#include "base/err.h"
#include "domain/template/format.h"

/* An item of the list that #each goes through. */
struct frame {
	const struct frame *outer;
	yyjson_val *item;
	size_t i, n;
};

struct rendering {
	struct wq_shaping s;
	const struct frame *frame;
	struct wq_buf out;
	unsigned steps;
};

static bool run_nodes(struct rendering *r, const struct wq_template_node *n);

static bool scope_json(const struct wq_template_scope *s, struct wq_str name,
                       struct wq_template_value *out)
{
	yyjson_val *at = s->ctx;

	while (at) {
		yyjson_val *v = yyjson_obj_getn(at, name.p, name.n);
		size_t dot;

		if (v && !yyjson_is_null(v)) {
			*out = (struct wq_template_value){ .json = v };
			return true;
		}
		dot = wq_str_find(name, '.');
		if (dot >= name.n)
			return false;
		at = yyjson_obj_getn(at, name.p, dot);
		name = wq_strn(name.p + dot + 1, name.n - dot - 1);
	}
	return false;
}

struct wq_template_scope wq_template_scope_json(yyjson_val *object,
                                                const struct wq_template_scope *next)
{
	return (struct wq_template_scope){ scope_json, object, next };
}

static bool find_in_item(yyjson_val *item, struct wq_str name, struct wq_value *out)
{
	struct wq_template_scope s = wq_template_scope_json(item, NULL);
	struct wq_template_value v;

	if (!s.find(&s, name, &v))
		return false;
	*out = wq_value_json(v.json);
	return true;
}

static struct wq_value loop_value(const struct rendering *r, struct wq_str name)
{
	const struct frame *f = r->frame;
	struct wq_value v = { .kind = WQ_VALUE_BOOL };

	if (!f)
		return (struct wq_value){ .kind = WQ_VALUE_NONE };
	if (wq_str_is(name, "this"))
		return wq_value_json(f->item);
	if (wq_str_starts(name, "this.")) {
		v.kind = WQ_VALUE_NONE;
		(void)find_in_item(f->item, wq_strn(name.p + 5, name.n - 5), &v);
		return v;
	}
	if (wq_str_is(name, "@first") || wq_str_is(name, "@last")) {
		v.flag = f->i == (name.p[1] == 'f' ? 0 : f->n - 1);
		return v;
	}
	v.kind = WQ_VALUE_NUMBER;
	v.number = wq_str_is(name, "@index") ? (double)f->i + 1 : (double)f->n;
	return v;
}

static bool find_in_scopes(const struct wq_template_scope *s, struct wq_str name,
                           struct wq_value *out)
{
	for (; s; s = s->next) {
		struct wq_template_value v = { .text = { NULL, 0 } };

		if (!s->find(s, name, &v))
			continue;
		*out = v.text.p ? (struct wq_value){ .kind = WQ_VALUE_TEXT, .text = v.text }
		                : wq_value_json(v.json);
		if (out->kind != WQ_VALUE_NONE)
			return true;
	}
	return false;
}

static struct wq_value named(struct rendering *r, const struct wq_template_operand *o)
{
	struct wq_value v = { .kind = WQ_VALUE_NONE };
	bool found = false;

	if (wq_template_is_loop_name(o->name))
		return loop_value(r, o->name);
	/* What is declared is a member of the items, or none; what is not may be either. */
	if (!o->declared || o->declared->name.n != o->name.n)
		for (const struct frame *f = r->frame; f && !found; f = f->outer)
			found = find_in_item(f->item, o->name, &v);
	if (!found && (!o->declared || o->declared->name.n == o->name.n))
		found = find_in_scopes(r->s.ask->scope, o->name, &v);
	if (!found && o->declared && o->declared->otherwise.p)
		v = (struct wq_value){ .kind = WQ_VALUE_TEXT, .text = o->declared->otherwise };
	if (o->declared && o->declared->type != WQ_TEMPLATE_TEXT && v.kind == WQ_VALUE_TEXT &&
	    wq_str_trim(v.text).n == 0)
		v.kind = WQ_VALUE_NONE; /* an empty text is no date */
	v.declared = o->declared;
	return v;
}

static struct wq_value value_of(struct rendering *r, const struct wq_template_operand *o)
{
	struct wq_value v = { .kind = WQ_VALUE_TEXT, .text = o->text };

	if (o->name.p)
		return named(r, o);
	if (o->number && wq_number_read(o->text, &v.number))
		v.kind = WQ_VALUE_NUMBER;
	if (o->flag) {
		v.kind = WQ_VALUE_BOOL;
		v.flag = wq_str_is(o->text, "true");
	}
	return v;
}

/* Less than, equal, greater: below, at, above zero.  False: they are of kinds that do not compare. */
static bool compare(const struct wq_value *a, const struct wq_value *b, int *out)
{
	double x, y;
	int d;

	if (wq_value_number(a, &x) && wq_value_number(b, &y)) {
		*out = (x > y) - (x < y);
		return true;
	}
	if (a->kind == WQ_VALUE_BOOL || b->kind == WQ_VALUE_BOOL) {
		*out = wq_value_true(a) - wq_value_true(b);
		return true;
	}
	if (a->kind != WQ_VALUE_TEXT || b->kind != WQ_VALUE_TEXT)
		return false;
	d = memcmp(a->text.n ? a->text.p : "", b->text.n ? b->text.p : "",
	           a->text.n < b->text.n ? a->text.n : b->text.n);
	*out = d != 0 ? d : (a->text.n > b->text.n) - (a->text.n < b->text.n);
	return true;
}

static bool compares(struct rendering *r, const struct wq_template_test *t)
{
	struct wq_value a = value_of(r, &t->left), b = value_of(r, &t->right);
	int d = 0;
	bool is = compare(&a, &b, &d);

	switch (t->kind) {
	case WQ_TEST_EQ:
		return is && d == 0;
	case WQ_TEST_NE:
		return !is || d != 0;
	case WQ_TEST_LT:
		return is && d < 0;
	case WQ_TEST_LE:
		return is && d <= 0;
	case WQ_TEST_GT:
		return is && d > 0;
	default:
		return is && d >= 0;
	}
}

static bool holds(struct rendering *r, const struct wq_template_test *t)
{
	struct wq_value v;

	switch (t->kind) {
	case WQ_TEST_IS:
		v = value_of(r, &t->left);
		return wq_value_true(&v);
	case WQ_TEST_NOT:
		return !holds(r, t->a);
	case WQ_TEST_AND:
		return holds(r, t->a) && holds(r, t->b);
	case WQ_TEST_OR:
		return holds(r, t->a) || holds(r, t->b);
	default:
		return compares(r, t);
	}
}

static bool put(struct rendering *r, struct wq_str text)
{
	int rc = text.n > 0 ? wq_buf_add_str(&r->out, text) : 0;

	if (rc == WQ_ETOOBIG)
		return wq_shaping_fail(&r->s, WQ_TEMPLATE_REFUSED,
		                       "makes a text of more than %d bytes",
		                       WQ_TEMPLATE_TEXT_MAX_BYTES);
	return rc == 0 ? true : wq_shaping_fail(&r->s, rc, " ");
}

/* Nothing is what it is by default. */
static bool is_optional(const struct wq_template_operand *o)
{
	return o->declared && o->declared->otherwise.p && o->declared->otherwise.n == 0;
}

static bool show(struct rendering *r, const struct wq_template_node *n)
{
	struct wq_value v = value_of(r, &n->what), args[3];
	struct wq_str text;

	for (const struct wq_template_call *c = n->calls; c; c = c->next) {
		if (v.kind == WQ_VALUE_NONE && !c->format->takes_none) {
			if (!c->next)
				break;
			continue; /* a default may follow */
		}
		for (unsigned i = 0; i < c->args_n; i++)
			args[i] = value_of(r, &c->args[i]);
		if (!c->format->run(&r->s, &v, args, c->args_n))
			return false;
	}
	if (v.kind == WQ_VALUE_NONE)
		return is_optional(&n->what) ||
		       wq_shaping_fail(&r->s, WQ_TEMPLATE_MISSING, "is missing");
	return wq_value_text(&r->s, &v, &text) && put(r, text);
}

static bool each_of(struct rendering *r, const struct wq_template_node *n, yyjson_val *list)
{
	struct frame f = { .outer = r->frame, .n = yyjson_arr_size(list) };
	yyjson_arr_iter it;
	bool ok = true;

	if (f.n > WQ_TEMPLATE_ITEMS_MAX)
		return wq_shaping_fail(&r->s, WQ_TEMPLATE_REFUSED, "has more than %d items",
		                       WQ_TEMPLATE_ITEMS_MAX);
	yyjson_arr_iter_init(list, &it);
	r->frame = &f;
	while (ok && (f.item = yyjson_arr_iter_next(&it))) {
		ok = run_nodes(r, n->yes);
		f.i++;
	}
	r->frame = f.outer;
	return ok;
}

static bool each(struct rendering *r, const struct wq_template_node *n)
{
	struct wq_value v = value_of(r, &n->what);
	yyjson_val *root;
	int rc;

	if (v.kind == WQ_VALUE_TEXT && v.text.n > 0) { /* a list's default is JSON */
		rc = wq_json_parse_in(&root, v.text, WQ_TEMPLATE_DEPTH_MAX, r->s.arena);
		if (rc == WQ_ENOMEM)
			return wq_shaping_fail(&r->s, rc, " ");
		v.kind = rc == 0 && yyjson_is_arr(root) ? WQ_VALUE_LIST : WQ_VALUE_TEXT;
		v.json = root;
	}
	if (v.kind == WQ_VALUE_LIST && yyjson_arr_size(v.json) > 0)
		return each_of(r, n, v.json);
	if (v.kind == WQ_VALUE_NONE || v.kind == WQ_VALUE_LIST || !wq_value_true(&v))
		return run_nodes(r, n->no);
	return wq_shaping_fail(&r->s, WQ_TEMPLATE_REFUSED, "is no list");
}

static void enter(struct rendering *r, const struct wq_template_node *n)
{
	r->s.at = n->at;
	r->s.name = n->what.name.p ? n->what.name : wq_str("");
}

static bool run_node(struct rendering *r, const struct wq_template_node *n)
{
	enter(r, n);
	if (++r->steps > WQ_TEMPLATE_STEPS_MAX)
		return wq_shaping_fail(&r->s, WQ_TEMPLATE_REFUSED, "goes through too many items");
	switch (n->kind) {
	case WQ_NODE_TEXT:
		return put(r, n->text);
	case WQ_NODE_SHOW:
		return show(r, n);
	case WQ_NODE_IF:
		return run_nodes(r, holds(r, n->test) ? n->yes : n->no);
	default:
		return each(r, n);
	}
}

static bool run_nodes(struct rendering *r, const struct wq_template_node *n)
{
	for (; n; n = n->next)
		if (!run_node(r, n))
			return false;
	return true;
}

static struct wq_str strip(struct wq_str s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\r'))
		s.n--;
	while (s.n > 0 && (*s.p == '\n' || *s.p == '\r')) {
		s.p++;
		s.n--;
	}
	return s;
}

int wq_template_render(const struct wq_template *t, const struct wq_template_ask *ask,
                       struct wq_arena *a, struct wq_str *out, struct wq_template_problem *p)
{
	struct rendering r = { .s = { .t = t, .ask = ask, .arena = a, .p = p } };
	struct wq_str text;
	char *copy;

	*out = wq_strn(NULL, 0);
	r.s.locale = wq_locale_of(ask->language);
	wq_buf_init(&r.out, WQ_TEMPLATE_TEXT_MAX_BYTES);
	if (run_nodes(&r, t->nodes)) {
		text = strip(wq_buf_str(&r.out));
		copy = wq_arena_copy(a, text.n ? text : wq_str(""));
		*out = wq_strn(copy, text.n);
		if (!copy)
			r.s.rc = WQ_ENOMEM;
		else if (text.n == 0)
			(void)wq_shaping_fail(&r.s, WQ_TEMPLATE_REFUSED, "makes no text at all");
	}
	wq_buf_fini(&r.out);
	return r.s.rc;
}

int wq_template_fill(struct wq_str source, const struct wq_template_ask *ask, struct wq_arena *a,
                     struct wq_str *out, struct wq_template_problem *p)
{
	struct wq_template t;
	int rc = wq_template_read(&t, source, NULL, a, p);

	return rc == 0 ? wq_template_render(&t, ask, a, out, p) : rc;
}
