/* SPDX-License-Identifier: MIT */
/* guard.c — a script and CLIENT LIST, asked together. */
#include "store/guard.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"
#include "scripts.gen.h"
#include "store/marker.h"

enum { VERSION, PAUSED, FOREIGN };
enum { BULL3 = 1, OTHER_LIBRARY = 2, MAJOR_MAX = 99999 };
enum { CLIENT_NAME_MAX_BYTES = 3 * WQ_QUEUE_NAME_MAX_BYTES };

/* The number behind "bullmq:"; 0: another text. */
static unsigned major_of(const char *version)
{
	struct wq_str rest = wq_str(version), name, major;
	uint64_t n = 0;

	if (!wq_str_next(&rest, ':', &name) || !wq_str_is(name, "bullmq") ||
	    !wq_str_next(&rest, '.', &major))
		return 0;
	return wq_str_to_u64(major, MAJOR_MAX, &n) ? (unsigned)n : 0;
}

static void read_meta(struct wq_queue_seen *seen, const struct wq_redis_value *v)
{
	struct wq_str version = wq_redis_str(wq_redis_at(v, VERSION));

	snprintf(seen->version, sizeof(seen->version), "%.*s", (int)version.n,
	         version.n ? version.p : "");
	seen->major = major_of(seen->version);
	seen->paused = wq_redis_int(wq_redis_at(v, PAUSED), 0) != 0;
	seen->bull3 = wq_redis_int(wq_redis_at(v, FOREIGN), 0) == BULL3;
	seen->other_library = wq_redis_int(wq_redis_at(v, FOREIGN), 0) == OTHER_LIBRARY;
}

/* What Redis tells of a client, as "name" in "… name=bull:cTE= age=3 …"; p == NULL: not told. */
static struct wq_str client_field(struct wq_str line, const char *name)
{
	struct wq_str word;

	while (wq_str_next(&line, ' ', &word)) {
		size_t n = wq_str_find(word, '=');

		if (n < word.n && wq_str_is(wq_strn(word.p, n), name))
			return wq_strn(word.p + n + 1, word.n - n - 1);
	}
	return wq_strn(NULL, 0);
}

/* True: the client's name says that it serves this queue; *rest is what comes behind "<prefix>:<queue in base64>". */
static bool serves(struct wq_str name, struct wq_str own, struct wq_str *rest)
{
	if (!own.n || name.n < own.n || memcmp(name.p, own.p, own.n) != 0)
		return false;
	*rest = wq_strn(name.p + own.n, name.n - own.n);
	return rest->n == 0 || wq_str_starts(*rest, ":w:") || wq_str_is(*rest, ":qe");
}

static void read_clients(struct wq_queue_seen *seen, struct wq_str text, struct wq_str own)
{
	struct wq_str line, rest;

	while (text.n && wq_str_next(&text, '\n', &line)) {
		struct wq_str cmd = client_field(line, "cmd");

		if (!serves(client_field(line, "name"), own, &rest))
			continue;
		if (wq_str_is(rest, ":qe"))
			seen->listeners++;
		else if (wq_str_is(cmd, "brpoplpush"))
			seen->workers_v4++;
		else if (wq_str_is(cmd, "bzpopmin"))
			seen->workers_v5++;
	}
	seen->clients_known = true;
}

static void settle(struct wq_guard *g, int rc)
{
	if (g->rc == 0)
		g->rc = rc;
	if (--g->open == 0)
		g->cb(g, g->rc);
}

static void on_meta(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_guard *g = WQ_OWNER(cmd, struct wq_guard, meta);

	if (rc == 0)
		read_meta(&g->seen, cmd->reply);
	settle(g, rc);
}

static void on_clients(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_guard *g = WQ_OWNER(cmd, struct wq_guard, clients);
	char own[CLIENT_NAME_MAX_BYTES];

	wq_marker_client_name(g->ref, NULL, own, sizeof(own));
	if (rc == 0)
		read_clients(&g->seen, wq_redis_str(cmd->reply), wq_str(own));
	settle(g, rc < 0 && rc != WQ_EREPLY ? rc : 0); /* a server that lists no clients: no hints */
}

int wq_guard_start(struct wq_guard *g, const struct wq_ref *ref,
                   void (*cb)(struct wq_guard *g, int rc))
{
	struct wq_str ask[] = { wq_ref_meta(ref), wq_ref_base(ref) };
	struct wq_str list[] = { wq_str("CLIENT"), wq_str("LIST"), wq_str("TYPE"),
		                 wq_str("normal") };
	int rc;

	*g = (struct wq_guard){ .ref = ref, .cb = cb, .open = 2 };
	rc = wq_script_start(ref->redis, &g->meta, &wq_script_guard, ask, WQ_COUNT(ask), on_meta);
	if (rc < 0)
		return rc;
	rc = wq_redis_start(ref->redis, &g->clients, list, WQ_COUNT(list), on_clients);
	if (rc < 0)
		wq_redis_forget(&g->meta);
	return rc;
}

void wq_guard_forget(struct wq_guard *g)
{
	wq_redis_forget(&g->meta);
	wq_redis_forget(&g->clients);
}
