/* SPDX-License-Identifier: MIT */
#pragma once
/* routes.h — the routes that need nothing but what every API has. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_plain_routes(struct wq_api *a);
