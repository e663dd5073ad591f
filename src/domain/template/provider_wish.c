/* SPDX-License-Identifier: MIT */
/* provider_wish.c — a template that is to be created, before the provider is asked: what it would refuse anyway. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "domain/template/provider_definition.h"

enum { HEADER_CHARS = 60, BODY_CHARS = 1024, FOOTER_CHARS = 60, BUTTON_CHARS = 25 };

static int refuse(struct wq_message_problem *p, const char *field, const char *what)
{
	snprintf(p->field, sizeof(p->field), "%s", field);
	snprintf(p->what, sizeof(p->what), "%s", what);
	return WQ_MESSAGE_INVALID;
}

static size_t chars(struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

bool wq_provider_template_name_is(struct wq_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!(name.p[i] >= 'a' && name.p[i] <= 'z') &&
		    !(name.p[i] >= '0' && name.p[i] <= '9') && name.p[i] != '_')
			return false;
	return name.n > 0 && name.n <= WQ_WA_TEMPLATE_NAME_MAX_CHARS;
}

bool wq_provider_language_is(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
		    s.p[i] != '_')
			return false;
	return s.n >= 2 && s.n <= WQ_WA_LANGUAGE_MAX_CHARS;
}

static bool is_category(struct wq_str s)
{
	return wq_str_is(s, "MARKETING") || wq_str_is(s, "UTILITY") ||
	       wq_str_is(s, "AUTHENTICATION");
}

/* "{{1}} …", "… {{1}}" and "{{1}}{{2}}" are refused by Meta. */
static const char *places_problem(struct wq_str text)
{
	struct wq_str t = wq_str_trim(text);

	if (wq_provider_text_places(t) == 0)
		return NULL;
	if (wq_str_starts(t, "{{"))
		return "begins with a variable: words have to stand before it";
	if (wq_str_ends(t, "}}"))
		return "ends with a variable: words have to stand behind it";
	for (size_t i = 0; i + 3 < t.n; i++)
		if (memcmp(t.p + i, "}}{{", 4) == 0)
			return "has two variables side by side";
	return NULL;
}

static int check_body(yyjson_val *c, struct wq_message_problem *p)
{
	struct wq_str text = wq_json_get_str(c, "text");
	yyjson_val *example = wq_json_get(c, "example");
	const char *why = places_problem(text);

	if (!text.n || chars(text) > BODY_CHARS)
		return refuse(p, "components", "the body's text has 1 to 1024 characters");
	if (why) {
		(void)refuse(p, "components", why);
		snprintf(p->what, sizeof(p->what), "the body %s", why);
		return WQ_MESSAGE_INVALID;
	}
	if (wq_provider_text_places(text) > 0 && !yyjson_is_obj(example))
		return refuse(p, "components",
		              "the body has variables, so it needs an example of each: "
		              "\"example\": {\"body_text\": [[\"Ana\"]]}");
	return 0;
}

static int check_buttons(yyjson_val *c, struct wq_message_problem *p)
{
	yyjson_val *buttons = wq_json_get(c, "buttons"), *b;
	size_t i, n;

	if (yyjson_arr_size(buttons) < 1 || yyjson_arr_size(buttons) > WQ_WA_TEMPLATE_BUTTONS_MAX)
		return refuse(p, "components", "there are 1 to 10 buttons");
	yyjson_arr_foreach(buttons, i, n, b)
	{
		if (chars(wq_json_get_str(b, "text")) > BUTTON_CHARS)
			return refuse(p, "components", "a button's text has at most 25 characters");
	}
	return 0;
}

static int check_component(yyjson_val *c, bool authentication, struct wq_message_problem *p)
{
	struct wq_str type = wq_json_get_str(c, "type"), text = wq_json_get_str(c, "text");

	if (wq_str_is_nocase(type, "BODY"))
		return authentication ? 0 : check_body(c, p);
	if (wq_str_is_nocase(type, "HEADER"))
		return chars(text) <= HEADER_CHARS && wq_provider_text_places(text) <= 1
		               ? 0
		               : refuse(p, "components",
		                        "the header's text has at most 60 characters and one variable");
	if (wq_str_is_nocase(type, "FOOTER"))
		return chars(text) <= FOOTER_CHARS && wq_provider_text_places(text) == 0
		               ? 0
		               : refuse(p, "components",
		                        "the footer's text has at most 60 characters and no variable");
	if (wq_str_is_nocase(type, "BUTTONS"))
		return check_buttons(c, p);
	if (wq_str_is_nocase(type, "CAROUSEL") || wq_str_is_nocase(type, "LIMITED_TIME_OFFER"))
		return 0;
	return refuse(p, "components",
	              "a type is HEADER, BODY, FOOTER, BUTTONS, CAROUSEL or LIMITED_TIME_OFFER");
}

int wq_provider_wish_check(yyjson_val *wish, struct wq_message_problem *p)
{
	yyjson_val *list = wq_json_get(wish, "components"), *c;
	struct wq_str category = wq_json_get_str(wish, "category");
	bool body = false;
	size_t i, n;
	int rc;

	if (!wq_provider_template_name_is(wq_json_get_str(wish, "name")))
		return refuse(p, "name", "has 1 to 512 of a-z 0-9 _");
	if (!wq_provider_language_is(wq_json_get_str(wish, "language")))
		return refuse(p, "language", "is one of Meta's, as es or en_US");
	if (!is_category(category))
		return refuse(p, "category", "is MARKETING, UTILITY or AUTHENTICATION");
	if (yyjson_arr_size(list) < 1 || yyjson_arr_size(list) > WQ_WA_COMPONENTS_MAX)
		return refuse(p, "components", "is a list of 1 to 20");
	yyjson_arr_foreach(list, i, n, c)
	{
		rc = check_component(c, wq_str_is(category, "AUTHENTICATION"), p);
		if (rc != 0)
			return rc;
		body = body || wq_str_is_nocase(wq_json_get_str(c, "type"), "BODY");
	}
	return body ? 0 : refuse(p, "components", "there is no BODY among them");
}
