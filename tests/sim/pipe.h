/* SPDX-License-Identifier: MIT */
#pragma once
/* pipe.h — one connection to Redis as kernels and network see it: bytes on their way, in both directions.
 *
 *   process ── write ──► on its way ──► server: commands, one after the other
 *   process ◄─ ready ◄── on their way ◄─ answers
 *
 * It outlives the process that opened it: what was written before a crash, or before a close, still arrives.
 */
#include "base/buf.h"
#include "sim/sim.h"

struct wq_redis_conn;
struct sim_client;

/* What is broken of it: the next write arrives not at all, in part, whole but is not answered, is answered in part, or
 * is answered in crumbs. */
enum sim_cut { SIM_CUT_NONE, SIM_CUT_BEFORE, SIM_CUT_WITHIN, SIM_CUT_AFTER, SIM_CUT_ANSWER, SIM_CUT_CRUMBS, SIM_CUTS };

struct sim_pipe {
	struct wq_list of_proc, of_all;
	struct sim_proc *proc;
	struct wq_redis_conn *conn;   /* NULL: its process has closed it, or is gone */
	struct sim_client *server;    /* NULL: not accepted, or dropped */
	struct wq_list packets;
	struct wq_buf arrived;        /* at the server, not yet a whole command */
	struct wq_buf ready;          /* at the process, not yet read */
	uint64_t out_us, in_us;       /* when the last packet of a direction arrives */
	enum sim_cut cut;
	bool blocked;                 /* its last command waits at the server */
	bool up, down;                /* at the process: established; broken */
	bool broken;                  /* no more answers leave */
	struct sim_event tell;        /* of the process: up, down, or bytes */
};

/* Inside a process. */
struct sim_pipe *sim_pipe_open(struct wq_redis_conn *conn);
void sim_pipe_write(struct sim_pipe *p, const char *bytes, size_t n);
/* Also of a process that is killed. */
void sim_pipe_close(struct sim_pipe *p);

/* The network and the server, for faults. */
extern struct sim_net {
	uint64_t least_us, most_us; /* one way */
	uint64_t slow_one_in;       /* packets that take ten times as long; 0: none */
	uint64_t down_until_us;     /* nobody listens */
	bool silent;                /* and nobody says so */
	int64_t redis_off_ms;       /* of its clock */
	uint64_t commands_n;
} sim_net;
void sim_net_begin(void);
void sim_net_end(void);
/* Redis' clock as it is now. */
void sim_net_clock(void);
/* Nothing of it goes wrong any more; what is late still comes. */
void sim_net_heal(void);
/* Nothing passes between a process and Redis until then, in these directions; it is late, not lost. */
void sim_net_hole(struct sim_proc *p, bool to_server, bool to_process, uint64_t until_us);
/* The next write of one of its connections. */
void sim_net_cut(struct sim_proc *p, enum sim_cut cut);
/* Redis ends: every connection is gone, and nobody listens until then. */
void sim_net_redis_ends(uint64_t until_us);
/* Behind each command that was carried out; of the world. */
void sim_world_commanded(const struct wq_str *argv, size_t argc);

/* Redis has died within a command (sim_redis_torn): of the world, which lets it end and begin anew. */
void sim_faults_torn(void);

extern struct sim_redis *sim_redis;

/* seam/conn.c: inside its process. */
void sim_conn_told(struct wq_redis_conn *c);
