/* SPDX-License-Identifier: MIT */
/* check_interactive.c — buttons, lists, flows and the rest: a row per kind, a function per shape of action. */
#include "app/sandbox/check_parts.h"
#include "base/assert.h"

enum header { HEADER_NONE, HEADER_TEXT, HEADER_TEXT_REQUIRED, HEADER_ANY };
enum { BUTTONS_MAX = 3, SECTIONS_MAX = 10, ROWS_MAX = 10, PRODUCTS_MAX = 30, CARDS_MAX = 10 };
enum { BODY_MAX = 1024, LIST_BODY_MAX = 4096, CARD_BODY_MAX = 160, CARD_BREAKS_MAX = 2 };

static bool part(yyjson_val *obj, const char *path, const char *key, unsigned min, unsigned max,
                 struct wq_graph_error *e)
{
	const struct wq_check_text t = { key, min, max, true };

	return wq_check_text(obj, path, &t, WQ_GRAPH_MISSING, WQ_GRAPH_VALUE, e);
}

static bool optional_part(yyjson_val *obj, const char *path, const char *key, unsigned max,
                          struct wq_graph_error *e)
{
	const struct wq_check_text t = { key, 0, max, false };

	return wq_check_text(obj, path, &t, WQ_GRAPH_MISSING, WQ_GRAPH_VALUE, e);
}

static bool named(yyjson_val *action, const char *name, struct wq_graph_error *e)
{
	return wq_str_is(wq_json_get_str(action, "name"), name) ||
	       wq_graph_error_set(e, WQ_GRAPH_VALUE, "Param action['name'] must be \"%s\".", name);
}

/* Whether an earlier element of the array has the same id under `key`. */
static bool repeated(yyjson_val *array, size_t at, const char *key, struct wq_str id)
{
	for (size_t i = 0; i < at; i++)
		if (wq_str_eq(wq_json_get_str(wq_json_get(yyjson_arr_get(array, i), key), "id"),
		              id))
			return true;
	return false;
}

static bool check_buttons(yyjson_val *action, struct wq_graph_error *e)
{
	yyjson_val *all = wq_check_array(action, "buttons", "action", 1, BUTTONS_MAX, e), *button;
	size_t i, n;

	if (!all)
		return false;
	yyjson_arr_foreach(all, i, n, button)
	{
		yyjson_val *reply = wq_json_get(button, "reply");

		if (!wq_str_is(wq_json_get_str(button, "type"), "reply"))
			return wq_graph_error_set(e, WQ_GRAPH_VALUE,
			                          "Param buttons[]['type'] must be \"reply\".");
		if (!yyjson_is_obj(reply))
			return wq_graph_error_set(e, WQ_GRAPH_MISSING,
			                          "The parameter buttons[]['reply'] is required.");
		if (!part(reply, "buttons[]['reply']", "id", 1, 256, e) ||
		    !part(reply, "buttons[]['reply']", "title", 1, 20, e))
			return false;
		if (repeated(all, i, "reply", wq_json_get_str(reply, "id")))
			return wq_graph_error_set(e, WQ_GRAPH_VALUE, "Button ids must be unique.");
	}
	return true;
}

static bool check_rows(yyjson_val *section, size_t *total, struct wq_graph_error *e)
{
	yyjson_val *all = wq_check_array(section, "rows", "sections[]", 1, ROWS_MAX, e), *row;
	size_t i, n;

	if (!all)
		return false;
	yyjson_arr_foreach(all, i, n, row)
	{
		if (!part(row, "rows[]", "id", 1, 200, e) ||
		    !part(row, "rows[]", "title", 1, 24, e) ||
		    !optional_part(row, "rows[]", "description", 72, e))
			return false;
	}
	*total += n;
	return *total <= ROWS_MAX ||
	       wq_graph_error_set(e, WQ_GRAPH_VALUE,
	                          "Total row count exceed max allowed count: %d.", ROWS_MAX);
}

static bool check_section_title(yyjson_val *section, size_t sections, unsigned max,
                                struct wq_graph_error *e)
{
	return sections > 1 ? part(section, "sections[]", "title", 1, max, e)
	                    : optional_part(section, "sections[]", "title", max, e);
}

static bool check_list(yyjson_val *action, struct wq_graph_error *e)
{
	yyjson_val *all, *section;
	size_t i, n, rows = 0;

	if (!part(action, "action", "button", 1, 20, e))
		return false;
	all = wq_check_array(action, "sections", "action", 1, SECTIONS_MAX, e);
	if (!all)
		return false;
	yyjson_arr_foreach(all, i, n, section)
	{
		if (!check_section_title(section, n, 24, e) || !check_rows(section, &rows, e))
			return false;
	}
	return true;
}

