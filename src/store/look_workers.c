/* SPDX-License-Identifier: MIT */
/* look_workers.c — the workers of a queue among all clients, by the name of the connection they wait on. */
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "store/look_decode.h"

enum { WORKERS_FIRST = 16, NAME_BYTES = 2 * WQ_QUEUE_NAME_MAX_BYTES + 64 };

void wq_workers_seen_fini(struct wq_workers_seen *w)
{
	wq_free(w->at);
	wq_arena_fini(&w->arena);
	*w = (struct wq_workers_seen){ 0 };
}

/* "<prefix>:<base64 of the queue>", as BullMQ names its connections; its length. */
static size_t write_name(const struct wq_ref *ref, char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)ref->queue.p;
	size_t n = ref->queue.n, at = ref->prefix.n;

	memcpy(out, ref->prefix.p, at);
	out[at++] = ':';
	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		v |= i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0;
		v |= i + 2 < n ? p[i + 2] : 0;
		out[at++] = digits[v >> 18];
		out[at++] = digits[v >> 12 & 63];
		out[at++] = i + 1 < n ? digits[v >> 6 & 63] : '=';
		out[at++] = i + 2 < n ? digits[v & 63] : '=';
	}
	return at;
}

/* The value of "key=value" in a line of CLIENT LIST. */
static struct wq_str field(struct wq_str line, const char *key)
{
	struct wq_str part;
	size_t n = strlen(key);

	while (wq_str_next(&line, ' ', &part))
		if (part.n > n && part.p[n] == '=' && memcmp(part.p, key, n) == 0)
			return wq_strn(part.p + n + 1, part.n - n - 1);
	return wq_strn(NULL, 0);
}

static uint64_t number(struct wq_str s)
{
	uint64_t n = 0;

	return wq_str_to_u64(s, UINT32_MAX, &n) ? n : 0;
}

static int add(struct wq_workers_seen *w, size_t *cap, struct wq_str line, struct wq_str name)
{
	struct wq_str address = field(line, "addr");
	char *name_copy = wq_arena_copy(&w->arena, name);
	char *address_copy = wq_arena_copy(&w->arena, address);

	if (w->n == *cap) {
		size_t more = *cap ? 2 * *cap : WORKERS_FIRST;
		struct wq_worker_seen *at = wq_realloc(w->at, more * sizeof(*at));

		if (!at)
			return WQ_RAISE(WQ_ENOMEM);
		w->at = at;
		*cap = more;
	}
	if (!name_copy || !address_copy)
		return WQ_RAISE(WQ_ENOMEM);
	w->at[w->n++] = (struct wq_worker_seen){
		.name = wq_strn(name_copy, name.n),
		.address = wq_strn(address_copy, address.n),
		.age_s = number(field(line, "age")),
		.idle_s = number(field(line, "idle")),
		.older = wq_str_is(field(line, "cmd"), "brpoplpush"),
	};
	return 0;
}

/* What stands behind the connection's name tells what it is. */
static bool is_worker(struct wq_str client, struct wq_str own, struct wq_str *name)
{
	static const char mark[] = ":w:";

	if (!client.p || client.n < own.n || memcmp(client.p, own.p, own.n) != 0)
		return false;
	*name = wq_strn(client.p + own.n, client.n - own.n);
	if (name->n == 0)
		return true;
	if (!wq_str_starts(*name, mark))
		return false;
	*name = wq_strn(name->p + sizeof(mark) - 1, name->n - (sizeof(mark) - 1));
	return true;
}

int wq_look_take_workers(struct wq_look *l, const struct wq_redis_value *reply)
{
	struct wq_workers_seen *w = l->out;
	char own[NAME_BYTES];
	struct wq_str rest = wq_redis_str(reply), line, name;
	struct wq_str wanted = wq_strn(own, write_name(l->ref, own));
	size_t cap = 0;
	int rc = 0;

	wq_arena_init(&w->arena, WQ_LOOK_ROWS_MAX_BYTES);
	while (rc == 0 && wq_str_next(&rest, '\n', &line))
		if (is_worker(field(line, "name"), wanted, &name))
			rc = add(w, &cap, line, name);
	if (rc < 0)
		wq_workers_seen_fini(w);
	return rc;
}
