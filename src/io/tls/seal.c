/* SPDX-License-Identifier: MIT */
/* seal.c — a fresh nonce for each secret; the key is found by its name. */
#include "io/tls/seal.h"

#include <openssl/evp.h>

#include "base/alloc.h"
#include "base/base64url.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/random.h"

enum { NONCE_BYTES = 12, TAG_BYTES = 16, EXTRA_BYTES = NONCE_BYTES + TAG_BYTES, NAME_DIGITS = 16 };
#define VERSION "v1:"
#define NAME_FROM "willaq seal key "

enum { HEAD_BYTES = sizeof(VERSION) - 1 + NAME_DIGITS + 1, PLACE_MAX_BYTES = 4096 };

/* Looked up once; it lives as long as the process. */
static const EVP_CIPHER *aes(void)
{
	static EVP_CIPHER *cipher;

	if (!cipher)
		cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	return cipher;
}

/* ring */

static int name_key(const unsigned char key[WQ_SEAL_KEY_BYTES], char name[WQ_SEAL_KEY_NAME_BYTES])
{
	unsigned char hash[WQ_SHA256_BYTES], text[sizeof(NAME_FROM) - 1 + WQ_SEAL_KEY_BYTES];
	int rc;

	memcpy(text, NAME_FROM, sizeof(NAME_FROM) - 1);
	memcpy(text + sizeof(NAME_FROM) - 1, key, WQ_SEAL_KEY_BYTES);
	rc = wq_sha256(wq_strn((const char *)text, sizeof(text)), hash);
	wq_wipe(text, sizeof(text));
	if (rc < 0)
		return rc;
	wq_hex_encode(hash, NAME_DIGITS / 2, name);
	name[NAME_DIGITS] = '\0';
	return 0;
}

/* The place of a key in the ring, or its count. */
static unsigned find(const struct wq_seal_ring *r, struct wq_str name)
{
	unsigned i = 0;

	while (i < r->n && !wq_str_is(name, r->keys[i].name))
		i++;
	return i;
}

static int add_key(struct wq_seal_ring *r, struct wq_str hex, const char **why)
{
	unsigned char *bytes = r->keys[r->n].bytes;
	char *name = r->keys[r->n].name;
	int rc;

	if (!wq_hex_decode(hex, bytes, WQ_SEAL_KEY_BYTES)) {
		*why = "a key has 64 hex digits (openssl rand -hex 32 makes one)";
		return WQ_EINVAL;
	}
	rc = name_key(bytes, name);
	if (rc == 0 && find(r, wq_str(name)) == r->n) /* the same one twice is one */
		r->n++;
	return rc;
}

int wq_seal_ring_init(struct wq_seal_ring *r, struct wq_str keys, const char **why)
{
	struct wq_str part;
	int rc = 0;

	*r = (struct wq_seal_ring){ .n = 0 };
	*why = NULL;
	while (rc == 0 && keys.n && wq_str_next(&keys, ',', &part)) {
		if (r->n < WQ_SEAL_KEYS_MAX) {
			rc = add_key(r, wq_str_trim(part), why);
		} else {
			*why = "there are more keys than 8";
			rc = WQ_EINVAL;
		}
	}
	if (rc < 0)
		wq_seal_ring_fini(r);
	return rc;
}

void wq_seal_ring_fini(struct wq_seal_ring *r)
{
	wq_wipe(r, sizeof(*r));
}

/* texts */

bool wq_seal_is(struct wq_str text)
{
	return wq_str_starts(text, VERSION);
}

static struct wq_str key_name(struct wq_str text)
{
	if (!wq_seal_is(text) || text.n <= HEAD_BYTES || text.p[HEAD_BYTES - 1] != ':')
		return wq_str("");
	return wq_strn(text.p + sizeof(VERSION) - 1, NAME_DIGITS);
}

bool wq_seal_is_current(const struct wq_seal_ring *r, struct wq_str text)
{
	return r->n > 0 && wq_str_is(key_name(text), r->keys[0].name);
}

/* sealing: `box` is nonce, room for the ciphertext, room for the tag */

static bool encrypt(EVP_CIPHER_CTX *c, const unsigned char *key, struct wq_str place,
                    struct wq_str secret, unsigned char *box)
{
	unsigned char *cipher = box + NONCE_BYTES;
	int n = 0;

	return EVP_EncryptInit_ex(c, aes(), NULL, key, box) == 1 &&
	       EVP_EncryptUpdate(c, NULL, &n, (const unsigned char *)place.p, (int)place.n) == 1 &&
	       (secret.n == 0 || EVP_EncryptUpdate(c, cipher, &n, (const unsigned char *)secret.p,
	                                           (int)secret.n) == 1) &&
	       EVP_EncryptFinal_ex(c, cipher + secret.n, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, cipher + secret.n) == 1;
}

