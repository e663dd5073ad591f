/* SPDX-License-Identifier: MIT */
/* alloc.c — in the place of base/alloc.c: each process has a heap of its own, which goes with it. */
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "sim/sim.h"

struct block {
	struct wq_list link; /* of its process; alone: of the world */
	size_t size;
	size_t spare; /* what follows is aligned as malloc does it */
};

static uint64_t live;

static void *give(struct block *b, size_t size)
{
	if (!b)
		return NULL;
	b->size = size;
	wq_list_init(&b->link);
	if (sim.in)
		wq_list_push(&sim.in->blocks, &b->link);
	live++;
	return b + 1;
}

void *wq_alloc(size_t size)
{
	return give(malloc(sizeof(struct block) + size), size);
}

void *wq_zalloc(size_t size)
{
	return give(calloc(1, sizeof(struct block) + size), size);
}

void *wq_calloc(size_t n, size_t size)
{
	return size > 0 && n > SIZE_MAX / 2 / size ? NULL : wq_zalloc(n * size);
}

void *wq_realloc(void *ptr, size_t size)
{
	struct block *b = ptr ? (struct block *)ptr - 1 : NULL;
	void *other = NULL;

	if (size > 0)
		other = wq_alloc(size);
	if (b && other)
		memcpy(other, ptr, b->size < size ? b->size : size);
	if (other || size == 0)
		wq_free(ptr);
	return other;
}

void wq_free(void *ptr)
{
	struct block *b = ptr ? (struct block *)ptr - 1 : NULL;

	if (!b)
		return;
	wq_list_remove(&b->link);
	live--;
	free(b);
}

void sim_heap_drop(struct wq_list *blocks)
{
	while (!wq_list_empty(blocks))
		wq_free(WQ_OWNER(blocks->next, struct block, link) + 1);
}

void wq_alloc_fail_after(uint64_t n)
{
	(void)n;
}

bool wq_alloc_failed(void)
{
	return false;
}

uint64_t wq_alloc_refusals(void)
{
	return 0;
}

uint64_t wq_alloc_live(void)
{
	return live;
}
