/* SPDX-License-Identifier: MIT */
/* test.c — conditions: or of ands of comparisons, with not and brackets. */
#include "base/assert.h"
#include "domain/template/parse.h"

static const struct {
	const char *sign;
	enum wq_template_test_kind kind;
} comparisons[] = {
	{ "==", WQ_TEST_EQ }, { "!=", WQ_TEST_NE }, { "<", WQ_TEST_LT },
	{ "<=", WQ_TEST_LE }, { ">", WQ_TEST_GT },  { ">=", WQ_TEST_GE },
};

static struct wq_template_test *make(struct wq_template_parser *r, enum wq_template_test_kind kind,
                                     struct wq_template_test *a, struct wq_template_test *b)
{
	struct wq_template_test *t = a ? wq_template_room(r, sizeof(*t)) : NULL;

	if (t)
		*t = (struct wq_template_test){ .kind = kind, .a = a, .b = b };
	return t;
}

static struct wq_template_test *take_comparison(struct wq_template_parser *r)
{
	struct wq_template_test *t = wq_template_room(r, sizeof(*t));

	if (!t || !wq_template_take_operand(r, &t->left))
		return NULL;
	t->kind = WQ_TEST_IS;
	for (size_t i = 0; i < WQ_COUNT(comparisons); i++) {
		if (!wq_template_is_sign(r, comparisons[i].sign))
			continue;
		t->kind = comparisons[i].kind;
		return wq_template_next(r) && wq_template_take_operand(r, &t->right) ? t : NULL;
	}
	if (wq_template_is_sign(r, "=")) {
		(void)wq_template_fail(r, r->word_at, wq_str(""), "to compare, write ==");
		return NULL;
	}
	return t;
}

static struct wq_template_test *take_brackets(struct wq_template_parser *r)
{
	struct wq_template_test *t = wq_template_next(r) ? wq_template_take_test(r) : NULL;

	if (t && !wq_template_is_sign(r, ")")) {
		(void)wq_template_fail(r, r->word_at, wq_str(""), "a ) is missing here");
		return NULL;
	}
	return t && wq_template_next(r) ? t : NULL;
}

static struct wq_template_test *take_not(struct wq_template_parser *r)
{
	struct wq_template_test *t;

	if (++r->depth > WQ_TEMPLATE_DEPTH_MAX) {
		(void)wq_template_fail(r, r->word_at, wq_str(""),
		                       "conditions and blocks go up to %d deep",
		                       WQ_TEMPLATE_DEPTH_MAX);
		return NULL;
	}
	if (wq_template_is_name(r, "not") || wq_template_is_sign(r, "!"))
		t = wq_template_next(r) ? make(r, WQ_TEST_NOT, take_not(r), NULL) : NULL;
	else if (wq_template_is_sign(r, "("))
		t = take_brackets(r);
	else
		t = take_comparison(r);
	r->depth--;
	return t;
}

static bool room_for_term(struct wq_template_parser *r, unsigned n)
{
	return n < WQ_TEMPLATE_TERMS_MAX ||
	       wq_template_fail(r, r->word_at, wq_str(""), "a condition has fewer than %d parts",
	                        WQ_TEMPLATE_TERMS_MAX);
}

static struct wq_template_test *take_and(struct wq_template_parser *r)
{
	struct wq_template_test *t = take_not(r), *more;
	unsigned n = 0;

	while (room_for_term(r, ++n) && t && wq_template_is_name(r, "and")) {
		more = wq_template_next(r) ? take_not(r) : NULL;
		t = more ? make(r, WQ_TEST_AND, t, more) : NULL;
	}
	return t;
}

struct wq_template_test *wq_template_take_test(struct wq_template_parser *r)
{
	struct wq_template_test *t = take_and(r), *more;
	unsigned n = 0;

	while (room_for_term(r, ++n) && t && wq_template_is_name(r, "or")) {
		more = wq_template_next(r) ? take_and(r) : NULL;
		t = more ? make(r, WQ_TEST_OR, t, more) : NULL;
	}
	return t;
}
