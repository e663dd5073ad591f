/* SPDX-License-Identifier: MIT */
/* loose_template.c — templates as people write them: names in camel case, a language as text, bare values. */
#include <stdio.h>

#include "base/limits.h"
#include "domain/message/reading.h"

/* "es-EC" is what browsers say and "es_EC" what WhatsApp wants. */
static void write_language(struct wq_reading *r, struct wq_spot s)
{
	struct wq_str text = wq_json_str(s.v);
	char *copy;

	if (!text.p) {
		wq_reading_put(r, "language", "language", r->base, s);
		return;
	}
	copy = wq_reading_room(r, text.n + 1);
	if (!copy)
		return;
	for (size_t i = 0; i < text.n; i++)
		copy[i] = text.p[i];
	if (text.n > 2 && memchr(text.p, '-', text.n))
		copy[wq_str_find(text, '-')] = '_';
	wq_reading_alias(r, "language", wq_reading_join(r, r->base, s.key));
	wq_reading_alias(r, "language.code", wq_reading_join(r, r->base, s.key));
	wq_jsonw_key(&r->w, "language");
	wq_jsonw_object(&r->w);
	wq_jsonw_put_str(&r->w, "code", wq_strn(copy, text.n));
	wq_jsonw_object_end(&r->w);
}

/* Numbers and truths are said as text. */
static void write_value(struct wq_reading *r, yyjson_val *v)
{
	struct wq_buf text;
	struct wq_jsonw w;

	wq_jsonw_key(&r->w, "text");
	if (!yyjson_is_num(v) && !yyjson_is_bool(v)) {
		wq_jsonw_value(&r->w, v);
		return;
	}
	wq_buf_init(&text, 256);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_value(&w, v);
	if (wq_jsonw_end(&w) == 0)
		wq_jsonw_str(&r->w, wq_buf_str(&text));
	else if (r->w.rc == 0)
		r->w.rc = wq_jsonw_end(&w);
	wq_buf_fini(&text);
}

/* One parameter: as Graph has it, or {"name", "value"}, or the bare value. */
static void write_parameter(struct wq_reading *r, struct wq_str name, yyjson_val *v)
{
	struct wq_spot value = wq_reading_find(v, "text value");
	struct wq_spot own_name = wq_reading_find(v, "parameter_name parameterName name key");

	if (yyjson_is_obj(v) && wq_reading_get(v, wq_str("type"))) {
		wq_jsonw_value(&r->w, v);
		return;
	}
	if (!name.p)
		name = wq_json_str(own_name.v);
	wq_jsonw_object(&r->w);
	wq_jsonw_put_text(&r->w, "type", "text");
	if (name.p)
		wq_jsonw_put_str(&r->w, "parameter_name", name);
	if (yyjson_is_obj(v) ? value.v != NULL : !yyjson_is_null(v))
		write_value(r, yyjson_is_obj(v) ? value.v : v);
	wq_jsonw_object_end(&r->w);
}

/* Parameter `at` of component `nth` was written as `as`, text or not. */
static void name_parameter(struct wq_reading *r, unsigned nth, const char *at, const char *as)
{
	enum { PATH_BYTES = 64 };
	char *of = wq_reading_room(r, PATH_BYTES), *text = wq_reading_room(r, PATH_BYTES);

	if (!of || !text)
		return;
	(void)snprintf(of, PATH_BYTES, "components[%u].parameters[%s]", nth, at);
	(void)snprintf(text, PATH_BYTES, "components[%u].parameters[%s].text", nth, at);
	wq_reading_alias(r, of, as);
	wq_reading_alias(r, text, as);
}

/* {"1": …, "2": …} stands for places, anything else for names. */
static bool has_places(yyjson_val *obj)
{
	yyjson_val *key, *v;
	size_t i, n;
	uint64_t place;

	yyjson_obj_foreach(obj, i, n, key, v)
	{
		if (!wq_str_to_u64(wq_json_str(key), n, &place) || place < 1)
			return false;
	}
	return yyjson_obj_size(obj) > 0;
}

