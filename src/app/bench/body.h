/* SPDX-License-Identifier: MIT */
#pragma once
/* body.h — a body that is made again and again: what stays is written once, what changes is filled in.
 *
 *   {"id":"wamid.<run><n>","from":"5939<person>","timestamp":"<at>","text":"<pad>"}
 *
 * <n>, <person>, <at>, <status> and <pad> change with each item; all others are given values, which must be written
 * as the text needs them (JSON, form).  All items have the same length but for the status, so that a body can be made
 * exactly as long as asked for.  The owner embeds it; fini may run twice.
 */
#include <stdbool.h>

#include "app/bench/stream.h"
#include "base/buf.h"

enum { WQ_BENCH_PIECES_MAX = 24, WQ_BENCH_PLAIN_MAX_BYTES = 4096 };

struct wq_bench_given {
	const char *name;
	struct wq_str value;
};

struct wq_bench_body {
	struct wq_buf plain; /* all that stays, one piece behind the other */
	struct wq_bench_piece {
		size_t n;   /* bytes of plain in front of it */
		char word;  /* its first letter; 0: none follows */
	} pieces[WQ_BENCH_PIECES_MAX];
	unsigned pieces_n;
	size_t pad;
	const char *const *statuses; /* borrowed: three */
};

/* 0, WQ_EINVAL (a word that nobody gave: our bug), WQ_ETOOBIG or WQ_ENOMEM (raised). */
int wq_bench_body_init(struct wq_bench_body *t, const char *source, const char *const *statuses,
                       const struct wq_bench_given *given, size_t given_n);
void wq_bench_body_fini(struct wq_bench_body *t);
/* Makes bodies `bytes` long; false: they are longer without any padding. */
bool wq_bench_body_stretch(struct wq_bench_body *t, size_t bytes);
/* How long a body is without padding. */
size_t wq_bench_body_least(const struct wq_bench_body *t);
/* Appends it; 0 or the failure of the append. */
int wq_bench_body_write(const struct wq_bench_body *t, const struct wq_bench_item *i,
                        struct wq_buf *out);
