/* SPDX-License-Identifier: MIT */
/* script.c — a script's name to the server; how a call flies is queue.c's. */
#include "io/redis/script.h"

#include <openssl/evp.h>

#include "base/err.h"
#include "base/hmac.h"
#include "io/redis/client.h"

enum { SHA1_BYTES = 20 };

int wq_script_init(struct wq_script *s, const char *name, struct wq_str body, unsigned keys)
{
	unsigned char sum[SHA1_BYTES];

	if (EVP_Digest(body.p, body.n, sum, NULL, EVP_sha1(), NULL) != 1)
		return WQ_RAISE_MSG(WQ_ENOMEM, "SHA-1 of %s", name);
	*s = (struct wq_script){ .name = name, .body = body.p, .body_n = body.n, .keys = keys };
	wq_hex_encode(sum, sizeof(sum), s->sha);
	return 0;
}

int wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                    const struct wq_str *argv, size_t argc,
                    void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	WQ_REQUIRE(argc >= s->keys);
	return wq_redis_queue_start(r, cmd, s, argv, argc, cb);
}
