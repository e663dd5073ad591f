/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_run.h — runs over dead letters: many of them sent back or deleted, as a struct wq_run. */
#include "app/api/run.h"
#include "queue/dead_letters.h"

struct wq_dead_run_wish {
	enum wq_dead_wish wish; /* RETRY or REMOVE */
	struct wq_dead_filter filter; /* copied, as its texts are */
	uint32_t per_second;
};
/* As wq_run_begin; WQ_EFULL (not raised): too many. */
int wq_dead_run_begin(struct wq_runs *r, const struct wq_ref *dead,
                      const struct wq_dead_run_wish *wish, wq_run_begun *on_begun, void *ctx);
/* NULL: none of this process, over these letters. */
struct wq_run *wq_dead_run_find(struct wq_runs *r, const struct wq_ref *dead, struct wq_str id);
