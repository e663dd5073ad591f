/* SPDX-License-Identifier: MIT */
#pragma once
/* heap.h — a pairing heap of nodes that live inside their owners: least key first.  Allocates nothing.
 *
 * Insert O(1); take and remove O(log n) amortised.  Equal keys leave in no particular order.
 */
#include <stdbool.h>
#include <stdint.h>

struct wq_heap_node {
	struct wq_heap_node *child, *next; /* first child; next sibling */
	struct wq_heap_node
		*prev; /* previous sibling, or the parent of a first child; NULL: the root */
	uint64_t key;
};

struct wq_heap {
	struct wq_heap_node *root; /* NULL: empty */
};

void wq_heap_insert(struct wq_heap *h, struct wq_heap_node *n, uint64_t key);
/* The node must be in this heap. */
void wq_heap_remove(struct wq_heap *h, struct wq_heap_node *n);
