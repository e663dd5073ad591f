/* SPDX-License-Identifier: MIT */
#pragma once
/* sequences.h — /api/sequences: definitions, their versions and history, and who is in them. */
#include "app/api/api.h"

/* The routes; `a->accounts` is there.  0 or a raised error. */
int wq_api_sequences_routes(struct wq_api *a);
