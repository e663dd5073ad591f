/* SPDX-License-Identifier: MIT */
#pragma once
/* node.h — one serving process: its object graph and its life, the same for every role.
 *
 *   init     builds loop → resolver → client → redis → server → what the role adds; everything borrows from what was
 *            built before it
 *   listen   binds, prints a line per listener
 *   run      until somebody asks it to stop (SIGTERM, SIGINT, wq_node_stop) and it has drained
 *   fini     takes down in reverse
 *
 * The stop is a flow of its own (shutdown.c).  A second SIGINT or SIGTERM ends the process at once.
 */
#include <stdbool.h>

#include "app/cli/command.h"
#include "app/eviction.h"
#include "app/health.h"
#include "app/process.h"
#include "app/shutdown.h"
#include "base/metrics.h"
#include "domain/event/line.h"
#include "io/client/client.h"
#include "io/dns/resolver.h"
#include "io/loop/loop.h"
#include "io/loop/signal.h"
#include "io/redis/redis.h"
#include "io/server/server.h"
#include "io/tls/seal.h"

struct wq_settings;
struct wq_node;

enum { WQ_NODE_URL_MAX_BYTES = 256 };

/* What a role needs beyond a loop, names and a server.  Static; zero: no. */
struct wq_node_role {
	const char *name;
	bool redis, client;
	uint32_t handler_timeout_min_ms; /* the setting is raised to this */
	/* Optional: raises what the settings leave open; called by wq_node_init. */
	void (*client_opts)(struct wq_node *n, struct wq_client_opts *o);
	/* Optional: builds what the role adds and gives n->server its routes; 0 or a raised error. */
	int (*build)(struct wq_node *n);
	/* Optional: the drain begins; answers that are held back go out. */
	void (*release)(struct wq_node *n);
	/* Optional: takes down what build made and calls done(ctx) later, from the loop; false: there is nothing. */
	bool (*close)(struct wq_node *n, void (*done)(void *ctx), void *ctx);
};

struct wq_node {
	const struct wq_node_role *role;    /* borrowed */
	const struct wq_settings *settings; /* borrowed */
	struct wq_loop *loop;
	struct wq_metrics metrics;
	struct wq_process_metrics process;
	struct wq_resolver *resolver;
	struct wq_client *client; /* NULL: the role needs none */
	struct wq_redis *redis;   /* NULL: the role needs none */
	const char *redis_url;    /* borrowed */
	struct wq_seal_ring seals; /* opens and seals secrets in Redis; a role may have put its own keys there */
	struct wq_event_line *events; /* borrowed; NULL: events of our own are told nobody */
	struct wq_server *server;
	struct wq_health health;
	struct wq_eviction eviction;
	struct wq_shutdown shutdown;
	struct wq_signal on_int, on_term;
	bool signals;              /* on_int and on_term are watched */
	bool stopping;
	char url[WQ_NODE_URL_MAX_BYTES]; /* of the first listener; "": it is too long, or there is none yet */
	enum wq_exit exit_code;
	/* Optional: a part that has to know when Redis is there, again. */
	void (*on_redis_back)(void *part);
	void *redis_part;
};

/* redis_url NULL: the setting's.  0 or a raised error, after which wq_node_fini is all there is to do. */
int wq_node_init(struct wq_node *n, const struct wq_node_role *role, const struct wq_settings *s,
                 const char *redis_url);
/* How a connection of one's own to the node's Redis is made. */
void wq_node_redis_opts(struct wq_node *n, struct wq_redis_opts *o);
/* How the settings want calls to others to be. */
void wq_node_client_opts(const struct wq_settings *s, struct wq_client_opts *o);
/* Binds host, port and unix-socket of the settings and prints a line per listener; false: a sentence was printed. */
bool wq_node_listen(struct wq_node *n);
/* Returns the exit code once everything is drained and closed; only the loop is left. */
enum wq_exit wq_node_run(struct wq_node *n);
void wq_node_stop(struct wq_node *n, enum wq_exit exit_code);
/* Closes all but the loop, if wq_node_run has not done so. */
void wq_node_close(struct wq_node *n);
void wq_node_fini(struct wq_node *n);
