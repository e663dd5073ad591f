/* SPDX-License-Identifier: MIT */
/* openapi.c — made from the route table, so it cannot fall behind. */
#include "app/openapi.h"

#include <stdio.h>

#include "app/api/shapes.h"
#include "app/shape.h"
#include "base/json.h"
#include "base/limits.h"

/* A parameter or rest segment becomes {name}, "v:name" v{name}. */
static void template_of(const char *pattern, char *out, size_t cap)
{
	size_t n = 0;
	bool open = false;

	for (const char *p = pattern; *p && n + 3 < cap; p++) {
		if (open && *p == '/') {
			out[n++] = '}';
			open = false;
		}
		if ((*p == ':' || *p == '*') && p > pattern &&
		    (p[-1] == '/' || (p[-1] == 'v' && p[-2] == '/'))) {
			out[n++] = '{';
			open = true;
		} else {
			out[n++] = *p;
		}
	}
	if (open)
		out[n++] = '}';
	out[n] = '\0';
}

static int write_parameter(struct wq_jsonw *w, const char *in, const struct wq_shape_member *m)
{
	int rc;

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "name", m->name);
	wq_jsonw_put_text(w, "in", in);
	wq_jsonw_put_bool(w, "required", !m->optional);
	wq_jsonw_key(w, "schema");
	rc = wq_shape_write(w, m->shape);
	wq_jsonw_object_end(w);
	return rc;
}

/* Of the path, then of the query. */
static int write_parameters(struct wq_jsonw *w, const struct wq_route *r, const char *path)
{
	struct wq_shape_member m = { .shape = wq_str("string") };
	struct wq_str query = wq_shape_members(wq_str(r->query));
	int rc = 0;

	wq_jsonw_key(w, "parameters");
	wq_jsonw_array(w);
	for (const char *open = path; rc == 0 && (open = strchr(open, '{')); open++) {
		m.name = wq_strn(open + 1, strcspn(open + 1, "}"));
		rc = write_parameter(w, "path", &m);
	}
	while (rc == 0 && wq_shape_next(&query, &m))
		rc = write_parameter(w, "query", &m);
	wq_jsonw_array_end(w);
	return rc;
}

static int write_content(struct wq_jsonw *w, const char *media, const char *shape,
                         const char *example)
{
	int rc;

	wq_jsonw_key(w, "content");
	wq_jsonw_object(w);
	wq_jsonw_key(w, media ? media : "application/json");
	wq_jsonw_object(w);
	wq_jsonw_key(w, "schema");
	rc = wq_shape_write(w, wq_str(shape));
	if (example) {
		wq_jsonw_key(w, "example");
		wq_jsonw_raw(w, wq_str(example));
	}
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
	return rc;
}

/* Every member of it may be missing. */
static bool may_be_empty(struct wq_str shape)
{
	struct wq_str members = wq_shape_members(shape);
	struct wq_shape_member m = { .optional = members.p != NULL };

	while (m.optional && wq_shape_next(&members, &m))
		;
	return m.optional;
}

static int write_body(struct wq_jsonw *w, const struct wq_route *r)
{
	int rc;

	if (!r->body)
		return 0;
	wq_jsonw_key(w, "requestBody");
	wq_jsonw_object(w);
	wq_jsonw_put_bool(w, "required", !may_be_empty(wq_str(r->body)));
	rc = write_content(w, NULL, r->body, r->example);
	wq_jsonw_object_end(w);
	return rc;
}

static int write_done(struct wq_jsonw *w, int status, const char *media, const char *shape)
{
	char text[8];
	int rc = 0;

	snprintf(text, sizeof(text), "%d", status);
	wq_jsonw_key(w, text);
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "description", "Done");
	if (shape)
		rc = write_content(w, media, shape, NULL);
	wq_jsonw_object_end(w);
	return rc;
}

static int write_refusal(struct wq_jsonw *w, const struct wq_route *r)
{
	int rc;

	wq_jsonw_key(w, "default");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "description", "Refused");
	rc = write_content(w, r->refusal ? NULL : "application/problem+json",
	                   r->refusal ? r->refusal : "Problem", NULL);
	wq_jsonw_object_end(w);
	return rc;
}

static int write_responses(struct wq_jsonw *w, const struct wq_route *r)
{
	int rc = 0;

	wq_jsonw_key(w, "responses");
	wq_jsonw_object(w);
	if (r->also)
		rc = write_done(w, 200, NULL, r->also);
	if (rc == 0)
		rc = write_done(w, r->done ? r->done : 200, r->media, r->answer);
	if (rc == 0)
		rc = write_refusal(w, r);
	wq_jsonw_object_end(w);
	return rc;
}

