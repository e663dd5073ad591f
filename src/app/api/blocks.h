/* SPDX-License-Identifier: MIT */
#pragma once
/* blocks.h — /api/delivery-issues: contacts who do not get what is sent, and verdicts taken back. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_blocks_routes(struct wq_api *a);
