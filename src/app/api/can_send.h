/* SPDX-License-Identifier: MIT */
#pragma once
/* can_send.h — whether somebody may be written to now, why, and for how much. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_can_send_routes(struct wq_api *a);
