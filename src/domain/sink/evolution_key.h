/* SPDX-License-Identifier: MIT */
#pragma once
/* evolution_key.h — whether a webhook of Evolution's shows a key that we know.
 *
 * Headers  a webhook's own, as they are set beside its URL: "apikey: KEY" or "Authorization: Bearer KEY"; of "jwt_key"
 *          Evolution makes "Authorization: Bearer JWT", signed with the key (HS256) and good for ten minutes.
 * Body     every webhook has the token of its instance in "apikey"; that of an error the server's own in "api_key".
 * Bytes    None of this signs the body: whoever reads the traffic can change it.  TLS is what guards it.
 * Time     All keys are compared, in constant time.
 */
#include "base/arena.h"
#include "base/json_pool.h"
#include "domain/sink/secrets.h"

enum wq_key_shown {
	WQ_KEY_NONE,  /* there is none */
	WQ_KEY_WRONG,
	WQ_KEY_RIGHT,
};

/* Values of the headers; p == NULL: missing.  One of wq_key_shown, or WQ_ENOMEM (raised).  Of an Authorization that is
 * no Bearer's nothing is said. */
int wq_evolution_header_key(const struct wq_str *keys, size_t keys_n, struct wq_str apikey,
                            struct wq_str authorization, int64_t now_ms);
/* The same of the body; `pool` is free again at once. */
int wq_evolution_body_key(const struct wq_str *keys, size_t keys_n, struct wq_str body,
                          struct wq_json_pool *pool);
/* The body with asterisks in place of what stands behind "apikey" and "api_key", of the same length: what is kept of
 * it shows no secret.  As it is, if there is none; p == NULL: no room in the arena. */
struct wq_str wq_evolution_without_keys(struct wq_str body, struct wq_arena *arena);
