/* SPDX-License-Identifier: MIT */
/* check_interactive.c — buttons, lists, flows and the rest: a row for each kind. */
#include "base/assert.h"
#include "base/limits.h"
#include "domain/message/rule.h"

#define TEXT(name, most, need) \
	{ .key = (name), .type = WQ_RULE_TEXT, .min = 1, .max = (most), .required = (need) }
#define NAMED(list) { .key = "name", .type = WQ_RULE_WORD, .required = true, .words = (list) }

static const char *const reply_types[] = { "reply", NULL };
static const char *const cta_url_names[] = { "cta_url", NULL };
static const char *const send_location_names[] = { "send_location", NULL };
static const char *const flow_names[] = { "flow", NULL };
static const char *const catalog_names[] = { "catalog_message", NULL };
static const char *const address_names[] = { "address_message", NULL };
static const char *const contact_names[] = { "request_contact_info", NULL };
static const char *const permission_names[] = { "call_permission_request", NULL };
static const char *const call_names[] = { "voice_call", NULL };

/* buttons */

static bool check_unique(struct wq_checking *c, yyjson_val *buttons)
{
	yyjson_val *button, *other;
	size_t i, n, j, m;

	yyjson_arr_foreach(buttons, i, n, button)
	{
		struct wq_str id = wq_json_get_str(wq_json_get(button, "reply"), "id");

		yyjson_arr_foreach(buttons, j, m, other)
		{
			size_t back;

			if (j >= i ||
			    !wq_str_eq(wq_json_get_str(wq_json_get(other, "reply"), "id"), id))
				continue;
			back = wq_rule_enter_at(c, i);
			(void)wq_rule_fail(c, "reply.id", 0, "is that of another button too");
			wq_rule_leave(c, back);
			return false;
		}
	}
	return true;
}

static const struct wq_rule reply_rules[] = {
	TEXT("id", WQ_WA_BUTTON_ID_MAX_CHARS, true),
	TEXT("title", WQ_WA_BUTTON_TITLE_MAX_CHARS, true),
	{ .key = NULL },
};
static const struct wq_rule button_rules[] = {
	{ .key = "type", .type = WQ_RULE_WORD, .required = true, .words = reply_types },
	{ .key = "reply", .type = WQ_RULE_OBJECT, .required = true, .of = reply_rules },
	{ .key = NULL },
};
static const struct wq_rule buttons_action[] = {
	{ .key = "buttons", .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_BUTTONS_MAX, .required = true,
	  .of = button_rules, .more = check_unique },
	{ .key = NULL },
};

/* lists of rows, and of products */

/* Sections have titles where there are several, and together no more than `most` of what is under `key`. */
static bool check_sections(struct wq_checking *c, yyjson_val *sections, const char *key,
                           size_t most)
{
	yyjson_val *section;
	size_t i, n, total = 0;

	yyjson_arr_foreach(sections, i, n, section)
	{
		size_t back = wq_rule_enter_at(c, i);

		if (n > 1 && wq_json_get_str(section, "title").n == 0)
			return wq_rule_fail(c, "title", 0,
			                    "is missing: there are several sections");
		wq_rule_leave(c, back);
		total += yyjson_arr_size(wq_reading_get(section, wq_str(key)));
	}
	return total <= most ||
	       wq_rule_fail(c, NULL, (int64_t)most, "have more than %zu %s in all", most, key);
}

static bool check_rows(struct wq_checking *c, yyjson_val *sections)
{
	return check_sections(c, sections, "rows", WQ_WA_ROWS_MAX);
}

static bool check_products(struct wq_checking *c, yyjson_val *sections)
{
	return check_sections(c, sections, "product_items", WQ_WA_PRODUCTS_MAX);
}

