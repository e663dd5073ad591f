/* SPDX-License-Identifier: MIT */
/* twilio_webhook_fuzz.c — hostile forms and events of Twilio's; what must hold is in support/webhook_check.h. */
#include "webhook_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_webhook(wq_twilio_webhook_read, data, size);
}
