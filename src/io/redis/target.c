/* SPDX-License-Identifier: MIT */
/* target.c — a URL's parts, decoded and judged. */
#include "io/redis/target.h"

#include <string.h>
#include <sys/un.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/url.h"
#include "io/redis/redis.h"

enum { DEFAULT_PORT = 6379, DB_MAX = 65535 };

static int fail(const char **why, const char *text)
{
	*why = text;
	return WQ_EPARSE;
}

/* A terminated copy with %XX resolved; NULL stays NULL. */
static int decode(struct wq_str text, char **out, const char **why)
{
	struct wq_buf b;
	int rc;

	if (!text.p)
		return 0;
	wq_buf_init(&b, WQ_REDIS_URL_MAX_BYTES);
	rc = wq_url_decode(text, &b);
	if (rc == 0) {
		*out = wq_strndup(b.n > 0 ? b.p : "", b.n);
		if (!*out)
			rc = WQ_RAISE(WQ_ENOMEM);
	}
	if (b.p)
		wq_wipe(b.p, b.cap);
	wq_buf_fini(&b);
	return rc == WQ_EPARSE ? fail(why, "a % must be followed by two hex digits, other than %00")
	                       : rc;
}

static int parse_db(struct wq_str text, uint32_t *db, const char **why)
{
	uint64_t n;

	if (!wq_str_to_u64(text, DB_MAX, &n))
		return fail(why, "the database must be a number, as in redis://host:6379/0");
	*db = (uint32_t)n;
	return 0;
}

static int parse_login(struct wq_redis_target *t, const struct wq_url *u, const char **why)
{
	int rc;

	if (u->user.n > 0 && !u->password.p)
		return fail(why, "a user needs a password, as in redis://user:password@host; "
		                 "a password alone is redis://:password@host");
	if (u->user.n == 0 && u->password.n == 0)
		return 0;
	rc = decode(u->password, &t->password, why);
	if (rc == 0 && u->user.n > 0)
		rc = decode(u->user, &t->user, why);
	return rc;
}

static int parse_host(struct wq_redis_target *t, const struct wq_url *u, const char **why)
{
	struct wq_str db = u->path;

	if (u->query.p)
		return fail(why, "a query (?...) has no meaning here; the database is the path, "
		                 "as in redis://host:6379/0");
	t->port = u->port ? u->port : DEFAULT_PORT;
	if (db.n > 0)
		db = wq_strn(db.p + 1, db.n - 1);
	if (db.n > 0 && parse_db(db, &t->db, why) < 0)
		return WQ_EPARSE;
	if (u->host.n > WQ_DNS_NAME_MAX_BYTES)
		return fail(why, "the host's name is longer than names can be");
	t->host = wq_strndup(u->host.p, u->host.n);
	return t->host ? 0 : WQ_RAISE(WQ_ENOMEM);
}

static int parse_socket(struct wq_redis_target *t, const struct wq_url *u, const char **why)
{
	struct wq_str db = wq_url_query_get(u->query, "db");
	int rc;

	if (u->host.n > 0 || u->path.n < 2)
		return fail(why,
		            "a socket's path starts with a slash, as in unix:///run/redis.sock");
	if (u->query.n > 0 && (!db.p || wq_str_find(u->query, '&') < u->query.n))
		return fail(why, "only ?db=N may follow a socket's path");
	if (db.p && parse_db(db, &t->db, why) < 0)
		return WQ_EPARSE;
	rc = decode(u->path, &t->path, why);
	if (rc == 0 && t->path && strlen(t->path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		rc = fail(why, "the socket's path is longer than the system allows (107 bytes)");
	return rc;
}

int wq_redis_target_parse(struct wq_redis_target *t, const char *url, const char **why)
{
	struct wq_str text = wq_str(url);
	struct wq_url u;
	int rc;

	*t = (struct wq_redis_target){ .port = 0 };
	if (text.n > WQ_REDIS_URL_MAX_BYTES)
		return fail(why, "the URL is longer than 1024 bytes");
	if (!wq_url_parse(text, &u, why))
		return WQ_EPARSE;
	t->tls = wq_str_is_nocase(u.scheme, "rediss");
	rc = parse_login(t, &u, why);
	if (rc == 0 && wq_str_is_nocase(u.scheme, "unix"))
		rc = parse_socket(t, &u, why);
	else if (rc == 0 && (t->tls || wq_str_is_nocase(u.scheme, "redis")))
		rc = parse_host(t, &u, why);
	else if (rc == 0)
		rc = fail(why, "it must start with redis://, rediss:// or unix://");
	if (rc < 0)
		wq_redis_target_fini(t);
	return rc;
}

void wq_redis_target_fini(struct wq_redis_target *t)
{
	if (t->password)
		wq_wipe(t->password, strlen(t->password));
	wq_free(t->host);
	wq_free(t->path);
	wq_free(t->user);
	wq_free(t->password);
	*t = (struct wq_redis_target){ .port = 0 };
}

bool wq_redis_url_check(const char *url, const char **why)
{
	struct wq_redis_target t;
	const char *text = "out of memory";
	int rc = wq_redis_target_parse(&t, url ? url : "", &text);

	if (rc < 0 && why)
		*why = text;
	wq_redis_target_fini(&t);
	return rc == 0;
}
