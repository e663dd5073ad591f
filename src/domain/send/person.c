/* SPDX-License-Identifier: MIT */
/* person.c — the first bytes of a hash. */
#include "domain/send/person.h"

#include "base/hmac.h"

int wq_person_of(struct wq_str to, char out[WQ_PERSON_HEX_BYTES + 1])
{
	unsigned char sum[WQ_SHA256_BYTES];
	int rc = wq_sha256(to, sum);

	if (rc == 0)
		wq_hex_encode(sum, WQ_PERSON_HEX_BYTES / 2, out);
	out[rc == 0 ? WQ_PERSON_HEX_BYTES : 0] = '\0';
	return rc;
}
