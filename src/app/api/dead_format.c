/* SPDX-License-Identifier: MIT */
/* dead_format.c — a letter to a line. */
#include "app/api/dead_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "app/api/dead_view.h"
#include "base/err.h"
#include "base/limits.h"

static const char *const names[] = { "jsonl", "csv" };

enum wq_dead_format wq_dead_format_find(struct wq_str name)
{
	for (unsigned f = 0; f < WQ_DEAD_FORMATS; f++)
		if (wq_str_is(name, names[f]))
			return (enum wq_dead_format)f;
	return WQ_DEAD_FORMATS;
}

const char *wq_dead_format_name(enum wq_dead_format f)
{
	return names[f];
}

const char *wq_dead_format_type(enum wq_dead_format f)
{
	return f == WQ_DEAD_CSV ? "text/csv; charset=utf-8" : "application/x-ndjson";
}

int wq_dead_format_head(struct wq_buf *out, enum wq_dead_format f)
{
	if (f != WQ_DEAD_CSV)
		return 0;
	return wq_buf_add_text(
		out, "id,queue,job_id,name,reason,attempts_made,failed_at,account,data\r\n");
}

/* A line end outside of JSON's strings, where alone a raw one can be, becomes a space: one letter, one line. */
static int add_json(struct wq_buf *out, const struct wq_dead_letter *l, const struct wq_ref *dead)
{
	size_t from = out->n;
	struct wq_jsonw w;
	int rc;

	wq_jsonw_begin(&w, out);
	wq_view_letter(&w, l, dead, WQ_DEAD_FULL);
	rc = wq_jsonw_end(&w);
	for (size_t i = from; i < out->n; i++)
		if (out->p[i] == '\n' || out->p[i] == '\r')
			out->p[i] = ' ';
	return rc == 0 ? wq_buf_add_char(out, '\n') : rc;
}

static bool is_formula(struct wq_str s)
{
	return s.n > 0 && strchr("=+-@\t\r", s.p[0]) && s.p[0];
}

static int add_cell(struct wq_buf *out, struct wq_str s)
{
	int rc = wq_buf_add_text(out, is_formula(s) ? "\"'" : "\"");

	for (size_t i = 0; rc == 0 && i < s.n; i++) {
		if (s.p[i] == '"')
			rc = wq_buf_add_text(out, "\"\"");
		else
			rc = wq_buf_add_char(out, wq_str_is_control(s, i) ? ' ' : s.p[i]);
	}
	return rc == 0 ? wq_buf_add_text(out, "\",") : rc;
}

static int add_time(struct wq_buf *out, int64_t ms)
{
	char text[40] = "";
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	if (ms > 0 && gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	if (!text[0])
		return wq_buf_add_char(out, ',');
	return wq_buf_addf(out, "%s.%03dZ,", text, (int)(ms % 1000));
}

static int add_data(struct wq_buf *out, const struct wq_dead_letter *l)
{
	struct wq_buf text;
	int rc;

	if (!l->job->data.p)
		return wq_buf_add_text(out, "\r\n");
	wq_buf_init(&text, WQ_DEAD_TEXT_MAX_BYTES);
	rc = wq_dead_letter_data_add(l, &text);
	if (rc == 0)
		rc = add_cell(out, wq_buf_str(&text));
	wq_buf_fini(&text);
	if (rc < 0)
		return rc;
	out->n--; /* the comma */
	return wq_buf_add_text(out, "\r\n");
}

static int add_row(struct wq_buf *out, const struct wq_dead_letter *l, const struct wq_ref *dead)
{
	const struct wq_str cells[] = { l->job->id, wq_dead_home(l, dead), l->id, l->job->name,
		                        l->reason };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < WQ_COUNT(cells); i++)
		rc = add_cell(out, cells[i]);
	if (rc == 0)
		rc = wq_buf_addf(out, "%" PRId64 ",", l->attempts_made);
	if (rc == 0)
		rc = add_time(out, l->failed_at_ms);
	if (rc == 0)
		rc = add_cell(out, l->account);
	return rc == 0 ? add_data(out, l) : rc;
}

int wq_dead_format_add(struct wq_buf *out, enum wq_dead_format f, const struct wq_dead_letter *l,
                       const struct wq_ref *dead)
{
	return f == WQ_DEAD_CSV ? add_row(out, l, dead) : add_json(out, l, dead);
}
