/* SPDX-License-Identifier: MIT */
#pragma once
/* random.h — unguessable bytes from the kernel, and a cheap seeded stream for jitter.
 *
 * Jitter never protects anything; ids, keys and tokens come from wq_random_bytes only.
 */
#include <stddef.h>
#include <stdint.h>

/* 0 or a raised error. */
int wq_random_bytes(void *out, size_t n);

struct wq_rng {
	uint64_t state;
};
/* A seed replays the stream. */
void wq_rng_init(struct wq_rng *r, uint64_t seed);
uint64_t wq_rng_next(struct wq_rng *r);
/* Evenly from 0 to bound - 1; bound > 0. */
uint64_t wq_rng_below(struct wq_rng *r, uint64_t bound);
