/* SPDX-License-Identifier: MIT */
#pragma once
/* script.h — a Lua script called by its SHA-1 and loaded when the server does not know it.
 *
 * A struct wq_script is static data, made at build from a .lua file with its header.  NOSCRIPT (a new server, SCRIPT
 * FLUSH, a failover) is answered by sending the body once with EVAL, which also loads it; callers never see it.
 */
#include "io/redis/redis.h"

struct wq_script {
	const char *name; /* file name without .lua, for logs and metrics */
	const char *body;
	size_t body_n;
	unsigned keys; /* KEYS come first in argv */
	char sha[41];  /* lower-case hex, terminated */
};

/* Fills name, body, keys and sha of a script that was not made at build.  0 or a raised error. */
int wq_script_init(struct wq_script *s, const char *name, struct wq_str body, unsigned keys);
/* As wq_redis_start; argv holds the keys and then the arguments. */
int wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                    const struct wq_str *argv, size_t argc,
                    void (*cb)(struct wq_redis_cmd *cmd, int rc));
