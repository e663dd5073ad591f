/* SPDX-License-Identifier: MIT */
/* multipart.c — delimiter, headers, content, delimiter. */
#include "app/sandbox/multipart.h"

enum { HEADERS_MAX = 16 };

/* Takes the text up to the next ';' that is not in quotes off the front of *rest. */
static struct wq_str next_field(struct wq_str *rest)
{
	bool quoted = false;
	size_t n = 0;
	struct wq_str field;

	while (n < rest->n && (quoted || rest->p[n] != ';'))
		quoted ^= rest->p[n++] == '"';
	field = wq_str_trim(wq_strn(rest->p, n));
	n += n < rest->n;
	*rest = wq_strn(rest->p + n, rest->n - n);
	return field;
}

/* The value of ;name=value or ;name="value" in a header; p == NULL: none.  Backslashes are not resolved: browsers send
 * none. */
static struct wq_str parameter(struct wq_str header, const char *name)
{
	struct wq_str rest = header;

	while (rest.n > 0) {
		struct wq_str field = next_field(&rest);
		size_t eq = wq_str_find(field, '=');

		if (eq == field.n || !wq_str_is_nocase(wq_strn(field.p, eq), name))
			continue;
		field = wq_strn(field.p + eq + 1, field.n - eq - 1);
		if (field.n >= 2 && field.p[0] == '"' && field.p[field.n - 1] == '"')
			field = wq_strn(field.p + 1, field.n - 2);
		return field;
	}
	return wq_strn(NULL, 0);
}

/* What follows the first `what` in `in`; p == NULL: it is not there.  *before is what stood in front. */
static struct wq_str after(struct wq_str in, const char *what, size_t n, struct wq_str *before)
{
	const char *at = in.n ? memmem(in.p, in.n, what, n) : NULL;

	if (!at)
		return wq_strn(NULL, 0);
	*before = wq_strn(in.p, (size_t)(at - in.p));
	return wq_strn(at + n, in.n - before->n - n);
}

bool wq_multipart_begin(struct wq_multipart *m, struct wq_str content_type, struct wq_str body)
{
	struct wq_str rest = content_type, kind, boundary = parameter(content_type, "boundary"),
		      before;

	*m = (struct wq_multipart){ .broken = false };
	if (!wq_str_next(&rest, ';', &kind) ||
	    !wq_str_is_nocase(wq_str_trim(kind), "multipart/form-data"))
		return false;
	if (boundary.n == 0 || boundary.n > WQ_BOUNDARY_MAX_BYTES)
		return false;
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.p, boundary.n);
	m->delimiter_n = 4 + boundary.n;
	/* the first delimiter needs no line end in front */
	m->rest = after(body, m->delimiter + 2, m->delimiter_n - 2, &before);
	m->broken = !m->rest.p || before.n > 0;
	return true;
}

static bool read_headers(struct wq_str head, struct wq_part *out)
{
	for (int i = 0; head.n > 0; i++) {
		struct wq_str line, rest = after(head, "\r\n", 2, &line);
		size_t colon;

		if (!rest.p)
			line = head;
		head = rest;
		colon = wq_str_find(line, ':');
		if (colon == line.n || i == HEADERS_MAX)
			return false;
		if (wq_str_is_nocase(wq_strn(line.p, colon), "content-disposition")) {
			out->name = parameter(line, "name");
			out->filename = parameter(line, "filename");
		} else if (wq_str_is_nocase(wq_strn(line.p, colon), "content-type")) {
			out->type = wq_str_trim(wq_strn(line.p + colon + 1, line.n - colon - 1));
		}
	}
	return out->name.p != NULL;
}

static bool fail(struct wq_multipart *m)
{
	m->broken = true;
	return false;
}

bool wq_multipart_next(struct wq_multipart *m, struct wq_part *out)
{
	struct wq_str head, rest;

	*out = (struct wq_part){ .name = wq_strn(NULL, 0) };
	if (m->broken || m->ended)
		return false;
	if (wq_str_starts(m->rest, "--")) {
		m->ended = true;
		return false;
	}
	if (!wq_str_starts(m->rest, "\r\n"))
		return fail(m);
	rest = after(wq_strn(m->rest.p + 2, m->rest.n - 2), "\r\n\r\n", 4, &head);
	if (!rest.p || !read_headers(head, out))
		return fail(m);
	/* an empty content ends with the line end that closes the headers */
	rest = wq_strn(rest.p - 2, rest.n + 2);
	rest = after(rest, m->delimiter, m->delimiter_n, &out->content);
	if (!rest.p)
		return fail(m);
	if (out->content.n >= 2)
		out->content = wq_strn(out->content.p + 2, out->content.n - 2);
	m->rest = rest;
	return true;
}
