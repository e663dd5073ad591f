/* SPDX-License-Identifier: MIT */
#pragma once
/* reply.h — bytes of a server to values, by hiredis' parser with our own bounds.
 *
 * A value and all it holds live in the reader's arena until the next call of wq_redis_reader_next.  Bounded: bytes of
 * one reply and of the values made of it, elements of one array, depth, length of a line.  hiredis' own bounds leave
 * room for a reply that nests until the stack ends, so values are made by functions of ours.
 */
#include "base/arena.h"
#include "io/redis/redis.h"

struct redisReader;

struct wq_redis_value {
	enum wq_redis_type type;
	union {
		int64_t i;       /* INTEGER */
		struct wq_str s; /* STRING, ERROR; p is never NULL */
		struct {
			const struct wq_redis_value **item; /* ARRAY */
			size_t n;
		};
	};
};

struct wq_redis_reader {
	struct redisReader *hi;
	struct wq_arena arena; /* of the reply being read or last told */
	size_t partial;        /* bytes fed since the last whole reply, roughly */
	bool told;             /* the arena holds a reply that was handed out */
	const char *why;       /* static text, after WQ_EPROTO */
};

/* hiredis takes its memory from base/alloc.h from now on; again is fine.  Comes before the first reader. */
void wq_redis_use_allocator(void);
/* 0 or a raised error. */
int wq_redis_reader_init(struct wq_redis_reader *r);
/* Twice is fine, zeroed is fine. */
void wq_redis_reader_fini(struct wq_redis_reader *r);
/* 0, WQ_ENOMEM (raised) or WQ_EPROTO (unraised, r->why): the connection is of no more use. */
int wq_redis_reader_feed(struct wq_redis_reader *r, const char *p, size_t n);
/* The same; *v == NULL: no whole reply yet. */
int wq_redis_reader_next(struct wq_redis_reader *r, const struct wq_redis_value **v);

/* The condition that an error's text stands for; WQ_EREPLY (unraised): none of them. */
int wq_redis_condition_of(struct wq_str error);