static const struct wq_rule row_rules[] = {
	TEXT("id", WQ_WA_ROW_ID_MAX_CHARS, true),
	TEXT("title", WQ_WA_ROW_TITLE_MAX_CHARS, true),
	{ .key = "description", .type = WQ_RULE_TEXT, .max = WQ_WA_ROW_DESCRIPTION_MAX_CHARS },
	{ .key = NULL },
};
static const struct wq_rule section_rules[] = {
	{ .key = "title", .type = WQ_RULE_TEXT, .max = WQ_WA_SECTION_TITLE_MAX_CHARS },
	{ .key = "rows", .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_ROWS_MAX, .required = true, .of = row_rules },
	{ .key = NULL },
};
static const struct wq_rule list_action[] = {
	TEXT("button", WQ_WA_BUTTON_TITLE_MAX_CHARS, true),
	{ .key = "sections", .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_SECTIONS_MAX, .required = true,
	  .of = section_rules, .more = check_rows },
	{ .key = NULL },
};
static const struct wq_rule item_rules[] = {
	TEXT("product_retailer_id", WQ_WA_PRODUCT_ID_MAX_CHARS, true), { .key = NULL }
};
static const struct wq_rule product_section_rules[] = {
	{ .key = "title", .type = WQ_RULE_TEXT, .max = WQ_WA_SECTION_TITLE_MAX_CHARS },
	{ .key = "product_items", .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_PRODUCTS_MAX, .required = true,
	  .of = item_rules },
	{ .key = NULL },
};
static const struct wq_rule product_list_action[] = {
	TEXT("catalog_id", WQ_WA_CATALOG_ID_MAX_CHARS, true),
	{ .key = "sections", .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_SECTIONS_MAX, .required = true,
	  .of = product_section_rules, .more = check_products },
	{ .key = NULL },
};
static const struct wq_rule product_action[] = {
	TEXT("catalog_id", WQ_WA_CATALOG_ID_MAX_CHARS, true),
	TEXT("product_retailer_id", WQ_WA_PRODUCT_ID_MAX_CHARS, true),
	{ .key = NULL },
};
static const struct wq_rule thumbnail_rules[] = {
	TEXT("thumbnail_product_retailer_id", WQ_WA_PRODUCT_ID_MAX_CHARS, false),
	{ .key = NULL },
};
static const struct wq_rule catalog_action[] = {
	NAMED(catalog_names),
	{ .key = "parameters", .type = WQ_RULE_OBJECT, .of = thumbnail_rules },
	{ .key = NULL },
};

/* one thing to touch */

static const struct wq_rule cta_url_rules[] = {
	TEXT("display_text", WQ_WA_BUTTON_TITLE_MAX_CHARS, true),
	{ .key = "url", .type = WQ_RULE_LINK, .min = 1, .max = WQ_WA_URL_MAX_CHARS, .required = true },
	{ .key = NULL },
};
static const struct wq_rule cta_url_action[] = {
	NAMED(cta_url_names),
	{ .key = "parameters", .type = WQ_RULE_OBJECT, .required = true, .of = cta_url_rules },
	{ .key = NULL },
};
static const struct wq_rule send_location_action[] = { NAMED(send_location_names),
	                                               { .key = NULL } };
static const struct wq_rule contact_action[] = { NAMED(contact_names), { .key = NULL } };
static const struct wq_rule permission_action[] = { NAMED(permission_names), { .key = NULL } };
static const struct wq_rule call_action[] = { NAMED(call_names), { .key = NULL } };
static const struct wq_rule country_rules[] = {
	{ .key = "country", .type = WQ_RULE_TEXT, .min = 2, .max = 2, .required = true },
	{ .key = NULL },
};
static const struct wq_rule address_action[] = {
	NAMED(address_names),
	{ .key = "parameters", .type = WQ_RULE_OBJECT, .required = true, .of = country_rules },
	{ .key = NULL },
};

static bool check_flow(struct wq_checking *c, yyjson_val *parameters)
{
	bool id = wq_reading_get(parameters, wq_str("flow_id")) != NULL;
	bool name = wq_reading_get(parameters, wq_str("flow_name")) != NULL;

	if (id && name)
		return wq_rule_fail(c, "flow_name", 0, "is there beside flow_id: one of the two");
	return id || name || wq_rule_fail(c, "flow_id", 0, "is missing, and so is flow_name");
}

static const char *const flow_versions[] = { "3", NULL };
static const char *const flow_actions[] = { "navigate", "data_exchange", NULL };
static const char *const flow_modes[] = { "draft", "published", NULL };
static const struct wq_rule screen_rules[] = {
	TEXT("screen", WQ_WA_FLOW_TEXT_MAX_CHARS, true),
	{ .key = "data", .type = WQ_RULE_OBJECT },
	{ .key = NULL },
};
static const struct wq_rule flow_rules[] = {
	{ .key = "flow_message_version", .type = WQ_RULE_WORD, .required = true, .words = flow_versions },
	TEXT("flow_id", WQ_WA_FLOW_TEXT_MAX_CHARS, false),
	TEXT("flow_name", WQ_WA_FLOW_TEXT_MAX_CHARS, false),
	TEXT("flow_cta", WQ_WA_FLOW_CTA_MAX_CHARS, true),
	TEXT("flow_token", WQ_WA_FLOW_TEXT_MAX_CHARS, false),
	{ .key = "flow_action", .type = WQ_RULE_WORD, .words = flow_actions },
	{ .key = "flow_action_payload", .type = WQ_RULE_OBJECT, .of = screen_rules },
	{ .key = "mode", .type = WQ_RULE_WORD, .words = flow_modes },
	{ .key = NULL },
};
static const struct wq_rule flow_action[] = {
	NAMED(flow_names),
	{ .key = "parameters", .type = WQ_RULE_OBJECT, .required = true, .of = flow_rules, .more = check_flow },
	{ .key = NULL },
};

