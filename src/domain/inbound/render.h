/* SPDX-License-Identifier: MIT */
#pragma once
/* render.h — statuses and people in Meta's shape, whoever sent them; for the writers. */
#include "domain/inbound/job.h"

void wq_render_status(struct wq_jsonw *w, const struct wq_inbound *u);
/* An entry of contacts[]. */
void wq_render_contact(struct wq_jsonw *w, const struct wq_inbound_person *p);
