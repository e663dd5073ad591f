/* SPDX-License-Identifier: MIT */
#pragma once
/* evolution.h — Evolution API's send routes as a façade: code that talks to an Evolution server talks to us, with a key
 * of ours for its apikey, and its messages go the way of all others, whoever the account's provider is.
 *
 * The instance in the path is one of the accounts that the key sees: by its instance, its name, its id or its number.
 * Whatever goes wrong is told as Evolution tells it.
 */
#include "app/api/api.h"

/* 0 or a raised error. */
int wq_evolution_facade_routes(struct wq_api *a);
