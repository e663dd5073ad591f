/* SPDX-License-Identifier: MIT */
/* steady.c — loaded into a program that is counted, it takes chance and the clock out of it.
 *
 * The seed of Redis' hash tables and the levels of its sorted sets are the same each time: which names collide in
 * a table moves what a command costs by a hundredth.  With STEADY_SLOWER=N its monotonic clock is N times slower:
 * what a program does each second would be more on a busy machine than on an idle one.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef FILE *(*open_fn)(const char *path, const char *mode);
typedef int (*clock_fn)(clockid_t clock, struct timespec *ts);

static const int64_t NS_PER_S = 1000000000;

FILE *fopen64(const char *path, const char *mode)
{
	open_fn real = (open_fn)dlsym(RTLD_NEXT, "fopen64");

	return real(strcmp(path, "/dev/urandom") == 0 ? "/dev/zero" : path, mode);
}

FILE *fopen(const char *path, const char *mode)
{
	return fopen64(path, mode);
}

void srand(unsigned seed)
{
	(void)seed;
}

void srandom(unsigned seed)
{
	(void)seed;
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	static clock_fn real;
	static int64_t slower, began;
	int64_t ns;
	int rc;

	if (!real) {
		const char *n = getenv("STEADY_SLOWER");

		real = (clock_fn)dlsym(RTLD_NEXT, "clock_gettime");
		slower = n ? strtol(n, NULL, 10) : 1;
	}
	rc = real(clock, ts);
	if (rc != 0 || slower == 1 || (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE))
		return rc;
	ns = ts->tv_sec * NS_PER_S + ts->tv_nsec;
	if (began == 0)
		began = ns;
	ns = began + (ns - began) / slower;
	ts->tv_sec = ns / NS_PER_S;
	ts->tv_nsec = ns % NS_PER_S;
	return 0;
}
