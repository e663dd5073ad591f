/* SPDX-License-Identifier: MIT */
/* arena.c — blocks in a chain, newest first. */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

enum { BLOCK_BYTES = 4096 - 64 };

struct wq_arena_block {
	struct wq_arena_block *before;
	size_t n, cap;
	alignas(max_align_t) char p[];
};

void wq_arena_init(struct wq_arena *a, size_t max_bytes)
{
	*a = (struct wq_arena){ .max = max_bytes };
}

void wq_arena_fini(struct wq_arena *a)
{
	while (a->last) {
		struct wq_arena_block *b = a->last;

		a->last = b->before;
		wq_free(b);
	}
	a->used = 0;
}

void wq_arena_reset(struct wq_arena *a)
{
	struct wq_arena_block *keep = a->last;

	if (!keep)
		return;
	a->last = keep->before;
	wq_arena_fini(a);
	if (keep->cap > BLOCK_BYTES) { /* a large one was for a large guest */
		wq_free(keep);
		return;
	}
	keep->before = NULL;
	keep->n = 0;
	a->last = keep;
	a->used = keep->cap;
}

static struct wq_arena_block *grow(struct wq_arena *a, size_t n)
{
	size_t cap = n > BLOCK_BYTES ? n : BLOCK_BYTES;
	struct wq_arena_block *b;

	if (cap > a->max - a->used)
		return NULL;
	b = wq_alloc(sizeof(*b) + cap);
	if (!b) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	*b = (struct wq_arena_block){ .before = a->last, .cap = cap };
	a->last = b;
	a->used += cap;
	return b;
}

void *wq_arena_alloc(struct wq_arena *a, size_t n)
{
	size_t room = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct wq_arena_block *b = a->last;
	void *p;

	if (room < n)
		return NULL;
	if (!b || b->cap - b->n < room)
		b = grow(a, room);
	if (!b)
		return NULL;
	p = b->p + b->n;
	b->n += room;
	memset(p, 0, n);
	return p;
}

char *wq_arena_copy(struct wq_arena *a, struct wq_str s)
{
	char *copy = wq_arena_alloc(a, s.n + 1);

	if (copy && s.n > 0)
		memcpy(copy, s.p, s.n);
	return copy;
}
