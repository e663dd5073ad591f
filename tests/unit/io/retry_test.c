/* SPDX-License-Identifier: MIT */
/* retry_test.c — what Retry-After may say. */
#include "base/limits.h"
#include "io/client/retry.h"
#include "support/test.h"

enum { MOST = WQ_CLIENT_RETRY_AFTER_MAX_MS };
static const int64_t now_ms = 784111777000; /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct {
	const char *value;
	int64_t want;
} cases[] = {
	{ "0", 0 },
	{ "120", 120000 },
	{ " 7 ", 7000 },
	{ "604800", MOST },
	{ "604801", MOST },
	{ "99999999999999999999999999", MOST },
	{ "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
	{ "Sun, 06 Nov 1994 08:49:39 GMT", 2000 },
	{ "Sunday, 06-Nov-94 08:50:37 GMT", 60000 },
	{ "Sun Nov  6 08:49:40 1994", 3000 },
	{ "Sun, 06 Nov 1994 08:00:00 GMT", 0 },
	{ "Fri, 31 Dec 2999 23:59:59 GMT", MOST },
	{ "", -1 },
	{ "-5", -1 },
	{ "+5", -1 },
	{ "1.5", -1 },
	{ "5s", -1 },
	{ "soon", -1 },
	{ "1994", 1994000 },
	{ "Sun", -1 },
	{ "Sun, 06 Nov 1994", -1 },
	{ "08:49:37", -1 },
	{ "Sun, 99 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 GMT and some more text behind it", -1 },
};

WQ_TEST(the_table)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		WQ_CHECK_INT(cases[i].value, wq_retry_after_ms(wq_str(cases[i].value), now_ms),
		             cases[i].want);
}

WQ_TEST_MAIN(WQ_CASE(the_table))
