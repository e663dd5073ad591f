/* SPDX-License-Identifier: MIT */
#pragma once
/* dry_run.h — `willaq worker --dry-run`: what a worker would find in its queues, and take first.  Writes nothing. */
#include "app/cli/command.h"
#include "app/worker/plan.h"

/* WQ_EXIT_FAILED: a sentence was printed: Redis is away, or a queue is another library's. */
enum wq_exit wq_dry_run(const struct wq_plan *p, const struct wq_settings *s);
