/* SPDX-License-Identifier: MIT */
#pragma once
/* submit.h — messages that were asked for become records, and then jobs.
 *
 *   next ──► make (records, each once for its key) ──► add (their jobs, all or none of a stretch) ──► next … ──► end
 *
 * A record without its job is harmless: nobody was told of it, and who asks again with the same key gets both.  A job
 * that is there already stays as it is; one that is added again for a message that was sent ends at once.
 */
#include "domain/message/message.h"
#include "domain/send/person.h"
#include "io/loop/flow.h"
#include "queue/producer.h"
#include "store/letter.h"

struct wq_submission {
	/* in; borrowed until the end */
	struct wq_message message;
	struct wq_str account;     /* its id */
	struct wq_str once, print; /* as struct wq_letter_new */
	/* out */
	enum wq_letter_made made;
	struct wq_str id; /* of the message: of the arena; OTHER: the one that used the key */
	/* private */
	struct wq_str data, opts, record; /* record: data, or what of it is not too large to be kept */
	char person[WQ_PERSON_HEX_BYTES + 1];
};

struct wq_submit {
	/* in */
	struct wq_submission *items;
	size_t n; /* up to WQ_SUBMIT_MAX */
	struct wq_loop *loop;
	struct wq_redis *redis;
	struct wq_producer *producer;
	struct wq_arena *arena;    /* what the items need */
	struct wq_str queue_base;  /* wq_ref_base of the queue of outbound messages */
	int64_t keep_s;
	void (*cb)(struct wq_submit *s, int rc);
	/* out, in cb */
	const char *error; /* rc > 0 and WQ_EREPLY: what Redis said; otherwise "" */
	size_t done;       /* items that are in for sure; all when rc is 0 */
	/* private */
	struct wq_flow flow;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	struct wq_add_all add;
	struct wq_add_item *adds;
	size_t run;
};

/* 0, and cb runs once, from the loop: 0; > 0 as redis.h; < 0: a raised error, WQ_EFULL (the producer's), WQ_EAWAY … */
int wq_submit_start(struct wq_submit *s);
/* A new id of a message of an account, in `a`; p == NULL: out of memory (raised). */
struct wq_str wq_submit_id(struct wq_arena *a, struct wq_str account, int64_t now_ms);
/* The account in a message's id; p == NULL: it names none. */
struct wq_str wq_submit_account_of(struct wq_str id);
