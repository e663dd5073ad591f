/* SPDX-License-Identifier: MIT */
/* heap.c — pairing heap; the recursion of the textbook is unrolled, for a peer chooses how deep it gets. */
#include "base/heap.h"

#include <stddef.h>

static struct wq_heap_node *meld(struct wq_heap_node *a, struct wq_heap_node *b)
{
	if (!a || !b)
		return a ? a : b;
	if (b->key < a->key) {
		struct wq_heap_node *t = a;

		a = b;
		b = t;
	}
	b->prev = a;
	b->next = a->child;
	if (a->child)
		a->child->prev = b;
	a->child = b;
	a->next = a->prev = NULL;
	return a;
}

/* Pairs the siblings left to right, then melds the pairs right to left. */
static struct wq_heap_node *merge_children(struct wq_heap_node *first)
{
	struct wq_heap_node *pairs = NULL, *root = NULL;

	while (first) {
		struct wq_heap_node *a = first, *b = a->next;

		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs; /* a stack, threaded through `next` */
		pairs = a;
	}
	while (pairs) {
		struct wq_heap_node *rest = pairs->next;

		pairs->next = NULL;
		root = meld(root, pairs);
		pairs = rest;
	}
	return root;
}

void wq_heap_insert(struct wq_heap *h, struct wq_heap_node *n, uint64_t key)
{
	*n = (struct wq_heap_node){ .key = key };
	h->root = meld(h->root, n);
}

void wq_heap_remove(struct wq_heap *h, struct wq_heap_node *n)
{
	struct wq_heap_node *sub = merge_children(n->child);

	if (n == h->root) {
		h->root = sub;
	} else {
		if (n->prev->child == n)
			n->prev->child = n->next;
		else
			n->prev->next = n->next;
		if (n->next)
			n->next->prev = n->prev;
		h->root = meld(h->root, sub);
	}
	*n = (struct wq_heap_node){ .key = n->key };
}
