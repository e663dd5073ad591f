/* SPDX-License-Identifier: MIT */
/* check_template.c — the shape of a template send.  Whether the template exists, and how many parameters it takes, only
 * Meta knows. */
#include "app/sandbox/check_parts.h"
#include "base/assert.h"

enum {
	NAME_CHARS_MAX = 512,
	COMPONENTS_MAX = 20,
	PARAMETERS_MAX = 100,
	BUTTONS_MAX = 10,
	CARDS_MAX = 10
};
enum { TEXT_MAX = 1024, PAYLOAD_MAX = 256, COUPON_MAX = 20, SPACES_MAX = 4 };

static bool format(struct wq_graph_error *e, const char *what)
{
	return wq_graph_error_set(e, WQ_GRAPH_TPL_FORMAT, "%s", what);
}

static bool needs(yyjson_val *obj, const char *path, const char *key, unsigned max,
                  struct wq_graph_error *e)
{
	const struct wq_check_text t = { key, 1, max, true };

	return wq_check_text(obj, path, &t, WQ_GRAPH_MISSING, WQ_GRAPH_TPL_FORMAT, e);
}

static bool check_text(yyjson_val *p, struct wq_graph_error *e)
{
	struct wq_str text = wq_json_get_str(p, "text");
	unsigned spaces = 0;

	if (!needs(p, "parameters[]", "text", TEXT_MAX, e))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		spaces = text.p[i] == ' ' ? spaces + 1 : 0;
		if (text.p[i] == '\n' || text.p[i] == '\t' || spaces > SPACES_MAX)
			return wq_graph_error_set(
				e, WQ_GRAPH_TPL_TEXT,
				"Param text cannot have new-line/tab characters or more "
				"than 4 consecutive spaces.");
	}
	return true;
}

static bool check_currency(yyjson_val *p, struct wq_graph_error *e)
{
	yyjson_val *c = wq_check_object(p, "currency", "parameters[]", e);

	return c && needs(c, "currency", "fallback_value", TEXT_MAX, e) &&
	       needs(c, "currency", "code", 3, e) &&
	       (yyjson_is_int(wq_json_get(c, "amount_1000")) ||
	        format(e, "Param currency['amount_1000'] must be an integer."));
}

static bool check_date_time(yyjson_val *p, struct wq_graph_error *e)
{
	yyjson_val *d = wq_check_object(p, "date_time", "parameters[]", e);

	return d && needs(d, "date_time", "fallback_value", TEXT_MAX, e);
}

static bool check_image(yyjson_val *p, struct wq_graph_error *e)
{
	return wq_check_media(wq_json_get(p, "image"), "parameters[]['image']", e);
}

static bool check_video(yyjson_val *p, struct wq_graph_error *e)
{
	return wq_check_media(wq_json_get(p, "video"), "parameters[]['video']", e);
}

static bool check_document(yyjson_val *p, struct wq_graph_error *e)
{
	return wq_check_media(wq_json_get(p, "document"), "parameters[]['document']", e);
}

static bool check_location(yyjson_val *p, struct wq_graph_error *e)
{
	yyjson_val *l = wq_check_object(p, "location", "parameters[]", e);

	return l && wq_check_degrees(l, "location", "latitude", 90, e) &&
	       wq_check_degrees(l, "location", "longitude", 180, e);
}

static bool check_payload(yyjson_val *p, struct wq_graph_error *e)
{
	return needs(p, "parameters[]", "payload", PAYLOAD_MAX, e);
}

static bool check_coupon(yyjson_val *p, struct wq_graph_error *e)
{
	return needs(p, "parameters[]", "coupon_code", COUPON_MAX, e);
}

static bool check_action(yyjson_val *p, struct wq_graph_error *e)
{
	return wq_check_object(p, "action", "parameters[]", e) != NULL;
}

static bool check_offer(yyjson_val *p, struct wq_graph_error *e)
{
	yyjson_val *o = wq_check_object(p, "limited_time_offer", "parameters[]", e);

	return o &&
	       (yyjson_is_int(wq_json_get(o, "expiration_time_ms")) ||
	        format(e, "Param limited_time_offer['expiration_time_ms'] must be an integer."));
}

static bool check_product(yyjson_val *p, struct wq_graph_error *e)
{
	return wq_check_object(p, "product", "parameters[]", e) != NULL;
}

/* Which kinds of parameter a component takes. */
enum { IN_HEADER = 1, IN_BODY = 2, IN_BUTTON = 4, IN_OFFER = 8 };

static const struct parameter {
	const char *type;
	unsigned where;
	bool (*check)(yyjson_val *p, struct wq_graph_error *e);
} parameters[] = {
	{ "text", IN_HEADER | IN_BODY | IN_BUTTON, check_text },
	{ "currency", IN_HEADER | IN_BODY, check_currency },
	{ "date_time", IN_HEADER | IN_BODY, check_date_time },
	{ "image", IN_HEADER, check_image },
	{ "video", IN_HEADER, check_video },
	{ "document", IN_HEADER, check_document },
	{ "location", IN_HEADER, check_location },
	{ "product", IN_HEADER, check_product },
	{ "payload", IN_BUTTON, check_payload },
	{ "coupon_code", IN_BUTTON, check_coupon },
	{ "action", IN_BUTTON, check_action },
	{ "limited_time_offer", IN_OFFER, check_offer },
};

