/* SPDX-License-Identifier: MIT */
/* check_parts.c — texts, media, numbers, counts. */
#include "app/sandbox/check_parts.h"

#include <math.h>
#include <stdlib.h>

enum { LINK_BYTES_MAX = 2048, NUMBER_BYTES_MAX = 32, MEDIA_ID_MAX = 32 };

size_t wq_check_chars(struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

bool wq_check_is_in(struct wq_str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (wq_str_is(s, names[i]))
			return true;
	return false;
}

bool wq_check_text(yyjson_val *obj, const char *path, const struct wq_check_text *t, int missing,
                   int wrong, struct wq_graph_error *e)
{
	yyjson_val *v = wq_json_get(obj, t->key);
	struct wq_str s = wq_json_str(v);
	size_t n;

	if (!v || yyjson_is_null(v))
		return !t->required ||
		       wq_graph_error_set(e, missing, "The parameter %s['%s'] is required.", path,
		                          t->key);
	if (!s.p)
		return wq_graph_error_set(e, wrong, "Param %s['%s'] must be a string.", path,
		                          t->key);
	n = wq_check_chars(s);
	if (n < t->min && t->required)
		return wq_graph_error_set(e, wrong,
		                          "Param %s['%s'] must be at least %u characters long.",
		                          path, t->key, t->min);
	if (n > t->max)
		return wq_graph_error_set(e, wrong,
		                          "Param %s['%s'] must be at most %u characters long.",
		                          path, t->key, t->max);
	return true;
}

static bool is_digits(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n <= MEDIA_ID_MAX;
}

static bool is_link(struct wq_str s)
{
	return (wq_str_starts(s, "http://") && s.n > 7) ||
	       (wq_str_starts(s, "https://") && s.n > 8);
}

bool wq_check_media(yyjson_val *obj, const char *path, struct wq_graph_error *e)
{
	yyjson_val *id = wq_json_get(obj, "id"), *link = wq_json_get(obj, "link");

	if (!yyjson_is_obj(obj))
		return wq_graph_error_set(e, WQ_GRAPH_INVALID, "The parameter %s is required.",
		                          path);
	if (!id && !link)
		return wq_graph_error_set(e, WQ_GRAPH_INVALID,
		                          "Param %s must have one of the keys id, link.", path);
	if (id && !is_digits(wq_json_str(id)))
		return wq_graph_error_set(
			e, WQ_GRAPH_INVALID,
			"Param %s['id'] is not a valid whatsapp business account media "
			"attachment ID.",
			path);
	if (link && (!is_link(wq_json_str(link)) || wq_json_str(link).n > LINK_BYTES_MAX))
		return wq_graph_error_set(e, WQ_GRAPH_INVALID,
		                          "Param %s['link'] is not a valid URI.", path);
	return true;
}

static double number(yyjson_val *v)
{
	struct wq_str s = wq_json_str(v);
	char text[NUMBER_BYTES_MAX], *end;
	double d;

	if (yyjson_is_num(v))
		return yyjson_get_num(v);
	if (!s.p || s.n == 0 || s.n >= sizeof(text))
		return NAN;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	d = strtod(text, &end);
	return end == text + s.n ? d : NAN;
}

bool wq_check_degrees(yyjson_val *obj, const char *path, const char *key, double bound,
                      struct wq_graph_error *e)
{
	yyjson_val *v = wq_json_get(obj, key);

	if (!v)
		return wq_graph_error_set(e, WQ_GRAPH_INVALID,
		                          "The parameter %s['%s'] is required.", path, key);
	if (!(fabs(number(v)) <= bound)) /* also when it is no number */
		return wq_graph_error_set(e, WQ_GRAPH_INVALID,
		                          "Param %s['%s'] must be a number from -%.0f to %.0f.",
		                          path, key, bound, bound);
	return true;
}

yyjson_val *wq_check_object(yyjson_val *obj, const char *key, const char *path,
                            struct wq_graph_error *e)
{
	yyjson_val *v = wq_json_get(obj, key);

	if (yyjson_is_obj(v))
		return v;
	(void)wq_graph_error_set(e, WQ_GRAPH_MISSING, "The parameter %s['%s'] is required.", path,
	                         key);
	return NULL;
}

yyjson_val *wq_check_array(yyjson_val *obj, const char *key, const char *path, size_t min,
                           size_t max, struct wq_graph_error *e)
{
	yyjson_val *v = wq_json_get(obj, key);
	size_t n = yyjson_arr_size(v);

	if (!yyjson_is_arr(v)) {
		(void)wq_graph_error_set(e, WQ_GRAPH_MISSING, "The parameter %s['%s'] is required.",
		                         path, key);
		return NULL;
	}
	if (n >= min && n <= max)
		return v;
	(void)wq_graph_error_set(e, WQ_GRAPH_VALUE,
	                         "Invalid %s count in %s. Min allowed: %zu, Max allowed: %zu.", key,
	                         path, min, max);
	return NULL;
}
