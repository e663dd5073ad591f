/* SPDX-License-Identifier: MIT */
#pragma once
/* suggest.h — the name that somebody may have meant. */
#include "base/str.h"

#define WQ_SUGGEST_MAX_BYTES 96

struct wq_suggest {
	struct wq_str wrong;
	char best[WQ_SUGGEST_MAX_BYTES]; /* "": nothing comes near */
	char remark[WQ_SUGGEST_MAX_BYTES + 32];
	unsigned distance;
};

void wq_suggest_begin(struct wq_suggest *s, struct wq_str wrong);
/* `name` is what `wrong` is held against; `shown`, which is kept, what people would have to write. */
void wq_suggest_offer(struct wq_suggest *s, const char *name, const char *shown);
/* "; did you mean --port?", or "". */
const char *wq_suggest_remark(struct wq_suggest *s);
