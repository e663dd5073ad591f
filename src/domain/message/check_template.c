/* SPDX-License-Identifier: MIT */
/* check_template.c — the shape of a template's parameters.  Whether it exists, and how many it takes, only the provider
 * knows: that an OTP has 15 characters at most, too, for nothing here tells one from a parcel's number. */
#include "base/assert.h"
#include "base/limits.h"
#include "domain/message/rule.h"

enum { CONTENT_SID_CHARS = 34 };

/* What a component may hold. */
enum place { IN_HEADER = 1, IN_BODY = 2, IN_BUTTON = 4, IN_OFFER = 8 };

static bool check_line(struct wq_checking *c, yyjson_val *v)
{
	struct wq_str s = wq_json_str(v);
	unsigned spaces = 0;

	for (size_t i = 0; i < s.n; i++) {
		spaces = s.p[i] == ' ' ? spaces + 1 : 0;
		if (s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == '\t')
			return wq_rule_fail(c, NULL, 0, "has a line break or a tab in it");
		if (spaces > WQ_WA_PARAMETER_SPACES_MAX)
			return wq_rule_fail(c, NULL, WQ_WA_PARAMETER_SPACES_MAX,
			                    "has more than %d spaces in a row",
			                    WQ_WA_PARAMETER_SPACES_MAX);
	}
	return true;
}

#define TEXT(name, most, need) \
	{ .key = (name), .type = WQ_RULE_TEXT, .min = 1, .max = (most), .required = (need) }

static const struct wq_rule text_rules[] = {
	{ .key = "text", .type = WQ_RULE_TEXT, .min = 1, .max = WQ_WA_PARAMETER_MAX_CHARS, .required = true,
	  .more = check_line },
	TEXT("parameter_name", WQ_WA_TEMPLATE_NAME_MAX_CHARS, false),
	{ .key = NULL },
};
static const struct wq_rule currency_members[] = {
	TEXT("fallback_value", WQ_WA_PARAMETER_MAX_CHARS, true),
	{ .key = "code", .type = WQ_RULE_TEXT, .min = 3, .max = 3, .required = true },
	{ .key = "amount_1000", .type = WQ_RULE_INT, .required = true },
	{ .key = NULL },
};
static const struct wq_rule currency_rules[] = {
	{ .key = "currency", .type = WQ_RULE_OBJECT, .required = true, .of = currency_members },
	{ .key = NULL },
};
static const struct wq_rule date_members[] = {
	TEXT("fallback_value", WQ_WA_PARAMETER_MAX_CHARS, true),
	{ .key = NULL },
};
static const struct wq_rule date_rules[] = {
	{ .key = "date_time", .type = WQ_RULE_OBJECT, .required = true, .of = date_members },
	{ .key = NULL },
};
static const struct wq_rule image_rules[] = {
	{ .key = "image", .type = WQ_RULE_OBJECT, .required = true, .of = wq_rules_image,
	  .more = wq_check_media_source },
	{ .key = NULL },
};
static const struct wq_rule video_rules[] = {
	{ .key = "video", .type = WQ_RULE_OBJECT, .required = true, .of = wq_rules_image,
	  .more = wq_check_media_source },
	{ .key = NULL },
};
static const struct wq_rule document_rules[] = {
	{ .key = "document", .type = WQ_RULE_OBJECT, .required = true, .of = wq_rules_document,
	  .more = wq_check_media_source },
	{ .key = NULL },
};
static const struct wq_rule location_rules[] = {
	{ .key = "location", .type = WQ_RULE_OBJECT, .required = true, .of = wq_rules_location },
	{ .key = NULL },
};
static const struct wq_rule product_rules[] = {
	{ .key = "product", .type = WQ_RULE_OBJECT, .required = true },
	{ .key = NULL },
};
static const struct wq_rule payload_rules[] = { TEXT("payload", WQ_WA_PAYLOAD_MAX_CHARS, true),
	                                        { .key = NULL } };
static const struct wq_rule coupon_rules[] = { TEXT("coupon_code", WQ_WA_COUPON_MAX_CHARS, true),
	                                       { .key = NULL } };
static const struct wq_rule action_rules[] = {
	{ .key = "action", .type = WQ_RULE_OBJECT, .required = true },
	{ .key = NULL },
};
static const struct wq_rule offer_members[] = {
	{ .key = "expiration_time_ms", .type = WQ_RULE_INT, .required = true },
	{ .key = NULL },
};
static const struct wq_rule offer_rules[] = {
	{ .key = "limited_time_offer", .type = WQ_RULE_OBJECT, .required = true, .of = offer_members },
	{ .key = NULL },
};

