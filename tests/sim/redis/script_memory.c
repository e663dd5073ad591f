/* SPDX-License-Identifier: MIT */
/* script_memory.c — Lua's memory: small blocks from lists by size, large ones from wq_alloc. */
#include "base/alloc.h"
#include "sim/redis/script.h"

enum { STEP = 16, CLASSES = 32, SLAB_BYTES = 1 << 18 };

struct spare {
	struct spare *next;
};

static struct spare *spares[CLASSES + 1]; /* of i * STEP bytes */
static char *slab;
static size_t left;

/* 0: a large one. */
static size_t class_of(size_t n)
{
	size_t i = (n + STEP - 1) / STEP;

	return i <= CLASSES ? i : 0;
}

static void *take(size_t n)
{
	size_t i = class_of(n);
	struct spare *s;

	if (i == 0)
		return sim_alloc(n);
	s = spares[i];
	if (s) {
		spares[i] = s->next;
		return s;
	}
	if (left < i * STEP) {
		slab = sim_alloc(SLAB_BYTES);
		left = SLAB_BYTES;
	}
	left -= i * STEP;
	return slab + left;
}

static void give_back(void *p, size_t n)
{
	size_t i = class_of(n);
	struct spare *s = p;

	if (i == 0) {
		wq_free(p);
		return;
	}
	s->next = spares[i];
	spares[i] = s;
}

void *sim_lua_memory(void *ctx, void *p, size_t old, size_t n)
{
	void *other;

	(void)ctx;
	if (n == 0) {
		if (old > 0)
			give_back(p, old);
		return NULL;
	}
	if (old > 0 && class_of(old) == class_of(n) && class_of(n) > 0)
		return p;
	other = take(n);
	if (old > 0) {
		memcpy(other, p, old < n ? old : n);
		give_back(p, old);
	}
	return other;
}
