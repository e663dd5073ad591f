/* SPDX-License-Identifier: MIT */
#pragma once
/* fetcher.h — works the jobs of `inbound-media`: files of received messages, from the Cloud API into a directory.
 *
 *   look ──► looked ──► got ──► told ──► end      look up the id, fetch its address, keep the file, tell the message
 *
 * Once     by the id of the job; a job that comes again finds the same bytes, which have the same name.
 * Failures what may pass uses up an attempt and comes again by the job's backoff; what is refused, gone, too large, of
 *          another type or of another hash is told to the message as `failed`, with its reason, and fails for good.
 * Token    it goes to the account's own address, and to https addresses that the look-up gave; those are guarded
 *          (client.h), unless they are at the account's own host or the operator lets private ones be reached.
 * Killed   a piece of a file stays behind as NAME.part, for an hour (sweep.h); the job is run again.
 */
#include "base/metrics.h"
#include "domain/account/directory.h"
#include "io/client/client.h"
#include "queue/worker.h"

struct wq_media_fetcher;

struct wq_media_fetcher_opts {
	int64_t bytes_max;  /* of a file */
	int64_t keep_ms;    /* files are kept for; 0: for ever */
	bool private_too;   /* addresses that are not public may be fetched from */
	const char *dir;    /* there already, or made */
};

/* All but `o` is borrowed.  0 or a raised error. */
int wq_media_fetcher_create(struct wq_media_fetcher **out, struct wq_loop *l,
                            struct wq_client *client, struct wq_redis *redis,
                            const struct wq_accounts *accounts,
                            const struct wq_media_fetcher_opts *o);
void wq_media_fetcher_handler(struct wq_media_fetcher *m, struct wq_handler *out);
void wq_media_fetcher_add_metrics(struct wq_media_fetcher *m, struct wq_metrics *metrics);
/* The worker first; what is in flight ends soon.  on_closed runs from the loop.  NULL is fine and tells nobody. */
void wq_media_fetcher_close(struct wq_media_fetcher *m, void (*on_closed)(void *ctx), void *ctx);
