/* SPDX-License-Identifier: MIT */
/* opaque.c — written, and believed only with its proof. */
#include "domain/send/opaque.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAC_BYTES = 8, SIGNED_MAX_BYTES = WQ_MESSAGE_ID_MAX_BYTES + 24 };

static int sum(struct wq_hmac_key *key, struct wq_str id, int64_t number, char hex[2 * MAC_BYTES])
{
	unsigned char mac[WQ_SHA256_BYTES];
	char text[SIGNED_MAX_BYTES];
	int n = snprintf(text, sizeof(text), "%" PRId64 ".%.*s", number, WQ_STR_ARG(id));
	int rc = wq_hmac(key, wq_strn(text, (size_t)n), mac);

	if (rc == 0)
		wq_hex_encode(mac, MAC_BYTES, hex);
	return rc;
}

int wq_opaque_write(char out[WQ_OPAQUE_MAX_BYTES], struct wq_hmac_key *key, struct wq_str id,
                    int64_t number)
{
	char hex[2 * MAC_BYTES];
	int rc = sum(key, id, number, hex);

	if (rc == 0)
		snprintf(out, WQ_OPAQUE_MAX_BYTES, "wq1.%" PRId64 ".%.*s.%.*s", number,
		         (int)sizeof(hex), hex, WQ_STR_ARG(id));
	return rc;
}

int wq_opaque_read(struct wq_str text, struct wq_hmac_key *key, struct wq_str *id, int64_t *number)
{
	struct wq_str word, tries, mac;
	char hex[2 * MAC_BYTES];
	uint64_t n;
	int rc;

	if (!wq_str_next(&text, '.', &word) || !wq_str_is(word, "wq1") ||
	    !wq_str_next(&text, '.', &tries) || !wq_str_to_u64(tries, INT32_MAX, &n) ||
	    !wq_str_next(&text, '.', &mac) || mac.n != sizeof(hex) || !text.n ||
	    text.n > WQ_MESSAGE_ID_MAX_BYTES)
		return WQ_OPAQUE_FOREIGN;
	rc = sum(key, text, (int64_t)n, hex);
	if (rc < 0 || !wq_equal_secret(hex, mac.p, sizeof(hex)))
		return rc < 0 ? rc : WQ_OPAQUE_FOREIGN;
	*id = text;
	*number = (int64_t)n;
	return 0;
}