static int fill_box(const struct wq_seal_ring *r, struct wq_str place, struct wq_str secret,
                    unsigned char *box)
{
	EVP_CIPHER_CTX *c;
	int rc = wq_random_bytes(box, NONCE_BYTES);

	if (rc < 0)
		return rc;
	c = EVP_CIPHER_CTX_new();
	if (!c || !aes() || !encrypt(c, r->keys[0].bytes, place, secret, box))
		rc = WQ_RAISE(WQ_ENOMEM);
	EVP_CIPHER_CTX_free(c);
	return rc;
}

int wq_seal(const struct wq_seal_ring *r, struct wq_str place, struct wq_str secret,
            struct wq_buf *out)
{
	size_t box_n = secret.n + EXTRA_BYTES;
	unsigned char *box;
	int rc;

	if (r->n == 0)
		return WQ_ENOENT;
	if (secret.n > WQ_SEAL_SECRET_MAX_BYTES || place.n == 0 || place.n > PLACE_MAX_BYTES)
		return WQ_ETOOBIG;
	rc = wq_buf_reserve(out, HEAD_BYTES + wq_base64url_letters(box_n));
	if (rc < 0)
		return rc;
	box = wq_alloc(box_n);
	if (!box)
		return WQ_RAISE(WQ_ENOMEM);
	rc = fill_box(r, place, secret, box);
	if (rc == 0) /* there is room for all of it: nothing below fails */
		rc = wq_buf_add_text(out, VERSION);
	if (rc == 0)
		rc = wq_buf_add_text(out, r->keys[0].name);
	if (rc == 0)
		rc = wq_buf_add_char(out, ':');
	if (rc == 0)
		rc = wq_base64url_encode(box, box_n, out);
	wq_free(box);
	return rc;
}

/* opening */

static bool decrypt(EVP_CIPHER_CTX *c, const unsigned char *key, struct wq_str place,
                    const unsigned char *box, size_t secret_n, unsigned char *secret, bool *good)
{
	const unsigned char *cipher = box + NONCE_BYTES;
	unsigned char tag[TAG_BYTES];
	int n = 0;

	memcpy(tag, cipher + secret_n, TAG_BYTES);
	if (EVP_DecryptInit_ex(c, aes(), NULL, key, box) != 1 ||
	    EVP_DecryptUpdate(c, NULL, &n, (const unsigned char *)place.p, (int)place.n) != 1 ||
	    (secret_n > 0 && EVP_DecryptUpdate(c, secret, &n, cipher, (int)secret_n) != 1) ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) != 1)
		return false;
	*good = EVP_DecryptFinal_ex(c, secret + secret_n, &n) == 1;
	return true;
}

static int open_box(const unsigned char *key, struct wq_str place, const unsigned char *box,
                    size_t box_n, struct wq_buf *out)
{
	size_t secret_n = box_n - EXTRA_BYTES;
	EVP_CIPHER_CTX *c;
	bool good = false;
	int rc = wq_buf_reserve(out, secret_n + 1);

	if (rc < 0)
		return rc;
	c = EVP_CIPHER_CTX_new();
	if (!c || !aes() ||
	    !decrypt(c, key, place, box, secret_n, (unsigned char *)out->p + out->n, &good))
		rc = WQ_RAISE(WQ_ENOMEM);
	EVP_CIPHER_CTX_free(c);
	if (good)
		out->n += secret_n;
	else
		wq_wipe(out->p + out->n, secret_n);
	return rc == 0 && !good ? WQ_SEAL_TAMPERED : rc;
}

int wq_seal_open(const struct wq_seal_ring *r, struct wq_str place, struct wq_str text,
                 struct wq_buf *out)
{
	struct wq_str name = key_name(text), letters;
	unsigned at = find(r, name);
	unsigned char *box;
	size_t box_n;
	int rc;

	if (!name.n)
		return WQ_SEAL_TAMPERED;
	if (at == r->n)
		return WQ_SEAL_NO_KEY;
	letters = wq_strn(text.p + HEAD_BYTES, text.n - HEAD_BYTES);
	box_n = wq_base64url_bytes(letters.n);
	if (box_n < EXTRA_BYTES || box_n > WQ_SEAL_SECRET_MAX_BYTES + EXTRA_BYTES || place.n == 0 ||
	    place.n > PLACE_MAX_BYTES)
		return WQ_SEAL_TAMPERED;
	box = wq_alloc(box_n + 1);
	if (!box)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_base64url_decode(letters, box) ? open_box(r->keys[at].bytes, place, box, box_n, out)
	                                       : WQ_SEAL_TAMPERED;
	wq_free(box);
	return rc;
}

#define NO_KEY                                                                                \
	"it was sealed with a key that is not among those of WILLAQ_SECRET_KEY: add that key " \
	"behind the new one"

const char *wq_seal_opened_text(enum wq_seal_opened o)
{
	static const char *const texts[] = {
		[WQ_SEAL_OPENED] = "it opens",
		[WQ_SEAL_NO_KEY] = NO_KEY,
		[WQ_SEAL_TAMPERED] = "it is not what was sealed: it was changed, cut, or moved from elsewhere",
	};

	return texts[o];
}
