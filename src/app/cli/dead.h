/* SPDX-License-Identifier: MIT */
#pragma once
/* dead.h — `willaq dlq`: dead letters, straight from Redis.
 *
 *   willaq dlq list|groups|show|export                 look
 *   willaq dlq retry|edit QUEUE ID                     one letter
 *   willaq dlq retry|clean QUEUE --error …             many: tells which first, and asks
 *   willaq dlq remove QUEUE ID --yes
 *
 * Tables, or the API's JSON with --json.  QUEUE is the queue that jobs died in, or the one of its dead letters.
 */
#include "app/api/dead_view.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"
#include "queue/dead_one.h"

extern const struct wq_option wq_dead_options[];
enum wq_exit wq_dead_run(const struct wq_settings *s, const struct wq_args *args);

extern const struct wq_queue_action wq_dead_looks[], wq_dead_changes[], wq_dead_exports[],
	wq_dead_imports[]; /* end with NULL */

/* error, name, account, since, until.  False: a sentence was printed. */
bool wq_dead_cli_filter(struct wq_queue_cli *c, struct wq_dead_filter *f);
/* walk->user becomes c.  Waits for the end; false: it was stopped, or a sentence was printed. */
bool wq_dead_cli_walk(struct wq_queue_cli *c, struct wq_dead_walk *walk);
/* The letter c->id.  False: a sentence was printed.  wq_dead_one_fini in any case. */
enum wq_dead_act { WQ_DEAD_READ, WQ_DEAD_EDIT, WQ_DEAD_SEND };
bool wq_dead_cli_one(struct wq_queue_cli *c, struct wq_dead_one *o, enum wq_dead_act act,
                     struct wq_str data);
enum wq_exit wq_dead_cli_queues(struct wq_queue_cli *c);
/* Many letters, retried or removed, as filter and flags say. */
enum wq_exit wq_dead_cli_many(struct wq_queue_cli *c, enum wq_dead_wish wish);

/* Rows of letters for people. */
enum { WQ_DEAD_COLUMNS = 7 };
void wq_dead_cli_grid(struct wq_grid *g);
void wq_dead_cli_row(struct wq_grid *g, const struct wq_dead_letter *l);
