/* SPDX-License-Identifier: MIT */
#pragma once
/* record.h — the referee's book: every send that came in, and what became of it.
 *
 * Counts are exact since the start or the last reset.  Entries are kept up to WQ_SANDBOX_RECORDS_MAX and
 * WQ_SANDBOX_RECORD_MAX_BYTES; the oldest are dropped, and counted.
 *
 * A duplicate is a send that was accepted although one of the same number, recipient and biz_opaque_callback_data
 * had been accepted before.  Of that our own (wq1.TRY.MAC.ID) counts by its ID; without any the body counts.
 * Duplicates are found by 64-bit fingerprints of up to WQ_SANDBOX_KEYS_MAX sends; beyond that wq_record_complete turns
 * false.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

struct wq_record;

enum wq_outcome {
	WQ_OUTCOME_ACCEPTED,
	WQ_OUTCOME_REFUSED,      /* not a body that the provider would take */
	WQ_OUTCOME_UNAUTHORIZED, /* no credentials */
	WQ_OUTCOME_LIMITED,      /* beyond a rate */
	WQ_OUTCOME_RECEIPT,      /* a read receipt or a typing sign */
	WQ_OUTCOME_ERROR,        /* a fault on order, as the rest */
	WQ_OUTCOME_RESET_BEFORE,
	WQ_OUTCOME_RESET_AFTER,
	WQ_OUTCOME_CLOSE,
	WQ_OUTCOME_HANG,
	WQ_OUTCOME_HANG_THEN_ACCEPT,
	WQ_OUTCOME_ACCEPT_THEN_5XX,
	WQ_OUTCOME_ANSWER_THEN_CLOSE,
	WQ_OUTCOME_STATUS_FAILED,
	WQ_OUTCOME_STATUS_LOST,
	WQ_OUTCOMES
};
const char *wq_outcome_name(enum wq_outcome o);

/* One send; slices are copied by wq_record_add and borrowed afterwards. */
struct wq_record_entry {
	uint64_t seq; /* from 1, without gaps; set by wq_record_add */
	int64_t at_ms, ended_ms; /* it came, its answer left; 0: not yet */
	int64_t follow_ms;       /* from when on its statuses count; 0: it has none */
	int failed_code, last;   /* its status is `failed` with that; 0: up to enum wq_status `last` */
	int provider;
	enum wq_outcome outcome;
	bool accepted, duplicate;
	int status, code; /* of the answer; 0: none */
	struct wq_str number, to, type, opaque, id, account, text;
	struct wq_str body; /* as it came */
};

struct wq_record_counts {
	uint64_t posts, accepted, duplicates, dropped;
	uint64_t outcomes[WQ_OUTCOMES];
};

int wq_record_create(struct wq_record **out);
void wq_record_destroy(struct wq_record *r);
/* Notes a send that was not accepted, or one that was; sets e->seq and e->duplicate.  Out of memory: the entry is lost
 * and counted as dropped, the counts stay right. */
void wq_record_add(struct wq_record *r, struct wq_record_entry *e);
/* Its answer has left, or its connection is gone. */
void wq_record_ended(struct wq_record *r, uint64_t seq, int64_t at_ms);
/* What makes two sends the same: what we sent along, without the number of the try, or the body. */
struct wq_str wq_record_key(const struct wq_record_entry *e);
/* A send that hung is accepted after all; tells whether it is a duplicate. */
bool wq_record_accept_late(struct wq_record *r, uint64_t seq, const struct wq_record_entry *e);
const struct wq_record_counts *wq_record_counts(const struct wq_record *r);
size_t wq_record_kept(const struct wq_record *r);
bool wq_record_complete(const struct wq_record *r);
/* The entry of that number; NULL: dropped, or not there yet. */
const struct wq_record_entry *wq_record_at(const struct wq_record *r, uint64_t seq);
/* The oldest number that is kept, and the one behind the newest. */
uint64_t wq_record_first(const struct wq_record *r);
uint64_t wq_record_end(const struct wq_record *r);
/* Numbers go on. */
void wq_record_reset(struct wq_record *r);
