/* SPDX-License-Identifier: MIT */
#pragma once
/* redis.h — one connection to Redis (or Valkey), kept alive on the loop.
 *
 *   state   connecting → ready → (lost) waiting → connecting …   waits are jittered and grow to a bound
 *
 * Every command that was started completes exactly once, from the loop:
 *   0              cmd->reply holds the answer, until the callback returns
 *   WQ_REDIS_…     > 0: an error answer that callers handle; cmd->error holds its text
 *   WQ_EREPLY      an error answer of another kind (cmd->error); raised
 *   WQ_EAWAY       never (wholly) written, so not carried out: the connection went before its turn, or did not come
 *                  in time
 *   WQ_ELOST, WQ_ETIMEDOUT   written, no answer: it may have been carried out
 * Commands of one turn of the loop leave in one write.  The queue is bounded by count and bytes: WQ_EFULL.
 * Before the first connection, and while one is being made again, commands wait up to `wait_ms`, then WQ_EAWAY.
 *
 * A connection whose oldest command has waited for `command_timeout_ms` is dead: it is closed and made again.  While
 * bytes still come in (a long answer, or we were stopped ourselves) it has four times as long.
 * READONLY and a server that is LOADING also end in a new connection: after a failover the next one finds the primary.
 *
 * Blocking commands (BZPOPMIN, XREAD BLOCK, …) need a client of their own with opts.blocking: they have no time-out
 * unless `command_timeout_ms` says so, and TCP keep-alive finds a dead peer.
 *
 * An answer is bounded (bytes, elements, depth); one beyond that, or bytes that are not Redis', end the connection.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/metrics.h"
#include "base/str.h"
#include "io/dns/resolver.h"
#include "io/loop/loop.h"

struct wq_redis;

/* Error answers that a caller can do something about. */
enum wq_redis_condition {
	WQ_REDIS_LOADING =
		1,         /* reads its data set, or its primary is away (MASTERDOWN); ask later */
	WQ_REDIS_BUSY,     /* a script runs; ask later */
	WQ_REDIS_READONLY, /* a replica, or became one (UNBLOCKED); a new connection is being made */
	WQ_REDIS_OOM,      /* maxmemory reached and nothing may be evicted */
	WQ_REDIS_MISCONF,  /* cannot persist (disk full), or has too few replicas (NOREPLICAS) */
	WQ_REDIS_NOSCRIPT, /* never seen by users of script.h */
	WQ_REDIS_CLUSTER,  /* MOVED, ASK, CLUSTERDOWN, TRYAGAIN, CROSSSLOT */
	WQ_REDIS_DENIED,   /* NOAUTH, NOPERM, WRONGPASS */
	WQ_REDIS_WRONGTYPE,
};

/* command_timeout_ms: 5 s, or none for a blocking client. */
#define WQ_REDIS_TIMEOUT_DEFAULT UINT32_MAX

struct wq_redis_opts {
	const char *url;  /* redis:// rediss:// unix:// with user, password and database; copied */
	const char *name; /* CLIENT SETNAME; NULL: none; copied */
	const char *role; /* what it is for, in the log; static; NULL: "commands" or "blocking" */
	const char *ca_file;              /* rediss: PEM; NULL: the system's */
	const char *cert_file, *key_file; /* rediss: ours; NULL: none */
	bool tls_insecure;                /* rediss: do not verify; for tests */
	bool blocking;
	uint32_t connect_timeout_ms, command_timeout_ms, wait_ms;
	uint32_t backoff_min_ms, backoff_max_ms;
	uint32_t queue_max;     /* commands started and not completed */
	size_t queue_max_bytes; /* bytes of commands not yet taken by the kernel */
	/* Optional: told of every change; why is static or valid during the call. */
	void (*on_state)(void *ctx, bool ready, const char *why);
	void *ctx;
};
void wq_redis_opts_init(struct wq_redis_opts *o);
/* False: *why is a static sentence for people. */
bool wq_redis_url_check(const char *url, const char **why);

/* Begins to connect; a server that is away is no error.  `resolver` may be NULL for a socket in the file system. */
int wq_redis_create(struct wq_redis **out, struct wq_loop *l, struct wq_resolver *r,
                    const struct wq_redis_opts *o);
/* Commands in flight complete first, with WQ_EAWAY or WQ_ELOST; on_closed (may be NULL) runs from the loop. */
void wq_redis_close(struct wq_redis *r, void (*on_closed)(void *ctx), void *ctx);
bool wq_redis_ready(const struct wq_redis *r);
/* Why it is not ready, for /readyz and people; "" when it is. */
const char *wq_redis_why(const struct wq_redis *r);
void wq_redis_add_metrics(struct wq_redis *r, struct wq_metrics *m);

/* An answer, borrowed.  Getters take NULL; a wrong type counts as missing. */
struct wq_redis_value;
enum wq_redis_type {
	WQ_REDIS_NIL,
	WQ_REDIS_STRING,
	WQ_REDIS_INTEGER,
	WQ_REDIS_ARRAY,
	WQ_REDIS_ERROR
};
enum wq_redis_type wq_redis_type(const struct wq_redis_value *v);
/* Strings and status lines; p == NULL: another type. */
struct wq_str wq_redis_str(const struct wq_redis_value *v);
/* Integers, and strings that hold one. */
int64_t wq_redis_int(const struct wq_redis_value *v, int64_t otherwise);
size_t wq_redis_count(const struct wq_redis_value *v);
const struct wq_redis_value *wq_redis_at(const struct wq_redis_value *v, size_t i);

struct wq_redis_cmd {
	/* out, during the callback */
	const struct wq_redis_value *reply; /* NULL when there was no answer */
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	/* private */
	struct wq_list link;
	struct wq_redis *redis;
	void (*cb)(struct wq_redis_cmd *cmd, int rc);
	const struct wq_script *script; /* script.h; NULL: an ordinary command */
	uint64_t started_us, until_us;
	uint64_t slot; /* in flight */
	char *wire; /* its encoded arguments, while it waits and as long as it may be sent again */
	size_t bytes; /* of the encoded arguments */
	uint32_t argc;
	unsigned char at;   /* not started, waiting, in flight */
	unsigned char eval; /* how a script goes: by SHA-1, by SHA-1 once more, whole */
};

/* The arguments are copied before the call returns.  < 0 (WQ_EFULL, WQ_ETOOBIG, WQ_ENOMEM; WQ_EAWAY once the client is
 * being closed): cb never runs.  WQ_EFULL is counted and told now and then, not raised. */
int wq_redis_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_str *argv,
                   size_t argc, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* The callback runs no more.  The command may be carried out all the same; the struct is the caller's again. */
void wq_redis_forget(struct wq_redis_cmd *cmd);
