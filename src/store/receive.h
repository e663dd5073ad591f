/* SPDX-License-Identifier: MIT */
#pragma once
/* receive.h — what people of one account wrote, and what else is told of them, into Redis: each in one step, once.
 *
 *   received   a message of theirs: contact, message, window, sequence, block, counts (receive.lua)
 *   told       all else (manual.lua): a message to them by other hands, the past, other names, what they wish
 *   merged     two contacts that turned out to be one person (contact_merge.lua)
 *
 * Batches carry up to WQ_SEND_BATCH_MAX; `item(ctx, i)` is asked for each while the call starts.
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

enum wq_receive_kind {
	WQ_RECEIVE_MESSAGE,
	WQ_RECEIVE_FREE,    /* through an advertisement */
	WQ_RECEIVE_GROUP,   /* among several */
	WQ_RECEIVE_NOTICE,  /* of WhatsApp itself, about him */
	WQ_RECEIVE_EDIT, WQ_RECEIVE_REVOKE, /* of the message `target` */
	/* told: */
	WQ_TOLD_HAND,       /* written to him, by other hands */
	WQ_TOLD_PAST_IN, WQ_TOLD_PAST_OUT, /* long ago */
	WQ_TOLD_NAMES,      /* he goes by all of these */
	WQ_TOLD_MET,        /* of an address book: nothing, unless we know him */
	WQ_TOLD_NO_MARKETING, WQ_TOLD_MARKETING,
	WQ_RECEIVE_KINDS,
	WQ_TOLD_FIRST = WQ_TOLD_HAND,
};

/* Missing slices are empty. */
struct wq_receive_item {
	enum wq_receive_kind kind;
	struct wq_str id;     /* of the contact, should it be new */
	struct wq_str ref;    /* of the message */
	struct wq_str target; /* of the message that it is about */
	int64_t at_ms;        /* 0: now */
	struct wq_str pid;    /* the provider's id */
	struct wq_str ids, others; /* digests: of user ids; of all other names */
	struct wq_str phone, wa_id, user_id, parent_id, lid, username, name, words;
	struct wq_str type, text, data;
	struct wq_str wish;   /* "stop", "start" */
};
typedef void (*wq_receive_give)(void *ctx, size_t i, struct wq_receive_item *out);

/* All of them received, or all told, as `told` says. */
int wq_receive_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, bool told,
                     int64_t now_ms, int64_t keep_s, size_t n, wq_receive_give item, void *ctx,
                     void (*cb)(struct wq_redis_cmd *cmd, int rc));

enum wq_received {
	WQ_RECEIVED_KNOWN, /* it was there, or is no news */
	WQ_RECEIVED,
	WQ_RECEIVED_MERGE, /* nothing was done: these two are one person, to be merged first */
	WQ_RECEIVED_LATER, /* nobody can say yet whether it is a message of ours */
};
struct wq_receive_answer {
	struct wq_str contact, other; /* as long as the answer */
};
/* One of these; WQ_EPROTO (raised): it is something else. */
int wq_receive_answer(const struct wq_redis_cmd *cmd, size_t i, struct wq_receive_answer *out);

int wq_contact_merge_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                           struct wq_str one, struct wq_str other,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* During the callback, of one that is not done: goes on, with the same command. */
int wq_contact_merge_on(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* WQ_MERGED_MORE: it has to be gone on with; 1: done, 0: they were one, -1: one is not there; WQ_EPROTO (raised).
 * *left: the one that is left, or empty. */
enum { WQ_MERGED_MORE = 2 };
int wq_contact_merged(const struct wq_redis_cmd *cmd, struct wq_str *left);
