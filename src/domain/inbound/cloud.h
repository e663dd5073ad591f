/* SPDX-License-Identifier: MIT */
#pragma once
/* cloud.h — the parts of the reader of Meta's webhooks; for it only. */
#include "domain/inbound/core.h"

/* Where we are: one change. */
struct wq_cloud_change {
	struct wq_inbound_run *run;
	struct wq_str business, number, number_display, field;
	int64_t entry_ms;
	yyjson_val *value, *contacts;
	struct wq_inbound_person *people; /* of contacts, read when first asked for */
	size_t people_n, people_next;
};

/* An update of this change, with all that the change says of it. */
void wq_cloud_init(struct wq_inbound *u, const struct wq_cloud_change *c, enum wq_inbound_kind k,
                   yyjson_val *value);
/* u->person, by what is known of it there, from the change's contacts. */
void wq_cloud_meet(struct wq_cloud_change *c, struct wq_inbound *u);
/* The same for what names nobody: the one contact, if it is alone. */
void wq_cloud_meet_only(struct wq_cloud_change *c, struct wq_inbound *u);
/* "user" or "phone", and who; empty: nobody. */
struct wq_str wq_cloud_chat(const struct wq_inbound_person *p, const char **kind);
/* The first of an array of errors; what is no array is no error. */
void wq_cloud_error(struct wq_inbound *u, yyjson_val *errors);

void wq_cloud_read_message(struct wq_cloud_change *c, yyjson_val *item, enum wq_inbound_kind k);
void wq_cloud_read_status(struct wq_cloud_change *c, yyjson_val *item);
/* An element of one of the other arrays of a value. */
void wq_cloud_read_item(struct wq_cloud_change *c, yyjson_val *item, enum wq_inbound_kind k);
/* A value without any array that we know. */
void wq_cloud_read_event(struct wq_cloud_change *c);

/* Meta's message object into the model: also of what other messages hold. */
void wq_cloud_content(struct wq_inbound_run *run, struct wq_inbound_message *m, yyjson_val *item);
