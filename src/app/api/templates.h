/* SPDX-License-Identifier: MIT */
#pragma once
/* templates.h — /api/templates: the texts there are, versions of one's own, previews and checks.
 *
 * Whose     `account` or `business` say whose version is meant; neither: everybody's, or the business of the key.
 * A key of one business sees willaq's texts, everybody's, its own, and those of its accounts.
 */
#include "app/api/api.h"

int wq_api_templates_routes(struct wq_api *a);