static bool check_parameter(yyjson_val *p, unsigned where, struct wq_graph_error *e)
{
	struct wq_str type = wq_json_get_str(p, "type");

	for (size_t i = 0; i < WQ_COUNT(parameters); i++)
		if (wq_str_is_nocase(type, parameters[i].type) && parameters[i].where & where)
			return parameters[i].check(p, e);
	return format(e, "Param parameters[]['type'] is not allowed in this component.");
}

static bool check_parameters(yyjson_val *component, unsigned where, struct wq_graph_error *e)
{
	yyjson_val *all = wq_json_get(component, "parameters"), *p;
	size_t i, n;

	if (!all)
		return true;
	if (!yyjson_is_arr(all) || yyjson_arr_size(all) > PARAMETERS_MAX)
		return format(e, "Param components[]['parameters'] must be an array.");
	yyjson_arr_foreach(all, i, n, p)
	{
		if (!check_parameter(p, where, e))
			return false;
	}
	return true;
}

static bool check_index(yyjson_val *v)
{
	uint64_t index = BUTTONS_MAX;

	if (yyjson_is_uint(v))
		index = yyjson_get_uint(v);
	else if (yyjson_is_str(v) && !wq_str_to_u64(wq_json_str(v), BUTTONS_MAX, &index))
		return false;
	return index < BUTTONS_MAX;
}

static bool check_button(yyjson_val *component, struct wq_graph_error *e)
{
	static const char *const kinds[] = { "quick_reply", "url",        "copy_code",
		                             "flow",        "catalog",    "mpm",
		                             "spm",         "voice_call", "order_details" };

	if (!wq_check_is_in(wq_json_get_str(component, "sub_type"), kinds, WQ_COUNT(kinds)))
		return wq_graph_error_set(e, WQ_GRAPH_MISSING,
		                          "The parameter components[]['sub_type'] is required.");
	if (!check_index(wq_json_get(component, "index")))
		return wq_graph_error_set(
			e, WQ_GRAPH_MISSING,
			"The parameter components[]['index'] is required, from 0 to 9.");
	return check_parameters(component, IN_BUTTON, e);
}

/* A component that may also stand in a card. */
static bool check_simple(yyjson_val *component, bool in_card, struct wq_graph_error *e)
{
	struct wq_str type = wq_json_get_str(component, "type");

	if (wq_str_is_nocase(type, "header"))
		return check_parameters(component, IN_HEADER, e);
	if (wq_str_is_nocase(type, "body"))
		return check_parameters(component, IN_BODY, e);
	if (wq_str_is_nocase(type, "button"))
		return check_button(component, e);
	if (!in_card && wq_str_is_nocase(type, "limited_time_offer"))
		return check_parameters(component, IN_OFFER, e);
	return wq_graph_error_set(e, WQ_GRAPH_INVALID,
	                          "Param template['components'][]['type'] is not a known type.");
}

static bool check_card(yyjson_val *card, struct wq_graph_error *e)
{
	yyjson_val *all = wq_check_array(card, "components", "cards[]", 1, COMPONENTS_MAX, e), *c;
	size_t i, n;

	if (!all)
		return false;
	if (!yyjson_is_int(wq_json_get(card, "card_index")))
		return wq_graph_error_set(e, WQ_GRAPH_MISSING,
		                          "The parameter cards[]['card_index'] is required.");
	yyjson_arr_foreach(all, i, n, c)
	{
		if (!check_simple(c, true, e))
			return false;
	}
	return true;
}

static bool check_component(yyjson_val *component, struct wq_graph_error *e)
{
	yyjson_val *all, *card;
	size_t i, n;

	if (!wq_str_is_nocase(wq_json_get_str(component, "type"), "carousel"))
		return check_simple(component, false, e);
	all = wq_check_array(component, "cards", "components[]", 1, CARDS_MAX, e);
	if (!all)
		return false;
	yyjson_arr_foreach(all, i, n, card)
	{
		if (!check_card(card, e))
			return false;
	}
	return true;
}

static bool check_name(struct wq_str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return name.n > 0 && name.n <= NAME_CHARS_MAX;
}

static bool check_language(yyjson_val *tpl, struct wq_graph_error *e)
{
	yyjson_val *language = wq_check_object(tpl, "language", "template", e);
	yyjson_val *policy = wq_json_get(language, "policy");

	if (!language)
		return false;
	if (policy && !wq_str_is(wq_json_str(policy), "deterministic"))
		return wq_graph_error_set(
			e, WQ_GRAPH_INVALID,
			"Param language['policy'] must be one of {deterministic}.");
	return needs(language, "template['language']", "code", 15, e);
}

bool wq_check_template(yyjson_val *tpl, struct wq_graph_error *e)
{
	yyjson_val *name = wq_json_get(tpl, "name"), *all = wq_json_get(tpl, "components"), *c;
	size_t i, n;

	if (!name)
		return wq_graph_error_set(e, WQ_GRAPH_MISSING,
		                          "The parameter template['name'] is required.");
	if (!check_name(wq_json_str(name)))
		return wq_graph_error_set(
			e, WQ_GRAPH_INVALID,
			"Param template['name'] must be lower-case letters, digits and "
			"underscores, at most %d.",
			NAME_CHARS_MAX);
	if (!check_language(tpl, e))
		return false;
	if (!all)
		return true;
	if (!yyjson_is_arr(all) || yyjson_arr_size(all) > COMPONENTS_MAX)
		return wq_graph_error_set(e, WQ_GRAPH_INVALID,
		                          "Param template['components'] must be an array.");
	yyjson_arr_foreach(all, i, n, c)
	{
		if (!check_component(c, e))
			return false;
	}
	return true;
}
