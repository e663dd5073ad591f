/* SPDX-License-Identifier: MIT */
/* signature_test.c — headers by a table; bodies whole and in pieces, under one secret and several; without memory. */
#include "domain/sink/signature.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "support/fault.h"
#include "support/test.h"

enum { LARGE_BYTES = 200000, HEADER_BYTES = 71 };

static char large[LARGE_BYTES];

static void sign(const char *secret, struct wq_str body, char out[HEADER_BYTES + 1])
{
	struct wq_hmac_key *key = wq_hmac_key_create(wq_str(secret));
	unsigned char sum[WQ_SHA256_BYTES];

	WQ_CHECK_INT("signs", wq_hmac(key, body, sum), 0);
	memcpy(out, "sha256=", 7);
	wq_hex_encode(sum, sizeof(sum), out + 7);
	out[HEADER_BYTES] = '\0';
	wq_hmac_key_destroy(key);
}

/* With commas between; 0 or < 0. */
static int open_signers(struct wq_signers *s, const char *secrets)
{
	struct wq_secrets all;
	const char *why;
	int rc = wq_secrets_init(&all, wq_str(secrets), &why);

	*s = (struct wq_signers){ .n = 0 };
	if (rc == 0)
		rc = wq_signers_init(s, &all, wq_str(""));
	wq_secrets_fini(&all);
	return rc;
}

/* As the server shows a body: in pieces of `piece` bytes, then whole.  1, 0, or < 0. */
static int judge(const struct wq_signers *s, struct wq_str header, struct wq_str body, size_t piece,
                 int64_t announced)
{
	struct wq_signature g;
	int rc = 0;

	if (wq_signature_begin(&g, s, header, announced)) {
		for (size_t i = 0; i < body.n; i += piece)
			wq_signature_add(&g, wq_strn(body.p + i,
			                             body.n - i < piece ? body.n - i : piece));
		rc = wq_signature_end(&g, body);
	}
	wq_signature_fini(&g);
	wq_signature_fini(&g);
	return rc;
}

WQ_TEST(only_the_one_form_is_a_signature)
{
	struct wq_str body = wq_str("{\"a\":1}");
	char good[HEADER_BYTES + 1], odd[HEADER_BYTES + 8];
	struct wq_signers s;

	WQ_CHECK_INT("secret", open_signers(&s, "secret"), 0);
	sign("secret", body, good);
	WQ_CHECK_INT("good", judge(&s, wq_str(good), body, 100, 7), 1);
	WQ_CHECK_INT("missing", judge(&s, wq_strn(NULL, 0), body, 100, 7), 0);
	for (size_t n = 0; n < HEADER_BYTES; n++)
		WQ_CHECK_INT("cut", judge(&s, wq_strn(good, n), body, 100, 7), 0);
	for (size_t i = 0; i < HEADER_BYTES; i++) {
		memcpy(odd, good, sizeof(good));
		odd[i] = odd[i] == 'b' ? 'c' : 'b';
		WQ_CHECK_INT("one character is another", judge(&s, wq_str(odd), body, 100, 7), 0);
		odd[i] = (char)(good[i] & ~0x20);
		WQ_CHECK_INT("upper case", judge(&s, wq_str(odd), body, 100, 7), odd[i] == good[i]);
	}
	snprintf(odd, sizeof(odd), "%s0", good);
	WQ_CHECK_INT("longer", judge(&s, wq_str(odd), body, 100, 7), 0);
	snprintf(odd, sizeof(odd), " %s", good);
	WQ_CHECK_INT("a space in front", judge(&s, wq_str(odd), body, 100, 7), 0);
	WQ_CHECK_INT("another body", judge(&s, wq_str(good), wq_str("{\"a\":2}"), 100, 7), 0);
	wq_signers_fini(&s);
}

WQ_TEST(long_bodies_are_summed_as_they_come)
{
	static const size_t pieces[] = { 1, 63, 64, 65, 4096, LARGE_BYTES };
	static const int64_t announced[] = { -1, LARGE_BYTES, 10 };
	static const char *const secrets[] = { "new", "old", "third" };
	struct wq_str body = wq_strn(large, sizeof(large));
	char header[HEADER_BYTES + 1];
	struct wq_signers s;

	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (char)(i * 31);
	WQ_CHECK_INT("secrets", open_signers(&s, "new,old,third"), 0);
	for (size_t k = 0; k < WQ_COUNT(secrets); k++) {
		sign(secrets[k], body, header);
		for (size_t i = 0; i < WQ_COUNT(pieces); i++)
			for (size_t j = 0; j < WQ_COUNT(announced); j++)
				WQ_CHECK_INT(secrets[k],
				             judge(&s, wq_str(header), body, pieces[i],
				                   announced[j]),
				             1);
	}
	sign("stranger", body, header);
	WQ_CHECK_INT("stranger", judge(&s, wq_str(header), body, 4096, -1), 0);
	wq_signers_fini(&s);
}

static void without_memory(void)
{
	struct wq_str body = wq_strn(large, sizeof(large));
	char header[HEADER_BYTES + 1] = "sha256=";
	struct wq_signers s;
	int rc = open_signers(&s, "one,two");

	memset(header + 7, '0', HEADER_BYTES - 7);
	WQ_CHECK("told", rc == 0 || rc == WQ_ENOMEM);
	if (rc == 0)
		rc = judge(&s, wq_str(header), body, 1000, -1);
	WQ_CHECK("never taken", rc <= 0);
	wq_signers_fini(&s);
}

WQ_TEST(without_memory_nothing_is_taken)
{
	WQ_CHECK("some runs", wq_fault_sweep("signature", without_memory, 200).runs > 3);
}

WQ_TEST_MAIN(WQ_CASE(only_the_one_form_is_a_signature),
             WQ_CASE(long_bodies_are_summed_as_they_come), WQ_CASE(without_memory_nothing_is_taken))
