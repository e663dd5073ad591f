/* SPDX-License-Identifier: MIT */
#pragma once
/* opaque.h — what travels with a send and comes back with its statuses: which message, which try, and proof that it was
 * us: "wq1.TRY.MAC.ID". */
#include <stdbool.h>
#include <stdint.h>

#include "base/hmac.h"
#include "base/limits.h"

enum { WQ_OPAQUE_MAX_BYTES = WQ_MESSAGE_ID_MAX_BYTES + 48 };

/* 0 or a raised error; `out` is terminated. */
int wq_opaque_write(char out[WQ_OPAQUE_MAX_BYTES], struct wq_hmac_key *key, struct wq_str id,
                    int64_t number);
/* False: it is not ours.  *id points into `text`. */
bool wq_opaque_read(struct wq_str text, struct wq_hmac_key *key, struct wq_str *id,
                    int64_t *number);
