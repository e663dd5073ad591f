/* SPDX-License-Identifier: MIT */
#pragma once
/* api_key.h — the key of the API that `willaq dev` makes at its first start and keeps in its data directory. */
#include <stdbool.h>

#define WQ_DEV_KEY_MAX_BYTES 128

/* Reads DIR/api-key, or makes it (0600).  False: a sentence was printed. */
bool wq_dev_key(const char *dir, char out[WQ_DEV_KEY_MAX_BYTES]);
