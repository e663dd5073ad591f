/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_letter.h — a dead letter read back: what died, when and why, and the job as it was.  Pure.
 *
 * Its data are those of the dead job and a member "dlq" (dead_data.h).  The job's own are what is left without that
 * member, byte for byte.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "store/job.h"

struct wq_dead_letter {
	const struct wq_job *job; /* the letter itself; borrowed */
	struct wq_str queue, id, reason; /* of the dead job; empty: not told */
	int64_t attempts_made, failed_at_ms;
	struct wq_str account;    /* data.businessId or data.accountId; empty: none */
	char number[24], id_number[24]; /* an account, an id that is one */
	yyjson_val *stacktrace, *opts; /* NULL: not told */
	struct wq_str parent_key;      /* of the child of a flow */
	yyjson_val *parent;
	/* private */
	yyjson_doc *doc; /* owned */
	bool wrapped, text; /* the job's data were no object; no JSON */
};

/* The letter stays put.  A job without a "dlq" is a letter too, of which nothing is told.  0, or WQ_ENOMEM: nothing is
 * known of it. */
int wq_dead_letter_read(struct wq_dead_letter *l, const struct wq_job *job);
/* Twice is fine, zeroed is fine. */
void wq_dead_letter_fini(struct wq_dead_letter *l);
/* Appends the data, the options and the parent as they are stored, of the job as it was.  0 or the failure of an
 * append. */
int wq_dead_letter_data_add(const struct wq_dead_letter *l, struct wq_buf *out);
int wq_dead_letter_parent_add(const struct wq_dead_letter *l, struct wq_buf *out);
int wq_dead_letter_opts_add(const struct wq_dead_letter *l, struct wq_buf *out);
/* Appends the letter's data with `json` in place of the job's.  0, WQ_EPARSE (not raised): it is no JSON, or the
 * failure of an append. */
int wq_dead_letter_edit_add(const struct wq_dead_letter *l, struct wq_str json, struct wq_buf *out);

struct wq_dead_filter {
	struct wq_str error;        /* part of the reason, whatever its case; empty: any, as all that follow */
	struct wq_str name, account;
	int64_t since_ms, until_ms; /* it failed then or later; before; 0: any */
};
bool wq_dead_filter_takes(const struct wq_dead_filter *f, const struct wq_dead_letter *l);
bool wq_dead_filter_is_empty(const struct wq_dead_filter *f);
