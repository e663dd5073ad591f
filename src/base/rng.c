/* SPDX-License-Identifier: MIT */
/* rng.c — splitmix64. */
#include "base/assert.h"
#include "base/random.h"

void wq_rng_init(struct wq_rng *r, uint64_t seed)
{
	r->state = seed;
}

uint64_t wq_rng_next(struct wq_rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t wq_rng_below(struct wq_rng *r, uint64_t bound)
{
	WQ_REQUIRE(bound > 0);
	return (uint64_t)(((unsigned __int128)wq_rng_next(r) * bound) >> 64);
}
