/* SPDX-License-Identifier: MIT */
#pragma once
/* pending.h — /api/pending: what waits for a person, listed, taken, sent, skipped and done. */
#include "app/api/api.h"

int wq_api_pending_routes(struct wq_api *a);
