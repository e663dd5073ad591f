/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_fuzz.h — one input as a webhook of one provider. */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/log.h"
#include "support/webhook_check.h"

enum { INPUT_MAX_BYTES = 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_swallow(void *ctx, struct wq_str line) {}

static inline int fuzz_webhook(wq_webhook_read_fn read, const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = fuzz_swallow };
	struct wq_webhook_check c;

	if (size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	wq_webhook_check_init(&c);
	(void)wq_webhook_check(&c, read, wq_strn((const char *)data, size));
	wq_webhook_check_fini(&c);
	WQ_REQUIRE(wq_alloc_live() == 0);
	return 0;
}
