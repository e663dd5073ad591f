/* SPDX-License-Identifier: MIT */
/* suggest.c — nearest by edits; the longer a name, the more of it may be wrong. */
#include "app/settings/suggest.h"

#include <stdio.h>
#include <strings.h>

enum { PREFIX_MIN_BYTES = 3 };

void wq_suggest_begin(struct wq_suggest *s, struct wq_str wrong)
{
	*s = (struct wq_suggest){ .wrong = wrong, .distance = 3 + (unsigned)(wrong.n / 4) };
	if (wrong.n < PREFIX_MIN_BYTES)
		s->distance = 2;
}

void wq_suggest_offer(struct wq_suggest *s, const char *name, const char *shown)
{
	unsigned distance = wq_str_distance(s->wrong, wq_str(name));

	/* What was only begun is near: --redis for --redis-url. */
	if (s->wrong.n >= PREFIX_MIN_BYTES && distance > 1 &&
	    strncasecmp(name, s->wrong.p, s->wrong.n) == 0)
		distance = 1;
	if (distance >= s->distance)
		return;
	s->distance = distance;
	snprintf(s->best, sizeof(s->best), "%s", shown);
}

const char *wq_suggest_remark(struct wq_suggest *s)
{
	if (s->best[0])
		snprintf(s->remark, sizeof(s->remark), "; did you mean %s?", s->best);
	return s->remark;
}
