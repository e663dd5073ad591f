/* SPDX-License-Identifier: MIT */
/* settings.c — getters that know their types. */
#include "app/settings/settings.h"

#include "app/settings/table.h"
#include "base/assert.h"

void wq_settings_fini(struct wq_settings *s)
{
	wq_arena_fini(&s->arena);
}

static const struct wq_setting_value *value(const struct wq_settings *s, enum wq_setting id,
                                            uint32_t types)
{
	WQ_REQUIRE(WQ_BIT(wq_setting_def(id)->type) & types);
	return &s->values[id];
}

const char *wq_settings_text(const struct wq_settings *s, enum wq_setting id)
{
	const char *text = value(s, id,
	                         WQ_BIT(WQ_SETTING_TEXT) | WQ_BIT(WQ_SETTING_PATH) |
	                                 WQ_BIT(WQ_SETTING_SECRET) | WQ_BIT(WQ_SETTING_URL) |
	                                 WQ_BIT(WQ_SETTING_CHOICE))
	                           ->text;

	return *text ? text : NULL;
}

int64_t wq_settings_int(const struct wq_settings *s, enum wq_setting id)
{
	return value(s, id,
	             WQ_BIT(WQ_SETTING_COUNT) | WQ_BIT(WQ_SETTING_PORT) | WQ_BIT(WQ_SETTING_CHOICE))
	        ->number;
}

bool wq_settings_bool(const struct wq_settings *s, enum wq_setting id)
{
	return value(s, id, WQ_BIT(WQ_SETTING_BOOL))->number != 0;
}

uint64_t wq_settings_ms(const struct wq_settings *s, enum wq_setting id)
{
	return (uint64_t)value(s, id, WQ_BIT(WQ_SETTING_MS))->number;
}

uint64_t wq_settings_bytes(const struct wq_settings *s, enum wq_setting id)
{
	return (uint64_t)value(s, id, WQ_BIT(WQ_SETTING_BYTES))->number;
}

double wq_settings_double(const struct wq_settings *s, enum wq_setting id)
{
	return (double)value(s, id, WQ_BIT(WQ_SETTING_PERCENT))->number / 10000.0;
}

void wq_settings_assume(struct wq_settings *s, enum wq_setting id, const char *text)
{
	WQ_REQUIRE(id >= 0 && id < WQ_SET_COUNT);
	if (!s->values[id].given)
		s->values[id].text = text;
}

bool wq_settings_given(const struct wq_settings *s, enum wq_setting id)
{
	WQ_REQUIRE(id >= 0 && id < WQ_SET_COUNT);
	return s->values[id].given;
}
