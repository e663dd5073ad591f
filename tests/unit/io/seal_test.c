/* SPDX-License-Identifier: MIT */
/* seal_test.c — secrets sealed and opened, keys changed, and texts that somebody has laid hands on: tables. */
#include "io/tls/seal.h"

#include "base/alloc.h"
#include "base/base64url.h"
#include "base/err.h"
#include "support/fault.h"
#include "support/test.h"

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "FFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0EFEEEDECEBEAE9E8E7E6E5E4E3E2E1E0"
#define PLACE "account 7001 token"

static struct wq_seal_ring ring_of(const char *keys)
{
	struct wq_seal_ring r;
	const char *why;

	WQ_CHECK_INT(keys, wq_seal_ring_init(&r, wq_str(keys), &why), 0);
	return r;
}

/* What sealing `secret` gives; the buffer is the caller's. */
static struct wq_str seal(const struct wq_seal_ring *r, const char *secret, struct wq_buf *out)
{
	wq_buf_init(out, 4096);
	WQ_CHECK_INT("sealed", wq_seal(r, wq_str(PLACE), wq_str(secret), out), 0);
	return wq_buf_str(out);
}

static void check_opens(const char *what, const struct wq_seal_ring *r, const char *place,
                        struct wq_str text, int want, const char *secret)
{
	struct wq_buf out;

	wq_buf_init(&out, 4096);
	WQ_CHECK_INT("before", wq_buf_add_text(&out, "x"), 0);
	WQ_CHECK_INT(what, wq_seal_open(r, wq_str(place), text, &out), want);
	WQ_CHECK_SLICE(what, wq_strn(out.p + 1, out.n - 1), want == WQ_SEAL_OPENED ? secret : "");
	wq_buf_fini(&out);
}

static const struct {
	const char *what, *keys;
	int rc;
	unsigned n;
} rings[] = {
	{ "none", "", 0, 0 },
	{ "one", KEY_A, 0, 1 },
	{ "two, with a space", KEY_A ", " KEY_B, 0, 2 },
	{ "the same twice", KEY_A "," KEY_B "," KEY_A, 0, 2 },
	{ "too short", "0011", WQ_EINVAL, 0 },
	{ "too long", KEY_A "00", WQ_EINVAL, 0 },
	{ "no digits", "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", WQ_EINVAL, 0 },
	{ "nothing behind a comma", KEY_A ",", 0, 1 },
	{ "nothing between commas", KEY_A ",," KEY_B, WQ_EINVAL, 0 },
	{ "the second is none", KEY_A ",x", WQ_EINVAL, 0 },
};

WQ_TEST(keys_are_read)
{
	for (size_t i = 0; i < WQ_COUNT(rings); i++) {
		struct wq_seal_ring r;
		const char *why = NULL;

		WQ_CHECK_INT(rings[i].what, wq_seal_ring_init(&r, wq_str(rings[i].keys), &why),
		             rings[i].rc);
		WQ_CHECK_INT(rings[i].what, r.n, rings[i].n);
		WQ_CHECK(rings[i].what, (rings[i].rc < 0) == (why != NULL));
		wq_seal_ring_fini(&r);
		wq_seal_ring_fini(&r);
	}
}

WQ_TEST(a_ninth_key_is_one_too_many)
{
	char keys[9 * 65 + 1] = "";
	struct wq_seal_ring r;
	const char *why;

	for (unsigned i = 0; i < 9; i++)
		snprintf(keys + 65 * i, 66, "%064x,", i);
	keys[8 * 65 - 1] = '\0';
	WQ_CHECK_INT("eight", wq_seal_ring_init(&r, wq_str(keys), &why), 0);
	WQ_CHECK_INT("all of them", r.n, WQ_SEAL_KEYS_MAX);
	keys[8 * 65 - 1] = ',';
	keys[9 * 65 - 1] = '\0';
	WQ_CHECK_INT("nine", wq_seal_ring_init(&r, wq_str(keys), &why), WQ_EINVAL);
	WQ_CHECK_INT("none is left", r.n, 0);
}

