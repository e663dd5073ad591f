/* SPDX-License-Identifier: MIT */
#pragma once
/* pending.h — what waits for a person: how it is named, what may be said of it, and whether its message may go now.
 *
 * Ids  "p…" and, for the outside, "p….ACCOUNT".
 * All of it is pure: no entry is changed here.
 */
#include "base/arena.h"
#include "base/json.h"
#include "domain/message/message.h"
#include "store/pending.h"

/* A new id, in `a`; p == NULL: out of memory (raised). */
struct wq_str wq_pending_id(struct wq_arena *a);
/* The parts of an id as it is told outside; false: it is none. */
bool wq_pending_id_read(struct wq_str id, struct wq_str *own, struct wq_str *account);
/* Words that name reasons: 1 to WQ_PENDING_WHY_MAX_BYTES of a-z 0-9 _ . - */
bool wq_pending_why_is(struct wq_str why);
/* Who cares for it: UTF-8 without control characters, 1 to WQ_PENDING_BY_MAX_BYTES. */
bool wq_pending_by_is(struct wq_str by);

/* Why a message can't go to a contact by hand. */
enum wq_pending_bar {
	WQ_PENDING_GOES,
	WQ_PENDING_CLOSED,    /* the window is, and it is no template */
	WQ_PENDING_OPTED_OUT, /* it wants nothing more */
	WQ_PENDING_BLOCKED,   /* it is taken to have blocked us */
	WQ_PENDING_NOBODY,    /* none of its names can be written to */
};
/* `forced`: somebody wants it all the same, whom only NOBODY stops. */
enum wq_pending_bar wq_pending_judge(const struct wq_pending *p, enum wq_message_kind kind,
                                     bool forced, int64_t now_ms);

/* What is wanted instead of the entry's own message; NULL each: nothing. */
struct wq_pending_words {
	yyjson_val *message; /* in any shape of read.h; whom it is to is the entry's business */
	struct wq_str text;  /* p == NULL: none */
	bool forced;
};
/* The message as JSON (its own shape) for the entry's contact, in `a`, and read.  0; WQ_MESSAGE_INVALID with *problem;
 * WQ_ENOENT (not raised): the entry has no message, nor the words; WQ_ETOOBIG, WQ_ENOMEM.  Not read before it is known
 * that the contact can be written to. */
int wq_pending_message(const struct wq_pending *p, struct wq_str account,
                       const struct wq_pending_words *words, int64_t now_ms, struct wq_arena *a,
                       struct wq_message *out, struct wq_str *json,
                       struct wq_message_problem *problem);
