/* SPDX-License-Identifier: MIT */
#pragma once
/* reading.h — one message being read: what the readers of all shapes share; for src/domain/message alone.
 *
 * Spot      a value and the name under which it was found: people have several names for one thing.
 * Rewriting what is not in the common form is written into r->text as JSON and parsed into the arena.
 * Aliases   remember, for each part of the common form, what the person had written it as, so that a problem found in
 *           the common form ("components[0].parameters[2].text") is told of theirs ("content.variables[2]").  "[*]"
 *           stands for any index, the same on both sides.
 * End       the first thing that goes wrong is kept in r->rc; whatever is called after that does nothing.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "domain/message/read.h"

struct wq_reading_alias {
	struct wq_reading_alias *next;
	const char *of; /* in the common form, relative to the content */
	const char *as; /* as it was written, from the root */
};

struct wq_reading {
	struct wq_message *m;
	struct wq_message_problem *p;
	struct wq_arena *arena;
	int64_t now_ms;
	int rc;             /* 0, or why it has ended */
	const char *base;   /* what the content was written as: "content", "text"; "": the root itself */
	struct wq_reading_alias *aliases;
	struct wq_buf text;
	struct wq_jsonw w;  /* writes into it */
};

void wq_reading_begin(struct wq_reading *r, struct wq_message *m, int64_t now_ms,
                      struct wq_arena *a, struct wq_message_problem *p);
/* Checks what was read; returns what the reader does. */
int wq_reading_end(struct wq_reading *r);

/* Ends it as invalid; `field` as it was written.  Always false. */
bool wq_reading_fail(struct wq_reading *r, const char *field, int64_t limit, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The same for the part of the content at `path` of the common form. */
bool wq_reading_vfail_at(struct wq_reading *r, const char *path, int64_t limit, const char *fmt,
                         va_list ap) __attribute__((format(printf, 4, 0)));
/* Memory that lives as long as the message; NULL: it has ended. */
void *wq_reading_room(struct wq_reading *r, size_t n);
/* "base.key", or what of the two is there. */
const char *wq_reading_join(struct wq_reading *r, const char *base, struct wq_str key);
/* Part `of` of the common form was written as `as`; both stay put. */
void wq_reading_alias(struct wq_reading *r, const char *of, const char *as);

/* The last member of that key that is not null. */
yyjson_val *wq_reading_get(yyjson_val *obj, struct wq_str key);
struct wq_spot {
	yyjson_val *v;     /* NULL: none of the names is there */
	struct wq_str key; /* the name that is there, else the first */
};
/* By the first of several names, with spaces between them, that is there. */
struct wq_spot wq_reading_find(yyjson_val *obj, const char *names);

/* A member of the common form, if s has a value, which was found in what was written as `base`; `of` is its path. */
void wq_reading_put(struct wq_reading *r, const char *key, const char *of, const char *base,
                    struct wq_spot s);
/* All between the two is the content; `write` of nothing at all leaves r->m->content NULL. */
void wq_reading_rewrite(struct wq_reading *r);
void wq_reading_rewritten(struct wq_reading *r);

/* tidy.c: members of the content that are null leave it, and what no provider could read ends it. */
void wq_reading_tidy(struct wq_reading *r);

/* envelope.c: everything but the content.  `names` as of wq_reading_find. */
void wq_reading_to(struct wq_reading *r, struct wq_spot s);
/* Text within bounds, or a whole number as text; p == NULL: not there, or empty. */
struct wq_str wq_reading_text(struct wq_reading *r, struct wq_spot s, size_t chars_max);
bool wq_reading_flag(struct wq_reading *r, struct wq_spot s);
void wq_reading_common(struct wq_reading *r, yyjson_val *root);

/* recipient.c: 0, or the reason as a static sentence. */
const char *wq_recipient_read(struct wq_reading *r, struct wq_str text, bool group);

/* The digits of a phone in any punctuation, without plus; how many, 0: it is none. */
size_t wq_phone_digits(struct wq_str text, char out[static WQ_WA_PHONE_MAX_DIGITS]);

/* The readers of each shape. */
void wq_reading_own(struct wq_reading *r, yyjson_val *root);
void wq_reading_graph(struct wq_reading *r, yyjson_val *root);
void wq_reading_evolution(struct wq_reading *r, struct wq_str op, yyjson_val *root);

/* loose.c: a content in any form that people write, into the common one.  `v` was written as r->base, of the kind that
 * r->m has; `word` is how that was called: "media" leaves to the content which it is. */
void wq_loose_content(struct wq_reading *r, yyjson_val *v, const char *word);
/* Graph's own, which is in the common form but for a slip in a name, or a number as text. */
void wq_loose_graph(struct wq_reading *r, yyjson_val *v);
#define WQ_LOOSE_PARAMETERS "parameters params variables bodyParameters body_parameters templateParams values"
void wq_loose_template(struct wq_reading *r, yyjson_val *v);
void wq_loose_interactive(struct wq_reading *r, yyjson_val *v, const char *word);
void wq_loose_contacts(struct wq_reading *r, yyjson_val *v);
