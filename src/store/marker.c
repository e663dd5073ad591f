/* SPDX-License-Identifier: MIT */
/* marker.c — the marker is a sorted set of at most two members; their scores say all. */
#include "store/marker.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"

enum { KEY_BYTES = 2 * WQ_QUEUE_NAME_MAX_BYTES + 16, NUMBER_BYTES = 24, MEMBER = 1, SCORE = 2 };

static struct wq_str key_of(const struct wq_ref *ref, char key[KEY_BYTES])
{
	int n = wq_ref_key(ref, wq_str("marker"), key, KEY_BYTES);

	return wq_strn(key, (size_t)n);
}

int wq_marker_wait(const struct wq_ref *ref, struct wq_redis *blocking, struct wq_redis_cmd *cmd,
                   uint32_t seconds, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[KEY_BYTES], time[NUMBER_BYTES];
	struct wq_str argv[3] = { wq_str("BZPOPMIN"), key_of(ref, key) };

	snprintf(time, sizeof(time), "%u", seconds);
	argv[2] = wq_str(time);
	return wq_redis_start(blocking, cmd, argv, 3, cb);
}

bool wq_marker_taken(const struct wq_redis_cmd *cmd, struct wq_mark *out)
{
	struct wq_str score = wq_redis_str(wq_redis_at(cmd->reply, SCORE));
	uint64_t ms = 0;

	if (!score.p)
		return false;
	score.n = wq_str_find(score, '.');
	if (!wq_str_to_u64(score, INT64_MAX, &ms))
		ms = 0; /* whatever it means, a look does no harm */
	out->due_ms = (int64_t)ms;
	out->first = wq_str_is(wq_redis_str(wq_redis_at(cmd->reply, MEMBER)), "0");
	return true;
}

int wq_marker_put(const struct wq_ref *ref, struct wq_redis_cmd *cmd, const struct wq_mark *mark,
                  void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[KEY_BYTES], score[NUMBER_BYTES];
	struct wq_str argv[4] = { wq_str("ZADD"), key_of(ref, key) };

	snprintf(score, sizeof(score), "%" PRId64, mark->due_ms);
	argv[2] = wq_str(score);
	argv[3] = wq_str(mark->first ? "0" : "1");
	return wq_redis_start(ref->redis, cmd, argv, 4, cb);
}

struct out {
	char *p;
	size_t n, max;
};

static void put(struct out *o, char c)
{
	if (o->n + 1 < o->max)
		o->p[o->n++] = c;
}

static void put_text(struct out *o, struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		put(o, s.p[i]);
}

static void put_base64(struct out *o, struct wq_str s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			put(o, i + k <= s.n ? digits[bits >> (18 - 6 * k) & 63] : '=');
	}
}

void wq_marker_client_name(const struct wq_ref *ref, const char *name, char *out, size_t max)
{
	struct out o = { out, 0, max };

	put_text(&o, ref->prefix);
	put(&o, ':');
	put_base64(&o, ref->queue);
	if (name && *name) {
		put_text(&o, wq_str(":w:"));
		put_text(&o, wq_str(name));
	}
	out[o.n] = '\0';
}
