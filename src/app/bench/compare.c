/* SPDX-License-Identifier: MIT */
/* compare.c — rates as a ratio, percentiles as differences, and what was not the same about the two. */
#include "app/bench/compare.h"

#include <errno.h>
#include <stdio.h>

#include "app/bench/command.h"
#include "app/bench/tell.h"
#include "base/err.h"
#include "base/limits.h"

enum { DEPTH_MAX = 16, READ_BYTES = 65536, VALUE_MAX_BYTES = 4096 };

static double number(yyjson_val *v)
{
	return yyjson_is_num(v) ? yyjson_get_num(v) : 0;
}

/* Buckets are put back at their upper ends, where percentiles are read; the extremes are told beside them. */
static int read_histogram(struct wq_histogram *h, yyjson_val *v)
{
	int rc = wq_histogram_init(h);
	yyjson_val *row;
	size_t i, n;

	if (rc < 0)
		return rc;
	yyjson_arr_foreach(wq_json_get(v, "buckets"), i, n, row)
	{
		int64_t high = yyjson_get_sint(yyjson_arr_get(row, 1)),
			times = yyjson_get_sint(yyjson_arr_get(row, 2));

		if (high < 0 || times < 0)
			return WQ_EPARSE;
		wq_histogram_record_n(h, (uint64_t)high, (uint64_t)times);
	}
	if (h->total) {
		h->max_us = (uint64_t)wq_json_get_int(v, "max", (int64_t)h->max_us);
		h->sum_us = number(wq_json_get(v, "mean")) * (double)h->total;
	}
	return 0;
}

int wq_bench_read(struct wq_bench_read *r, struct wq_str json, const char **why)
{
	int rc;

	*r = (struct wq_bench_read){ .doc = NULL };
	*why = "it is no JSON";
	rc = wq_json_parse(&r->doc, json, DEPTH_MAX);
	if (rc < 0)
		return rc;
	r->root = yyjson_doc_get_root(r->doc);
	*why = "it is no result of willaq bench --json";
	if (wq_json_get_int(r->root, "willaq_bench", 0) != 1)
		return WQ_EPARSE;
	r->rate = number(wq_json_get(wq_json_get(r->root, "rate"), "ended_well"));
	r->errors = number(wq_json_get(r->root, "error_percent"));
	return read_histogram(&r->latency, wq_json_get(r->root, "latency_us"));
}

void wq_bench_read_fini(struct wq_bench_read *r)
{
	wq_histogram_fini(&r->latency);
	wq_json_free(r->doc);
	*r = (struct wq_bench_read){ .doc = NULL };
}

/* Of a file that may be anybody's: nothing in it steers the terminal. */
static int add_value(struct wq_buf *out, yyjson_val *v)
{
	struct wq_buf text;
	struct wq_jsonw w;
	int rc = 0;

	if (!v)
		return wq_buf_add_text(out, "none");
	wq_buf_init(&text, VALUE_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_value(&w, v);
	if (wq_jsonw_end(&w) < 0)
		rc = wq_buf_add_text(out, "(too long)");
	for (size_t i = 0; rc == 0 && wq_jsonw_end(&w) == 0 && i < text.n; i++)
		rc = wq_buf_add_char(out,
		                     wq_str_is_control(wq_buf_str(&text), i) ? '?' : text.p[i]);
	wq_buf_fini(&text);
	return rc;
}

static int add_difference(struct wq_buf *out, const char *what, struct wq_str name, yyjson_val *a,
                          yyjson_val *b)
{
	int rc = wq_buf_addf(out, "  %s %.*s: ", what, (int)(name.n > 40 ? 40 : name.n), name.p);

	if (rc == 0)
		rc = add_value(out, a);
	if (rc == 0)
		rc = wq_buf_add_text(out, " and ");
	if (rc == 0)
		rc = add_value(out, b);
	return rc < 0 ? rc : wq_buf_add_char(out, '\n');
}

/* Members of one that the other has not, or otherwise. */
static int add_differences(struct wq_buf *out, const char *what, yyjson_val *a, yyjson_val *b)
{
	yyjson_val *key, *value;
	size_t i, n;
	int rc = 0;

	yyjson_obj_foreach(a, i, n, key, value)
	{
		yyjson_val *other = yyjson_obj_getn(b, yyjson_get_str(key), yyjson_get_len(key));

		if (rc == 0 && !yyjson_equals(value, other))
			rc = add_difference(out, what, wq_json_str(key), value, other);
	}
	yyjson_obj_foreach(b, i, n, key, value)
	{
		if (rc == 0 && !yyjson_obj_getn(a, yyjson_get_str(key), yyjson_get_len(key)))
			rc = add_difference(out, what, wq_json_str(key), NULL, value);
	}
	return rc;
}

static int add_row(struct wq_buf *out, const char *name, double a, double b, const char *unit)
{
	int rc = wq_buf_addf(out, "%-10s %12.3f %12.3f %+12.3f", name, a, b, b - a);

	if (rc == 0)
		rc = a > 0 ? wq_buf_addf(out, " %8.3fx", b / a) : wq_buf_addf(out, " %9s", "");
	return rc < 0 ? rc : wq_buf_addf(out, "  %s\n", unit);
}

static int add_latencies(struct wq_buf *out, const struct wq_histogram *a,
                         const struct wq_histogram *b)
{
	char name[16];
	int rc = add_row(out, "mean", wq_histogram_mean(a) / 1000, wq_histogram_mean(b) / 1000,
	                 "ms");

	for (unsigned i = 0; rc == 0 && i < WQ_BENCH_PERCENTILES; i++) {
		snprintf(name, sizeof(name), "p%g", wq_bench_percentiles[i]);
		rc = add_row(out, name,
		             (double)wq_histogram_percentile(a, wq_bench_percentiles[i]) / 1000,
		             (double)wq_histogram_percentile(b, wq_bench_percentiles[i]) / 1000,
		             "ms");
	}
	return rc < 0 ? rc
	              : add_row(out, "max", (double)a->max_us / 1000, (double)b->max_us / 1000,
	                        "ms");
}

static int add_warnings(struct wq_buf *out, const struct wq_bench_read *a,
                        const struct wq_bench_read *b)
{
	static const char *const parts[] = { "kind", "what", "unit", "version" };
	static const char *const objects[] = { "settings", "load", "machine" };
	const struct wq_bench_read *both[] = { a, b };
	size_t before = out->n;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < 4; i++) {
		yyjson_val *va = wq_json_get(a->root, parts[i]),
			   *vb = wq_json_get(b->root, parts[i]);

		if (va != vb && !yyjson_equals(va, vb))
			rc = add_difference(out, "", wq_str(parts[i]), va, vb);
	}
	for (unsigned i = 0; rc == 0 && i < 3; i++)
		rc = add_differences(out, objects[i], wq_json_get(a->root, objects[i]),
		                     wq_json_get(b->root, objects[i]));
	if (rc == 0 && out->n == before)
		rc = wq_buf_add_text(out, "  nothing: the settings are the same\n");
	for (unsigned i = 0; rc == 0 && i < 2; i++)
		if (yyjson_is_str(wq_json_get(both[i]->root, "bottleneck")))
			rc = wq_buf_addf(
				out,
				"%s is of bench itself or of its limits, not of the peer alone (%s)\n",
				i ? "AFTER" : "BEFORE",
				yyjson_get_str(wq_json_get(both[i]->root, "bottleneck")));
	return rc;
}

