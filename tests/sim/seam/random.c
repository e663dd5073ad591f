/* SPDX-License-Identifier: MIT */
/* random.c — in the place of base/random.c: what is unguessable elsewhere comes from the seed here. */
#include "base/random.h"

#include <string.h>

#include "sim/sim.h"

int wq_random_bytes(void *out, size_t n)
{
	char *p = out;

	while (n > 0) {
		uint64_t word = wq_rng_next(&sim.bytes);
		size_t part = n < sizeof(word) ? n : sizeof(word);

		memcpy(p, &word, part);
		p += part;
		n -= part;
	}
	return 0;
}
