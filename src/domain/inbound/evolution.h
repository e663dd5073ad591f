/* SPDX-License-Identifier: MIT */
#pragma once
/* evolution.h — the parts of the reader of Evolution's webhooks; for it only. */
#include "domain/inbound/core.h"

struct wq_evolution {
	struct wq_inbound_run *run;
	struct wq_str event, instance, display;
};

/* The digits of "593…:12@s.whatsapp.net"; missing: it is no phone. */
struct wq_str wq_evolution_digits(struct wq_str jid);
/* u->person and u->message.group_id, by a message's key or what has one's members; returns the chat: "phone", "lid",
 * "group" or "broadcast", and which. */
struct wq_str wq_evolution_meet(struct wq_inbound *u, yyjson_val *key, const char **kind);
/* u->message, of u->value. */
void wq_evolution_content(struct wq_inbound *u);
