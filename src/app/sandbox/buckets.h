/* SPDX-License-Identifier: MIT */
#pragma once
/* buckets.h — how much may be sent: rules, and a token bucket for each sender, pair or account that one concerns.
 *
 *   number   a bucket for each sending number
 *   pair     a bucket for each number and recipient
 *   all      one bucket for all that the rule concerns: an app, an account, a business
 *
 * A send needs a token of every rule that concerns it; it takes none if one of them has none.
 * A bucket holds `burst` tokens, is full at first, and gets one each `every_us`.  It is kept as the time at which it
 * will be full again, so that time is all that fills it.
 * Bounded  WQ_SANDBOX_LIMITS_MAX rules; WQ_SANDBOX_BUCKETS_MAX buckets, of which the oldest is forgotten (and is full
 *          when it comes again).
 */
#include <stdbool.h>
#include <stdint.h>

#include "app/sandbox/faults.h"
#include "base/list.h"
#include "base/map.h"

enum wq_bucket_per { WQ_PER_NUMBER, WQ_PER_PAIR, WQ_PER_ALL, WQ_BUCKET_PERS };
/* "number", "pair", "all". */
bool wq_bucket_per_from(struct wq_str name, enum wq_bucket_per *out);
const char *wq_bucket_per_name(enum wq_bucket_per per);

struct wq_bucket_rule {
	struct wq_list link;
	uint64_t id;
	int provider;                       /* -1: all of them */
	char number[WQ_FAULT_MATCH_BYTES];  /* "": all of them */
	enum wq_bucket_per per;
	uint64_t every_us; /* at least 1 */
	uint32_t burst;    /* at least 1 */
	int code, status;  /* of the refusal; 0: the provider's usual */
	bool lasting; /* wq_buckets_clear leaves it, and fills its buckets */
	uint64_t passed, refused;
};

struct wq_buckets {
	struct wq_list rules, all; /* all: the oldest bucket first */
	struct wq_map map;
	size_t rules_n, n;
	uint64_t last_id;
};

/* 0 or a raised error. */
int wq_buckets_init(struct wq_buckets *b);
/* Twice is fine, zeroed is fine. */
void wq_buckets_fini(struct wq_buckets *b);
/* A copy of *r is kept; its id, or WQ_EFULL (not raised) or WQ_ENOMEM. */
int64_t wq_buckets_add(struct wq_buckets *b, const struct wq_bucket_rule *r);
void wq_buckets_clear(struct wq_buckets *b);

struct wq_bucket_asked {
	int provider;
	struct wq_str number, to;
};
struct wq_bucket_verdict {
	enum wq_bucket_per per;
	int code, status;
	uint64_t wait_us; /* until there is a token */
};
/* True: there was a token everywhere, and it is taken.  False: *v is of the rule that makes it wait longest.  Out of
 * memory counts as a token. */
bool wq_buckets_take(struct wq_buckets *b, const struct wq_bucket_asked *a, uint64_t now_us,
                     struct wq_bucket_verdict *v);