WQ_TEST(what_is_sealed_opens_in_its_place)
{
	static const char *const secrets[] = { "", "s", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		                               "forty-two bytes, more than two blocks long" };
	struct wq_seal_ring r = ring_of(KEY_A);

	for (size_t i = 0; i < WQ_COUNT(secrets); i++) {
		struct wq_buf a, b;
		struct wq_str one = seal(&r, secrets[i], &a), two = seal(&r, secrets[i], &b);

		WQ_CHECK("it is known as sealed", wq_seal_is(one));
		WQ_CHECK("no two are alike", !wq_str_eq(one, two));
		WQ_CHECK("the secret is not in it",
		         !*secrets[i] || !memmem(one.p, one.n, secrets[i], strlen(secrets[i])) ||
		                 !secrets[i][1]);
		check_opens("opened", &r, PLACE, one, WQ_SEAL_OPENED, secrets[i]);
		check_opens("elsewhere", &r, "account 7002 token", one, WQ_SEAL_TAMPERED, "");
		check_opens("nowhere", &r, "", one, WQ_SEAL_TAMPERED, "");
		wq_buf_fini(&a);
		wq_buf_fini(&b);
	}
}

/* By another implementation (node:crypto), with a nonce of 12 times 'n'. */
WQ_TEST(others_seal_alike)
{
	struct wq_seal_ring r = ring_of(KEY_B "," KEY_A);

	check_opens(
		"theirs", &r, PLACE,
		wq_str("v1:bb9513c6af794de9:bm5ubm5ubm5ubm5u4hpWLpU9l4sERw80ySSxrp4Qzl1BO66EvqqX46ov4Kz-L2dDJFRvELlY"),
		WQ_SEAL_OPENED, "EAAG a token of an account");
}

WQ_TEST(keys_are_changed)
{
	struct wq_seal_ring old = ring_of(KEY_A), both = ring_of(KEY_B "," KEY_A),
			    new = ring_of(KEY_B), none = ring_of("");
	struct wq_buf a, b, c;
	struct wq_str first = seal(&old, "s3cret", &a), second = seal(&both, "s3cret", &b);

	check_opens("under the older", &both, PLACE, first, WQ_SEAL_OPENED, "s3cret");
	check_opens("under the newer", &both, PLACE, second, WQ_SEAL_OPENED, "s3cret");
	check_opens("the older is gone", &new, PLACE, first, WQ_SEAL_NO_KEY, "");
	check_opens("the newer is not there yet", &old, PLACE, second, WQ_SEAL_NO_KEY, "");
	check_opens("no key at all", &none, PLACE, first, WQ_SEAL_NO_KEY, "");
	WQ_CHECK("to be sealed again", !wq_seal_is_current(&both, first));
	WQ_CHECK("as it should be", wq_seal_is_current(&both, second));
	WQ_CHECK("without keys nothing is", !wq_seal_is_current(&none, second));
	wq_buf_init(&c, 4096);
	WQ_CHECK_INT("nothing is sealed", wq_seal(&none, wq_str(PLACE), wq_str("s"), &c),
	             WQ_ENOENT);
	WQ_CHECK_INT("and nothing written", c.n, 0);
	wq_buf_fini(&a);
	wq_buf_fini(&b);
	wq_buf_fini(&c);
}

WQ_TEST(no_byte_of_it_can_be_changed)
{
	struct wq_seal_ring r = ring_of(KEY_A);
	struct wq_buf text;
	struct wq_str sealed = seal(&r, "s3cret", &text);
	char copy[256];

	for (size_t i = 0; i < sealed.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			struct wq_buf out;
			int rc;

			memcpy(copy, sealed.p, sealed.n);
			copy[i] ^= (char)(1U << bit);
			wq_buf_init(&out, 256);
			rc = wq_seal_open(&r, wq_str(PLACE), wq_strn(copy, sealed.n), &out);
			WQ_CHECK("a bit", rc == WQ_SEAL_TAMPERED || rc == WQ_SEAL_NO_KEY);
			WQ_CHECK_INT("nothing comes of it", out.n, 0);
			wq_buf_fini(&out);
		}
		check_opens("cut", &r, PLACE, wq_strn(sealed.p, i), WQ_SEAL_TAMPERED, "");
	}
	memcpy(copy, sealed.p, sealed.n);
	memcpy(copy + sealed.n, "AAAA", 4);
	check_opens("longer", &r, PLACE, wq_strn(copy, sealed.n + 4), WQ_SEAL_TAMPERED, "");
	wq_buf_fini(&text);
}

