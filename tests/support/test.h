/* SPDX-License-Identifier: MIT */
#pragma once
/* test.h — thin names over cmocka.
 *
 *   WQ_TEST(adds_up) { WQ_CHECK_INT("one and one", 1 + 1, 2); }
 *   WQ_TEST_MAIN(WQ_CASE(adds_up))
 */
/* cmocka.h needs the four before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"

#define WQ_TEST(name) static void name(void **state __attribute__((unused)))
#define WQ_CASE(name) cmocka_unit_test(name)
#define WQ_TEST_MAIN(...)                                                            \
	int main(void)                                                               \
	{                                                                            \
		const struct CMUnitTest all[] = { __VA_ARGS__ };                     \
		int failed = cmocka_run_group_tests_name(__FILE__, all, NULL, NULL); \
                                                                                     \
		return failed != 0;                                                  \
	}

/* `what` names the row of a table, or the fact. */
#define WQ_CHECK(what, cond) wq_check((cond), (what), #cond, __FILE__, __LINE__)
#define WQ_CHECK_INT(what, got, want) \
	wq_check_int((long long)(got), (long long)(want), (what), __FILE__, __LINE__)
#define WQ_CHECK_STR(what, got, want) \
	wq_check_str(wq_str(got), wq_str(want), (what), __FILE__, __LINE__)
#define WQ_CHECK_SLICE(what, got, want) \
	wq_check_str((got), wq_str(want), (what), __FILE__, __LINE__)

static inline void wq_check(bool ok, const char *what, const char *cond, const char *file, int line)
{
	if (!ok) {
		print_error("%s:%d: %s: %s\n", file, line, what, cond);
		_fail(file, line);
	}
}

static inline void wq_check_int(long long got, long long want, const char *what, const char *file,
                                int line)
{
	if (got != want) {
		print_error("%s:%d: %s: got %lld, want %lld\n", file, line, what, got, want);
		_fail(file, line);
	}
}

static inline void wq_check_str(struct wq_str got, struct wq_str want, const char *what,
                                const char *file, int line)
{
	if (!wq_str_eq(got, want)) {
		print_error("%s:%d: %s: got \"%.*s\", want \"%.*s\"\n", file, line, what,
		            WQ_STR_ARG(got), WQ_STR_ARG(want));
		_fail(file, line);
	}
}
