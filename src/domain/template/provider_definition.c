/* SPDX-License-Identifier: MIT */
/* provider_definition.c — parameters counted, component by component. */
#include "domain/template/provider_definition.h"

#include <stdio.h>

#include "base/limits.h"

static int refuse(struct wq_message_problem *p, const char *field, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int refuse(struct wq_message_problem *p, const char *field, const char *fmt, ...)
{
	va_list ap;

	snprintf(p->field, sizeof(p->field), "%s", field);
	va_start(ap, fmt);
	vsnprintf(p->what, sizeof(p->what), fmt, ap);
	va_end(ap);
	return WQ_MESSAGE_INVALID;
}

/* Takes the next "{{…}}" off the front of *rest; p == NULL: there is none. */
static struct wq_str next_place(struct wq_str *rest)
{
	struct wq_str s = *rest;

	for (size_t i = 0; i + 3 < s.n; i++) {
		size_t end;

		if (s.p[i] != '{' || s.p[i + 1] != '{')
			continue;
		for (end = i + 2; end + 1 < s.n && s.p[end] != '}' && s.p[end] != '{'; end++)
			;
		if (end + 1 >= s.n || s.p[end] != '}' || s.p[end + 1] != '}' || end == i + 2)
			continue;
		*rest = wq_strn(s.p + end + 2, s.n - end - 2);
		return wq_str_trim(wq_strn(s.p + i + 2, end - i - 2));
	}
	*rest = wq_strn(s.p, 0);
	return wq_strn(NULL, 0);
}

struct wq_str wq_provider_text_place(struct wq_str text, unsigned i)
{
	struct wq_str seen[WQ_WA_PARAMETERS_MAX], place;
	unsigned n = 0, at;

	while (n <= i && n < WQ_WA_PARAMETERS_MAX && (place = next_place(&text)).p) {
		for (at = 0; at < n && !wq_str_eq(seen[at], place); at++)
			;
		if (at == n)
			seen[n++] = place;
	}
	return n > i ? seen[i] : wq_strn(NULL, 0);
}

unsigned wq_provider_text_places(struct wq_str text)
{
	struct wq_str seen[WQ_WA_PARAMETERS_MAX], place;
	unsigned n = 0, at;

	while (n < WQ_WA_PARAMETERS_MAX && (place = next_place(&text)).p) {
		for (at = 0; at < n && !wq_str_eq(seen[at], place); at++)
			;
		if (at == n)
			seen[n++] = place;
	}
	return n;
}

static yyjson_val *component(yyjson_val *list, const char *type)
{
	yyjson_val *c;
	size_t i, n;

	yyjson_arr_foreach(list, i, n, c)
	{
		if (wq_str_is_nocase(wq_json_get_str(c, "type"), type))
			return c;
	}
	return NULL;
}

struct wq_str wq_provider_body_of(yyjson_val *components)
{
	return wq_json_get_str(component(components, "body"), "text");
}

static size_t given(yyjson_val *c)
{
	return yyjson_arr_size(wq_json_get(c, "parameters"));
}

static int check_count(const char *field, const char *what, size_t takes, size_t gives,
                       struct wq_message_problem *p)
{
	if (takes == gives)
		return 0;
	return refuse(p, field, "%s takes %zu parameter%s, and %zu %s given", what, takes,
	              takes == 1 ? "" : "s", gives, gives == 1 ? "is" : "are");
}

/* Of a text with names for places: each has to be given. */
static int check_names(struct wq_str text, yyjson_val *parameters, struct wq_message_problem *p)
{
	struct wq_str place;
	yyjson_val *each;
	size_t i, n;

	for (unsigned at = 0; (place = wq_provider_text_place(text, at)).p; at++) {
		bool found = false, named = false;
		uint64_t number;

		if (wq_str_to_u64(place, WQ_WA_PARAMETERS_MAX, &number))
			return 0;
		yyjson_arr_foreach(parameters, i, n, each)
		{
			struct wq_str name = wq_json_get_str(each, "parameter_name");

			named = named || name.p;
			found = found || wq_str_eq(name, place);
		}
		if (!found)
			return refuse(
				p, "template.components",
				named ? "the body has no parameter_name \"%.*s\""
				      : "the body's parameters need a parameter_name: \"%.*s\"",
				place.n < 64 ? (int)place.n : 64, place.p);
	}
	return 0;
}

static int check_body(yyjson_val *definition, yyjson_val *content, struct wq_message_problem *p)
{
	struct wq_str text = wq_provider_body_of(definition);
	yyjson_val *c = component(wq_json_get(content, "components"), "body");
	int rc;

	if (!text.p)
		return 0;
	rc = check_count("template.components", "the body", wq_provider_text_places(text), given(c),
	                 p);
	return rc == 0 ? check_names(text, wq_json_get(c, "parameters"), p) : rc;
}

static int check_header(yyjson_val *definition, yyjson_val *content, struct wq_message_problem *p)
{
	static const char *const files[] = { "IMAGE", "VIDEO", "DOCUMENT", "LOCATION" };
	yyjson_val *header = component(definition, "header");
	yyjson_val *c = component(wq_json_get(content, "components"), "header");
	struct wq_str format = wq_json_get_str(header, "format");
	struct wq_str text = wq_json_get_str(header, "text");
	struct wq_str type;

	if (!header)
		return check_count("template.components", "the template has no header: it", 0,
		                   given(c), p);
	if (!format.p || wq_str_is_nocase(format, "TEXT"))
		return check_count("template.components", "the header",
		                   text.p ? wq_provider_text_places(text) : 0, given(c), p);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		if (!wq_str_is_nocase(format, files[i]))
			continue;
		type = wq_json_get_str(yyjson_arr_get(wq_json_get(c, "parameters"), 0), "type");
		if (given(c) == 1 && wq_str_is_nocase(type, files[i]))
			return 0;
		return refuse(p, "template.components",
		              "the header takes one parameter, of type %s", files[i]);
	}
	return 0;
}

