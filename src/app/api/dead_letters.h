/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_letters.h — /api/dlq: dead letters, looked at, edited, sent back and taken away. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_dead_letters_routes(struct wq_api *a);
