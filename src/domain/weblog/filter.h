/* SPDX-License-Identifier: MIT */
#pragma once
/* filter.h — which webhooks of the log are meant, and what became of each.  Pure. */
#include "store/webhook_log.h"

enum wq_webhook_outcome {
	WQ_WEBHOOK_ANY,
	WQ_WEBHOOK_ACCEPTED,  /* all that it brought was new */
	WQ_WEBHOOK_DUPLICATE, /* all of it had come before */
	WQ_WEBHOOK_PARTLY,    /* some of it */
	WQ_WEBHOOK_NONE,      /* it brought nothing that we know */
	WQ_WEBHOOK_REFUSED,
	WQ_WEBHOOK_OUTCOMES
};
const char *wq_webhook_outcome_name(enum wq_webhook_outcome o);
/* WQ_WEBHOOK_OUTCOMES: it is none. */
enum wq_webhook_outcome wq_webhook_outcome_find(struct wq_str name);
enum wq_webhook_outcome wq_webhook_outcome_of(const struct wq_webhook_row *r);

struct wq_webhook_filter {
	struct wq_str id; /* part of the message ids or of the body; empty: any, as all that follow */
	struct wq_str account, kind, provider;
	enum wq_webhook_outcome outcome;
	int64_t since_ms, until_ms; /* then or later; before; 0: any */
};
/* Of a row that a look for its id and its time gave. */
bool wq_webhook_filter_takes(const struct wq_webhook_filter *f, const struct wq_webhook_row *r);
bool wq_webhook_filter_is_empty(const struct wq_webhook_filter *f);
/* The streams that it asks for, from their beginning. */
void wq_webhook_filter_begin(const struct wq_webhook_filter *f, struct wq_webhook_place *p);
