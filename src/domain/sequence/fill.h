/* SPDX-License-Identifier: MIT */
#pragma once
/* fill.h — the message of a step for one contact: its variables filled in, read as any message is.
 *
 * Variables  name, first_name, phone, username, language of the contact; its attributes; then what the sequence sets.
 * Memory     all of it is of the arena.
 */
#include "domain/message/message.h"
#include "domain/sequence/definition.h"
#include "domain/template/library.h"
#include "io/redis/redis.h"

struct wq_step_fill {
	/* in */
	yyjson_val *content;   /* of the step */
	yyjson_val *head;      /* of the sequence (wq_sequence_head_write); NULL: nothing */
	const struct wq_redis_value *contact;
	const struct wq_templates *templates; /* NULL: ours alone */
	struct wq_str business, account;
	struct wq_str to;
	int64_t now_ms;
	bool keeps_use;        /* the text that is named stays beside what is made of it, with all variables */
	struct wq_arena *arena;
	/* out */
	struct wq_message message;
	char problem[320];     /* what is wrong, for people */
};
enum {
	WQ_FILL_MISSING = 1, /* a variable has no value */
	WQ_FILL_INVALID = 2, /* what comes of it cannot be sent */
};
/* 0, a condition with its problem, WQ_ETOOBIG (the arena is full; not raised), WQ_ENOMEM. */
int wq_step_fill(struct wq_step_fill *f);
/* Where messages to this contact go: phone, business-scoped user id or LID; n == 0: nowhere. */
struct wq_str wq_step_address(const struct wq_redis_value *contact);
