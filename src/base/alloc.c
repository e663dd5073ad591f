/* SPDX-License-Identifier: MIT */
/* alloc.c — malloc behind one switch. */
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static struct {
	uint64_t left; /* allocations to let pass before the one that fails */
	uint64_t live, refusals;
	bool failed;
} state = { .left = UINT64_MAX };

static bool refuse(void)
{
	if (state.left == UINT64_MAX)
		return false;
	if (state.left > 0) {
		state.left--;
		return false;
	}
	state.left = UINT64_MAX;
	state.failed = true;
	state.refusals++;
	return true;
}

static void *count(void *ptr)
{
	state.live += ptr != NULL;
	state.refusals += ptr == NULL;
	return ptr;
}

void *wq_alloc(size_t size)
{
	return refuse() ? NULL : count(malloc(size));
}

void *wq_zalloc(size_t size)
{
	return wq_calloc(1, size);
}

void *wq_calloc(size_t n, size_t size)
{
	return refuse() ? NULL : count(calloc(n, size));
}

void *wq_realloc(void *ptr, size_t size)
{
	void *grown;

	if (!ptr)
		return wq_alloc(size);
	if (size == 0) {
		wq_free(ptr);
		return NULL;
	}
	if (refuse())
		return NULL;
	grown = realloc(ptr, size);
	state.refusals += grown == NULL;
	return grown;
}

void wq_free(void *ptr)
{
	state.live -= ptr != NULL;
	free(ptr);
}

void wq_alloc_fail_after(uint64_t n)
{
	state.left = n;
	state.failed = false;
}

bool wq_alloc_failed(void)
{
	return state.failed;
}

uint64_t wq_alloc_refusals(void)
{
	return state.refusals;
}

uint64_t wq_alloc_live(void)
{
	return state.live;
}
