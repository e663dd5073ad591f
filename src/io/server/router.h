/* SPDX-License-Identifier: MIT */
#pragma once
/* router.h — the tree of all routes; patterns as in route.h.
 *
 * Of the routes that fit a path and know its method the most literal one wins, judged from the left.  Owns copies of
 * the routes; borrows their texts.
 */
#include "base/limits.h"
#include "base/list.h"
#include "base/str.h"
#include "io/server/route.h"

struct wq_router_node;

struct wq_router {
	struct wq_router_node *root;
	struct wq_list routes; /* in the order they came */
};

struct wq_match {
	const struct wq_route *route;        /* NULL: none */
	uint32_t allowed;                    /* WQ_BIT() of the methods that the path knows; 0: an unknown path */
	unsigned params_n;
	struct wq_str params[WQ_ROUTE_PARAMS_MAX]; /* raw: escapes are known to be sound */
};

int wq_router_init(struct wq_router *r);
void wq_router_fini(struct wq_router *r);
/* 0 or a raised error: WQ_ENOMEM, WQ_EEXIST. */
int wq_router_add(struct wq_router *r, const struct wq_route *route);
void wq_router_find(const struct wq_router *r, enum wq_method method, struct wq_str path,
                    struct wq_match *m);
const struct wq_route *wq_router_at(const struct wq_router *r, size_t i);
/* Which of the values a match holds is that of ":name"; -1: the pattern has no such parameter. */
int wq_router_param(const struct wq_route *route, const char *name);
