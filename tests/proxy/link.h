/* SPDX-License-Identifier: MIT */
#pragma once
/* link.h — one connection through the proxy: two sockets, and a pipe for each direction.
 *
 *   client ──fd[0]──► pipes[UP] ──fd[1]──► server
 *   client ◄─fd[0]── pipes[DOWN] ◄─fd[1]── server
 *
 * Bytes that a fault holds up stay in the pipe and, when that is full, in the sender's own socket: nothing grows.  An
 * end (FIN or reset) is passed on behind the bytes that came before it.  A link frees itself.
 */
#include <netinet/in.h>
#include <uv.h>

#include "base/list.h"
#include "base/random.h"
#include "order.h"

enum { PIPE_BYTES = 256 * 1024, PIPE_PIECES = 1024, LINKS_MAX = 20000 };

struct traffic {
	uint64_t in, out, lost; /* bytes */
	uint64_t fins, resets;  /* of the one who speaks */
};

struct proxy {
	uv_loop_t *loop;
	struct sockaddr_storage to;
	struct fault rules[FAULTS][DIRECTIONS]; /* for connections to come */
	struct wq_rng rng;
	struct wq_list links;
	unsigned open;
	uint64_t connections, resets, cuts; /* the latter by us */
	struct traffic traffic[DIRECTIONS];
};

struct piece {
	uint64_t due_us;
	size_t n;
};

struct link;

struct pipe {
	struct link *link;
	unsigned dir;
	unsigned char *ring;
	size_t head, n;
	struct piece pieces[PIPE_PIECES];
	unsigned first, count;
	struct fault faults[FAULTS];
	uint64_t mark[FAULTS];  /* what had gone out when that fault began */
	uint64_t since[FAULTS]; /* when it began */
	uint64_t out;
	uint64_t next_us;  /* nothing more before */
	uint64_t wake_us;  /* worth another look then */
	uint64_t ended_us; /* when its speaker's end was read */
	bool ended, broken, closed; /* read an end; it was a reset; passed it on */
	bool full_out;              /* who listens takes no more for now */
	bool unheard;               /* who listens is gone */
	uv_timer_t timer;
	uv_idle_t soon; /* runs while there is less to wait than a timer can */
};

enum dying { ALIVE, RESETTING, CUTTING, DEAD };

struct link {
	struct wq_list node;
	struct proxy *proxy;
	int fd[2];
	uv_poll_t poll[2];
	bool polled[2];
	struct pipe pipes[DIRECTIONS];
	bool connecting;
	bool orphan; /* the server's side went away, and the client does not know */
	enum dying dying;
	uint64_t dying_us; /* since */
	unsigned handles;  /* not yet closed */
};

/* Takes over a client that was accepted; it may be gone at once. */
void link_start(struct proxy *p, int fd);
/* Something may have changed: moves what can be moved. */
void link_turn(struct link *l);
/* Both sides learn of it: by a reset once `to` has what it was given, or by a FIN. */
void link_end(struct link *l, enum dying how);
/* A fault begins or, without `on`, ends.  Dice and counts are the caller's. */
void link_fault(struct link *l, unsigned dir, enum fault_kind kind, const struct fault *f);
/* Of what the pipes hold. */
size_t link_held(const struct link *l, unsigned dir);
/* At once, without a word about bytes. */
void link_close(struct link *l);
/* Whether a fault befalls one more connection; counts it. */
bool fault_befalls(struct fault *f, struct wq_rng *rng);

/* pipe.c */
uint64_t now_us(void);
/* Moves what can be moved, and says when to look again. */
void pipe_turn(struct pipe *p);
bool pipe_wants_read(const struct pipe *p);
bool pipe_wants_write(const struct pipe *p);
