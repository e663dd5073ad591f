/* SPDX-License-Identifier: MIT */
#pragma once
/* parse.h — a template that was read: nodes, tests and formats, and who makes them; for src/domain/template alone.
 *
 * Places are offsets into the source: lines and columns are counted only where there is a problem to tell.
 */
#include "base/limits.h"
#include "domain/template/template.h"

enum wq_template_node_kind { WQ_NODE_TEXT, WQ_NODE_SHOW, WQ_NODE_IF, WQ_NODE_EACH };

/* What a tag names or says. */
struct wq_template_operand {
	struct wq_str name; /* p == NULL: it is a literal */
	struct wq_str text; /* the literal */
	bool number, flag;  /* the literal is one */
	uint32_t at;
	const struct wq_template_variable *declared; /* NULL: it is not */
};

struct wq_format; /* format.h */
struct wq_template_call {
	struct wq_template_call *next;
	const struct wq_format *format;
	struct wq_template_operand args[3];
	unsigned args_n;
};

enum wq_template_test_kind {
	WQ_TEST_IS, /* left has a value that is not false, 0, "" or an empty list */
	WQ_TEST_EQ,
	WQ_TEST_NE,
	WQ_TEST_LT,
	WQ_TEST_LE,
	WQ_TEST_GT,
	WQ_TEST_GE,
	WQ_TEST_NOT,
	WQ_TEST_AND,
	WQ_TEST_OR
};
struct wq_template_test {
	enum wq_template_test_kind kind;
	struct wq_template_operand left, right;
	struct wq_template_test *a, *b; /* of NOT, AND, OR */
};

struct wq_template_node {
	struct wq_template_node *next;
	enum wq_template_node_kind kind;
	uint32_t at;
	struct wq_str text;                /* of TEXT */
	struct wq_template_operand what;   /* of SHOW and EACH */
	struct wq_template_call *calls;    /* of SHOW */
	struct wq_template_test *test;     /* of IF */
	struct wq_template_node *yes, *no; /* of IF and EACH */
};

enum wq_token_kind {
	WQ_TOKEN_END, /* "}}", or the end of a line of the head */
	WQ_TOKEN_NAME,
	WQ_TOKEN_TEXT,
	WQ_TOKEN_NUMBER,
	WQ_TOKEN_SIGN /* | == != < <= > >= ( ) = # / ! */
};

struct wq_template_parser {
	struct wq_template *t;
	const struct wq_template_rules *rules; /* may be NULL */
	struct wq_arena *arena;
	struct wq_template_problem *p;
	size_t at, end;   /* where we are in the source, and where what is being read ends */
	int rc;
	unsigned depth;
	/* the token that was read last */
	enum wq_token_kind token;
	struct wq_str word; /* its text, of TEXT without quotes and escapes */
	size_t word_at;
	struct wq_str lists[WQ_TEMPLATE_DEPTH_MAX]; /* whose items we are among, the innermost last */
	unsigned lists_n;
};

/* Ends with a problem at offset `at`; returns false. */
bool wq_template_fail(struct wq_template_parser *r, size_t at, struct wq_str name, const char *fmt,
                      ...) __attribute__((format(printf, 4, 5)));
/* Zeroed memory of the template's; NULL: it has ended. */
void *wq_template_room(struct wq_template_parser *r, size_t n);
/* Fills in place, name and sentence. */
void wq_template_tell(struct wq_template_problem *p, struct wq_str source, size_t at,
                      struct wq_str name, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* token.c: the next token; false: it has ended. */
bool wq_template_next(struct wq_template_parser *r);
bool wq_template_is_sign(const struct wq_template_parser *r, const char *sign);
bool wq_template_is_name(const struct wq_template_parser *r, const char *name);
/* Reads the operand that the current token is, and the token behind it. */
bool wq_template_take_operand(struct wq_template_parser *r, struct wq_template_operand *o);

/* head.c: the declarations; r->at is then where the body begins. */
bool wq_template_read_head(struct wq_template_parser *r);
/* A variable of that name; NULL: none is declared. */
const struct wq_template_variable *wq_template_declared(const struct wq_template_variable *list,
                                                        struct wq_str name);
/* test.c: a condition, up to the token that is no part of it; NULL: it has ended. */
struct wq_template_test *wq_template_take_test(struct wq_template_parser *r);
/* names.c: finds what a name is declared as; false: it has to be and is not. */
bool wq_template_check_name(struct wq_template_parser *r, struct wq_template_operand *o);
bool wq_template_is_loop_name(struct wq_str name);
