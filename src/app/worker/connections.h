/* SPDX-License-Identifier: MIT */
#pragma once
/* connections.h — every call that is out has a connection, or it would wait for one while its time runs. */
#include "app/settings/settings.h"
#include "io/client/client.h"

/* Raises the limits of the client to `calls` at once, but for those that people gave: these stay, and are warned of as
 * `event`, with `why`. */
void wq_connections_for(const struct wq_settings *s, uint32_t calls, const char *event,
                        const char *why, struct wq_client_opts *o);
/* The same for what a serving process sends. */
void wq_connections_for_sending(const struct wq_settings *s, struct wq_client_opts *o);
extern const char wq_sends_held_up[], wq_sends_held_up_why[];
