/* SPDX-License-Identifier: MIT */
#pragma once
/* format.h — values, and what "| date "long"" makes of them; for src/domain/template alone. */
#include "domain/template/locale.h"
#include "domain/template/parse.h"

enum wq_value_kind { WQ_VALUE_NONE, WQ_VALUE_TEXT, WQ_VALUE_NUMBER, WQ_VALUE_BOOL, WQ_VALUE_LIST, WQ_VALUE_OBJECT };

struct wq_value {
	enum wq_value_kind kind;
	struct wq_str text; /* of TEXT */
	double number;      /* of NUMBER */
	bool flag;          /* of BOOL */
	yyjson_val *json;   /* of LIST and OBJECT */
	/* What it is declared as; NULL: nothing, or a format has made something else of it. */
	const struct wq_template_variable *declared;
};

/* What values are looked up in, and written for. */
struct wq_shaping {
	const struct wq_template *t;
	const struct wq_template_ask *ask;
	struct wq_arena *arena;
	struct wq_template_problem *p;
	struct wq_locale locale;
	struct wq_template_scope found; /* of the frames of #each */
	uint32_t at;                    /* of what is being shown */
	struct wq_str name;
	int rc;
};

/* Ends it with a condition; returns false. */
bool wq_shaping_fail(struct wq_shaping *s, int rc, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

struct wq_format {
	const char *name;
	unsigned min, max; /* arguments */
	bool takes_none;   /* a value that is missing is its business */
	/* Puts what it makes of v in its place; false: it has ended. */
	bool (*run)(struct wq_shaping *s, struct wq_value *v, const struct wq_value *args,
	            unsigned n);
};

const struct wq_format *wq_format_find(struct wq_str name); /* NULL: there is none */
const char *wq_format_names(void);
/* How many arguments it has, and what of them can be told before there are values. */
bool wq_format_check(struct wq_template_parser *r, const struct wq_template_call *c, size_t at);

/* value.c: whether a text can be of a type. */
bool wq_template_fits(enum wq_template_type t, struct wq_str text);
/* A value as it is shown without a format: as its type is written in the language. */
bool wq_value_text(struct wq_shaping *s, const struct wq_value *v, struct wq_str *out);
bool wq_value_number(const struct wq_value *v, double *out);
bool wq_value_moment(const struct wq_shaping *s, const struct wq_value *v, struct wq_moment *out);
bool wq_value_true(const struct wq_value *v);
struct wq_value wq_value_json(yyjson_val *v);
/* What a writer has put into `b` as a text of the arena; b is emptied.  False: it has ended. */
bool wq_shaping_keep(struct wq_shaping *s, struct wq_buf *b, int rc, struct wq_str *out);
/* The items of a list with commas, and `last` before the last one; NULL: a comma too. */
bool wq_value_join(struct wq_shaping *s, const struct wq_value *v, struct wq_str comma,
                   struct wq_str last, struct wq_str *out);
