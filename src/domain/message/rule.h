/* SPDX-License-Identifier: MIT */
#pragma once
/* rule.h — what a content may look like, as tables; for src/domain/message alone.
 *
 * A row says of one member what type it has, how long it is or how many there are, and whether it must be there; what
 * a row can't say is a function beside it.  A list of rows ends with one whose key is NULL.
 * Members without a row are let through: WhatsApp learns faster than tables.  null is as good as missing.
 */
#include "domain/message/reading.h"

enum wq_rule_type {
	WQ_RULE_TEXT,   /* characters */
	WQ_RULE_LINK,   /* the same, and http or https */
	WQ_RULE_DIGITS, /* the same, and nothing but digits */
	WQ_RULE_WORD,   /* one of `words` */
	WQ_RULE_BOOL,
	WQ_RULE_INT,
	WQ_RULE_DEGREES, /* a number within +- max */
	WQ_RULE_OBJECT,
	WQ_RULE_OBJECTS, /* an array of them */
	WQ_RULE_ANY,
};

struct wq_checking {
	struct wq_reading *r;
	char path[160]; /* where we are, terminated; cut where it does not fit */
	size_t n;
};

struct wq_rule {
	const char *key;
	enum wq_rule_type type;
	unsigned min, max;          /* characters, elements, degrees */
	bool required;
	const struct wq_rule *of;   /* of an object, or of each in an array; NULL: nothing is asked of its members */
	const char *const *words;   /* ends with NULL */
	/* What the row can't say of a value that is as it says; NULL: nothing. */
	bool (*more)(struct wq_checking *c, yyjson_val *v);
};

/* False: r has ended with what is wrong. */
bool wq_rules_check(struct wq_checking *c, yyjson_val *obj, const struct wq_rule *rules);
/* One value by one row, at the place where c is. */
bool wq_rule_check(struct wq_checking *c, yyjson_val *v, const struct wq_rule *rule);
/* Ends with a problem at the place where c is, or at its member `key`.  Always false. */
bool wq_rule_fail(struct wq_checking *c, const char *key, int64_t limit, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Goes into a member or an element, and back out with what the former returned. */
size_t wq_rule_enter(struct wq_checking *c, const char *key);
size_t wq_rule_enter_at(struct wq_checking *c, size_t index);
void wq_rule_leave(struct wq_checking *c, size_t back);

/* Code points.  WhatsApp says "characters" and does not say which: a text that is within a limit in UTF-16 units, as
 * JavaScript counts, is so in code points too, and what is refused here can't be sent at all. */
size_t wq_chars(struct wq_str s);
bool wq_is_link(struct wq_str s);
/* One emoji, with whatever skin, gender, flag or keycap makes it up. */
bool wq_is_emoji(struct wq_str s);

/* The whole content of r->m. */
bool wq_content_check(struct wq_reading *r);
bool wq_check_media_source(struct wq_checking *c, yyjson_val *media);
extern const struct wq_rule wq_rules_image[], wq_rules_document[], wq_rules_location[];
bool wq_content_check_interactive(struct wq_checking *c, yyjson_val *v);
bool wq_content_check_template(struct wq_checking *c, yyjson_val *v);
