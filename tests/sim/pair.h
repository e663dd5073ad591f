/* SPDX-License-Identifier: MIT */
#pragma once
/* pair.h — a real redis-server and the simulated one, asked the same at the same time.
 *
 * The real one has told_clock.c preloaded; its clock is the file that the pair holds.
 */
#include "base/buf.h"
#include "sim/redis/sim_redis.h"

struct sim_pair {
	struct sim_redis *sim;
	struct sim_client *client;
	int fd;          /* to the real one */
	struct wq_buf in; /* bytes of it, the answer in front */
	struct wq_buf out, mine;
	uint64_t *clock;
	char clock_path[256];
	uint64_t asked;
};

/* Where the clock's file is, for WQ_TOLD_CLOCK of a server that starts afterwards. */
void sim_pair_init(struct sim_pair *p, uint64_t unix_us);
void sim_pair_connect(struct sim_pair *p, uint16_t port);
void sim_pair_fini(struct sim_pair *p);
void sim_pair_now(struct sim_pair *p, uint64_t unix_us);

/* Both answers, borrowed until the next call.  False: the real one is gone. */
bool sim_pair_ask(struct sim_pair *p, const struct wq_str *argv, size_t argc, struct wq_str *real,
                  struct wq_str *sim);
/* All keys of both, their times to live and what they hold.  False: *why says what differs (static). */
bool sim_pair_same(struct sim_pair *p, const char **why);

/* One connection to a server: a command away, and a whole answer back, borrowed until *in changes.  0 bytes: gone. */
int sim_dial(uint16_t port);
bool sim_send(int fd, struct wq_buf *scratch, const struct wq_str *argv, size_t argc);
struct wq_str sim_answer(int fd, struct wq_buf *in);

/* Bytes of the first value of RESP2 in s; 0: it is not whole. */
size_t sim_resp_size(struct wq_str s);
/* SIM_LEAVES: the same texts and numbers, in whatever arrays: what a script makes of an order that is Redis' own. */
enum sim_order { SIM_IN_ORDER, SIM_ANY_ORDER, SIM_PAIRS_IN_ANY_ORDER, SIM_SCANNED, SIM_SCANNED_PAIRS, SIM_LEAVES };
/* Numbers with a point are the same when their values are. */
/* Of another version than the one that is simulated, errors are the same when their first words are. */
void sim_resp_loose(struct wq_str info);
bool sim_resp_same(struct wq_str a, struct wq_str b, enum sim_order order);
/* How the answer of such a command is compared. */
enum sim_order sim_order_of(struct wq_str command);
