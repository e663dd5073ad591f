/* SPDX-License-Identifier: MIT */
/* fault.c — the n-th allocation fails, for every n. */
#include "support/fault.h"

#include <stdarg.h>
#include <stdio.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "base/alloc.h"
#include "base/log.h"
#include "support/test.h"

static void swallow(void *ctx, struct wq_str line)
{
	(void)ctx;
	(void)line;
}

void wq_fault_told(const char *row, const char *json, ...)
{
	va_list args;

	printf("fault %s ", row);
	va_start(args, json);
	(void)vprintf(json, args);
	va_end(args);
	printf("\n");
	(void)fflush(stdout);
}

static uint64_t allowed;

void wq_fault_allow(uint64_t blocks)
{
	allowed = blocks;
}

/* Leaks that are allowed are none for the sanitizer either. */
static void watch_leaks(bool on)
{
#ifdef __SANITIZE_ADDRESS__
	if (allowed && on)
		__lsan_enable();
	else if (allowed)
		__lsan_disable();
#endif
}

/* What was swept may be a JSON text itself. */
static void tell(const char *what, unsigned runs)
{
	char name[160];

	snprintf(name, sizeof(name), "%s", what);
	for (char *at = name; *at; at++)
		if (*at == '"' || *at == '\\')
			*at = '\'';
	wq_fault_told("R13", "{\"what\":\"%s\",\"allocations_failed\":%u}", name, runs);
}

struct wq_fault_result wq_fault_sweep(const char *what, void (*run)(void), unsigned runs_max)
{
	struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow },
			   loud = { .level = WQ_LOG_INFO, .fd = 2 };
	struct wq_fault_result result = { 0 };

	watch_leaks(false);
	wq_log_setup(&quiet); /* thousands of refused allocations are the point, not news */
	for (;; result.runs++) {
		uint64_t live = wq_alloc_live();
		bool met;

		WQ_CHECK(what, result.runs < runs_max);
		wq_alloc_fail_after(result.runs);
		run();
		met = wq_alloc_failed();
		wq_alloc_fail_after(UINT64_MAX);
		/* Fewer is fine: a connection that was lost gave its buffers back. */
		if (wq_alloc_live() > live + allowed)
			print_error("%s: allocation %u failing leaves %lld behind\n", what,
			            result.runs, (long long)(wq_alloc_live() - live));
		WQ_CHECK(what, wq_alloc_live() <= live + allowed);
		if (!met)
			break;
	}
	wq_log_setup(&loud);
	watch_leaks(true);
	allowed = 0;
	tell(what, result.runs);
	return result;
}
