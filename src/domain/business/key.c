/* SPDX-License-Identifier: MIT */
/* key.c — random bytes, and their sum. */
#include "domain/business/key.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/random.h"

const char *const wq_role_names[WQ_ROLES] = { "viewer", "agent", "manager", "admin" };

enum { KEY_RANDOM_BYTES = 24, ID_RANDOM_BYTES = 8 };

bool wq_role_from(struct wq_str name, enum wq_role *out)
{
	for (unsigned i = 0; i < WQ_ROLES; i++) {
		if (!wq_str_is(name, wq_role_names[i]))
			continue;
		*out = (enum wq_role)i;
		return true;
	}
	return false;
}

int wq_key_make(struct wq_new_key *k)
{
	unsigned char bytes[KEY_RANDOM_BYTES], sum[WQ_SHA256_BYTES];
	int rc = wq_random_bytes(bytes, sizeof(bytes));

	*k = (struct wq_new_key){ .id = "key_", .key = "wqk_" };
	if (rc < 0)
		return rc;
	wq_hex_encode(bytes, KEY_RANDOM_BYTES, k->key + 4);
	rc = wq_random_bytes(bytes, ID_RANDOM_BYTES);
	if (rc < 0)
		return rc;
	wq_hex_encode(bytes, ID_RANDOM_BYTES, k->id + 4);
	rc = wq_sha256(wq_str(k->key), sum);
	if (rc == 0)
		wq_hex_encode(sum, sizeof(sum), k->sum);
	return rc;
}

bool wq_business_id_is(struct wq_str id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || c == '-'))
			return false;
	}
	return id.n > 0 && id.n <= WQ_BUSINESS_ID_MAX_BYTES;
}
