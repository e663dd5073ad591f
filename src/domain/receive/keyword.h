/* SPDX-License-Identifier: MIT */
#pragma once
/* keyword.h — words by which somebody says that he wants nothing more, or wants to hear from us again.
 *
 * A whole message that is one of them counts, whatever its case, accents and punctuation ("¡Baja!"); one that has it
 * among others does not ("I'll stop by tomorrow").  Pure.
 */
#include "base/json.h"

enum wq_wish { WQ_WISH_NONE, WQ_WISH_STOP, WQ_WISH_START };
/* "", "stop", "start". */
const char *wq_wish_name(enum wq_wish w);

/* An account's own words: arrays of texts; NULL: those of our table (es, en, pt, de) hold; an empty one: none does. */
struct wq_keywords {
	yyjson_val *stop, *start;
};
/* Of {"stop": […], "start": […]}; NULL is fine.  0, or 1: *field and *what say what is wrong with it. */
int wq_keywords_read(struct wq_keywords *out, yyjson_val *v, const char **field, const char **what);
/* `own` NULL: those of the table. */
enum wq_wish wq_keyword_wish(struct wq_str text, const struct wq_keywords *own);
