/* SPDX-License-Identifier: MIT */
#pragma once
/* queues.h — /api/queues: looking into queues, and changing them. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_queues_routes(struct wq_api *a);
/* The half that changes them; part of the above. */
int wq_api_queue_changes_routes(struct wq_api *a);
