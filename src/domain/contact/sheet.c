/* SPDX-License-Identifier: MIT */
/* sheet.c — cells to members; from there on both formats are the same. */
#include "domain/contact/sheet.h"

#include <stdio.h>

#include "base/err.h"

static const char attribute[] = "attributes.";

static int fail(struct wq_contact_problem *p, const char *field, const char *what)
{
	snprintf(p->field, sizeof(p->field), "%s", field);
	snprintf(p->what, sizeof(p->what), "%s", what);
	return WQ_EINVAL;
}

/* Behind the opening quote; appends to `out`.  False: it never ends. */
static bool take_quoted(struct wq_contact_sheet *s, struct wq_buf *out, int *rc)
{
	size_t i = 0;

	for (; i < s->rest.n; i++) {
		char c = s->rest.p[i];

		if (c == '"' && (i + 1 == s->rest.n || s->rest.p[i + 1] != '"')) {
			s->rest = wq_strn(s->rest.p + i + 1, s->rest.n - i - 1);
			return true;
		}
		i += c == '"';
		s->next_line += c == '\n';
		*rc = *rc ? *rc : wq_buf_add_char(out, c);
	}
	s->rest = wq_strn(NULL, 0);
	return false;
}

/* One cell, terminated in the arena; *last: the line ends behind it. */
static int take_cell(struct wq_contact_sheet *s, struct wq_arena *a, struct wq_str *cell,
                     bool *last)
{
	struct wq_buf text;
	bool closed = true;
	char *copy = NULL;
	int rc = 0;

	wq_buf_init(&text, WQ_CONTACT_CELL_MAX_BYTES);
	if (s->rest.n && s->rest.p[0] == '"') {
		s->rest = wq_strn(s->rest.p + 1, s->rest.n - 1);
		closed = take_quoted(s, &text, &rc);
	}
	while (closed && s->rest.n && s->rest.p[0] != s->separator && s->rest.p[0] != '\n') {
		rc = rc ? rc : wq_buf_add_char(&text, s->rest.p[0]);
		s->rest = wq_strn(s->rest.p + 1, s->rest.n - 1);
	}
	*last = s->rest.n == 0 || s->rest.p[0] == '\n';
	if (s->rest.n && closed) {
		s->next_line += s->rest.p[0] == '\n';
		s->rest = wq_strn(s->rest.p + 1, s->rest.n - 1);
	}
	if (rc == 0 && closed) {
		struct wq_str trimmed = wq_buf_str(&text);

		if (trimmed.n && trimmed.p[trimmed.n - 1] == '\r')
			trimmed.n--;
		trimmed = wq_str_trim(trimmed);
		copy = wq_arena_copy(a, trimmed.n ? trimmed : wq_str(""));
		*cell = wq_strn(copy, trimmed.n);
		rc = copy ? 0 : WQ_ENOMEM;
	}
	wq_buf_fini(&text);
	return closed ? rc : WQ_EPARSE;
}

/* How many cells; < 0: WQ_EPARSE: a quote is not closed; WQ_ETOOBIG, WQ_ENOMEM. */
static int take_row(struct wq_contact_sheet *s, struct wq_arena *a,
                    struct wq_str cells[WQ_CONTACT_COLUMNS_MAX])
{
	bool last = false;
	size_t n = 0;
	int rc = 0;

	s->line = s->next_line;
	while (!last && rc == 0) {
		if (n == WQ_CONTACT_COLUMNS_MAX)
			return WQ_ETOOBIG;
		rc = take_cell(s, a, &cells[n], &last);
		n++;
	}
	return rc < 0 ? rc : (int)n;
}

static int tell_row(int rc, struct wq_contact_problem *p)
{
	if (rc == WQ_EPARSE)
		return fail(p, "the line", "has a quote that is never closed");
	if (rc == WQ_ETOOBIG)
		return fail(p, "the line",
		            "has more columns than 64, or a cell of more than 8192 bytes");
	return rc;
}

static bool is_member(struct wq_str name)
{
	for (size_t i = 0; wq_contact_members[i]; i++)
		if (wq_str_is(name, wq_contact_members[i]))
			return true;
	return name.n > sizeof(attribute) - 1 && wq_str_starts(name, attribute);
}

static char separator_of(struct wq_str text)
{
	struct wq_str line = wq_strn(text.p, wq_str_find(text, '\n'));

	if (wq_str_find(line, ',') < line.n)
		return ',';
	return wq_str_find(line, ';') < line.n    ? ';'
	       : wq_str_find(line, '\t') < line.n ? '\t'
	                                          : ',';
}

static int read_head(struct wq_contact_sheet *s, struct wq_arena *head,
                     struct wq_contact_problem *p)
{
	char place[64];
	int n;

	s->separator = separator_of(s->rest);
	n = take_row(s, head, s->head);
	if (n < 0)
		return tell_row(n, p);
	s->columns = (size_t)n;
	for (size_t i = 0; i < s->columns; i++) {
		snprintf(place, sizeof(place), "column %zu", i + 1);
		if (!s->head[i].n || !is_member(s->head[i]))
			return fail(
				p, place,
				"is none of phone, wa_id, user_id, parent_id, lid, name, username, language, "
				"timezone, tags, assigned, opted_out, attributes.NAME");
	}
	return 0;
}

