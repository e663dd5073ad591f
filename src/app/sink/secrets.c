/* SPDX-License-Identifier: MIT */
/* secrets.c — settings to the secrets of each provider. */
#include "app/sink/secrets.h"

#include <stdio.h>

#include "app/settings/table.h"

static const struct {
	enum wq_setting list, one; /* `one`: what an account uses too, as it stands */
} ids[WQ_PROVIDERS] = {
	[WQ_PROVIDER_CLOUD] = { WQ_SET_WEBHOOK_SECRET, WQ_SET_COUNT },
	[WQ_PROVIDER_EVOLUTION] = { WQ_SET_EVOLUTION_WEBHOOK_KEY, WQ_SET_EVOLUTION_API_KEY },
	[WQ_PROVIDER_TWILIO] = { WQ_SET_TWILIO_WEBHOOK_TOKEN, WQ_SET_TWILIO_AUTH_TOKEN },
};

static const char *text_of(const struct wq_settings *s, enum wq_setting id)
{
	return id == WQ_SET_COUNT ? NULL : wq_settings_text(s, id);
}

static int read_list(struct wq_secrets *out, enum wq_setting id, const char *text)
{
	const char *why = NULL;
	int rc = wq_secrets_init(out, wq_str(text), &why);

	if (why)
		fprintf(stderr, "willaq: --%s: %s\n", wq_setting_def(id)->name, why);
	return rc;
}

int wq_sink_secrets_read(struct wq_sink_secrets *out, const struct wq_settings *s,
                         const char *cloud)
{
	int rc = 0;

	*out = (struct wq_sink_secrets){ .of = { { .n = 0 } } };
	for (unsigned i = 0; i < WQ_PROVIDERS && rc == 0; i++) {
		const char *list = text_of(s, ids[i].list), *one = text_of(s, ids[i].one);

		if (i == WQ_PROVIDER_CLOUD && cloud)
			list = cloud;
		if (list)
			rc = read_list(&out->of[i], ids[i].list, list);
		else if (one)
			rc = wq_secrets_init_one(&out->of[i], wq_str(one));
	}
	if (rc < 0)
		wq_sink_secrets_fini(out);
	return rc;
}

void wq_sink_secrets_fini(struct wq_sink_secrets *s)
{
	for (unsigned i = 0; i < WQ_PROVIDERS; i++)
		wq_secrets_fini(&s->of[i]);
}

bool wq_sink_secrets_there(const struct wq_settings *s)
{
	bool any = false;

	for (unsigned i = 0; i < WQ_PROVIDERS; i++)
		any = any || text_of(s, ids[i].list) || text_of(s, ids[i].one);
	return any;
}
