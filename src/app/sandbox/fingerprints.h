/* SPDX-License-Identifier: MIT */
#pragma once
/* fingerprints.h — have we seen this before?  A growing set of 64-bit hashes with a bound.
 *
 * The owner embeds it; init, then fini (twice is fine).  No secret protects the hash: it is for test traffic.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct wq_fingerprints {
	uint64_t *slots; /* owned; 0: free */
	size_t cap, n, max;
	uint64_t lost; /* not kept: at the bound, or out of memory */
};

/* Of `s`, behind what `before` stands for (0: nothing); never 0. */
uint64_t wq_fingerprint(uint64_t before, struct wq_str s);

void wq_fingerprints_init(struct wq_fingerprints *f, size_t max);
void wq_fingerprints_fini(struct wq_fingerprints *f);
/* Adds it; true if it was there. */
bool wq_fingerprints_add(struct wq_fingerprints *f, uint64_t print);
