/* SPDX-License-Identifier: MIT */
/* cloud_webhook_fuzz.c — hostile webhooks of Meta's; what must hold is in support/webhook_check.h. */
#include "webhook_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_webhook(wq_cloud_webhook_read, data, size);
}
