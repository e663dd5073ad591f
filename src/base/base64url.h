/* SPDX-License-Identifier: MIT */
#pragma once
/* base64url.h — bytes as letters that are safe in names, URLs and JSON (RFC 4648, section 5), without padding. */
#include "base/buf.h"

/* How many letters n bytes become. */
size_t wq_base64url_letters(size_t n);
/* How many bytes n letters hold. */
size_t wq_base64url_bytes(size_t n);

/* Appends the letters of n bytes.  As wq_buf_add. */
int wq_base64url_encode(const void *p, size_t n, struct wq_buf *out);
/* Writes wq_base64url_bytes(text.n) bytes.  False: it is not what the encoder writes; `out` holds anything then. */
bool wq_base64url_decode(struct wq_str text, void *out);