int wq_contact_sheet_init(struct wq_contact_sheet *s, struct wq_str text, bool csv,
                          struct wq_arena *head, struct wq_contact_problem *p)
{
	*s = (struct wq_contact_sheet){ .rest = text, .csv = csv, .next_line = 1 };
	if (wq_str_starts(text, "\xef\xbb\xbf"))
		s->rest = wq_strn(text.p + 3, text.n - 3);
	return csv ? read_head(s, head, p) : 0;
}

static void put_tags(struct wq_jsonw *w, struct wq_str all)
{
	struct wq_str tag;

	wq_jsonw_array(w);
	while (wq_str_next(&all, ';', &tag))
		if (wq_str_trim(tag).n)
			wq_jsonw_str(w, wq_str_trim(tag));
	wq_jsonw_array_end(w);
}

static void put_cell(struct wq_jsonw *w, struct wq_str name, struct wq_str cell)
{
	wq_jsonw_key_str(w, name);
	if (wq_str_is(name, "tags") || wq_str_ends(name, "_tags"))
		put_tags(w, cell);
	else if (wq_str_is(name, "opted_out") && wq_str_is_nocase(cell, "true"))
		wq_jsonw_bool(w, true);
	else if (wq_str_is(name, "opted_out") && wq_str_is_nocase(cell, "false"))
		wq_jsonw_bool(w, false);
	else
		wq_jsonw_str(w, cell);
}

static void put_attributes(const struct wq_contact_sheet *s, struct wq_jsonw *w,
                           const struct wq_str *cells)
{
	const size_t head = sizeof(attribute) - 1;
	bool open = false;

	for (size_t i = 0; i < s->columns; i++) {
		if (!cells[i].n || !wq_str_starts(s->head[i], attribute))
			continue;
		if (!open) {
			wq_jsonw_key(w, "attributes");
			wq_jsonw_object(w);
		}
		open = true;
		wq_jsonw_key_str(w, wq_strn(s->head[i].p + head, s->head[i].n - head));
		wq_jsonw_str(w, cells[i]);
	}
	if (open)
		wq_jsonw_object_end(w);
}

static int row_as_json(const struct wq_contact_sheet *s, const struct wq_str *cells,
                       struct wq_buf *out)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	for (size_t i = 0; i < s->columns; i++)
		if (cells[i].n && !wq_str_starts(s->head[i], attribute))
			put_cell(&w, s->head[i], cells[i]);
	put_attributes(s, &w, cells);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

static int parse(struct wq_str text, struct wq_arena *a, yyjson_val **body,
                 struct wq_contact_problem *p)
{
	int rc = wq_str_is_utf8(text) ? wq_json_parse_in(body, text, WQ_API_JSON_DEPTH_MAX, a)
	                              : WQ_EPARSE;

	if (rc == WQ_EPARSE)
		return fail(p, "the line",
		            wq_str_is_utf8(text) ? "is no JSON object" : "is not UTF-8");
	if (rc == WQ_ETOOBIG)
		return fail(p, "the line", "is too long");
	return rc == 0 ? 1 : rc;
}

static int next_row(struct wq_contact_sheet *s, struct wq_arena *a, yyjson_val **body,
                    struct wq_contact_problem *p)
{
	struct wq_str cells[WQ_CONTACT_COLUMNS_MAX] = { { NULL, 0 } };
	struct wq_buf json;
	int n, rc;

	do {
		if (!s->rest.n)
			return 0;
		n = take_row(s, a, cells);
	} while (n == 1 && !cells[0].n && s->columns > 1);
	if (n < 0)
		return tell_row(n, p);
	if ((size_t)n != s->columns)
		return fail(p, "the line",
		            (size_t)n < s->columns ? "has fewer cells than the head"
		                                   : "has more cells than the head");
	for (int i = 0; i < n; i++)
		if (!wq_str_is_utf8(cells[i]))
			return fail(p, "the line", "is not UTF-8");
	wq_buf_init(&json, WQ_CONTACT_BODY_MAX_BYTES);
	rc = row_as_json(s, cells, &json);
	if (rc == 0)
		rc = parse(wq_buf_str(&json), a, body, p);
	else if (rc == WQ_ETOOBIG)
		rc = fail(p, "the line", "is too long");
	wq_buf_fini(&json);
	return rc;
}

int wq_contact_sheet_next(struct wq_contact_sheet *s, struct wq_arena *a, yyjson_val **body,
                          struct wq_contact_problem *p)
{
	struct wq_str line;

	if (s->csv)
		return next_row(s, a, body, p);
	do {
		if (!s->rest.n)
			return 0;
		s->line = s->next_line++;
		(void)wq_str_next(&s->rest, '\n', &line);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		line = wq_str_trim(line);
	} while (!line.n);
	return parse(line, a, body, p);
}
