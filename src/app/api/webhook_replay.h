/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_replay.h — POST /api/webhook-logs/…/replay: one webhook, or many at a rate (webhook_run.h). */
#include "app/api/api.h"

int wq_api_webhook_replay_routes(struct wq_api *a);
