/* SPDX-License-Identifier: MIT */
#pragma once
/* sim_redis.h — a Redis in this process: one data set, commands in, RESP2 out, time as the caller moves it.
 *
 *   server   the data set, its clock and the scripts that it knows
 *   client   one connection: what it watches, waits for and queues in MULTI
 *
 * Nothing but the commands and the clock reaches its behaviour: the same calls give the same bytes.  Where Redis
 * answers in an order of its own (HGETALL of a large hash, SCAN, SPOP) it is the order in which things were put in.
 * It speaks of what it does not know as Redis does: "ERR unknown command …".
 *
 * Memory    wq_alloc; running out of it ends the program with a word.  One Lua state serves all servers of the
 *           process and keeps compiled scripts; a server knows by SHA-1 those that it was given.
 * Callback  push runs inside sim_redis_command of another client, sim_redis_tick or sim_redis_restore; it calls
 *           nothing of this header for the same server, and its bytes are borrowed.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct sim_redis;
struct sim_client;
struct sim_snapshot;

struct sim_redis *sim_redis_create(void);
/* Its clients are disconnected; NULL is fine. */
void sim_redis_destroy(struct sim_redis *r);

/* Its clock, since 1970: TIME, expiry, ids of streams.  May go back, as a system's does. */
void sim_redis_now(struct sim_redis *r, uint64_t unix_us);

/* push: answers of commands that waited, and messages of channels.  It may be NULL. */
struct sim_client *sim_redis_connect(struct sim_redis *r,
                                     void (*push)(void *ctx, struct wq_str resp), void *ctx);
/* What it waits for is forgotten.  NULL is fine. */
void sim_redis_disconnect(struct sim_client *c);
/* It waits in a blocking command: Redis reads nothing more from it until that was answered by push. */
bool sim_redis_waits(const struct sim_client *c);

/* One command; its answer is appended, or nothing when it waits.  The client must not wait. */
void sim_redis_command(struct sim_client *c, const struct wq_str *argv, size_t argc,
                       struct wq_buf *out);

/* When the next that waits has waited enough, by sim_redis_now's clock; UINT64_MAX: none. */
uint64_t sim_redis_next_us(const struct sim_redis *r);
/* Ends what is over. */
void sim_redis_tick(struct sim_redis *r);

/* All data as they are, at a cost that does not grow with them; what changes afterwards is copied then. */
struct sim_snapshot *sim_redis_snapshot(struct sim_redis *r);
/* Clients, scripts and clock stay as they are; the snapshot may be restored again. */
void sim_redis_restore(struct sim_redis *r, const struct sim_snapshot *s);
/* NULL is fine.  Snapshots outlive their server. */
void sim_snapshot_destroy(struct sim_snapshot *s);

/* The process begins anew, with the data that it has: other run_id, no scripts, another LASTSAVE; a script sees other
 * addresses.  Whoever calls disconnects the clients. */
void sim_redis_restart(struct sim_redis *r);

/* It dies while it writes down the next script, or EXEC, that writes more than `writes` times: the file has so many of
 * them.  sim_redis_torn says behind a command that it did; nobody may be told the answer then, and the server has to
 * begin anew, without what was torn.  When it begins anew once more, what the file has of that is carried out ahead
 * of all that was written since.  0: nothing is torn any more. */
void sim_redis_tear(struct sim_redis *r, unsigned writes);
bool sim_redis_torn(const struct sim_redis *r);

/* It takes another server for itself: its run_id, LASTSAVE, and what a script sees as the address of `redis`; for who
 * compares the two.  Copied. */
void sim_redis_pose(struct sim_redis *r, const char *run_id, uint64_t saved_s, const char *address);

/* Until NULL, commands answer that, without its "-": READONLY, MISCONF and NOREPLICAS those that write, OOM those that
 * may need memory, any other text (LOADING, BUSY, NOAUTH …) all but those that Redis then still takes.  Copied. */
void sim_redis_refuse(struct sim_redis *r, const char *error);

/* Of all data, with types and times to live; the same for two servers with equal data, whatever led there. */
uint64_t sim_redis_digest(struct sim_redis *r);

/* A look past all clients and refusals: words separated by spaces; texts as they are, numbers, nothing for nil, a line
 * for each element.  Static, until the next look. */
const char *sim_redis_ask(struct sim_redis *r, const char *words);

/* How many commands were carried out, those of scripts too. */
uint64_t sim_redis_commands(const struct sim_redis *r);
