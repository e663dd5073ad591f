/* SPDX-License-Identifier: MIT */
#pragma once
/* target.h — where a Redis is and who we are to it, out of its URL.
 *
 *   redis://[[user]:password@]host[:port][/db]     rediss://… the same over TLS
 *   unix://[[user]:password@]/path/of/socket[?db=N]
 */
#include <stdbool.h>
#include <stdint.h>

struct wq_redis_target {
	bool tls;
	char *host;            /* name or address; NULL: a socket */
	char *path;            /* of a socket; NULL: a host */
	char *user, *password; /* NULL: none */
	uint16_t port;
	uint32_t db;
};

/* 0; WQ_EPARSE (unraised) with a static sentence for people in *why; WQ_ENOMEM (raised).  Nothing to free unless 0. */
int wq_redis_target_parse(struct wq_redis_target *t, const char *url, const char **why);
/* Overwrites the password.  Twice is fine, zeroed is fine. */
void wq_redis_target_fini(struct wq_redis_target *t);
