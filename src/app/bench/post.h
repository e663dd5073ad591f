/* SPDX-License-Identifier: MIT */
#pragma once
/* post.h — a bench whose operations are requests to one URL: opens the connections, runs, closes, and tells.
 *
 * Whoever uses it writes requests and judges answers.
 */
#include "app/bench/options.h"
#include "app/bench/report.h"
#include "base/buf.h"
#include "io/load/load.h"

struct wq_bench_post {
	const struct wq_bench_common *common;
	const struct wq_args *args;
	struct wq_bench_subject *subject;
	const char *url;
	const struct wq_load_field *fields;
	size_t fields_n;
	size_t keep_bytes; /* of an answer, for judge */
	/* Appends a request's own header lines and its body; 0 or a failure.  `counts`: it is measured. */
	int (*write)(void *ctx, bool counts, struct wq_buf *head, struct wq_buf *body);
	/* Of an answer: WQ_BENCH_OK, or WQ_BENCH_REFUSED with *status, which is HTTP's otherwise. */
	enum wq_bench_outcome (*judge)(void *ctx, bool counts, const struct wq_load_call *call, int *status);
	/* Before it is told; may be NULL. */
	void (*facts)(void *ctx, struct wq_bench_subject *s);
	void *ctx;
};

/* A usage error was told of when it gives WQ_EXIT_USAGE. */
enum wq_exit wq_bench_post(const struct wq_bench_post *p);

/* A secret among the arguments is everybody's to see: "-" is a line of stdin, --NAME-file a file.  False: a sentence
 * was printed.  `out` is the caller's to wipe; NULL in p: not given. */
bool wq_bench_read_secret(const struct wq_args *args, const char *name, struct wq_buf *out);
