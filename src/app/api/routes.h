/* SPDX-License-Identifier: MIT */
#pragma once
/* routes.h — the routes of many nouns, each a row of a table. */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_api_plain_routes(struct wq_api *a);
/* Contacts, and the nouns around them: they need the accounts.  0 or a raised error. */
int wq_api_people_routes(struct wq_api *a);
