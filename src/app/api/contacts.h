/* SPDX-License-Identifier: MIT */
#pragma once
/* contacts.h — the routes of contacts and of conversations, which are contacts by what was said last. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_contacts_routes(struct wq_api *a);
