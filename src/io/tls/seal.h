/* SPDX-License-Identifier: MIT */
#pragma once
/* seal.h — secrets at rest: sealed by AES-256-GCM under a ring of keys, as text that can be kept anywhere.
 *
 *   v1:KEY:BYTES   KEY names the key: 16 hex digits of a hash of it.  BYTES, as base64url without padding, are a nonce
 *                  (12), the ciphertext and the tag (16).
 *
 * Ring    the first key seals, all of them open.  A key is changed by putting the new one in front: what was sealed
 *         under an older one opens until it is sealed again, and wq_seal_is_current tells which that is.
 * Place   a text that says what the secret is and whose: "subscription sub_1 secret".  The seal is bound to it: text
 *         that was moved to another place does not open.
 * Never   logged: secrets, keys and places.  A ring that is finished is wiped; what was opened is the caller's to wipe.
 */
#include "base/buf.h"

enum {
	WQ_SEAL_KEYS_MAX = 8,
	WQ_SEAL_KEY_BYTES = 32,
	WQ_SEAL_KEY_NAME_BYTES = 17,  /* terminated */
	WQ_SEAL_SECRET_MAX_BYTES = 65536,
};

struct wq_seal_ring {
	unsigned n; /* 0: there is no key, and nothing can be sealed or opened */
	struct {
		char name[WQ_SEAL_KEY_NAME_BYTES];
		unsigned char bytes[WQ_SEAL_KEY_BYTES];
	} keys[WQ_SEAL_KEYS_MAX];
};

/* Keys of 64 hex digits each, the newest first, commas between; an empty text is a ring without keys.  WQ_EINVAL, with
 * *why (static, for people): the ring has no keys then; or raised. */
int wq_seal_ring_init(struct wq_seal_ring *r, struct wq_str keys, const char **why);
/* Twice is fine, zeroed is fine. */
void wq_seal_ring_fini(struct wq_seal_ring *r);

/* Whether a text is one that was sealed, by its beginning; a secret in the clear is not, unless it begins with
 * "v1:". */
bool wq_seal_is(struct wq_str text);
/* Whether it was sealed under the newest key. */
bool wq_seal_is_current(const struct wq_seal_ring *r, struct wq_str text);

/* Appends the sealed text.  0; WQ_ENOENT (not raised): the ring has no key; WQ_ETOOBIG (not raised): the secret, or no
 * room in `out`; or raised. */
int wq_seal(const struct wq_seal_ring *r, struct wq_str place, struct wq_str secret,
            struct wq_buf *out);

/* What becomes of an attempt to open; < 0: WQ_ETOOBIG (not raised): no room in `out`, or raised. */
enum wq_seal_opened {
	WQ_SEAL_OPENED = 0,
	WQ_SEAL_NO_KEY = 1,   /* the key that it was sealed under is not in the ring */
	WQ_SEAL_TAMPERED = 2, /* it is not what was sealed, or not in its place */
};
/* Appends the secret; `out` is as it was otherwise. */
int wq_seal_open(const struct wq_seal_ring *r, struct wq_str place, struct wq_str text,
                 struct wq_buf *out);
/* A sentence about it, for people: what to do. */
const char *wq_seal_opened_text(enum wq_seal_opened o);
