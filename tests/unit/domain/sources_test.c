/* SPDX-License-Identifier: MIT */
/* sources_test.c — buckets of sources on a clock of numbers; which addresses are one source; without memory. */
#include "domain/sink/sources.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "support/fault.h"
#include "support/test.h"

#define SECOND 1000000u
#define START  (1000 * (uint64_t)SECOND)

static struct wq_sources s;
static uint64_t now;

static void begin(uint32_t per_second, uint32_t unsigned_per_second)
{
	const struct wq_source_limits limits = { per_second, unsigned_per_second };

	now = START;
	WQ_CHECK_INT("begins", wq_sources_init(&s, &limits), 0);
}

static enum wq_source_verdict ask(const char *peer)
{
	uint32_t retry_s = 0;
	enum wq_source_verdict v = wq_sources_admit(&s, wq_str(peer), now, &retry_s);

	WQ_CHECK(peer, v == WQ_SOURCE_OK || retry_s > 0);
	return v;
}

/* How many of n are admitted at this moment; each of them turns out to be unsigned, if wanted. */
static unsigned admitted(const char *peer, unsigned n, bool unsigned_too)
{
	unsigned ok = 0;

	for (unsigned i = 0; i < n; i++) {
		if (ask(peer) != WQ_SOURCE_OK)
			continue;
		ok++;
		if (unsigned_too)
			wq_sources_unsigned(&s, wq_str(peer), now);
	}
	return ok;
}

WQ_TEST(no_limit)
{
	begin(0, 0);
	WQ_CHECK_INT("all", admitted("192.0.2.1:1", 5000, true), 5000);
	wq_sources_signed(&s, wq_str("192.0.2.1:1"), now);
	wq_sources_fini(&s);
	wq_sources_fini(&s);
}

WQ_TEST(a_second_holds_so_many)
{
	begin(10, 0);
	WQ_CHECK_INT("a full bucket", admitted("192.0.2.1:1", 100, true), 10);
	WQ_CHECK_INT("told so", ask("192.0.2.1:2"), WQ_SOURCE_MANY);
	WQ_CHECK_INT("another source", admitted("192.0.2.2:1", 100, false), 10);
	now += SECOND / 10;
	WQ_CHECK_INT("a tenth later", admitted("192.0.2.1:3", 100, false), 1);
	now += SECOND / 2;
	WQ_CHECK_INT("half a second later", admitted("192.0.2.1", 100, false), 5);
	wq_sources_signed(&s, wq_str("192.0.2.1"), now);
	WQ_CHECK_INT("signed or not", ask("192.0.2.1"), WQ_SOURCE_MANY);
	now += 100 * (uint64_t)SECOND;
	WQ_CHECK_INT("never more than a second's", admitted("192.0.2.1:1", 100, false), 10);
	wq_sources_fini(&s);
}

WQ_TEST(unsigned_ones_first)
{
	begin(1000, 10);
	WQ_CHECK_INT("forged", admitted("192.0.2.1:1", 100, true), 10);
	WQ_CHECK_INT("told so", ask("192.0.2.1:1"), WQ_SOURCE_UNSIGNED);
	WQ_CHECK_INT("signed ones of others", admitted("192.0.2.2:1", 2000, false), 1000);
	now += SECOND / 10;
	WQ_CHECK_INT("a tenth later", ask("192.0.2.1:1"), WQ_SOURCE_OK);
	wq_sources_signed(&s, wq_str("192.0.2.1:1"), now);
	WQ_CHECK_INT("mixed: none is refused for it", admitted("192.0.2.1:1", 200, true), 200);
	now += WQ_SOURCE_GOOD_MS * 1000ull;
	WQ_CHECK_INT("and its debt is paid by then", admitted("192.0.2.1:1", 100, true), 10);
	wq_sources_fini(&s);
}

