/* SPDX-License-Identifier: MIT */
#pragma once
/* compare.h — two results, as --json wrote them, beside each other.  Pure but for the reading of files. */
#include "base/buf.h"
#include "base/histogram.h"
#include "base/json.h"

/* The part of a result that is compared. */
struct wq_bench_read {
	yyjson_doc *doc; /* owned */
	yyjson_val *root;
	double rate, errors;
	struct wq_histogram latency;
};
/* 0, or WQ_EPARSE with *why, a static sentence; WQ_ENOMEM raised.  Fini in any case. */
int wq_bench_read(struct wq_bench_read *r, struct wq_str json, const char **why);
void wq_bench_read_fini(struct wq_bench_read *r);
/* Appends the table; 0 or the failure of an append. */
int wq_bench_compare_text(struct wq_buf *out, const struct wq_bench_read *a,
                          const struct wq_bench_read *b);
