/* SPDX-License-Identifier: MIT */
#pragma once
/* shutdown.h — the orderly end of a node, as a flow. */
#include "io/loop/flow.h"

struct wq_node;

struct wq_shutdown {
	struct wq_flow flow;
	struct wq_node *node; /* borrowed */
};

/* Stops the loop when all is closed. */
void wq_shutdown_start(struct wq_shutdown *s, struct wq_node *n);
