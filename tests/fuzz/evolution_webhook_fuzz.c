/* SPDX-License-Identifier: MIT */
/* evolution_webhook_fuzz.c — hostile webhooks of Evolution's; what must hold is in support/webhook_check.h. */
#include "webhook_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_webhook(wq_evolution_webhook_read, data, size);
}
