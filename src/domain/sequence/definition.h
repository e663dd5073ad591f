/* SPDX-License-Identifier: MIT */
#pragma once
/* definition.h — what a sequence is, as people write it: JSON in, checked, and the same JSON in one form out.
 *
 *   {"name", "description"?, "on_answer"?: pause|stop|continue, "language"?, "hours"?: any|business, "again"?,
 *    "variables"?: {NAME: text|number|boolean}, "steps": [STEP…]}
 *   STEP {"name"?, "delay"?: "2d 4h" | ms, "message": {…}, "when_closed"?: pending|skip|template|fail|force,
 *         "fallback"?: {…}, "hours"?}
 *
 * Message   any content of domain/message without its recipient, or {"use": {"template", "language"?,
 *           "variables"?}}; its texts may hold {{variables}}, which are filled in when the step is due.
 * Unknown   members are errors that name the nearest: a slip is not taken for a wish.
 * Memory    what is read is borrowed from the document, or lives in the arena.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"

/* The customer writes while it is in the sequence. */
enum wq_seq_on_answer { WQ_SEQ_PAUSE, WQ_SEQ_STOP, WQ_SEQ_CONTINUE, WQ_SEQ_ON_ANSWERS };
extern const char *const wq_seq_on_answer_names[WQ_SEQ_ON_ANSWERS];
/* The 24-hour window is closed when a step with a free text is due. */
enum wq_seq_closed {
	WQ_SEQ_CLOSED_PENDING,  /* a person may do it by hand; the step is skipped */
	WQ_SEQ_CLOSED_SKIP,     /* the step is skipped */
	WQ_SEQ_CLOSED_TEMPLATE, /* the fallback goes instead, or what stands for the text that is named */
	WQ_SEQ_CLOSED_FAIL,     /* the contact leaves the sequence */
	WQ_SEQ_CLOSED_FORCE,    /* it goes all the same, and is priced */
	WQ_SEQ_CLOSEDS
};
extern const char *const wq_seq_closed_names[WQ_SEQ_CLOSEDS];
enum wq_seq_hours { WQ_SEQ_ANY_TIME, WQ_SEQ_BUSINESS, WQ_SEQ_HOURS };
extern const char *const wq_seq_hours_names[WQ_SEQ_HOURS];

struct wq_seq_step {
	struct wq_str name;    /* p == NULL: none */
	int64_t delay_ms;      /* after the step before it, or the enrolment */
	enum wq_seq_closed closed;
	enum wq_seq_hours hours;
	yyjson_val *message, *fallback; /* fallback NULL: none, or the message names a text */
};
struct wq_sequence {
	struct wq_str name, description, language; /* the last two: p == NULL: none */
	enum wq_seq_on_answer on_answer;
	enum wq_seq_hours hours;
	bool again;            /* who has been through it may be enrolled once more */
	yyjson_val *variables; /* NULL: none */
	struct wq_seq_step *steps; /* of the arena */
	size_t n;
};

/* What is wrong, for the person who wrote it. */
struct wq_sequence_problem {
	char field[160]; /* "steps[3].message.text.body" */
	char what[224];  /* a sentence without the field: "is missing" */
};
enum { WQ_SEQUENCE_INVALID = 1 };

/* 0, WQ_SEQUENCE_INVALID with *p filled, WQ_ETOOBIG (the arena is full; not raised), WQ_ENOMEM. */
int wq_sequence_read(struct wq_sequence *s, yyjson_val *root, struct wq_arena *a,
                     struct wq_sequence_problem *p);
/* One step as it was stored; nothing of it is checked again.  `hours`: of the sequence. */
void wq_seq_step_read(struct wq_seq_step *out, yyjson_val *root);
/* In its one form: what is as usual is left out, delays are text. */
void wq_sequence_write(struct wq_jsonw *w, const struct wq_sequence *s);
void wq_seq_step_write(struct wq_jsonw *w, const struct wq_seq_step *step);
/* What a step needs of the whole when it is due: {"language", "variables"}. */
void wq_sequence_head_write(struct wq_jsonw *w, const struct wq_sequence *s);
/* Names of a definition's members; ends with NULL. */
extern const char *const wq_sequence_members[];

/* delay.c: "1d 12h", "90m", whole ms; false: it is none, or beyond WQ_SEQ_DELAY_MAX_MS. */
bool wq_seq_delay_read(yyjson_val *v, int64_t *ms);
/* In the largest unit that it is a whole number of; terminated. */
void wq_seq_delay_write(int64_t ms, char out[24]);
/* Letters, digits, '-' and '_', up to WQ_SEQ_ID_MAX_BYTES. */
bool wq_sequence_id_is_good(struct wq_str id);

/* content.c: what a step wants sent; `field` is the way to it.  As wq_sequence_read. */
int wq_seq_content_check(yyjson_val *content, const char *field, struct wq_arena *a,
                         struct wq_sequence_problem *p);
