/* SPDX-License-Identifier: MIT */
/* shape.c — each kind of shape is recognised by its ends, and its parts are shapes again. */
#include "app/shape.h"

#include <ctype.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

static const char exact[] = "exact ";

static bool is_open(char c)
{
	return c == '{' || c == '(';
}

static bool is_close(char c)
{
	return c == '}' || c == ')';
}

/* The part in front of the next `sep` that stands in no braces; false: all was taken. */
static bool next_part(struct wq_str *rest, char sep, struct wq_str *part)
{
	int depth = 0;
	size_t i = 0;

	if (!rest->p)
		return false;
	for (; i < rest->n && (depth > 0 || rest->p[i] != sep); i++)
		depth += is_open(rest->p[i]) - is_close(rest->p[i]);
	*part = wq_str_trim(wq_strn(rest->p, i));
	*rest = i < rest->n ? wq_strn(rest->p + i + 1, rest->n - i - 1) : wq_strn(NULL, 0);
	return true;
}

static bool is_union(struct wq_str shape)
{
	struct wq_str part;

	return next_part(&shape, '|', &part) && shape.p;
}

static bool is_quoted(struct wq_str s)
{
	return s.n >= 2 && s.p[0] == '\'' && s.p[s.n - 1] == '\'';
}

struct wq_str wq_shape_members(struct wq_str shape)
{
	shape = wq_str_trim(shape);
	if (wq_str_starts(shape, exact))
		shape = wq_str_trim(
			wq_strn(shape.p + sizeof(exact) - 1, shape.n - (sizeof(exact) - 1)));
	if (is_union(shape) || shape.n < 2 || shape.p[0] != '{' || shape.p[shape.n - 1] != '}')
		return wq_strn(NULL, 0);
	return wq_strn(shape.p + 1, shape.n - 2);
}

