/* SPDX-License-Identifier: MIT */
/* plot.c — two plots of characters: latency by percentile, and the time line.
 *
 * The percentiles stand at equal distances by their number of nines (0, 90, 99, 99.9, …), so that the tail, which is
 * what people look for, has most of the room; the latency is logarithmic.
 */
#include <inttypes.h>
#include <math.h>

#include "app/bench/tell.h"
#include "base/alloc.h"
#include "base/err.h"

enum { NINES_MAX = 5, LABEL_WIDTH = 11, ROWS_OF_TIME = 8 };

/* "1.234 ms" in LABEL_WIDTH columns. */
static int add_time(struct wq_buf *out, double us)
{
	if (us >= 1e6)
		return wq_buf_addf(out, "%*.2f s ", LABEL_WIDTH - 3, us / 1e6);
	if (us >= 1e3)
		return wq_buf_addf(out, "%*.2f ms ", LABEL_WIDTH - 4, us / 1e3);
	return wq_buf_addf(out, "%*.0f us ", LABEL_WIDTH - 4, us);
}

static const char *bar(const struct wq_bench_canvas *c)
{
	return c->plain ? "|" : "│";
}

/* A column that is `eighths` high, as seen in a row of 8 of them. */
static const char *block(const struct wq_bench_canvas *c, int eighths)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

	if (eighths <= 0)
		return " ";
	if (c->plain)
		return eighths >= 4 ? "#" : ".";
	return blocks[eighths > 8 ? 8 : eighths];
}

/* One plot: `at(i)` is how high column i is, 0 to 1. */
static int add_columns(struct wq_buf *out, const struct wq_bench_canvas *c, unsigned rows,
                       const double *high, unsigned n,
                       double (*value)(double low, double top, double share), double low,
                       double top)
{
	int rc = 0;

	for (unsigned row = rows; rc == 0 && row-- > 0;) {
		if (row % 3 == (rows - 1) % 3)
			rc = add_time(out, value(low, top, (double)(row + 1) / rows));
		else
			rc = wq_buf_addf(out, "%*s", LABEL_WIDTH, "");
		if (rc == 0)
			rc = wq_buf_add_text(out, bar(c));
		for (unsigned i = 0; rc == 0 && i < n; i++)
			rc = wq_buf_add_text(out,
			                     block(c, (int)lround(high[i] * rows * 8 - row * 8.0)));
		if (rc == 0)
			rc = wq_buf_add_char(out, '\n');
	}
	return rc;
}

static double logarithmic(double low, double top, double share)
{
	return low * pow(top / low, share);
}

static double linear(double low, double top, double share)
{
	return low + (top - low) * share;
}

/* How many nines are of interest: the last has ten operations behind it. */
static unsigned nines_of(uint64_t total)
{
	unsigned nines = 2;

	for (uint64_t n = total / 1000; n >= 10 && nines < NINES_MAX; n /= 10)
		nines++;
	return nines;
}

static int add_percentile_axis(struct wq_buf *out, unsigned nines, unsigned width)
{
	static const char *const names[] = { "0", "90", "99", "99.9", "99.99", "99.999" };
	unsigned at = 0, place;
	int rc = wq_buf_addf(out, "%*s ", LABEL_WIDTH, "percent");

	for (unsigned i = 0; rc == 0 && i <= nines; i++) {
		unsigned n = (unsigned)strlen(names[i]);

		place = i * (width - 1) / nines;
		place = place + n > width ? width - n : place;
		if (place < at)
			continue;
		rc = wq_buf_addf(out, "%*s%s", (int)(place - at), "", names[i]);
		at = place + n;
	}
	return rc < 0 ? rc : wq_buf_add_char(out, '\n');
}

static int add_percentiles(struct wq_buf *out, const struct wq_bench_result *r,
                           const struct wq_bench_canvas *c, double *high)
{
	const struct wq_histogram *h = &r->latency;
	double low = h->min_us ? (double)h->min_us : 1, top = (double)h->max_us;
	unsigned nines = nines_of(h->total);
	int rc;

	top = top > low ? top : low + 1;
	for (unsigned i = 0; i < c->width; i++) {
		double percent = 100 - 100 * pow(10, -(double)nines * i / (c->width - 1));
		double us = (double)wq_histogram_percentile(h, percent);

		high[i] = log((us > low ? us : low) / low) / log(top / low);
	}
	rc = wq_buf_add_text(out, "\nlatency by percentile\n");
	if (rc == 0)
		rc = add_columns(out, c, c->height, high, c->width, logarithmic, low, top);
	return rc < 0 ? rc : add_percentile_axis(out, nines, c->width);
}

static int add_time_line(struct wq_buf *out, const struct wq_bench_result *r,
                         const struct wq_bench_canvas *c, double *high)
{
	unsigned n = r->rows_n < c->width ? r->rows_n : c->width;
	double top = 1;
	int rc;

	for (unsigned i = 0; i < n; i++) { /* the worst of the rows that share a column */
		high[i] = 0;
		for (unsigned row = i * r->rows_n / n; row < (i + 1) * r->rows_n / n; row++)
			high[i] = (double)r->rows[row].p99_us > high[i]
			                  ? (double)r->rows[row].p99_us
			                  : high[i];
		top = high[i] > top ? high[i] : top;
	}
	for (unsigned i = 0; i < n; i++)
		high[i] /= top;
	rc = wq_buf_add_text(out, "\np99 of latency by time\n");
	if (rc == 0)
		rc = add_columns(out, c, ROWS_OF_TIME, high, n, linear, 0, top);
	if (rc == 0)
		rc = wq_buf_addf(out, "%*s 0", LABEL_WIDTH, "s");
	if (rc == 0 && n > 8)
		rc = wq_buf_addf(out, "%*.0f", (int)n - 1,
		                 (double)r->rows_n * (double)r->interval_us / 1e6);
	return rc < 0 ? rc : wq_buf_add_char(out, '\n');
}

int wq_bench_plot(struct wq_buf *out, const struct wq_bench_result *r,
                  const struct wq_bench_subject *s, const struct wq_bench_canvas *canvas)
{
	double *high = wq_calloc(canvas->width, sizeof(*high));
	int rc = 0;

	(void)s;
	if (!high)
		return WQ_RAISE(WQ_ENOMEM);
	if (r->latency.total)
		rc = add_percentiles(out, r, canvas, high);
	if (rc == 0 && r->rows_n > 1)
		rc = add_time_line(out, r, canvas, high);
	wq_free(high);
	return rc;
}
