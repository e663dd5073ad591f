/* SPDX-License-Identifier: MIT */
#pragma once
/* reseal.h — goes over all accounts and seals with the current key what was sealed with an older one.
 *
 * One account after the other, each only as long as nobody else has changed it meanwhile: those are met again with the
 * next run.  Nothing is ever in the clear but in memory.
 */
#include "domain/account/record.h"
#include "io/loop/flow.h"

struct wq_account_reseal {
	/* in; borrowed until cb */
	const struct wq_account_ways *ways; /* with a ring that has a key */
	const struct wq_account_keys *keys;
	void (*cb)(struct wq_account_reseal *r);

	/* out */
	int rc; /* 0; or Redis or memory, and `error`: it went so far */
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	uint64_t resealed, current, shut; /* shut: they do not open */

	/* private */
	struct wq_flow flow;
	struct wq_loop *loop;
	struct wq_redis_cmd cmd;
	struct wq_account_record record;
	struct wq_account_put put;
	struct wq_buf sealed;
	uint64_t at;
	bool more;
};

void wq_account_reseal_start(struct wq_account_reseal *r, struct wq_loop *loop);