WQ_TEST(which_is_one_source)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "192.0.2.1:1", "192.0.2.1:65535", true },
		{ "192.0.2.1:1", "192.0.2.1", true },
		{ "192.0.2.1:1", "192.0.2.11:1", false },
		{ "[2001:db8::1]:1", "[2001:db8::2]:2", true },
		{ "[2001:db8::1]:1", "2001:db8:0:0:ffff::", true },
		{ "[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false },
		{ "[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.2]:1", false },
		{ "[::ffff:192.0.2.1]:1", "192.0.2.1:1", true },
		{ "unix", "unix", true },
		{ "unix", "", false },
		{ "[", "[]:1", true },
		{ "not an address at all, and a long one", "not an address at all: another", true },
	};

	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		begin(1, 0);
		WQ_CHECK_INT(rows[i].a, ask(rows[i].a), WQ_SOURCE_OK);
		WQ_CHECK_INT(rows[i].b, ask(rows[i].b),
		             rows[i].same ? WQ_SOURCE_MANY : WQ_SOURCE_OK);
		wq_sources_fini(&s);
	}
}

WQ_TEST(the_longest_silent_is_forgotten)
{
	char peer[32];

	begin(1, 0);
	(void)ask("10.0.0.1:1");
	for (unsigned i = 0; i < 3 * WQ_SOURCES_MAX; i++) {
		snprintf(peer, sizeof(peer), "11.%u.%u.1:1", i / 256, i % 256);
		WQ_CHECK_INT(peer, ask(peer), WQ_SOURCE_OK);
		WQ_CHECK_INT("who goes on is kept", ask("10.0.0.1:1"), WQ_SOURCE_MANY);
		WQ_CHECK("bounded", s.n <= WQ_SOURCES_MAX && s.map.n <= WQ_SOURCES_MAX);
	}
	WQ_CHECK_INT("the first of them begins anew", ask("11.0.0.1:1"), WQ_SOURCE_OK);
	WQ_CHECK_INT("the last does not", ask(peer), WQ_SOURCE_MANY);
	wq_sources_fini(&s);
}

WQ_TEST(forwarded_addresses)
{
	static const struct {
		const char *a, *b; /* headers; NULL: none */
		unsigned nth;
		const char *want; /* NULL: none */
	} rows[] = {
		{ "1.1.1.1", NULL, 1, "1.1.1.1" },
		{ "9.9.9.9, 1.1.1.1", NULL, 1, "1.1.1.1" },
		{ "9.9.9.9, 1.1.1.1", NULL, 2, "9.9.9.9" },
		{ "9.9.9.9, 1.1.1.1", NULL, 3, NULL },
		{ "9.9.9.9", "1.1.1.1 , 2.2.2.2", 2, "1.1.1.1" },
		{ "9.9.9.9", "1.1.1.1,2.2.2.2", 3, "9.9.9.9" },
		{ ",, ,", NULL, 1, NULL },
		{ "", "1.1.1.1,,", 1, "1.1.1.1" },
		{ "1.1.1.1", NULL, 0, NULL },
		{ NULL, NULL, 1, NULL },
	};

	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		struct wq_str values[] = { wq_str(rows[i].a), wq_str(rows[i].b) };
		struct wq_str got = wq_source_forwarded(values, WQ_COUNT(values), rows[i].nth);

		WQ_CHECK("there", (got.p != NULL) == (rows[i].want != NULL));
		WQ_CHECK(rows[i].want ? rows[i].want : "none",
		         !got.p || wq_str_is(got, rows[i].want));
	}
}

static void run_without_memory(void)
{
	const struct wq_source_limits limits = { 1, 1 };
	int rc = wq_sources_init(&s, &limits);
	char peer[32];

	now = START;
	WQ_CHECK("begins, or not", rc == 0 || rc == WQ_ENOMEM);
	for (unsigned i = 0; i < 100 && rc == 0; i++) {
		snprintf(peer, sizeof(peer), "11.0.0.%u", i);
		WQ_CHECK_INT(peer, ask(peer), WQ_SOURCE_OK);
		WQ_CHECK_INT(peer, ask(peer), WQ_SOURCE_MANY);
	}
	wq_sources_fini(&s);
}

WQ_TEST(without_memory)
{
	WQ_CHECK("runs", wq_fault_sweep("sources", run_without_memory, 50).runs > 1);
}

WQ_TEST_MAIN(WQ_CASE(no_limit), WQ_CASE(a_second_holds_so_many), WQ_CASE(unsigned_ones_first),
             WQ_CASE(which_is_one_source), WQ_CASE(the_longest_silent_is_forgotten),
             WQ_CASE(forwarded_addresses), WQ_CASE(without_memory))
