/* SPDX-License-Identifier: MIT */
#pragma once
/* messages.h — the routes of outbound messages: asked for, shown, cancelled, put off. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_messages_routes(struct wq_api *a);
