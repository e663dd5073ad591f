/* SPDX-License-Identifier: MIT */
#pragma once
/* tell.h — the forms of a result, each appended to a buffer: 0, or the failure of an append. */
#include <stdio.h>

#include "app/bench/report.h"

enum { WQ_BENCH_PERCENTILES = 7 };
extern const double wq_bench_percentiles[WQ_BENCH_PERCENTILES];

int wq_bench_text(struct wq_buf *out, const struct wq_bench_result *r,
                  const struct wq_bench_common *c, const struct wq_bench_subject *s);
/* result.md tells what is in it: docs/bench.md, "The JSON". */
int wq_bench_json(struct wq_buf *out, const struct wq_bench_result *r,
                  const struct wq_bench_common *c, const struct wq_bench_subject *s);
int wq_bench_csv(struct wq_buf *out, const struct wq_bench_result *r,
                 const struct wq_bench_subject *s);

struct wq_bench_canvas {
	unsigned width, height; /* of the plot's own area, in characters */
	bool plain;             /* ASCII alone */
};
int wq_bench_plot(struct wq_buf *out, const struct wq_bench_result *r,
                  const struct wq_bench_subject *s, const struct wq_bench_canvas *canvas);