bool wq_shape_next(struct wq_str *members, struct wq_shape_member *m)
{
	struct wq_str rest = *members, part;
	size_t colon;

	if (!next_part(&rest, ',', &part))
		return false;
	colon = wq_str_find(part, ':');
	if (colon == part.n)
		return false;
	m->name = wq_str_trim(wq_strn(part.p, colon));
	m->shape = wq_str_trim(wq_strn(part.p + colon + 1, part.n - colon - 1));
	m->optional = wq_str_ends(m->name, "?");
	m->name.n -= m->optional;
	if (m->name.n == 0 || m->shape.n == 0)
		return false;
	*members = rest;
	return true;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool wq_shape_mentions(struct wq_str shape, struct wq_str name)
{
	for (size_t i = 0; i + name.n <= shape.n; i++)
		if (memcmp(shape.p + i, name.p, name.n) == 0 &&
		    (i == 0 || !is_name_char(shape.p[i - 1])) &&
		    (i + name.n == shape.n || !is_name_char(shape.p[i + name.n])))
			return true;
	return false;
}

static int write_shape(struct wq_jsonw *w, struct wq_str shape, unsigned depth);

static void write_required(struct wq_jsonw *w, struct wq_str members)
{
	struct wq_shape_member m;

	wq_jsonw_key(w, "required");
	wq_jsonw_array(w);
	while (wq_shape_next(&members, &m))
		if (!m.optional)
			wq_jsonw_str(w, m.name);
	wq_jsonw_array_end(w);
}

static int write_object(struct wq_jsonw *w, struct wq_str shape, unsigned depth)
{
	struct wq_str members = wq_shape_members(shape), rest = members;
	struct wq_shape_member m;
	int rc = 0;

	wq_jsonw_put_text(w, "type", "object");
	wq_jsonw_key(w, "properties");
	wq_jsonw_object(w);
	while (rc == 0 && wq_shape_next(&rest, &m)) {
		wq_jsonw_key_str(w, m.name);
		rc = write_shape(w, m.shape, depth);
	}
	wq_jsonw_object_end(w);
	write_required(w, members);
	if (wq_str_starts(shape, exact))
		wq_jsonw_put_bool(w, "additionalProperties", false);
	return rc == 0 && rest.p ? WQ_RAISE(WQ_EINVAL) : rc;
}

static int write_union(struct wq_jsonw *w, struct wq_str shape, unsigned depth)
{
	struct wq_str rest = shape, part;
	bool words = true;
	int rc = 0;

	while (next_part(&rest, '|', &part))
		words = words && is_quoted(part);
	wq_jsonw_key(w, words ? "enum" : "anyOf");
	wq_jsonw_array(w);
	for (rest = shape; rc == 0 && next_part(&rest, '|', &part);) {
		if (words)
			wq_jsonw_str(w, wq_strn(part.p + 1, part.n - 2));
		else
			rc = write_shape(w, part, depth);
	}
	wq_jsonw_array_end(w);
	return rc;
}

static int write_range(struct wq_jsonw *w, struct wq_str shape)
{
	size_t dot = wq_str_find(shape, '.');
	struct wq_str last = wq_strn(shape.p + dot + 2, dot + 2 < shape.n ? shape.n - dot - 2 : 0);
	uint64_t min, max = 0;

	if (dot + 1 >= shape.n || shape.p[dot + 1] != '.' ||
	    !wq_str_to_u64(wq_strn(shape.p, dot), INT64_MAX, &min) ||
	    (last.n && !wq_str_to_u64(last, INT64_MAX, &max)))
		return WQ_RAISE(WQ_EINVAL);
	wq_jsonw_put_text(w, "type", "integer");
	wq_jsonw_put_int(w, "minimum", (int64_t)min);
	if (last.n)
		wq_jsonw_put_int(w, "maximum", (int64_t)max);
	return 0;
}

static int write_word(struct wq_jsonw *w, struct wq_str shape)
{
	static const char *const types[] = { "string", "boolean", "integer", "number", "null" };

	if (wq_str_is(shape, "any"))
		return 0;
	for (size_t i = 0; i < WQ_COUNT(types); i++) {
		if (!wq_str_is(shape, types[i]))
			continue;
		wq_jsonw_put_text(w, "type", types[i]);
		return 0;
	}
	return WQ_RAISE(WQ_EINVAL);
}

static int write_name(struct wq_jsonw *w, struct wq_str shape)
{
	static const char where[] = "#/components/schemas/";
	char text[sizeof(where) + WQ_SHAPE_NAME_MAX_BYTES];

	if (shape.n > WQ_SHAPE_NAME_MAX_BYTES)
		return WQ_RAISE(WQ_EINVAL);
	memcpy(text, where, sizeof(where) - 1);
	memcpy(text + sizeof(where) - 1, shape.p, shape.n);
	wq_jsonw_put_str(w, "$ref", wq_strn(text, sizeof(where) - 1 + shape.n));
	return 0;
}

static int write_list(struct wq_jsonw *w, struct wq_str of, unsigned depth)
{
	wq_jsonw_put_text(w, "type", "array");
	wq_jsonw_key(w, "items");
	return write_shape(w, of, depth);
}

static int write_inside(struct wq_jsonw *w, struct wq_str shape, unsigned depth)
{
	if (shape.n >= 2 && shape.p[0] == '(' && shape.p[shape.n - 1] == ')' && !is_union(shape))
		shape = wq_str_trim(wq_strn(shape.p + 1, shape.n - 2));
	if (is_union(shape) || is_quoted(shape))
		return write_union(w, shape, depth);
	if (wq_str_ends(shape, "[]"))
		return write_list(w, wq_strn(shape.p, shape.n - 2), depth);
	if (wq_shape_members(shape).p)
		return write_object(w, shape, depth);
	if (shape.n && isdigit((unsigned char)shape.p[0]))
		return write_range(w, shape);
	if (shape.n && isupper((unsigned char)shape.p[0]))
		return write_name(w, shape);
	return write_word(w, shape);
}

static int write_shape(struct wq_jsonw *w, struct wq_str shape, unsigned depth)
{
	int rc;

	if (depth == 0)
		return WQ_RAISE(WQ_ETOOBIG);
	wq_jsonw_object(w);
	rc = write_inside(w, wq_str_trim(shape), depth - 1);
	wq_jsonw_object_end(w);
	return rc;
}

int wq_shape_write(struct wq_jsonw *w, struct wq_str shape)
{
	return write_shape(w, shape, WQ_SHAPE_DEPTH_MAX);
}
