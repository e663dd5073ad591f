/* SPDX-License-Identifier: MIT */
#pragma once
/* hmac.h — HMAC-SHA256 with the key prepared once, SHA-256, HMAC-SHA1, and comparison in constant time.
 *
 * A key is the owner's; wq_hmac_key_destroy takes NULL.  A running sum borrows its key.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define WQ_SHA256_BYTES 32

struct wq_hmac_key;

/* NULL: out of memory (raised). */
struct wq_hmac_key *wq_hmac_key_create(struct wq_str secret);
void wq_hmac_key_destroy(struct wq_hmac_key *k);

/* The sum of one message.  One sum at a time per key; 0 or a raised error. */
int wq_hmac(struct wq_hmac_key *k, struct wq_str message, unsigned char out[WQ_SHA256_BYTES]);

/* The sum of a message that comes in pieces; any number of them at once per key, which outlives them. */
struct wq_hmac_sum;
/* NULL: out of memory (raised). */
struct wq_hmac_sum *wq_hmac_sum_create(const struct wq_hmac_key *k);
/* NULL is fine. */
void wq_hmac_sum_destroy(struct wq_hmac_sum *s);
/* 0 or a raised error, after which the sum is of no use. */
int wq_hmac_sum_add(struct wq_hmac_sum *s, struct wq_str piece);
/* Once, behind the last piece. */
int wq_hmac_sum_end(struct wq_hmac_sum *s, unsigned char out[WQ_SHA256_BYTES]);

/* HMAC-SHA1, which one provider still signs with; 0 or a raised error. */
#define WQ_SHA1_BYTES 20
int wq_hmac_sha1(struct wq_str secret, struct wq_str message, unsigned char out[WQ_SHA1_BYTES]);

/* The plain hash; 0 or a raised error. */
int wq_sha256(struct wq_str message, unsigned char out[WQ_SHA256_BYTES]);

/* The same for who hashes often: allocates once. */
struct wq_sha256;
/* NULL: out of memory (raised). */
struct wq_sha256 *wq_sha256_create(void);
/* NULL is fine. */
void wq_sha256_destroy(struct wq_sha256 *s);
/* The hash of n pieces, one behind the other; 0 or a raised error. */
int wq_sha256_of(struct wq_sha256 *s, const struct wq_str *pieces, size_t n,
                 unsigned char out[WQ_SHA256_BYTES]);

/* True when equal; the time taken depends on n alone. */
bool wq_equal_secret(const void *a, const void *b, size_t n);

/* The same in pieces: begun, added to, ended.  0 or a raised error. */
int wq_sha256_begin(struct wq_sha256 *s);
int wq_sha256_add(struct wq_sha256 *s, struct wq_str piece);
int wq_sha256_end(struct wq_sha256 *s, unsigned char out[WQ_SHA256_BYTES]);

/* Lower-case hex, 2 n characters and no terminator. */
void wq_hex_encode(const void *p, size_t n, char *out);
/* Exactly 2 n hex digits of either case; false otherwise. */
bool wq_hex_decode(struct wq_str hex, void *out, size_t n);
