/* SPDX-License-Identifier: MIT */
/* providers.c — the three tables of functions. */
#include "domain/provider/cloud.h"
#include "domain/provider/cloud_ops.h"
#include "domain/provider/evolution.h"
#include "domain/provider/evolution_ops.h"
#include "domain/provider/twilio.h"
#include "domain/provider/twilio_ops.h"

const struct wq_provider_ops wq_cloud = { "cloud", wq_cloud_check, wq_cloud_request,
	                                  wq_cloud_answer };

const struct wq_provider_ops wq_evolution = { "evolution", wq_evolution_check, wq_evolution_request,
	                                      wq_evolution_answer };

const struct wq_provider_ops wq_twilio = { "twilio", wq_twilio_check, wq_twilio_request,
	                                   wq_twilio_answer };

const struct wq_provider_ops *const wq_providers[WQ_PROVIDERS] = {
	[WQ_PROVIDER_CLOUD] = &wq_cloud,
	[WQ_PROVIDER_EVOLUTION] = &wq_evolution,
	[WQ_PROVIDER_TWILIO] = &wq_twilio,
};
