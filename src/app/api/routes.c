/* SPDX-License-Identifier: MIT */
/* routes.c — queues and dead letters. */
#include "app/api/routes.h"

#include "app/api/dead_export.h"
#include "app/api/dead_letters.h"
#include "app/api/dead_many.h"
#include "app/api/queues.h"

int wq_api_plain_routes(struct wq_api *a)
{
	static int (*const routes[])(struct wq_api *a) = {
		wq_api_queues_routes, wq_api_dead_letters_routes, wq_api_dead_many_routes,
		wq_api_dead_export_routes,
	};
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = routes[i](a);
	return rc;
}
