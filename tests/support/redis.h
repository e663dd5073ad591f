/* SPDX-License-Identifier: MIT */
#pragma once
/* redis.h — a real redis-server for a test: on a free port, in a folder of its own that goes with it, dead when we are.
 *
 * Every call waits for the fact it asks for, with a bound, and fails the test otherwise.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct wq_redisd_opts {
	bool socket; /* listens on a socket in the file system only */
	bool tls; /* speaks TLS only; certificate for localhost and 127.0.0.1 by a CA of its own */
	bool appendonly;      /* keeps its data across a kill */
	const char *password; /* requirepass */
	const char *config;   /* more lines of its configuration */
};

struct wq_redisd {
	pid_t pid; /* 0: not running */
	uint16_t port;
	/* With WQ_REDIS_TEE in the environment (tests/sim/tee.c): who stands in between; where the server is. */
	pid_t tee;
	uint16_t behind;
	char dir[32];
	char url[160];   /* for a client, with the password */
	char socket[64]; /* opts.socket */
	char ca[64]; /* opts.tls: ca.pem; ca.pem signs server.pem and client.pem (.key) of the same folder */
	struct wq_redisd_opts o;
};

void wq_redisd_start(struct wq_redisd *s, const struct wq_redisd_opts *o);
/* Folder, port and certificates, but no server yet. */
void wq_redisd_prepare(struct wq_redisd *s, const struct wq_redisd_opts *o);
/* Starts it, again, in the same place; `wait`: until it answers. */
void wq_redisd_run(struct wq_redisd *s);
void wq_redisd_kill(struct wq_redisd *s);
void wq_redisd_signal(struct wq_redisd *s, int signum);
/* Kills it and removes its folder. */
void wq_redisd_stop(struct wq_redisd *s);

/* One command by redis-cli, words separated by spaces; what it printed, static. */
const char *wq_redisd_ask(struct wq_redisd *s, const char *command);
