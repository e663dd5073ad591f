/* SPDX-License-Identifier: MIT */
#pragma once
/* core.h — what the readers of all providers share; for them only. */
#include "base/assert.h"
#include "domain/inbound/reader.h"

/* One read under way. */
struct wq_inbound_run {
	struct wq_inbound_reader *reader;
	const struct wq_webhook *hook;
	wq_on_inbound on_update;
	void *user;
	int rc; /* not 0: it has ended */
	struct wq_str stamp; /* tells one event that came twice from two that look alike */
	size_t contacts;     /* read so far, of all changes: WQ_INBOUND_CONTACTS_MAX at most */
};

/* Begins a read: what the one before left is gone. */
void wq_inbound_begin(struct wq_inbound_run *run, struct wq_inbound_reader *r,
                      const struct wq_webhook *hook, wq_on_inbound on_update, void *user);
/* The body as a document: 0, a condition, or WQ_ENOMEM (raised). */
int wq_inbound_parse(struct wq_inbound_run *run, size_t body_max, yyjson_val **root);

/* What is the same for all updates of this read. */
void wq_inbound_init(struct wq_inbound *u, const struct wq_inbound_run *run, enum wq_provider p,
                     struct wq_str field);
/* Completes u with its key against duplicates (the parts, or all of its value where there are none) and its
 * conversation (`chat` with what it is: "user", "phone", "lid", "group"; empty: none), and hands it out. */
void wq_inbound_emit(struct wq_inbound_run *run, struct wq_inbound *u, const struct wq_str *parts,
                     size_t n, const char *chat_kind, struct wq_str chat);
/* The commonest: by number and id. */
void wq_inbound_emit_by_id(struct wq_inbound_run *run, struct wq_inbound *u, const char *chat_kind,
                           struct wq_str chat);

/* Room that lives as long as the document; NULL: the run has ended with WQ_ENOMEM. */
void *wq_inbound_room(struct wq_inbound_run *run, size_t n);
/* Pieces, one behind the other. */
struct wq_str wq_inbound_join(struct wq_inbound_run *run, const struct wq_str *pieces, size_t n);
/* The value below a key, as wq_json_pick finds it. */
yyjson_val *wq_inbound_get(yyjson_val *obj, const char *key);
yyjson_val *wq_inbound_get_by(yyjson_val *obj, struct wq_str key);
struct wq_str wq_inbound_get_str(yyjson_val *obj, const char *key);
/* Text, or a whole number as text: ids come as both. */
struct wq_str wq_inbound_text(struct wq_inbound_run *run, yyjson_val *v);
/* ms; 0: there is none. */
int64_t wq_inbound_time(yyjson_val *v);
int64_t wq_inbound_time_of(struct wq_str digits);
/* Whole numbers, also as digits in text, or as Evolution's {low, high}; otherwise `otherwise`. */
int64_t wq_inbound_int(yyjson_val *v, int64_t otherwise);
bool wq_inbound_true(yyjson_val *v);
bool wq_inbound_is_digits(struct wq_str s);
/* a, or b if it is missing. */
struct wq_str wq_inbound_either(struct wq_str a, struct wq_str b);

/* The same text with what stands in the way of reading it replaced: 0 (it is in `out`), 1: nothing to mend,
 * WQ_ENOMEM or WQ_ETOOBIG. */
int wq_inbound_mend(struct wq_buf *out, struct wq_str text);