static int write_operation(struct wq_jsonw *w, const struct wq_route *r, const char *path)
{
	static const char *const lower[WQ_METHODS] = { "get",   "head",   "post",   "put",
		                                       "patch", "delete", "options" };
	int rc;

	wq_jsonw_key(w, lower[r->method]);
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "summary", r->summary);
	rc = write_parameters(w, r, path);
	if (rc == 0)
		rc = write_body(w, r);
	if (rc == 0)
		rc = write_responses(w, r);
	if (r->keyed) {
		wq_jsonw_key(w, "security");
		wq_jsonw_raw(w, wq_str("[{\"bearer\":[]},{\"key\":[]}]"));
	}
	wq_jsonw_object_end(w);
	return rc;
}

/* Whether an earlier route has the same pattern: its path entry took this one along. */
static bool told(const struct wq_server *s, size_t i)
{
	const struct wq_route *r = wq_server_route_at(s, i);

	for (size_t j = 0; j < i; j++) {
		const struct wq_route *before = wq_server_route_at(s, j);

		if (before->summary && strcmp(before->pattern, r->pattern) == 0)
			return true;
	}
	return false;
}

static int write_path(struct wq_jsonw *w, const struct wq_server *s, size_t first)
{
	const struct wq_route *r = wq_server_route_at(s, first), *other;
	char path[256];
	int rc = 0;

	template_of(r->pattern, path, sizeof(path));
	wq_jsonw_key(w, path);
	wq_jsonw_object(w);
	for (size_t i = first; rc == 0 && (other = wq_server_route_at(s, i)); i++)
		if (other->summary && strcmp(other->pattern, r->pattern) == 0)
			rc = write_operation(w, other, path);
	wq_jsonw_object_end(w);
	return rc;
}

static bool route_mentions(const struct wq_route *r, struct wq_str name)
{
	return r->summary && (wq_shape_mentions(wq_str(r->query), name) ||
	                      wq_shape_mentions(wq_str(r->body), name) ||
	                      wq_shape_mentions(wq_str(r->answer), name) ||
	                      wq_shape_mentions(wq_str(r->also), name) ||
	                      wq_shape_mentions(wq_str(r->refusal), name));
}

/* Whether a route, or a shape that is `told`, mentions it. */
static bool is_needed(const struct wq_server *s, const struct wq_named_shape *one, const bool *told)
{
	const struct wq_route *r;

	for (size_t i = 0; (r = wq_server_route_at(s, i)); i++)
		if (route_mentions(r, wq_str(one->name)))
			return true;
	for (size_t i = 0; wq_api_shapes[i].name; i++)
		if (told[i] && wq_shape_mentions(wq_str(wq_api_shapes[i].shape), wq_str(one->name)))
			return true;
	return false;
}

/* The first that is needed and was not told; NULL: there is none left.  Problem is in every answer. */
static const struct wq_named_shape *next_shape(const struct wq_server *s, bool *told)
{
	for (size_t i = 0; i < WQ_SHAPES_MAX && wq_api_shapes[i].name; i++) {
		const struct wq_named_shape *one = &wq_api_shapes[i];

		if (told[i] || (strcmp(one->name, "Problem") != 0 && !is_needed(s, one, told)))
			continue;
		told[i] = true;
		return one;
	}
	return NULL;
}

static int write_components(struct wq_jsonw *w, const struct wq_server *s)
{
	bool told[WQ_SHAPES_MAX] = { false };
	const struct wq_named_shape *one;
	int rc = 0;

	wq_jsonw_object(w);
	wq_jsonw_key(w, "securitySchemes");
	wq_jsonw_raw(
		w,
		wq_str("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
	               "\"key\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-API-Key\"}}"));
	wq_jsonw_key(w, "schemas");
	wq_jsonw_object(w);
	while (rc == 0 && (one = next_shape(s, told))) {
		wq_jsonw_key(w, one->name);
		rc = wq_shape_write(w, wq_str(one->shape));
	}
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
	return rc;
}

int wq_openapi_write(const struct wq_server *s, struct wq_buf *out)
{
	const struct wq_route *r;
	struct wq_jsonw w;
	int rc = 0;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "openapi", "3.1.0");
	wq_jsonw_key(&w, "info");
	wq_jsonw_raw(&w, wq_str("{\"title\":\"willaq\",\"version\":\"" WQ_VERSION
	                        "\",\"license\":{\"name\":\"MIT\"}}"));
	wq_jsonw_key(&w, "paths");
	wq_jsonw_object(&w);
	for (size_t i = 0; rc == 0 && (r = wq_server_route_at(s, i)); i++)
		if (r->summary && !told(s, i))
			rc = write_path(&w, s, i);
	wq_jsonw_object_end(&w);
	wq_jsonw_key(&w, "components");
	if (rc == 0)
		rc = write_components(&w, s);
	wq_jsonw_object_end(&w);
	return rc < 0 ? rc : wq_jsonw_end(&w);
}
