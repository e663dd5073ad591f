/* SPDX-License-Identifier: MIT */
#pragma once
/* arena.h — many small things that die together.
 *
 * The owner embeds struct wq_arena; wq_arena_fini frees all at once (twice is fine, zeroed is fine).
 * Blocks grow up to the bound given at birth; NULL beyond it or when out of memory (the latter raised).
 */
#include <stddef.h>

#include "base/str.h"

struct wq_arena_block;

struct wq_arena {
	struct wq_arena_block *last; /* newest block; owned */
	size_t used, max;            /* bytes of all blocks */
};

void wq_arena_init(struct wq_arena *a, size_t max_bytes);
void wq_arena_fini(struct wq_arena *a);
/* Frees all but one block, so that the next round needs no allocation. */
void wq_arena_reset(struct wq_arena *a);
/* Zeroed and aligned for any type. */
void *wq_arena_alloc(struct wq_arena *a, size_t n);
/* A terminated copy. */
char *wq_arena_copy(struct wq_arena *a, struct wq_str s);
