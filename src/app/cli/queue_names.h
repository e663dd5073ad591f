/* SPDX-License-Identifier: MIT */
#pragma once
/* queue_names.h — all queues of a prefix, for a command: names without doubles, in order. */
#include "app/cli/queue.h"

enum { WQ_QUEUE_CLI_NAMES_MAX = 10000 };

/* Valid zeroed but for the arena, which the caller inits and finis. */
struct wq_queue_cli_names {
	struct wq_str at[WQ_QUEUE_CLI_NAMES_MAX];
	size_t n;
	struct wq_arena arena;
};

/* Steps through all keys; `takes` NULL: all.  False: a sentence was printed. */
bool wq_queue_cli_find(struct wq_queue_cli *c, bool (*takes)(struct wq_str name),
                       struct wq_queue_cli_names *all);
