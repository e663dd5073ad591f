/* SPDX-License-Identifier: MIT */
#pragma once
/* keyword.h — words by which somebody says that he wants nothing more, or wants to hear from us again.
 *
 * A whole message that is one of them counts, whatever its case, accents and punctuation ("¡Baja!"); one that has it
 * among others does not ("I'll stop by tomorrow").  Pure.
 */
#include "base/str.h"

enum wq_wish { WQ_WISH_NONE, WQ_WISH_STOP, WQ_WISH_START };
/* "", "stop", "start". */
const char *wq_wish_name(enum wq_wish w);

/* An account's own words, as texts with commas between; p == NULL: those of this table (es, en, pt, de) hold.  Empty:
 * none does. */
struct wq_keywords {
	struct wq_str stop, start;
};
enum wq_wish wq_keyword_wish(struct wq_str text, const struct wq_keywords *own);
