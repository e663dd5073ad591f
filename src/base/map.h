/* SPDX-License-Identifier: MIT */
#pragma once
/* map.h — finds things by a name of any bytes, through nodes that live inside their owners.
 *
 * Putting and taking never fail: the table grows when it can, and is slower when it cannot.  Names are hashed with a
 * seed of the process, so that nobody outside can choose names that collide.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct wq_map_node {
	struct wq_map_node *next;
	struct wq_str key; /* borrowed; stays put while the node is in a map */
	uint64_t hash;
	bool in;
};

enum { WQ_MAP_FIRST_BUCKETS = 8 };

struct wq_map {
	struct wq_map_node *first[WQ_MAP_FIRST_BUCKETS]; /* in use until it grows */
	struct wq_map_node **buckets;                    /* owned unless it is `first` */
	size_t buckets_n, n;
	uint64_t seed[2];
};

/* 0 or a raised error. */
int wq_map_init(struct wq_map *m);
/* The nodes are their owners'.  A zeroed map is fine. */
void wq_map_fini(struct wq_map *m);
/* The node is in no map.  A name may be there more than once; the newest is found. */
void wq_map_put(struct wq_map *m, struct wq_map_node *node, struct wq_str key);
/* NULL: it is not there. */
struct wq_map_node *wq_map_get(const struct wq_map *m, struct wq_str key);
/* A node that is in no map is fine. */
void wq_map_take(struct wq_map *m, struct wq_map_node *node);
