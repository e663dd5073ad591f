/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_export.h — GET /api/dlq/:name/export: letters as a file, of any size in little memory. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_dead_export_routes(struct wq_api *a);
