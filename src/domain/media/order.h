/* SPDX-License-Identifier: MIT */
#pragma once
/* order.h — a job of `inbound-media`: the file of one received message, to be fetched.  Its id is made of the message,
 * so that it is added once. */
#include "base/arena.h"
#include "domain/inbound/inbound.h"
#include "store/add.h"

/* Whether a message has a file that is fetched: of the Cloud API, by its id. */
bool wq_media_order_is(const struct wq_inbound *u);
/* {"account","ref","kind","id"} and the job of it, all in the arena but `base`.  0, WQ_ETOOBIG, WQ_ENOMEM. */
int wq_media_order(struct wq_arena *a, const struct wq_inbound *u, struct wq_str account,
                   struct wq_str ref, struct wq_str base, struct wq_add_item *out);
