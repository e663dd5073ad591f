/* SPDX-License-Identifier: MIT */
#pragma once
/* api_key.h — what `willaq dev` makes at its first start and keeps in its data directory: the key of the API, the
 * secret and the token of webhooks, the key of secrets in its Redis. */
#include <stdbool.h>
#include <stddef.h>

#define WQ_DEV_KEY_MAX_BYTES 128
enum { WQ_DEV_KEY_BYTES = 24, WQ_DEV_KEY_BYTES_MAX = 32 };

/* "": the setting has one. */
struct wq_dev_keys {
	char api[WQ_DEV_KEY_MAX_BYTES], webhook[WQ_DEV_KEY_MAX_BYTES], verify[WQ_DEV_KEY_MAX_BYTES];
	char secret[WQ_DEV_KEY_MAX_BYTES];
};

/* Reads DIR/NAME, or makes it (0600), of so many bytes.  False: a sentence was printed. */
bool wq_dev_key(const char *dir, const char *name, size_t bytes, char out[WQ_DEV_KEY_MAX_BYTES]);
