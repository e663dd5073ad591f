/* SPDX-License-Identifier: MIT */
#pragma once
/* provider_templates.h — /api/templates/provider: templates that Meta has approved or not, and which of them stand for
 * kinds of ours. */
#include "app/api/api.h"

int wq_api_provider_templates_routes(struct wq_api *a);
