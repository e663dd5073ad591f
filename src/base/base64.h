/* SPDX-License-Identifier: MIT */
#pragma once
/* base64.h — bytes as base64 with padding, and back, by RFC 4648, section 4. */
#include "base/str.h"

/* Characters of n bytes, without a terminator. */
#define WQ_BASE64_BYTES(n) (((n) + 2) / 3 * 4)

/* Writes WQ_BASE64_BYTES(n) characters and no terminator. */
void wq_base64_encode(const void *p, size_t n, char *out);
/* "=" at the end may be there or not.  How many bytes; -1: something else is in it, or there are more than `max`. */
int wq_base64_decode(struct wq_str text, void *out, size_t max);
