/* SPDX-License-Identifier: MIT */
/* names.c — what a name in a body stands for: a variable, a member of the item we are at, or a place in the list. */
#include <stdio.h>

#include "domain/template/parse.h"

enum { NEAR_MAX_EDITS = 2 };

const struct wq_template_variable *wq_template_declared(const struct wq_template_variable *list,
                                                        struct wq_str name)
{
	for (; list; list = list->next)
		if (wq_str_eq(list->name, name))
			return list;
	return NULL;
}

bool wq_template_is_loop_name(struct wq_str name)
{
	return wq_str_is(name, "this") || wq_str_starts(name, "this.") || wq_str_starts(name, "@");
}

static const struct wq_template_variable *find(const struct wq_template_parser *r,
                                               struct wq_str name)
{
	const struct wq_template_variable *v = wq_template_declared(r->t->variables, name);

	return v || !r->rules ? v : wq_template_declared(r->rules->others, name);
}

/* As a member of the items that we are among, the innermost first. */
static const struct wq_template_variable *find_member(const struct wq_template_parser *r,
                                                      struct wq_str name)
{
	char full[2 * WQ_TEMPLATE_NAME_MAX_BYTES + 2];
	const struct wq_template_variable *v;
	int n;

	for (unsigned i = r->lists_n; i > 0; i--) {
		n = snprintf(full, sizeof(full), "%.*s.%.*s", WQ_STR_ARG(r->lists[i - 1]),
		             WQ_STR_ARG(name));
		v = n > 0 && (size_t)n < sizeof(full) ? find(r, wq_strn(full, (size_t)n)) : NULL;
		if (v)
			return v;
	}
	return NULL;
}

static void nearest(const struct wq_template_variable *list, struct wq_str name, unsigned *least,
                    const struct wq_template_variable **best)
{
	for (; list; list = list->next) {
		unsigned d = wq_str_distance(list->name, name);

		if (d < *least) {
			*least = d;
			*best = list;
		}
	}
}

static bool fail_undeclared(struct wq_template_parser *r, const struct wq_template_operand *o)
{
	const struct wq_template_variable *best = NULL;
	unsigned least = NEAR_MAX_EDITS + 1;

	nearest(r->t->variables, o->name, &least, &best);
	nearest(r->rules->others, o->name, &least, &best);
	if (best)
		return wq_template_fail(r, o->at, o->name, "is not declared; did you mean %.*s?",
		                        WQ_STR_ARG(best->name));
	return wq_template_fail(r, o->at, o->name,
	                        "is not declared: the head has to say \"var: %.*s text\"",
	                        WQ_STR_ARG(o->name));
}

static bool check_loop_name(struct wq_template_parser *r, const struct wq_template_operand *o)
{
	static const char *const known[] = { "@index", "@first", "@last", "@count", NULL };

	if (r->lists_n == 0)
		return wq_template_fail(r, o->at, o->name, "is known between #each and /each only");
	if (o->name.p[0] != '@')
		return true;
	for (size_t i = 0; known[i]; i++)
		if (wq_str_is(o->name, known[i]))
			return true;
	return wq_template_fail(r, o->at, o->name, "is none of @index, @first, @last, @count");
}

bool wq_template_check_name(struct wq_template_parser *r, struct wq_template_operand *o)
{
	if (wq_template_is_loop_name(o->name))
		return check_loop_name(r, o);
	o->declared = find_member(r, o->name);
	if (!o->declared)
		o->declared = find(r, o->name);
	return o->declared || !r->rules || !r->rules->declared ? true : fail_undeclared(r, o);
}
