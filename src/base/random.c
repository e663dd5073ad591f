/* SPDX-License-Identifier: MIT */
/* random.c — getrandom. */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/err.h"

int wq_random_bytes(void *out, size_t n)
{
	char *p = out;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return WQ_RAISE_MSG(WQ_ESYS, "getrandom: errno %d", errno);
		p += got;
		n -= (size_t)got;
	}
	return 0;
}