WQ_TEST(other_texts_are_no_seals)
{
	static const char *const texts[] = {
		"", "v1", "v1:", "v1::", "v2:0123456789abcdef:AAAA", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"v1:0123456789abcde:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "v1:0123456789abcdef",
		"v1:0123456789abcdef:",
	};
	struct wq_seal_ring r = ring_of(KEY_A);

	for (size_t i = 0; i < WQ_COUNT(texts); i++)
		check_opens(texts[i], &r, PLACE, wq_str(texts[i]), WQ_SEAL_TAMPERED, "");
}

WQ_TEST(bounds_are_kept)
{
	struct wq_seal_ring r = ring_of(KEY_A);
	struct wq_buf text, small;
	struct wq_str sealed = seal(&r, "s3cret", &text);

	wq_buf_init(&small, sealed.n - 1);
	WQ_CHECK_INT("no room to seal", wq_seal(&r, wq_str(PLACE), wq_str("s3cret"), &small),
	             WQ_ETOOBIG);
	WQ_CHECK_INT("nothing half", small.n, 0);
	wq_buf_fini(&small);
	wq_buf_init(&small, 3);
	WQ_CHECK_INT("no room to open", wq_seal_open(&r, wq_str(PLACE), sealed, &small),
	             WQ_ETOOBIG);
	wq_buf_fini(&small);
	WQ_CHECK_INT("too large a secret",
	             wq_seal(&r, wq_str(PLACE), wq_strn(KEY_A, WQ_SEAL_SECRET_MAX_BYTES + 1),
	                     &text),
	             WQ_ETOOBIG);
	wq_buf_fini(&text);
}

static void without_memory(void)
{
	struct wq_seal_ring r = ring_of(KEY_A);
	struct wq_buf text, out;
	int rc;

	wq_buf_init(&text, 256);
	wq_buf_init(&out, 256);
	rc = wq_seal(&r, wq_str(PLACE), wq_str("s3cret"), &text);
	WQ_CHECK("whole or not there", rc == 0 || (rc == WQ_ENOMEM && text.n == 0));
	if (rc == 0) {
		rc = wq_seal_open(&r, wq_str(PLACE), wq_buf_str(&text), &out);
		WQ_CHECK("open or shut", rc == 0 || (rc == WQ_ENOMEM && out.n == 0));
	}
	wq_buf_fini(&text);
	wq_buf_fini(&out);
	wq_seal_ring_fini(&r);
}

WQ_TEST(memory_that_is_short_is_told)
{
	WQ_CHECK("swept", wq_fault_sweep("seal", without_memory, 50).runs >= 4);
}

static const struct {
	const char *letters;
	size_t n; /* 0 and letters: not what an encoder writes */
} base64url[] = {
	{ "", 0 }, { "AA", 1 }, { "AAA", 2 }, { "AAAA", 3 }, { "-_-_", 3 }, { "_w", 1 },
	{ "A", 0 }, { "AB", 0 }, { "AAB", 0 }, { "AAAAA", 0 }, { "AA==", 0 }, { "A+/A", 0 }, { "AA A", 0 },
};

WQ_TEST(letters_and_bytes)
{
	for (size_t i = 0; i < WQ_COUNT(base64url); i++) {
		struct wq_str letters = wq_str(base64url[i].letters);
		unsigned char bytes[8] = { 0 };
		struct wq_buf again;
		bool good = wq_base64url_decode(letters, bytes);

		WQ_CHECK_INT(letters.p, good, base64url[i].n > 0 || letters.n == 0);
		if (!good)
			continue;
		WQ_CHECK_INT(letters.p, wq_base64url_bytes(letters.n), base64url[i].n);
		WQ_CHECK_INT(letters.p, wq_base64url_letters(base64url[i].n), letters.n);
		wq_buf_init(&again, 8);
		WQ_CHECK_INT("encoded", wq_base64url_encode(bytes, base64url[i].n, &again), 0);
		WQ_CHECK("the same", wq_str_eq(wq_buf_str(&again), letters));
		wq_buf_fini(&again);
	}
}

WQ_TEST_MAIN(WQ_CASE(keys_are_read), WQ_CASE(a_ninth_key_is_one_too_many),
             WQ_CASE(what_is_sealed_opens_in_its_place), WQ_CASE(others_seal_alike),
             WQ_CASE(keys_are_changed), WQ_CASE(no_byte_of_it_can_be_changed),
             WQ_CASE(other_texts_are_no_seals), WQ_CASE(bounds_are_kept),
             WQ_CASE(memory_that_is_short_is_told), WQ_CASE(letters_and_bytes))
