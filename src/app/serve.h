/* SPDX-License-Identifier: MIT */
#pragma once
/* serve.h — `willaq serve`: the server on a Redis of the user's. */
#include "app/api/api.h"
#include "app/cli/command.h"

struct wq_node;

enum wq_exit wq_serve_run(const struct wq_settings *s, const struct wq_args *args);

/* What serving adds to a node; `willaq dev` serves the same.  `a` lives as long as the node; `key` NULL: the
 * setting's. */
int wq_serve_build(struct wq_node *n, struct wq_api *a, const char *key);
/* Calls done(ctx) later. */
void wq_serve_close(struct wq_api *a, void (*done)(void *ctx), void *ctx);
