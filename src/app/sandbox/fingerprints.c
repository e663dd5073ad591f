/* SPDX-License-Identifier: MIT */
/* fingerprints.c — FNV-1a with a finisher, and open addressing at no more than half full. */
#include "app/sandbox/fingerprints.h"

#include "base/alloc.h"

enum { START = 1024 };

uint64_t wq_fingerprint(uint64_t before, struct wq_str s)
{
	uint64_t h = before ^ 0xcbf29ce484222325;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3;
	h ^= s.n;
	h = (h ^ h >> 33) * 0xff51afd7ed558ccd;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53;
	h ^= h >> 33;
	return h ? h : 1;
}

void wq_fingerprints_init(struct wq_fingerprints *f, size_t max)
{
	*f = (struct wq_fingerprints){ .max = max };
}

void wq_fingerprints_fini(struct wq_fingerprints *f)
{
	wq_free(f->slots);
	*f = (struct wq_fingerprints){ .max = f->max };
}

static uint64_t *find(uint64_t *slots, size_t cap, uint64_t print)
{
	size_t i = print & (cap - 1);

	while (slots[i] && slots[i] != print)
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

static bool grow(struct wq_fingerprints *f)
{
	size_t cap = f->cap ? 2 * f->cap : START;
	uint64_t *slots = wq_calloc(cap, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < f->cap; i++)
		if (f->slots[i])
			*find(slots, cap, f->slots[i]) = f->slots[i];
	wq_free(f->slots);
	f->slots = slots;
	f->cap = cap;
	return true;
}

bool wq_fingerprints_add(struct wq_fingerprints *f, uint64_t print)
{
	uint64_t *slot;

	if (f->cap && *find(f->slots, f->cap, print) == print)
		return true;
	if (f->n >= f->max || (2 * (f->n + 1) > f->cap && !grow(f))) {
		f->lost++;
		return false;
	}
	slot = find(f->slots, f->cap, print);
	*slot = print;
	f->n++;
	return false;
}
