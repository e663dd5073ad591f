/* SPDX-License-Identifier: MIT */
#pragma once
/* contact_view.h — contacts, conversations and what was said, as JSON: for the API and for the command line. */
#include "base/json.h"
#include "store/contact.h"

enum wq_contact_detail {
	WQ_CONTACT_IN_LIST,
	WQ_CONTACT_WHOLE,        /* with its sequence and what is pending */
	WQ_CONTACT_CONVERSATION, /* with the last moment */
};
/* `account`: behind the dot of ids. */
void wq_view_contact(struct wq_jsonw *w, const struct wq_contact_row *r, struct wq_str account,
                     enum wq_contact_detail detail, int64_t now_ms);
/* One moment of a conversation. */
void wq_view_said(struct wq_jsonw *w, const struct wq_contact_row *r, struct wq_str account);
/* Notes as a list, the oldest first; how many. */
size_t wq_view_notes(struct wq_jsonw *w, const struct wq_redis_value *notes);
