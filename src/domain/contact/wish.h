/* SPDX-License-Identifier: MIT */
#pragma once
/* wish.h — what somebody wants a contact to be: read from JSON, judged, and told to Redis as items of con_put.
 *
 * Members
 *   phone, wa_id, user_id, parent_id, lid   what identifies it (names.h); null takes one away
 *   name, username, language, timezone      for people, texts and clocks
 *   tags         a list, instead of those it has;  add_tags, remove_tags: beside them
 *   attributes   an object of texts, numbers and flags, beside those it has; null takes one away
 *   assigned     who looks after it; null: nobody
 *   opted_out    whether it wants nothing more, and `reason`
 *
 * Pure but for time zones, whose files are looked for.
 */
#include "base/arena.h"
#include "base/json.h"
#include "domain/contact/names.h"
#include "store/contact.h"

enum wq_contact_text {
	WQ_CONTACT_PHONE,
	WQ_CONTACT_WA_ID,
	WQ_CONTACT_USER_ID,
	WQ_CONTACT_PARENT_ID,
	WQ_CONTACT_LID,
	WQ_CONTACT_USERNAME,
	WQ_CONTACT_NAME,
	WQ_CONTACT_LANGUAGE,
	WQ_CONTACT_TIMEZONE,
	WQ_CONTACT_ASSIGNED,
	WQ_CONTACT_TEXTS
};
/* As people write them, and of the record; the first WQ_CONTACT_USERNAME identify. */
extern const char *const wq_contact_text_names[WQ_CONTACT_TEXTS];
extern const char *const wq_contact_text_fields[WQ_CONTACT_TEXTS];
/* All members of a wish; ends with NULL. */
extern const char *const wq_contact_members[];

enum { WQ_CONTACT_FIELD_BYTES = 96, WQ_CONTACT_WHAT_BYTES = 160 };
struct wq_contact_problem {
	char field[WQ_CONTACT_FIELD_BYTES], what[WQ_CONTACT_WHAT_BYTES]; /* "tags[2]", "is longer than …" */
};

struct wq_contact_wish {
	struct wq_str texts[WQ_CONTACT_TEXTS]; /* p == NULL: stays; n == 0: is taken away */
	/* out of wq_contact_wish_items; of the arena */
	struct wq_contact_item *items;
	size_t n;
	/* private */
	struct wq_arena *arena;
	struct wq_contact_problem *problem;
	size_t room;
	int rc;
};

/* Members that mean nothing are refused unless they are among `others` (ends with NULL; may be NULL).
 * 0; WQ_EINVAL (not raised): *p tells; WQ_ENOMEM.  Texts point into the body or the arena. */
int wq_contact_wish_read(struct wq_contact_wish *w, yyjson_val *body, const char *const *others,
                         struct wq_arena *a, struct wq_contact_problem *p);
/* Whether it says who somebody is. */
bool wq_contact_wish_names(const struct wq_contact_wish *w);
/* Adds what follows of names and words, given what it was (NULL: it is new).  0 or WQ_ENOMEM. */
int wq_contact_wish_items(struct wq_contact_wish *w, const struct wq_redis_value *old);
/* Whether its words follow from what it was, so that a change meanwhile counts. */
bool wq_contact_wish_needs_old(const struct wq_contact_wish *w);

/* The digest of the one name that the body tells; of the arena.  As wq_contact_wish_read. */
int wq_contact_digest(struct wq_contact_wish *w, yyjson_val *body, struct wq_arena *a,
                      struct wq_contact_problem *p, struct wq_str *digest);

/* For changes that are no wish: one more item. */
void wq_contact_wish_init(struct wq_contact_wish *w, struct wq_arena *a);
void wq_contact_wish_add(struct wq_contact_wish *w, const char *what, struct wq_str name,
                         struct wq_str value);
/* Text of people: no control characters, at most so many bytes, at least one.  NULL, or what is wrong. */
const char *wq_contact_text_judge(struct wq_str s, size_t max);
