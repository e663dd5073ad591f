/* SPDX-License-Identifier: MIT */
#pragma once
/* client.h — what the files of redis/ share of a client; nobody else includes this.
 *
 *   client.c  the connection's life: resolve, open, greet, ready, drain, rest
 *   queue.c   the commands' life: wait, fly, complete
 *
 * A command is in exactly one place: in `waiting` with its encoded arguments, or in a slot of `flight`, in the order of
 * the bytes.  A slot outlives its command when that is forgotten: the answer still comes and is dropped.
 */
#include "base/random.h"
#include "io/loop/timer.h"
#include "io/redis/conn.h"
#include "io/redis/script.h"
#include "io/redis/target.h"

/* RESTING waits for its next try; DRAINING finishes what flies and takes nothing new. */
enum wq_redis_state {
	WQ_REDIS_RESTING,
	WQ_REDIS_RESOLVING,
	WQ_REDIS_OPENING,
	WQ_REDIS_GREETING,
	WQ_REDIS_READY,
	WQ_REDIS_DRAINING,
	WQ_REDIS_CLOSED
};

/* wq_redis_cmd.at and .eval */
enum { WQ_REDIS_IDLE, WQ_REDIS_WAITS, WQ_REDIS_FLIES };
enum { WQ_REDIS_EVAL_SHA, WQ_REDIS_EVAL_SHA_AGAIN, WQ_REDIS_EVAL_BODY };

enum { WQ_REDIS_LOADS = 16, WQ_REDIS_GREETINGS = 4 };

struct wq_redis_slot {
	struct wq_redis_cmd *cmd; /* NULL: forgotten */
	uint64_t end;             /* stream position behind its last byte */
	uint64_t sent_us;
};

/* A ring that grows to a power of two; `first` and `next` only ever grow. */
struct wq_redis_flight {
	struct wq_redis_slot *slots;
	size_t cap;
	uint64_t first, next;
};

enum wq_redis_outcome {
	WQ_REDIS_DONE,
	WQ_REDIS_REFUSED, /* an error answer */
	WQ_REDIS_AWAY,
	WQ_REDIS_LOST,
	WQ_REDIS_LATE,
	WQ_REDIS_FORGOTTEN,
	WQ_REDIS_OUTCOMES
};

struct wq_redis_metrics {
	char labels[WQ_REDIS_OUTCOMES + 1][WQ_REDIS_LABEL_MAX_BYTES + 48];
	struct wq_metric commands[WQ_REDIS_OUTCOMES];
	struct wq_metric latency, in_flight, queued, connections, ready, writes, full;
};

struct wq_redis {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_redis_opts o; /* name points to ours; url and files are not kept */
	struct wq_redis_target target;
	struct wq_tls_context *tls;
	char where[WQ_DNS_NAME_MAX_BYTES + 32]; /* URL without login, for logs and people */
	char name[WQ_REDIS_NAME_MAX_BYTES + 1];

	/* client.c */
	enum wq_redis_state state;
	struct wq_resolve resolve;
	unsigned address_at;
	struct wq_redis_conn *conn; /* NULL: none */
	unsigned open;              /* connections whose memory lives */
	bool resolving;             /* its callback will come */
	unsigned char greetings[WQ_REDIS_GREETINGS];
	unsigned greet_n, greet_at;
	struct wq_timer step; /* of a state: its deadline, or the end of its rest */
	struct wq_timer away; /* says every few seconds that nobody is there */
	unsigned fails;
	bool slowly; /* the next rest is the longest */
	uint64_t away_us, ready_us;
	char why[640];
	struct wq_rng rng;
	struct wq_post closer;
	bool closing;
	void (*on_closed)(void *ctx);
	void *closed_ctx;

	/* queue.c */
	struct wq_list waiting;
	size_t waiting_n;
	size_t held_bytes; /* encoded arguments that commands keep */
	struct wq_redis_flight flight;
	struct wq_timer oldest;   /* in flight */
	struct wq_timer patience; /* of the first that waits */
	struct {
		const struct wq_script *script;
		uint64_t at; /* slot of the EVAL that loads it: under way while that flies */
	} loads[WQ_REDIS_LOADS];
	unsigned load_next;
	uint64_t full_told_us;

	/* subscribe.c: sees every answer of a ready connection first; true: it was its own. */
	bool (*on_push)(void *ctx, const struct wq_redis_value *v);
	void *push_ctx;

	struct wq_redis_metrics m;
};

/* client.c */
/* Ends the connection, if there is one, and rests. */
void wq_redis_lost(struct wq_redis *r, int rc, const char *why);
/* An answer says that this server is the wrong one now: another connection, once what flies is done. */
void wq_redis_drain(struct wq_redis *r, const char *why);

/* queue.c */
void wq_redis_queue_init(struct wq_redis *r);
void wq_redis_queue_fini(struct wq_redis *r);
/* A connection is ready: what waited flies. */
void wq_redis_queue_release(struct wq_redis *r);
/* It is gone: what flew completes. */
void wq_redis_queue_lost(struct wq_redis *r, const struct wq_redis_conn *gone, int rc);
/* Completes what waits. */
void wq_redis_queue_abandon(struct wq_redis *r);
/* The answer for the oldest in flight; false: nothing flies. */
bool wq_redis_queue_answer(struct wq_redis *r, const struct wq_redis_value *v);
static inline bool wq_redis_queue_idle(const struct wq_redis *r)
{
	return r->flight.first == r->flight.next;
}
/* A script's call; argv as in script.h. */
int wq_redis_queue_start(struct wq_redis *r, struct wq_redis_cmd *cmd,
                         const struct wq_script *script, const struct wq_str *argv, size_t argc,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* A command without an answer of its own, on a ready connection.  0 or the failure of an append. */
int wq_redis_queue_send(struct wq_redis *r, const struct wq_str *argv, size_t argc);
size_t wq_redis_queue_bytes(const struct wq_redis *r);

/* encode.c: the protocol's form of a command. */
size_t wq_redis_args_size(const struct wq_str *argv, size_t argc);
/* Returns behind the last byte. */
char *wq_redis_args_write(char *p, const struct wq_str *argv, size_t argc);
enum { WQ_REDIS_HEAD_MAX_BYTES = 128 }; /* all but arguments and a script's body */
/* Appends a command; its arguments are argv, or cmd->wire when argv is NULL.  0 or the failure of an append. */
int wq_redis_encode(struct wq_buf *out, const struct wq_redis_cmd *cmd, const struct wq_str *argv);

/* metrics.c */
void wq_redis_metrics_init(struct wq_redis *r);
