/* SPDX-License-Identifier: MIT */
#pragma once
/* replay.h — one webhook of the log, once more: its bytes as they came.
 *
 *   read from the log ──► jobs  read as when it came, whatever was seen before; their data have the time at which it
 *                   │           came, and in "replayOf" its id
 *                   └──► a URL  posted with its own content type, signed anew (target.h), and its id in
 *                               X-Willaq-Replay-Of
 *
 * Once   a POST is written at most once.  Nothing is retried: the outcome is told.
 * Log    what is replayed as jobs is no webhook that came: it is counted apart and not logged again.
 */
#include "domain/sink/hook.h"
#include "domain/weblog/target.h"

enum wq_webhook_replayed {
	WQ_REPLAY_DONE,
	WQ_REPLAY_MISSING,   /* there is no such webhook, or it has gone */
	WQ_REPLAY_NO_BODY,   /* its bytes were not kept */
	WQ_REPLAY_TOO_LARGE,
	WQ_REPLAY_BACKLOG,   /* too many jobs wait */
	WQ_REPLAY_REFUSED,   /* the endpoint answered, but not with 2xx */
	WQ_REPLAY_UNANSWERED,
};
/* A sentence for people. */
const char *wq_webhook_replayed_text(enum wq_webhook_replayed code);

struct wq_webhook_replay {
	/* out, during the callback, when rc is 0 */
	enum wq_webhook_replayed code;
	uint64_t updates;  /* made jobs of, where their queue is set */
	int status;        /* of the endpoint; 0: none */
	const char *error; /* what Redis, or the client, said */
	/* private */
	struct wq_loop *loop;
	const struct wq_webhook_log *log;
	const struct wq_webhook_target *target;
	struct wq_webhook_page page;
	struct wq_hook hook;
	struct wq_inbound_reader reader;
	struct wq_intake intake;
	struct wq_call call;
	void (*cb)(struct wq_webhook_replay *r, int rc);
};

/* `log`, `target` and `r` stay put until the callback, which runs once, from the loop: 0, a wq_redis_condition or < 0.
 * 0, or < 0: it does not run (WQ_EINVAL: that is no id). */
int wq_webhook_replay_start(struct wq_webhook_replay *r, struct wq_loop *l,
                            const struct wq_webhook_log *log,
                            const struct wq_webhook_target *target, struct wq_str id,
                            void (*cb)(struct wq_webhook_replay *r, int rc));
/* An endpoint is not waited for any longer; the callback comes soon.  One that is not under way is fine. */
void wq_webhook_replay_cancel(struct wq_webhook_replay *r);
/* Frees what it holds; only after the callback, or before the start.  Twice is fine, zeroed is fine. */
void wq_webhook_replay_fini(struct wq_webhook_replay *r);
