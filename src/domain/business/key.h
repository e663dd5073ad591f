/* SPDX-License-Identifier: MIT */
#pragma once
/* key.h — keys of the API: who shows one may do what a role may, for one business or for all.
 *
 *   viewer   looks
 *   agent    also sends, answers, and works what comes in
 *   manager  also changes accounts, campaigns, queues
 *   admin    also credentials, keys and what cannot be taken back
 *
 * A key is text that is shown once, by the answer that made it; Redis has its SHA-256 alone.
 */
#include <stdbool.h>

#include "base/hmac.h"
#include "base/str.h"

enum wq_role { WQ_ROLE_VIEWER, WQ_ROLE_AGENT, WQ_ROLE_MANAGER, WQ_ROLE_ADMIN, WQ_ROLES };
extern const char *const wq_role_names[WQ_ROLES];
bool wq_role_from(struct wq_str name, enum wq_role *out);

enum {
	WQ_API_KEY_BYTES = 4 + 2 * 24 + 1,
	WQ_API_KEY_ID_BYTES = 4 + 2 * 8 + 1,
	WQ_SUM_HEX_BYTES = 2 * WQ_SHA256_BYTES + 1,
};

/* A new one, its id, and what is kept of it; all terminated.  0 or a raised error. */
struct wq_new_key {
	char id[WQ_API_KEY_ID_BYTES];
	char key[WQ_API_KEY_BYTES];
	char sum[WQ_SUM_HEX_BYTES];
};
int wq_key_make(struct wq_new_key *k);

/* Letters, digits, '.', '_', '-': what an id of a business is made of. */
bool wq_business_id_is(struct wq_str id);

/* Who calls. */
struct wq_caller {
	enum wq_role role;
	struct wq_str business; /* empty: all of them */
	struct wq_str key;      /* id of the key; "": that of the settings */
};