static bool check_cta_url(yyjson_val *action, struct wq_graph_error *e)
{
	yyjson_val *p;
	struct wq_str url;

	if (!named(action, "cta_url", e))
		return false;
	p = wq_check_object(action, "parameters", "action", e);
	if (!p || !part(p, "parameters", "display_text", 1, 20, e) ||
	    !part(p, "parameters", "url", 1, 2000, e))
		return false;
	url = wq_json_get_str(p, "url");
	return wq_str_starts(url, "http://") || wq_str_starts(url, "https://") ||
	       wq_graph_error_set(e, WQ_GRAPH_VALUE, "Param parameters['url'] is not a valid URL.");
}

static bool check_location_request(yyjson_val *action, struct wq_graph_error *e)
{
	return named(action, "send_location", e);
}

static bool check_flow(yyjson_val *action, struct wq_graph_error *e)
{
	static const char *const actions[] = { "navigate", "data_exchange" };
	yyjson_val *p, *how;

	if (!named(action, "flow", e))
		return false;
	p = wq_check_object(action, "parameters", "action", e);
	if (!p)
		return false;
	if (!wq_str_is(wq_json_get_str(p, "flow_message_version"), "3"))
		return wq_graph_error_set(
			e, WQ_GRAPH_VALUE,
			"Param parameters['flow_message_version'] must be \"3\".");
	if (!wq_json_get_str(p, "flow_id").p && !wq_json_get_str(p, "flow_name").p)
		return wq_graph_error_set(
			e, WQ_GRAPH_MISSING,
			"Either parameters['flow_id'] or parameters['flow_name'] is "
			"required.");
	how = wq_json_get(p, "flow_action");
	if (how && !wq_check_is_in(wq_json_str(how), actions, WQ_COUNT(actions)))
		return wq_graph_error_set(
			e, WQ_GRAPH_VALUE,
			"Param parameters['flow_action'] must be one of {navigate, "
			"data_exchange}.");
	return part(p, "parameters", "flow_cta", 1, 30, e);
}

static bool check_product(yyjson_val *action, struct wq_graph_error *e)
{
	return part(action, "action", "catalog_id", 1, 64, e) &&
	       part(action, "action", "product_retailer_id", 1, 200, e);
}

static bool check_items(yyjson_val *section, size_t *total, struct wq_graph_error *e)
{
	yyjson_val *all, *item;
	size_t i, n;

	all = wq_check_array(section, "product_items", "sections[]", 1, PRODUCTS_MAX, e);
	if (!all)
		return false;
	yyjson_arr_foreach(all, i, n, item)
	{
		if (!part(item, "product_items[]", "product_retailer_id", 1, 200, e))
			return false;
	}
	*total += n;
	return *total <= PRODUCTS_MAX ||
	       wq_graph_error_set(e, WQ_GRAPH_VALUE,
	                          "Total product count exceed max allowed count: %d.",
	                          PRODUCTS_MAX);
}

static bool check_product_list(yyjson_val *action, struct wq_graph_error *e)
{
	yyjson_val *all, *section;
	size_t i, n, items = 0;

	if (!part(action, "action", "catalog_id", 1, 64, e))
		return false;
	all = wq_check_array(action, "sections", "action", 1, SECTIONS_MAX, e);
	if (!all)
		return false;
	yyjson_arr_foreach(all, i, n, section)
	{
		if (!check_section_title(section, n, 24, e) || !check_items(section, &items, e))
			return false;
	}
	return true;
}

static bool check_catalog(yyjson_val *action, struct wq_graph_error *e)
{
	return named(action, "catalog_message", e);
}

static bool check_card_body(yyjson_val *card, struct wq_graph_error *e)
{
	yyjson_val *body = wq_json_get(card, "body");
	struct wq_str text = wq_json_get_str(body, "text");
	unsigned breaks = 0;

	if (!body)
		return true;
	if (!part(body, "cards[]['body']", "text", 1, CARD_BODY_MAX, e))
		return false;
	for (size_t i = 0; i < text.n; i++)
		breaks += text.p[i] == '\n';
	return breaks <= CARD_BREAKS_MAX ||
	       wq_graph_error_set(e, WQ_GRAPH_VALUE,
	                          "Param cards[]['body']['text'] has more than %d line breaks.",
	                          CARD_BREAKS_MAX);
}

static bool check_card(yyjson_val *card, struct wq_str kind, struct wq_graph_error *e)
{
	yyjson_val *action = wq_check_object(card, "action", "cards[]", e);

	if (!action)
		return false;
	if (!wq_str_eq(wq_json_get_str(card, "type"), kind))
		return wq_graph_error_set(e, WQ_GRAPH_VALUE, "All cards must have the same type.");
	if (!yyjson_is_int(wq_json_get(card, "card_index")))
		return wq_graph_error_set(e, WQ_GRAPH_MISSING,
		                          "The parameter cards[]['card_index'] is required.");
	if (!check_card_body(card, e))
		return false;
	if (wq_str_is(kind, "product"))
		return check_product(action, e);
	/* quick replies ride on a card of kind cta_url */
	return wq_json_get(action, "buttons") ? true : check_cta_url(action, e);
}