static const struct {
	const char *type;
	unsigned where;
	const struct wq_rule *rules;
} parameters[] = {
	{ "text", IN_HEADER | IN_BODY | IN_BUTTON, text_rules },
	{ "currency", IN_HEADER | IN_BODY, currency_rules },
	{ "date_time", IN_HEADER | IN_BODY, date_rules },
	{ "image", IN_HEADER, image_rules },
	{ "video", IN_HEADER, video_rules },
	{ "document", IN_HEADER, document_rules },
	{ "location", IN_HEADER, location_rules },
	{ "product", IN_HEADER, product_rules },
	{ "payload", IN_BUTTON, payload_rules },
	{ "coupon_code", IN_BUTTON, coupon_rules },
	{ "action", IN_BUTTON, action_rules },
	{ "limited_time_offer", IN_OFFER, offer_rules },
};

static bool check_parameter(struct wq_checking *c, yyjson_val *p, unsigned where)
{
	struct wq_str type = wq_json_get_str(p, "type");

	if (!yyjson_is_obj(p))
		return wq_rule_fail(c, NULL, 0, "is no object");
	for (size_t i = 0; i < WQ_COUNT(parameters); i++)
		if (wq_str_is_nocase(type, parameters[i].type) && (parameters[i].where & where))
			return wq_rules_check(c, p, parameters[i].rules);
	return wq_rule_fail(c, "type", 0,
	                    type.p ? "is no type of parameter that this component takes"
	                           : "is missing");
}

static bool check_parameters(struct wq_checking *c, yyjson_val *component, unsigned where)
{
	static const struct wq_rule rule[] = {
		{ .key = "parameters", .type = WQ_RULE_OBJECTS, .max = WQ_WA_PARAMETERS_MAX },
		{ .key = NULL },
	};
	yyjson_val *all = wq_reading_get(component, wq_str("parameters")), *p;
	size_t i, n, back;

	if (!wq_rules_check(c, component, rule))
		return false;
	back = wq_rule_enter(c, "parameters");
	yyjson_arr_foreach(all, i, n, p)
	{
		size_t here = wq_rule_enter_at(c, i);

		if (!check_parameter(c, p, where))
			return false;
		wq_rule_leave(c, here);
	}
	wq_rule_leave(c, back);
	return true;
}

/* A number, or one as text. */
static bool check_index(struct wq_checking *c, yyjson_val *v)
{
	uint64_t index = WQ_WA_TEMPLATE_BUTTONS_MAX;

	if (yyjson_is_uint(v))
		index = yyjson_get_uint(v);
	else if (!wq_str_to_u64(wq_json_str(v), WQ_WA_TEMPLATE_BUTTONS_MAX, &index))
		index = WQ_WA_TEMPLATE_BUTTONS_MAX;
	return index < WQ_WA_TEMPLATE_BUTTONS_MAX ||
	       wq_rule_fail(c, NULL, WQ_WA_TEMPLATE_BUTTONS_MAX - 1, "is no number from 0 to %d",
	                    WQ_WA_TEMPLATE_BUTTONS_MAX - 1);
}

static bool check_button(struct wq_checking *c, yyjson_val *component)
{
	static const char *const kinds[] = { "quick_reply", "url", "copy_code", "flow", "catalog", "mpm",
		                             "spm", "voice_call", "order_details", NULL };
	static const struct wq_rule rules[] = {
		{ .key = "sub_type", .type = WQ_RULE_WORD, .required = true, .words = kinds },
		{ .key = "index", .type = WQ_RULE_ANY, .required = true, .more = check_index },
		{ .key = NULL },
	};

	return wq_rules_check(c, component, rules) && check_parameters(c, component, IN_BUTTON);
}

/* A component that may also stand in a card. */
static bool check_simple(struct wq_checking *c, yyjson_val *component)
{
	struct wq_str type = wq_json_get_str(component, "type");

	if (wq_str_is_nocase(type, "header"))
		return check_parameters(c, component, IN_HEADER);
	if (wq_str_is_nocase(type, "body"))
		return check_parameters(c, component, IN_BODY);
	if (wq_str_is_nocase(type, "button"))
		return check_button(c, component);
	if (wq_str_is_nocase(type, "limited_time_offer"))
		return check_parameters(c, component, IN_OFFER);
	return wq_rule_fail(c, "type", 0, type.p ? "is no type of component" : "is missing");
}

