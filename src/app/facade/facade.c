/* SPDX-License-Identifier: MIT */
/* facade.c — Meta's Graph API, and Evolution's. */
#include "app/facade/facade.h"

#include "app/facade/evolution.h"
#include "app/facade/graph.h"

int wq_facade_routes(struct wq_api *a)
{
	int rc = wq_graph_facade_routes(a);

	return rc == 0 ? wq_evolution_facade_routes(a) : rc;
}