/* headers */

enum header { HEADER_NONE, HEADER_TEXT, HEADER_TEXT_REQUIRED, HEADER_MEDIA, HEADER_ANY };

static const struct {
	const char *type;
	struct wq_rule rules[2];
} headers[] = {
	{ "text", { TEXT("text", WQ_WA_HEADER_MAX_CHARS, true), { .key = NULL } } },
	{ "image", { { .key = "image", .type = WQ_RULE_OBJECT, .required = true, .of = wq_rules_image,
	               .more = wq_check_media_source }, { .key = NULL } } },
	{ "video", { { .key = "video", .type = WQ_RULE_OBJECT, .required = true, .of = wq_rules_image,
	               .more = wq_check_media_source }, { .key = NULL } } },
	{ "document", { { .key = "document", .type = WQ_RULE_OBJECT, .required = true, .of = wq_rules_document,
	                  .more = wq_check_media_source }, { .key = NULL } } },
};

static bool check_header(struct wq_checking *c, yyjson_val *header, enum header may)
{
	struct wq_str type = wq_json_get_str(header, "type");
	size_t back = wq_rule_enter(c, "header");

	if (!header) {
		if (may == HEADER_TEXT_REQUIRED)
			return wq_rule_fail(c, NULL, 0, "is missing");
		wq_rule_leave(c, back);
		return true;
	}
	if (may == HEADER_NONE)
		return wq_rule_fail(c, NULL, 0, "can't be there: this kind has none");
	if (!yyjson_is_obj(header))
		return wq_rule_fail(c, NULL, 0, "is no object");
	for (size_t i = 0; i < WQ_COUNT(headers); i++) {
		if (!wq_str_is(type, headers[i].type))
			continue;
		if (i == 0 ? may == HEADER_MEDIA : may < HEADER_MEDIA)
			break;
		if (!wq_rules_check(c, header, headers[i].rules))
			return false;
		wq_rule_leave(c, back);
		return true;
	}
	return wq_rule_fail(c, "type", 0,
	                    may == HEADER_ANY     ? "is none of text, image, video, document"
	                    : may == HEADER_MEDIA ? "is none of image, video, document"
	                                          : "is not text: this kind takes no other");
}

/* carousels */

static const struct wq_rule quick_reply_rules[] = {
	{ .key = "quick_reply", .type = WQ_RULE_OBJECT, .required = true, .of = reply_rules },
	{ .key = NULL },
};
static const struct wq_rule quick_replies_action[] = {
	{ .key = "buttons", .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_BUTTONS_MAX, .required = true,
	  .of = quick_reply_rules },
	{ .key = NULL },
};

static bool check_breaks(struct wq_checking *c, yyjson_val *v)
{
	struct wq_str s = wq_json_str(v);
	unsigned breaks = 0;

	for (size_t i = 0; i < s.n; i++)
		breaks += s.p[i] == '\n';
	return breaks <= WQ_WA_CARD_BREAKS_MAX ||
	       wq_rule_fail(c, NULL, WQ_WA_CARD_BREAKS_MAX, "has more than %d line breaks",
	                    WQ_WA_CARD_BREAKS_MAX);
}

/* What a card's action is: what may be touched is of one kind in all cards. */
static const struct wq_rule *card_action(yyjson_val *card)
{
	yyjson_val *action = wq_reading_get(card, wq_str("action"));

	if (wq_str_is(wq_json_get_str(card, "type"), "product"))
		return product_action;
	return wq_reading_get(action, wq_str("buttons")) ? quick_replies_action : cta_url_action;
}

static bool check_card(struct wq_checking *c, yyjson_val *card, yyjson_val *first)
{
	struct wq_rule action[] = {
		{ .key = "action", .type = WQ_RULE_OBJECT, .required = true, .of = card_action(card) },
		{ .key = NULL },
	};

	if (!wq_str_eq(wq_json_get_str(card, "type"), wq_json_get_str(first, "type")))
		return wq_rule_fail(c, "type", 0, "is not that of the first card");
	if (card_action(card) != card_action(first))
		return wq_rule_fail(c, "action", 0, "has other buttons than the first card");
	return check_header(c, wq_reading_get(card, wq_str("header")), HEADER_MEDIA) &&
	       wq_rules_check(c, card, action);
}

