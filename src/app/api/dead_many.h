/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_many.h — /api/dlq/:name/retry, /clean and /runs: what is done to many letters. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_dead_many_routes(struct wq_api *a);
