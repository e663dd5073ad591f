/* SPDX-License-Identifier: MIT */
/* routes.c — queues and dead letters; people. */
#include "app/api/routes.h"

#include "app/api/blocks.h"
#include "app/api/can_send.h"
#include "app/api/contacts.h"
#include "app/api/dead_export.h"
#include "app/api/dead_letters.h"
#include "app/api/dead_many.h"
#include "app/api/pending.h"
#include "app/api/provider_templates.h"
#include "app/api/queues.h"
#include "app/api/sequences.h"

typedef int (*add_fn)(struct wq_api *a);

static int add_all(struct wq_api *a, const add_fn *routes, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = routes[i](a);
	return rc;
}

int wq_api_plain_routes(struct wq_api *a)
{
	static const add_fn routes[] = {
		wq_api_queues_routes,
		wq_api_dead_letters_routes,
		wq_api_dead_many_routes,
		wq_api_dead_export_routes,
	};

	return add_all(a, routes, WQ_COUNT(routes));
}

int wq_api_people_routes(struct wq_api *a)
{
	static const add_fn routes[] = {
		wq_api_contacts_routes,
		wq_api_pending_routes,
		wq_api_blocks_routes,
		wq_api_sequences_routes,
		wq_api_can_send_routes,
		wq_api_provider_templates_routes,
	};

	return add_all(a, routes, WQ_COUNT(routes));
}
