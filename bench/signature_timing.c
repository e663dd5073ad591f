/* SPDX-License-Identifier: MIT */
/* signature_timing.c — whether the time that a refusal takes tells how much of a forged signature was right.
 *
 *   build/bench/signature_timing [COUNT]    prints JSON, a line for each way to compare
 * Forgeries wrong in their first byte and in their last alone come in random order; Welch's t of the two kinds of times
 * is what they differ by.  A comparison that ends at the first difference is measured too: it has to be seen. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/random.h"
#include "domain/sink/signature.h"

enum {
	COUNT = 1000000,
	BODY_BYTES = 700,
	TIMES = 16, /* of a bare comparison in one measurement: the clock is coarser than one */
	KEPT_PERCENT = 90, /* of the times, the shortest: the rest tells of the machine */
};

struct forgery {
	char header[7 + 2 * WQ_SHA256_BYTES + 1];
	unsigned char sum[WQ_SHA256_BYTES];
};

struct bench {
	struct wq_secrets secrets;
	struct wq_signers signers;
	struct wq_rng rng;
	char body[BODY_BYTES];
	unsigned char right[WQ_SHA256_BYTES];
	struct forgery kinds[2]; /* wrong in the first byte; in the last */
	struct forgery at_hand; /* a copy, so that both lie in one place */
	uint32_t *ns;
	uint8_t *kind;
	volatile unsigned taken;
};

typedef bool (*compare_fn)(const void *a, const void *b, size_t n);

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static bool equal_early(const void *a, const void *b, size_t n)
{
	const volatile unsigned char *x = a;
	const volatile unsigned char *y = b;

	for (size_t i = 0; i < n; i++)
		if (x[i] != y[i])
			return false;
	return true;
}

static void check_whole(struct bench *b, const struct forgery *f)
{
	struct wq_signature g;
	struct wq_str body = wq_strn(b->body, BODY_BYTES);

	if (wq_signature_begin(&g, &b->signers, wq_str(f->header), BODY_BYTES))
		b->taken += wq_signature_end(&g, body) == 1;
	wq_signature_fini(&g);
}

static uint64_t measure(struct bench *b, compare_fn compare, const struct forgery *f)
{
	uint64_t from = now_ns();

	if (!compare)
		check_whole(b, f);
	for (unsigned i = 0; compare && i < TIMES; i++)
		b->taken += compare(b->right, f->sum, sizeof(b->right));
	return now_ns() - from;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The longest time that is kept; 0: no memory. */
static uint32_t bound_of(const uint32_t *ns, size_t n)
{
	uint32_t *sorted = calloc(n, sizeof(*sorted));
	uint32_t bound;

	if (!sorted)
		return 0;
	for (size_t i = 0; i < n; i++)
		sorted[i] = ns[i];
	qsort(sorted, n, sizeof(*sorted), by_value);
	bound = sorted[n * KEPT_PERCENT / 100];
	free(sorted);
	return bound;
}

static void tell(const struct bench *b, const char *what, size_t n)
{
	uint32_t bound = bound_of(b->ns, n);
	double count[2] = { 0 };
	double mean[2] = { 0 };
	double square[2] = { 0 };

	for (size_t i = 0; i < n; i++) {
		unsigned k = b->kind[i];
		double off = b->ns[i] - mean[k];

		if (b->ns[i] > bound)
			continue;
		count[k]++;
		mean[k] += off / count[k];
		square[k] += off * (b->ns[i] - mean[k]);
	}
	printf("{\"what\":\"%s\",\"count\":%zu,\"first_ns\":%.3f,\"last_ns\":%.3f,\"t\":%.2f,\"taken\":%u}\n",
	       what, n, mean[0], mean[1],
	       (mean[1] - mean[0]) / sqrt(square[0] / count[0] / (count[0] - 1) +
	                                  square[1] / count[1] / (count[1] - 1)),
	       b->taken);
}

static void compare_all(struct bench *b, const char *what, compare_fn compare, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		b->kind[i] = (uint8_t)wq_rng_below(&b->rng, 2);
		b->at_hand = b->kinds[b->kind[i]];
		b->ns[i] = (uint32_t)measure(b, compare, &b->at_hand);
	}
	tell(b, what, n);
}

static int prepare(struct bench *b, size_t n)
{
	static const unsigned wrong[2] = { 0, WQ_SHA256_BYTES - 1 };
	struct wq_str body = wq_strn(b->body, BODY_BYTES);
	int rc;

	wq_rng_init(&b->rng, now_ns());
	b->ns = calloc(n, sizeof(*b->ns));
	b->kind = calloc(n, 1);
	if (!b->ns || !b->kind)
		return WQ_ENOMEM;
	rc = wq_secrets_init_one(&b->secrets, wq_str("a secret of an app"));
	if (rc == 0)
		rc = wq_signers_init(&b->signers, &b->secrets, wq_str(""));
	if (rc == 0)
		rc = wq_hmac(b->signers.keys[0], body, b->right);
	for (unsigned k = 0; k < 2 && rc == 0; k++) {
		struct forgery *f = &b->kinds[k];

		for (unsigned i = 0; i < WQ_SHA256_BYTES; i++)
			f->sum[i] = b->right[i] ^ (i == wrong[k]);
		(void)snprintf(f->header, sizeof(f->header), "sha256=");
		for (unsigned i = 0; i < WQ_SHA256_BYTES; i++)
			(void)snprintf(f->header + 7 + (size_t)2 * i, 3, "%02x", f->sum[i]);
	}
	return rc;
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	uint64_t n = COUNT;
	int rc;

	if (argc > 1 && (!wq_str_to_u64(wq_str(argv[1]), COUNT, &n) || n < 1000))
		return 2;
	rc = prepare(&b, n);
	if (rc == 0) {
		compare_all(&b, "ends at the first difference", equal_early, n);
		compare_all(&b, "ours", wq_equal_secret, n);
		compare_all(&b, "the whole check", NULL, n);
	}
	wq_signers_fini(&b.signers);
	wq_secrets_fini(&b.secrets);
	free(b.ns);
	free(b.kind);
	return rc == 0 ? 0 : 1;
}
