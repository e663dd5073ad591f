/* SPDX-License-Identifier: MIT */
#pragma once
/* media.h — files of received messages as a part of a node: what adds their jobs, and what works them. */
#include "domain/media/fetcher.h"
#include "queue/producer.h"
#include "store/ref.h"

struct wq_node;

/* All NULL: they are not fetched. */
struct wq_media_part {
	struct wq_producer *producer;     /* owned */
	struct wq_media_fetcher *fetcher; /* owned */
	struct wq_ref ref;                /* of their queue */
	void (*done)(void *ctx);
	void *ctx;
};

/* 0, also where no directory is set; or a raised error. */
int wq_media_part_build(struct wq_media_part *p, struct wq_node *n,
                        const struct wq_accounts *accounts, struct wq_str queue);
/* Nobody adds, and no worker works, any more.  done(ctx) runs later, from the loop; false: nothing was built. */
bool wq_media_part_close(struct wq_media_part *p, void (*done)(void *ctx), void *ctx);
