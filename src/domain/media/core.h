/* SPDX-License-Identifier: MIT */
#pragma once
/* core.h — the inside of a fetcher; for src/domain/media alone. */
#include "base/arena.h"
#include "base/limits.h"
#include "domain/media/fetcher.h"
#include "domain/media/file.h"
#include "domain/media/sweep.h"
#include "domain/provider/media.h"
#include "io/loop/flow.h"
#include "store/media.h"

struct wq_media_fetcher {
	struct wq_loop *loop;
	struct wq_client *client;
	struct wq_redis *redis;
	const struct wq_accounts *accounts;
	int64_t bytes_max;
	bool private_too;
	int dir_fd; /* owned */
	struct wq_media_sweep sweep;
	struct wq_list at_work;
	bool closing;
	struct wq_post closed;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric kept, failed, later;
};

enum wq_media_end { WQ_MEDIA_LATER, WQ_MEDIA_KEPT, WQ_MEDIA_WRONG, WQ_MEDIA_RETRY };

/* One job at work. */
struct wq_fetching {
	struct wq_flow flow;
	struct wq_list link;
	struct wq_media_fetcher *fetcher;
	struct wq_task *task;
	struct wq_arena arena;
	struct wq_call call;
	struct wq_redis_cmd cmd;
	struct wq_send_keys keys;
	struct wq_media_out out;
	struct wq_str account, ref, kind, id; /* of the job; of the arena */
	struct wq_str type, sha256, url;      /* of the look-up; of the arena */
	enum wq_media_end end;
	char why[160];
	char json[512]; /* what the message is told */
};

/* Ends the task, once, whatever comes of it. */
void wq_fetching_start(struct wq_media_fetcher *m, struct wq_task *task);
void wq_media_fetcher_one_gone(struct wq_media_fetcher *m);
