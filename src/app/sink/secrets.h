/* SPDX-License-Identifier: MIT */
#pragma once
/* secrets.h — what the settings say that webhooks are checked with. */
#include "app/settings/settings.h"
#include "domain/inbound/inbound.h"
#include "domain/sink/secrets.h"

struct wq_sink_secrets {
	struct wq_secrets of[WQ_PROVIDERS]; /* their texts are the settings'; none: no webhooks of that provider */
};

/* `cloud` instead of the setting for Meta's; NULL: the setting's.  0, WQ_EINVAL (a sentence was printed) or WQ_ENOMEM
 * (raised). */
int wq_sink_secrets_read(struct wq_sink_secrets *out, const struct wq_settings *s,
                         const char *cloud);
/* Twice is fine, zeroed is fine. */
void wq_sink_secrets_fini(struct wq_sink_secrets *s);
/* Whether there is any. */
bool wq_sink_secrets_there(const struct wq_settings *s);
