/* SPDX-License-Identifier: MIT */
#pragma once
/* facade.h — the routes by which code that was written for another API sends through us (OUT-10). */
#include "app/api/api.h"

/* Of all façades.  0 or a raised error. */
int wq_facade_routes(struct wq_api *a);
