/* SPDX-License-Identifier: MIT */
/* filed.c — a text a file: "id at_ms refused_ms", the id "-" while there is none. */
#include "store/filed.h"

#include <inttypes.h>
#include <stdio.h>

enum { KEY_BYTES = WQ_SEND_OWN_MAX_BYTES + WQ_FILED_HASH_BYTES + 8,
       VALUE_BYTES = WQ_PROVIDER_ID_MAX_BYTES + 48,
       SECONDS_BYTES = 24 };

static struct wq_str key_of(char out[static KEY_BYTES], const struct wq_send_keys *k,
                            enum wq_filed_by by, const char *hash)
{
	int n = snprintf(out, KEY_BYTES, "%sfile:%c%.*s", k->own,
	                 by == WQ_FILED_CONTENT ? 'h' : 'u', WQ_FILED_HASH_BYTES, hash);

	return wq_strn(out, (size_t)n);
}

int wq_filed_ask_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, enum wq_filed_by by,
                       const char hash[static WQ_FILED_HASH_BYTES],
                       void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[KEY_BYTES];
	const struct wq_str argv[] = { wq_str("GET"), key_of(key, k, by, hash) };

	return wq_redis_start(k->redis, cmd, argv, 2, cb);
}

void wq_filed_answer(const struct wq_redis_cmd *cmd, int64_t now_ms, struct wq_filed *out)
{
	struct wq_str rest = wq_redis_str(cmd->reply), id = { NULL, 0 }, at, refused;
	uint64_t at_ms = 0, refused_ms = 0;

	*out = (struct wq_filed){ .id = { NULL, 0 } };
	if (!wq_str_next(&rest, ' ', &id) || !wq_str_next(&rest, ' ', &at) ||
	    !wq_str_next(&rest, ' ', &refused) || !wq_str_to_u64(at, INT64_MAX, &at_ms) ||
	    !wq_str_to_u64(refused, INT64_MAX, &refused_ms))
		return;
	out->at_ms = (int64_t)at_ms;
	out->refused_ms = (int64_t)refused_ms;
	out->renewed = now_ms - out->refused_ms < WQ_FILED_RENEWED_MS;
	if (!wq_str_is(id, "-") && id.n <= WQ_PROVIDER_ID_MAX_BYTES)
		out->id = id;
}

static int put(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str key,
               const char *value, int64_t seconds, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char text[SECONDS_BYTES];
	int n = snprintf(text, sizeof(text), "%" PRId64, seconds);
	const struct wq_str argv[] = { wq_str("SET"), key, wq_str(value), wq_str("EX"),
		                       wq_strn(text, (size_t)n) };

	return wq_redis_start(k->redis, cmd, argv, 5, cb);
}

int wq_filed_keep_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, enum wq_filed_by by,
                        const char hash[static WQ_FILED_HASH_BYTES], const struct wq_filed *f,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[KEY_BYTES], value[VALUE_BYTES];

	(void)snprintf(value, sizeof(value), "%.*s %" PRId64 " %" PRId64, WQ_STR_ARG(f->id),
	               f->at_ms, f->refused_ms);
	return put(k, cmd, key_of(key, k, by, hash), value, WQ_FILED_KEEP_S, cb);
}

int wq_filed_refused_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                           enum wq_filed_by by, const char hash[static WQ_FILED_HASH_BYTES],
                           int64_t now_ms, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[KEY_BYTES], value[VALUE_BYTES];

	(void)snprintf(value, sizeof(value), "- 0 %" PRId64, now_ms);
	return put(k, cmd, key_of(key, k, by, hash), value, WQ_FILED_RENEWED_MS / 1000, cb);
}