static bool check_card_components(struct wq_checking *c, yyjson_val *all)
{
	yyjson_val *component;
	size_t i, n;

	yyjson_arr_foreach(all, i, n, component)
	{
		size_t back = wq_rule_enter_at(c, i);

		if (wq_str_is_nocase(wq_json_get_str(component, "type"), "limited_time_offer"))
			return wq_rule_fail(c, "type", 0, "can't stand in a card");
		if (!check_simple(c, component))
			return false;
		wq_rule_leave(c, back);
	}
	return true;
}

static const struct wq_rule card_rules[] = {
	{ .key = "card_index", .type = WQ_RULE_INT, .required = true },
	{ .key = "components", .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_COMPONENTS_MAX, .required = true,
	  .more = check_card_components },
	{ .key = NULL },
};
static const struct wq_rule carousel_rules[] = {
	{ .key = "cards", .type = WQ_RULE_OBJECTS, .min = 1, .max = WQ_WA_CARDS_MAX, .required = true,
	  .of = card_rules },
	{ .key = NULL },
};

static bool check_components(struct wq_checking *c, yyjson_val *all)
{
	yyjson_val *component;
	size_t i, n;

	yyjson_arr_foreach(all, i, n, component)
	{
		bool carousel = wq_str_is_nocase(wq_json_get_str(component, "type"), "carousel");
		size_t back = wq_rule_enter_at(c, i);

		if (carousel ? !wq_rules_check(c, component, carousel_rules)
		             : !check_simple(c, component))
			return false;
		wq_rule_leave(c, back);
	}
	return true;
}

/* Twilio knows its templates by ids: "HX" and 32 hex digits. */
static bool is_content_sid(struct wq_str s)
{
	if (s.n != CONTENT_SID_CHARS || !wq_str_starts(s, "HX"))
		return false;
	for (size_t i = 2; i < s.n; i++)
		if (!s.p[i] || !strchr("0123456789abcdef", s.p[i]))
			return false;
	return true;
}

static bool check_name(struct wq_checking *c, yyjson_val *v)
{
	struct wq_str name = wq_json_str(v);

	if (is_content_sid(name))
		return true;
	for (size_t i = 0; i < name.n; i++) {
		char l = name.p[i];

		if (!((l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || l == '_'))
			return wq_rule_fail(
				c, NULL, 0,
				"has something else than small letters, digits and _ in it");
	}
	return true;
}

/* "es", "en_US", "zh_HK" */
static bool check_code(struct wq_checking *c, yyjson_val *v)
{
	struct wq_str s = wq_json_str(v);
	size_t language = wq_str_find(s, '_'), i = 0;
	bool ok = language == 2 || language == 3;

	for (; i < language; i++)
		ok = ok && s.p[i] >= 'a' && s.p[i] <= 'z';
	for (i++; i < s.n; i++)
		ok = ok && ((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z') ||
		            (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_');
	return (ok && s.p[s.n - 1] != '_') ||
	       wq_rule_fail(c, NULL, 0, "is no code of a language, as es or en_US is");
}

bool wq_content_check_template(struct wq_checking *c, yyjson_val *v)
{
	static const char *const policies[] = { "deterministic", NULL };
	static const struct wq_rule language_rules[] = {
		{ .key = "code", .type = WQ_RULE_TEXT, .min = 1, .max = WQ_WA_LANGUAGE_MAX_CHARS, .required = true,
		  .more = check_code },
		{ .key = "policy", .type = WQ_RULE_WORD, .words = policies },
		{ .key = NULL },
	};
	static const struct wq_rule rules[] = {
		{ .key = "name", .type = WQ_RULE_TEXT, .min = 1, .max = WQ_WA_TEMPLATE_NAME_MAX_CHARS, .required = true,
		  .more = check_name },
		{ .key = "language", .type = WQ_RULE_OBJECT, .required = true, .of = language_rules },
		{ .key = "components", .type = WQ_RULE_OBJECTS, .max = WQ_WA_COMPONENTS_MAX, .more = check_components },
		{ .key = NULL },
	};

	return wq_rules_check(c, v, rules);
}
