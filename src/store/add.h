/* SPDX-License-Identifier: MIT */
#pragma once
/* add.h — adds jobs: any number at once, to any queues of one hash tag, by one script call.
 *
 * The call is atomic: all its items go in, in their order, or (when it never reached Redis, or was refused) none does.
 * Each item has an outcome of its own; an item with a code below 0 changed nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "io/redis/redis.h"

enum wq_add_flag {
	WQ_ADD_LIFO = 1u << 0,
	WQ_ADD_CHILDREN = 1u << 1, /* it waits for its children, which are added behind it */
	WQ_ADD_FLOW = 1u << 2,     /* part of a flow: its parent is looked at when all are in */
	/* of deduplication */
	WQ_ADD_REPLACE = 1u << 3,
	WQ_ADD_EXTEND = 1u << 4,
	WQ_ADD_KEEP_LAST = 1u << 5, /* keepLastIfActive */
	WQ_ADD_RESCHEDULE = 1u << 6,
};

/* One job to be.  All is borrowed and copied when the call starts.  queue/job_opts.h makes one of public options. */
struct wq_add_item {
	struct wq_str base;       /* of its queue: wq_ref_base */
	struct wq_str id;         /* empty: the next number */
	struct wq_str name;       /* any bytes */
	struct wq_str data, opts; /* JSON; empty data: {}; opts by their stored names */
	int64_t timestamp_ms;     /* 0: the time of the call */
	int64_t delay_ms;
	uint32_t priority;
	uint32_t flags; /* WQ_ADD_… */
	struct wq_str parent_key, parent; /* full key; JSON with queueKey, id and flags; empty: none */
	struct wq_str scheduler;          /* `rjk`; empty: none */
	struct wq_str dedup_id;           /* empty: none */
	int64_t dedup_ttl_ms;
};

/* Negative codes are BullMQ's, but for the last. */
enum wq_add_code {
	WQ_ADD_NEW = 0,
	WQ_ADD_DUPLICATE = 1,       /* a job of that id is there, and stays as it is */
	WQ_ADD_DEDUPLICATED = 2,    /* another job stands for it */
	WQ_ADD_PARENT_MISSING = -5,
	WQ_ADD_PARENT_OTHER = -7,   /* a job of that id is there, and has another parent */
	WQ_ADD_FOREIGN = -100,      /* the queue is of Bull 3 or of another library: see queue_check.h */
};
/* A sentence for people; static. */
const char *wq_add_code_text(int code);

struct wq_add_outcome {
	int code;         /* wq_add_code */
	struct wq_str id; /* of the job that is there now; code < 0: p == NULL */
	char number[24];  /* what `id` may point to */
};

/* Script calls take this many items at most. */
size_t wq_add_items_max(void);
/* Bytes that an item takes of a call, roughly. */
size_t wq_add_item_bytes(const struct wq_add_item *item);

/* The items of one call: `item(ctx, i)` is asked for each while the call starts.
 * 0, and cb runs once; < 0 as wq_redis_start, and it never does.  `now_ms` is the producer's clock. */
int wq_add_start(struct wq_redis *r, struct wq_redis_cmd *cmd, int64_t now_ms, size_t n,
                 const struct wq_add_item *(*item)(void *ctx, size_t i), void *ctx,
                 void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* In cb, with rc 0: what became of item i.  WQ_EPROTO (raised) when the answer is not ours. */
int wq_add_outcome(const struct wq_redis_cmd *cmd, size_t i, const struct wq_add_item *item,
                   struct wq_add_outcome *out);
