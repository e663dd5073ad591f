/* SPDX-License-Identifier: MIT */
#pragma once
/* cron_field.h — one field of a pattern, read as its dialect reads it. */
#include "queue/cron_text.h"

/* "L", "0L" … "9L", "00L" … "99L" */
#define WQ_CRON_LAST_FORMS 111

struct wq_cron_field {
	uint64_t set;           /* bit n: the value n */
	unsigned count;         /* values as written, twice if twice */
	uint16_t of[64];        /* how often each number */
	unsigned last_alone;    /* "L" */
	unsigned last_others;   /* "5L", "L5" … */
	uint8_t last_weekdays;  /* bits of the first digits of "5L" */
	bool last_unknown_first, last_unknown;
	bool last_twice, last_bad; /* what version 5 refuses */
	uint8_t last_of[WQ_CRON_LAST_FORMS];
};

/* 0, or WQ_EPARSE with *why.  `text` is the field as written, without "#3"; `random` is version 5's for "H". */
int wq_cron_field_parse(struct wq_cron_field *f, enum wq_cron_dialect d, enum wq_cron_unit unit,
                        struct wq_str text, double random, const char **why);