int wq_bench_compare_text(struct wq_buf *out, const struct wq_bench_read *a,
                          const struct wq_bench_read *b)
{
	int rc = wq_buf_addf(out, "%-10s %12s %12s %12s %9s\n", "", "before", "after", "difference",
	                     "ratio");

	if (rc == 0)
		rc = add_row(out, "rate", a->rate, b->rate, "/s, ended well");
	if (rc == 0)
		rc = add_row(out, "errors", a->errors, b->errors, "%");
	if (rc == 0)
		rc = add_latencies(out, &a->latency, &b->latency);
	if (rc == 0)
		rc = wq_buf_add_text(out, "\nwhat differs\n");
	return rc < 0 ? rc : add_warnings(out, a, b);
}

/* False: a sentence was printed. */
static bool read_file(const char *path, struct wq_bench_read *r)
{
	FILE *f = fopen(path, "r");
	const char *why = NULL;
	struct wq_buf text;
	int rc = 0;

	*r = (struct wq_bench_read){ .doc = NULL };
	wq_buf_init(&text, WQ_BENCH_JSON_MAX_BYTES);
	while (f && rc == 0 && (rc = wq_buf_reserve(&text, READ_BYTES)) == 0) {
		size_t n = fread(text.p + text.n, 1, READ_BYTES, f);

		text.n += n;
		if (n == 0)
			break;
	}
	if (!f || ferror(f))
		fprintf(stderr, "willaq: %s cannot be read: %s\n", path, strerror(errno));
	else if (rc == 0)
		rc = wq_bench_read(r, wq_buf_str(&text), &why);
	if (rc < 0)
		fprintf(stderr, "willaq: %s cannot be compared: %s\n", path,
		        rc == WQ_EPARSE && why ? why : wq_err_text(rc));
	if (f)
		fclose(f);
	wq_buf_fini(&text);
	return r->root && rc == 0;
}

enum wq_exit wq_bench_compare(const char *before, const char *after)
{
	struct wq_bench_read a, b = { .doc = NULL };
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_buf out;

	wq_buf_init(&out, WQ_BENCH_JSON_MAX_BYTES);
	if (read_file(before, &a) && read_file(after, &b)) {
		if (wq_bench_compare_text(&out, &a, &b) == 0 &&
		    fwrite(out.p, 1, out.n, stdout) == out.n)
			code = WQ_EXIT_DONE;
		else
			fprintf(stderr, "willaq: the comparison cannot be written\n");
	}
	wq_buf_fini(&out);
	wq_bench_read_fini(&a);
	wq_bench_read_fini(&b);
	return code;
}
