/* SPDX-License-Identifier: MIT */
#pragma once
/* hook.h — webhooks that the provider posts to the sinks, again and again until one of them answers 200. */
#include "sim/sim.h"

struct wq_server;

enum { SIM_HOOK_BYTES = 1536 };
/* Meta's webhook of our number around members of its value. */
void sim_hook_write(char out[SIM_HOOK_BYTES], const char *members);
/* In so long.  Copied; `id`: by which updates are told apart, and counted. */
void sim_hook_post(uint64_t delay_us, const char *id, struct wq_str body);
void sim_hooks_begin(void);
void sim_hooks_end(void);
size_t sim_hooks_open(void);

/* Those that were answered 200, in order; NULL behind the last. */
const char *sim_hook_taken(size_t i, uint64_t *at_us);

/* Who takes them: sinks tell where they listen; gone with their process. */
void sim_hooks_listen(struct sim_proc *p, struct wq_server *s);

/* seam/server.c: inside its process; done(ctx, status) from there, once. */
struct wq_server *sim_server_create(void);
void sim_server_give(struct wq_server *s, const char *path, struct wq_str signature,
                     struct wq_str body, void (*done)(void *ctx, int status), void *ctx);
