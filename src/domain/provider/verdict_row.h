/* SPDX-License-Identifier: MIT */
#pragma once
/* verdict_row.h — the tables behind verdict.h, for those who judge by them and those who print them. */
#include "domain/provider/verdict.h"

/* "Something went wrong", perhaps behind the point where it was sent: such an answer leaves that open. */
enum wq_vague {
	WQ_CLEAR,
	WQ_VAGUE_BUT_4XX, /* with a 4xx it is clear: the request was refused */
	WQ_VAGUE,
};

struct wq_verdict_row {
	int64_t code, code_to; /* code_to 0: that one code */
	int64_t subcode;       /* 0: any */
	const char *word;      /* Evolution: what stands for the code among people; NULL: the code itself */
	enum wq_action action;
	int64_t wait_ms;       /* the first; 0: the action's own */
	int64_t wait_max_ms;   /* RETRY: to which it doubles; 0: the action's own */
	unsigned attempts_max;
	enum wq_action then;   /* of RETRY, when attempts_max are used up; WQ_ACT_DONE: RETRY all the same */
	enum wq_vague vague;
	const char *meaning;
};

/* In the order of their codes; a row with a subcode stands before the one without. */
struct wq_verdict_table {
	const struct wq_verdict_row *rows;
	size_t n;
};
extern const struct wq_verdict_table wq_verdicts_cloud, wq_verdicts_evolution, wq_verdicts_twilio;

const struct wq_verdict_table *wq_verdict_table(enum wq_provider p);
/* Of people's own; NULL: none, or `v` is NULL. */
const struct wq_verdict_row *wq_verdicts_find(const struct wq_verdicts *v, enum wq_provider p,
                                              int64_t code, int64_t subcode);
/* NULL: none. */
const struct wq_verdict_row *wq_verdict_find(enum wq_provider p, int64_t code, int64_t subcode);