/* Whether the button needs a value of the message. */
static bool button_takes(yyjson_val *button)
{
	struct wq_str type = wq_json_get_str(button, "type");
	struct wq_str url = wq_json_get_str(button, "url");

	if (wq_str_is_nocase(type, "URL"))
		return url.p && wq_provider_text_places(url) > 0;
	return wq_str_is_nocase(type, "COPY_CODE") || wq_str_is_nocase(type, "OTP");
}

static size_t index_of(yyjson_val *c)
{
	yyjson_val *index = wq_json_get(c, "index");
	uint64_t n = SIZE_MAX;

	if (yyjson_is_uint(index))
		return (size_t)yyjson_get_uint(index);
	(void)wq_str_to_u64(wq_json_str(index), WQ_WA_TEMPLATE_BUTTONS_MAX, &n);
	return (size_t)n;
}

/* The component of the message for the button. */
static yyjson_val *button_given(yyjson_val *content, size_t at)
{
	yyjson_val *c;
	size_t i, n;

	yyjson_arr_foreach(wq_json_get(content, "components"), i, n, c)
	{
		if (wq_str_is_nocase(wq_json_get_str(c, "type"), "button") && index_of(c) == at)
			return c;
	}
	return NULL;
}

static int check_buttons(yyjson_val *definition, yyjson_val *content, struct wq_message_problem *p)
{
	yyjson_val *buttons = wq_json_get(component(definition, "buttons"), "buttons"), *b, *c;
	size_t i, n, all = yyjson_arr_size(buttons);

	yyjson_arr_foreach(buttons, i, n, b)
	{
		if (button_takes(b) && given(button_given(content, i)) != 1)
			return refuse(p, "template.components",
			              "button %zu takes one parameter, and none is given", i);
	}
	yyjson_arr_foreach(wq_json_get(content, "components"), i, n, c)
	{
		if (wq_str_is_nocase(wq_json_get_str(c, "type"), "button") && index_of(c) >= all)
			return refuse(p, "template.components",
			              "the template has %zu button%s, counted from 0", all,
			              all == 1 ? "" : "s");
	}
	return 0;
}

int wq_provider_definition_check(yyjson_val *components, yyjson_val *content,
                                 struct wq_message_problem *p)
{
	int rc;

	if (yyjson_arr_size(components) == 0)
		return 0;
	rc = check_header(components, content, p);
	if (rc == 0)
		rc = check_body(components, content, p);
	return rc == 0 ? check_buttons(components, content, p) : rc;
}
