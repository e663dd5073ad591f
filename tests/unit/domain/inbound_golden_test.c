/* SPDX-License-Identifier: MIT */
/* inbound_golden_test.c — every sample of a webhook that we were given, normalised. */
#include "golden.h"
#include "support/test.h"

WQ_TEST(cloud_samples)
{
	WQ_CHECK_INT("samples", golden_check("cloud", wq_cloud_webhook_read), 138);
}

WQ_TEST(twilio_samples)
{
	WQ_CHECK_INT("samples", golden_check("twilio", wq_twilio_webhook_read), 27);
}

WQ_TEST(evolution_samples)
{
	WQ_CHECK_INT("samples", golden_check("evolution", wq_evolution_webhook_read), 47);
}

WQ_TEST_MAIN(WQ_CASE(cloud_samples), WQ_CASE(twilio_samples), WQ_CASE(evolution_samples))