static bool check_carousel(yyjson_val *action, struct wq_graph_error *e)
{
	yyjson_val *all = wq_check_array(action, "cards", "action", 2, CARDS_MAX, e), *card;
	struct wq_str kind = wq_json_get_str(yyjson_arr_get_first(all), "type");
	size_t i, n;

	if (!all)
		return false;
	if (!wq_str_is(kind, "cta_url") && !wq_str_is(kind, "product"))
		return wq_graph_error_set(
			e, WQ_GRAPH_VALUE,
			"Param cards[]['type'] must be one of {cta_url, product}.");
	yyjson_arr_foreach(all, i, n, card)
	{
		if (!check_card(card, kind, e))
			return false;
	}
	return true;
}

static bool check_address(yyjson_val *action, struct wq_graph_error *e)
{
	yyjson_val *p;

	if (!named(action, "address_message", e))
		return false;
	p = wq_check_object(action, "parameters", "action", e);
	return p && part(p, "parameters", "country", 2, 2, e);
}

static bool check_contact_request(yyjson_val *action, struct wq_graph_error *e)
{
	return named(action, "request_contact_info", e);
}

static bool check_call_permission(yyjson_val *action, struct wq_graph_error *e)
{
	return named(action, "call_permission_request", e);
}

static bool check_voice_call(yyjson_val *action, struct wq_graph_error *e)
{
	return named(action, "voice_call", e);
}

static const struct kind {
	const char *name;
	enum header header;
	bool body_required;
	unsigned body_max;
	bool (*check)(yyjson_val *action, struct wq_graph_error *e);
} kinds[] = {
	{ "button", HEADER_ANY, true, BODY_MAX, check_buttons },
	{ "list", HEADER_TEXT, true, LIST_BODY_MAX, check_list },
	{ "cta_url", HEADER_ANY, true, BODY_MAX, check_cta_url },
	{ "location_request_message", HEADER_NONE, true, BODY_MAX, check_location_request },
	{ "flow", HEADER_ANY, true, BODY_MAX, check_flow },
	{ "product", HEADER_NONE, false, BODY_MAX, check_product },
	{ "product_list", HEADER_TEXT_REQUIRED, true, BODY_MAX, check_product_list },
	{ "catalog_message", HEADER_NONE, true, BODY_MAX, check_catalog },
	{ "carousel", HEADER_NONE, true, BODY_MAX, check_carousel },
	{ "address_message", HEADER_ANY, true, BODY_MAX, check_address },
	{ "request_contact_info", HEADER_NONE, true, BODY_MAX, check_contact_request },
	{ "call_permission_request", HEADER_NONE, false, BODY_MAX, check_call_permission },
	{ "voice_call", HEADER_NONE, true, BODY_MAX, check_voice_call },
};

static bool check_header(yyjson_val *header, enum header may, struct wq_graph_error *e)
{
	static const char *const media[] = { "image", "video", "document" };
	struct wq_str type = wq_json_get_str(header, "type");

	if (!header)
		return may != HEADER_TEXT_REQUIRED ||
		       wq_graph_error_set(e, WQ_GRAPH_MISSING,
		                          "The parameter interactive['header'] is required.");
	if (may == HEADER_NONE)
		return wq_graph_error_set(e, WQ_GRAPH_VALUE,
		                          "This type of interactive message has no header.");
	if (wq_str_is(type, "text"))
		return part(header, "interactive['header']", "text", 1, 60, e);
	if (may == HEADER_ANY && wq_check_is_in(type, media, WQ_COUNT(media)))
		for (size_t i = 0; i < WQ_COUNT(media); i++)
			if (wq_str_is(type, media[i]))
				return wq_check_media(wq_json_get(header, media[i]), media[i], e);
	return wq_graph_error_set(e, WQ_GRAPH_VALUE, "Header type is invalid for this message.");
}

static bool check_body(yyjson_val *interactive, const struct kind *k, struct wq_graph_error *e)
{
	yyjson_val *body = wq_json_get(interactive, "body");
	yyjson_val *footer = wq_json_get(interactive, "footer");

	if (!body && k->body_required)
		return wq_graph_error_set(e, WQ_GRAPH_MISSING,
		                          "The parameter interactive['body'] is required.");
	if (body && !part(body, "interactive['body']", "text", 1, k->body_max, e))
		return false;
	return !footer || part(footer, "interactive['footer']", "text", 1, 60, e);
}

bool wq_check_interactive(yyjson_val *interactive, struct wq_graph_error *e)
{
	struct wq_str name = wq_json_get_str(interactive, "type");
	const struct kind *k = NULL;
	yyjson_val *action;

	if (!name.p)
		return wq_graph_error_set(e, WQ_GRAPH_MISSING,
		                          "The parameter interactive['type'] is required.");
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (wq_str_is(name, kinds[i].name))
			k = &kinds[i];
	if (!k)
		return wq_graph_error_set(e, WQ_GRAPH_VALUE,
		                          "Param interactive['type'] is not a known type.");
	if (!check_header(wq_json_get(interactive, "header"), k->header, e) ||
	    !check_body(interactive, k, e))
		return false;
	action = wq_check_object(interactive, "action", "interactive", e);
	return action && k->check(action, e);
}
