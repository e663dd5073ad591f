/* SPDX-License-Identifier: MIT */
/* providers.c — the three tables of functions. */
#include "domain/provider/cloud.h"
#include "domain/provider/cloud_ops.h"

const struct wq_provider_ops wq_cloud = { "cloud", wq_cloud_check, wq_cloud_request,
	                                  wq_cloud_answer };

const struct wq_provider_ops *const wq_providers[WQ_PROVIDERS] = {
	[WQ_PROVIDER_CLOUD] = &wq_cloud,
};
