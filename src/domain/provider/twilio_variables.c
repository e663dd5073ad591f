/* SPDX-License-Identifier: MIT */
/* twilio_variables.c — Graph's components flattened: Twilio counts the variables of a template through. */
#include <stdio.h>

#include "base/assert.h"
#include "domain/provider/twilio.h"
#include "domain/provider/twilio_ops.h"

struct walk {
	bool (*each)(void *ctx, const struct wq_twilio_variable *v);
	void *ctx;
	unsigned number;
	bool going;
};

static struct wq_str value_of(yyjson_val *parameter)
{
	static const char *const media[] = { "image", "video", "document" };
	static const char *const fallbacks[] = { "currency", "date_time" };
	struct wq_str type = wq_json_get_str(parameter, "type");

	for (size_t i = 0; i < WQ_COUNT(media); i++)
		if (wq_str_is(type, media[i]))
			return wq_json_get_str(wq_json_get(parameter, media[i]), "link");
	for (size_t i = 0; i < WQ_COUNT(fallbacks); i++)
		if (wq_str_is(type, fallbacks[i]))
			return wq_json_get_str(wq_json_get(parameter, fallbacks[i]),
			                       "fallback_value");
	if (wq_str_is(type, "text"))
		return wq_json_get_str(parameter, "text");
	if (wq_str_is(type, "payload"))
		return wq_json_get_str(parameter, "payload");
	if (wq_str_is(type, "coupon_code"))
		return wq_json_get_str(parameter, "coupon_code");
	return wq_strn(NULL, 0);
}

static void walk_component(struct walk *k, yyjson_val *component)
{
	yyjson_val *parameters = wq_json_get(component, "parameters"), *parameter;
	size_t i, max;

	yyjson_arr_foreach(parameters, i, max, parameter)
	{
		struct wq_twilio_variable v = { .name = wq_json_get_str(parameter, "parameter_name"),
			                        .number = ++k->number,
			                        .value = value_of(parameter) };

		k->going = k->going && k->each(k->ctx, &v);
	}
	if (wq_json_get(component, "cards")) { /* a carousel's, which have no order of their own there */
		struct wq_twilio_variable none = { .number = ++k->number };

		k->going = k->going && k->each(k->ctx, &none);
	}
}

void wq_twilio_variables(yyjson_val *components,
                         bool (*each)(void *ctx, const struct wq_twilio_variable *v), void *ctx)
{
	struct walk k = { each, ctx, 0, true };

	for (int others = 0; others < 2; others++) {
		yyjson_val *component;
		size_t i, max;

		yyjson_arr_foreach(components, i, max,
		                   component) if (wq_str_is_nocase(wq_json_get_str(component,
		                                                                   "type"),
		                                                   "body") != others)
			walk_component(&k, component);
	}
}

static const char *wrong_with(const struct wq_twilio_variable *v)
{
	if (!v->value.p)
		return "has a parameter that Twilio's templates do not have";
	if (!wq_str_trim(v->value).n)
		return "has an empty parameter, which Twilio refuses";
	if (wq_str_find(v->value, '\n') < v->value.n || wq_str_find(v->value, '\r') < v->value.n)
		return "has a parameter of several lines, which Twilio refuses";
	if (wq_provider_characters(v->value) > WQ_TWILIO_TEXT_MAX_CHARACTERS)
		return "has a parameter longer than 1600 characters";
	if (wq_provider_characters(v->name) > WQ_TWILIO_KEY_MAX_CHARACTERS)
		return "has a parameter_name longer than 16 characters";
	if (v->number > WQ_TWILIO_VARIABLES_MAX)
		return "has more than 100 parameters";
	return NULL;
}

static bool check_one(void *ctx, const struct wq_twilio_variable *v)
{
	const char **what = ctx;

	*what = wrong_with(v);
	return !*what;
}

int wq_twilio_variables_check(yyjson_val *components, struct wq_message_problem *p)
{
	const char *what = NULL;

	wq_twilio_variables(components, check_one, &what);
	return what ? wq_provider_refuse(p, "template.components", what) : 0;
}

static bool write_one(void *ctx, const struct wq_twilio_variable *v)
{
	struct wq_jsonw *w = ctx;
	char number[16];

	(void)snprintf(number, sizeof(number), "%u", v->number);
	wq_jsonw_key_str(w, v->name.n ? v->name : wq_str(number));
	wq_jsonw_str(w, v->value);
	return true;
}

void wq_twilio_variables_write(struct wq_jsonw *w, yyjson_val *components)
{
	wq_jsonw_object(w);
	wq_twilio_variables(components, write_one, w);
	wq_jsonw_object_end(w);
}