static bool check_cards(struct wq_checking *c, yyjson_val *cards)
{
	yyjson_val *card, *first = yyjson_arr_get_first(cards);
	size_t i, n;

	yyjson_arr_foreach(cards, i, n, card)
	{
		size_t back = wq_rule_enter_at(c, i);

		if (!check_card(c, card, first))
			return false;
		wq_rule_leave(c, back);
	}
	return true;
}

static const char *const card_types[] = { "cta_url", "product", NULL };
static const struct wq_rule card_body_rules[] = {
	{ .key = "text", .type = WQ_RULE_TEXT, .min = 1, .max = WQ_WA_CARD_BODY_MAX_CHARS, .required = true,
	  .more = check_breaks },
	{ .key = NULL },
};
static const struct wq_rule card_rules[] = {
	{ .key = "card_index", .type = WQ_RULE_INT, .required = true },
	{ .key = "type", .type = WQ_RULE_WORD, .required = true, .words = card_types },
	{ .key = "body", .type = WQ_RULE_OBJECT, .of = card_body_rules },
	{ .key = NULL },
};
static const struct wq_rule carousel_action[] = {
	{ .key = "cards", .type = WQ_RULE_OBJECTS, .min = WQ_WA_CARDS_MIN, .max = WQ_WA_CARDS_MAX, .required = true,
	  .of = card_rules, .more = check_cards },
	{ .key = NULL },
};

static const struct kind {
	const char *name;
	enum header header;
	bool body_required;
	unsigned body_max;
	const struct wq_rule *action;
} kinds[] = {
	{ "button", HEADER_ANY, true, WQ_WA_BODY_MAX_CHARS, buttons_action },
	{ "list", HEADER_TEXT, true, WQ_WA_LIST_BODY_MAX_CHARS, list_action },
	{ "cta_url", HEADER_ANY, true, WQ_WA_BODY_MAX_CHARS, cta_url_action },
	{ "location_request_message", HEADER_NONE, true, WQ_WA_BODY_MAX_CHARS, send_location_action },
	{ "flow", HEADER_ANY, true, WQ_WA_BODY_MAX_CHARS, flow_action },
	{ "product", HEADER_NONE, false, WQ_WA_BODY_MAX_CHARS, product_action },
	{ "product_list", HEADER_TEXT_REQUIRED, true, WQ_WA_BODY_MAX_CHARS, product_list_action },
	{ "catalog_message", HEADER_NONE, true, WQ_WA_BODY_MAX_CHARS, catalog_action },
	{ "carousel", HEADER_NONE, true, WQ_WA_BODY_MAX_CHARS, carousel_action },
	{ "address_message", HEADER_ANY, true, WQ_WA_BODY_MAX_CHARS, address_action },
	{ "request_contact_info", HEADER_NONE, true, WQ_WA_BODY_MAX_CHARS, contact_action },
	{ "call_permission_request", HEADER_NONE, false, WQ_WA_BODY_MAX_CHARS, permission_action },
	{ "voice_call", HEADER_NONE, true, WQ_WA_BODY_MAX_CHARS, call_action },
};

static bool check_frame(struct wq_checking *c, yyjson_val *v, const struct kind *k)
{
	static const struct wq_rule footer_rules[] = { TEXT("text", WQ_WA_FOOTER_MAX_CHARS, true),
		                                       { .key = NULL } };
	const struct wq_rule body_rules[] = { TEXT("text", k->body_max, true), { .key = NULL } };
	const struct wq_rule rules[] = {
		{ .key = "type", .type = WQ_RULE_ANY },
		{ .key = "header", .type = WQ_RULE_OBJECT },
		{ .key = "body", .type = WQ_RULE_OBJECT, .required = k->body_required, .of = body_rules },
		{ .key = "footer", .type = WQ_RULE_OBJECT, .of = footer_rules },
		{ .key = "action", .type = WQ_RULE_OBJECT, .required = true, .of = k->action },
		{ .key = NULL },
	};

	return check_header(c, wq_reading_get(v, wq_str("header")), k->header) &&
	       wq_rules_check(c, v, rules);
}

bool wq_content_check_interactive(struct wq_checking *c, yyjson_val *v)
{
	struct wq_str type = wq_json_get_str(v, "type");

	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (wq_str_is(type, kinds[i].name))
			return check_frame(c, v, &kinds[i]);
	return wq_rule_fail(
		c, "type", 0,
		type.p ? "is none of button, list, cta_url, flow, location_request_message, "
			 "product, product_list, catalog_message, carousel and the like"
		       : "is missing");
}