static void write_places(struct wq_reading *r, unsigned nth, yyjson_val *obj, const char *base)
{
	char number[24], at[24];

	for (size_t i = 0; i < yyjson_obj_size(obj) && r->rc == 0; i++) {
		(void)snprintf(number, sizeof(number), "%zu", i + 1);
		(void)snprintf(at, sizeof(at), "%zu", i);
		name_parameter(r, nth, at, wq_reading_join(r, base, wq_str(number)));
		if (!wq_reading_get(obj, wq_str(number))) {
			(void)wq_reading_fail(r, wq_reading_join(r, base, wq_str(number)), 0,
			                      "is missing");
			return;
		}
		write_parameter(r, wq_strn(NULL, 0), wq_reading_get(obj, wq_str(number)));
	}
}

static void write_names(struct wq_reading *r, unsigned nth, yyjson_val *obj, const char *base)
{
	yyjson_val *key, *v;
	size_t i, n;
	char at[24];

	yyjson_obj_foreach(obj, i, n, key, v)
	{
		(void)snprintf(at, sizeof(at), "%zu", i);
		name_parameter(r, nth, at, wq_reading_join(r, base, wq_json_str(key)));
		if (r->rc == 0)
			write_parameter(r, wq_json_str(key), v);
	}
}

static void write_list(struct wq_reading *r, unsigned nth, yyjson_val *list, const char *base)
{
	yyjson_val *v;
	size_t i, n;

	name_parameter(r, nth, "*", wq_reading_join(r, base, wq_str("[*]")));
	yyjson_arr_foreach(list, i, n, v)
	{
		write_parameter(r, wq_strn(NULL, 0), v);
	}
}

static void write_component(struct wq_reading *r, unsigned nth, const char *type, yyjson_val *v,
                            const char *base)
{
	if (!yyjson_is_arr(v) && !yyjson_is_obj(v)) {
		(void)wq_reading_fail(r, base, 0, "is neither a list nor an object of values");
		return;
	}
	if (yyjson_arr_size(v) + yyjson_obj_size(v) > WQ_WA_PARAMETERS_MAX) {
		(void)wq_reading_fail(r, base, WQ_WA_PARAMETERS_MAX, "has more than %d values",
		                      WQ_WA_PARAMETERS_MAX);
		return;
	}
	wq_jsonw_object(&r->w);
	wq_jsonw_put_text(&r->w, "type", type);
	wq_jsonw_key(&r->w, "parameters");
	wq_jsonw_array(&r->w);
	if (yyjson_is_arr(v))
		write_list(r, nth, v, base);
	else if (has_places(v))
		write_places(r, nth, v, base);
	else
		write_names(r, nth, v, base);
	wq_jsonw_array_end(&r->w);
	wq_jsonw_object_end(&r->w);
}

/* Values of the body, or {"header": […], "body": […]}. */
static void write_parameters(struct wq_reading *r, struct wq_spot s)
{
	struct wq_spot header = wq_reading_find(s.v, "header");
	struct wq_spot body = wq_reading_find(s.v, "body");
	const char *base = wq_reading_join(r, r->base, s.key);
	unsigned nth = 0;

	wq_jsonw_key(&r->w, "components");
	wq_jsonw_array(&r->w);
	if (yyjson_is_arr(header.v) || yyjson_is_arr(body.v)) {
		if (header.v)
			write_component(r, nth++, "header", header.v,
			                wq_reading_join(r, base, header.key));
		if (body.v)
			write_component(r, nth, "body", body.v, wq_reading_join(r, base, body.key));
	} else if (yyjson_arr_size(s.v) + yyjson_obj_size(s.v) > 0 || !yyjson_is_ctn(s.v)) {
		write_component(r, nth, "body", s.v, base);
	}
	wq_jsonw_array_end(&r->w);
}

void wq_loose_template(struct wq_reading *r, yyjson_val *v)
{
	struct wq_spot components = wq_reading_find(v, "components");
	struct wq_spot parameters = wq_reading_find(v, WQ_LOOSE_PARAMETERS);

	wq_reading_put(r, "name", "name", r->base,
	               wq_reading_find(v, "name templateName template_name template"));
	write_language(r, wq_reading_find(v, "language languageCode language_code lang locale "
	                                     "templateLanguage"));
	if (components.v && parameters.v)
		(void)wq_reading_fail(r, wq_reading_join(r, r->base, parameters.key), 0,
		                      "is there beside components: one of the two");
	else if (components.v)
		wq_reading_put(r, "components", "components", r->base, components);
	else if (parameters.v)
		write_parameters(r, parameters);
}
