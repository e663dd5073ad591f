/* SPDX-License-Identifier: MIT */
/* openapi.c — made from the route table, so it cannot fall behind. */
#include "app/openapi.h"

#include <stdio.h>

#include "base/json.h"

/* A parameter or rest segment becomes {name}. */
static void template_of(const char *pattern, char *out, size_t cap)
{
	size_t n = 0;
	bool open = false;

	for (const char *p = pattern; *p && n + 3 < cap; p++) {
		if (open && *p == '/') {
			out[n++] = '}';
			open = false;
		}
		if ((*p == ':' || *p == '*') && p > pattern && p[-1] == '/') {
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

static void write_parameters(struct wq_jsonw *w, const char *path)
{
	const char *open = path;

	wq_jsonw_key(w, "parameters");
	wq_jsonw_array(w);
	while ((open = strchr(open, '{'))) {
		const char *end = strchr(open, '}');

		wq_jsonw_object(w);
		wq_jsonw_key(w, "name");
		wq_jsonw_str(w, wq_strn(open + 1, (size_t)(end - open - 1)));
		wq_jsonw_key(w, "in");
		wq_jsonw_text(w, "path");
		wq_jsonw_key(w, "required");
		wq_jsonw_bool(w, true);
		wq_jsonw_key(w, "schema");
		wq_jsonw_raw(w, wq_str("{\"type\":\"string\"}"));
		wq_jsonw_object_end(w);
		open = end;
	}
	wq_jsonw_array_end(w);
}

static void write_operation(struct wq_jsonw *w, const struct wq_route *r, const char *path)
{
	static const char *const lower[WQ_METHODS] = { "get",   "head",   "post",   "put",
		                                       "patch", "delete", "options" };

	wq_jsonw_key(w, lower[r->method]);
	wq_jsonw_object(w);
	wq_jsonw_key(w, "summary");
	wq_jsonw_text(w, r->summary);
	write_parameters(w, path);
	wq_jsonw_key(w, "responses");
	wq_jsonw_raw(
		w,
		wq_str("{\"200\":{\"description\":\"Done\"},\"default\":{\"description\":\"Refused\","
	               "\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":"
	               "\"#/components/schemas/Problem\"}}}}}"));
	wq_jsonw_object_end(w);
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

static void write_path(struct wq_jsonw *w, const struct wq_server *s, size_t first)
{
	const struct wq_route *r = wq_server_route_at(s, first), *other;
	char path[256];

	template_of(r->pattern, path, sizeof(path));
	wq_jsonw_key(w, path);
	wq_jsonw_object(w);
	for (size_t i = first; (other = wq_server_route_at(s, i)); i++)
		if (other->summary && strcmp(other->pattern, r->pattern) == 0)
			write_operation(w, other, path);
	wq_jsonw_object_end(w);
}

int wq_openapi_write(const struct wq_server *s, struct wq_buf *out)
{
	const struct wq_route *r;
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "openapi");
	wq_jsonw_text(&w, "3.1.0");
	wq_jsonw_key(&w, "info");
	wq_jsonw_raw(&w, wq_str("{\"title\":\"willaq\",\"version\":\"" WQ_VERSION
	                        "\",\"license\":{\"name\":\"MIT\"}}"));
	wq_jsonw_key(&w, "paths");
	wq_jsonw_object(&w);
	for (size_t i = 0; (r = wq_server_route_at(s, i)); i++)
		if (r->summary && !told(s, i))
			write_path(&w, s, i);
	wq_jsonw_object_end(&w);
	wq_jsonw_key(&w, "components");
	wq_jsonw_raw(&w,
	             wq_str("{\"schemas\":{\"Problem\":{\"type\":\"object\",\"properties\":{"
	                    "\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
	                    "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},"
	                    "\"code\":{\"type\":\"string\"}}}}}"));
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}
