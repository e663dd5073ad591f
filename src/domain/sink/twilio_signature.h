/* SPDX-License-Identifier: MIT */
#pragma once
/* twilio_signature.h — whether a webhook was signed by somebody who knows one of our auth tokens.
 *
 *   base64(HMAC-SHA1(token, URL + each parameter of a form, by name, as NAMEVALUE))
 *
 * URL        as Twilio has it, which is not what a server behind a proxy sees: it comes from a setting, or else from
 *            the name by which we were called.  Twilio writes it with and without the port, and encodes its query in
 *            two ways: each of these is as good.
 * Body       of a form the parameters are signed; of anything else the URL's bodySHA256 is the body's hash.
 * Strict     28 characters of base64, once; everything else is no signature.
 * Time       all tokens and all spellings are tried, and compared in constant time.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

/* A request as it came to us. */
struct wq_twilio_asked {
	struct wq_str host, path, query; /* query.p == NULL: none */
	struct wq_str type, body;        /* Content-Type */
	struct wq_str signature;         /* the header's value */
};

enum { WQ_TWILIO_SIGNATURE_BYTES = 28 };
/* 28 characters that can be one. */
bool wq_twilio_is_signature(struct wq_str value);
/* 1: signed by one of us; 0: not; WQ_ETOOBIG: more parameters than a form has; WQ_ENOMEM (raised).  `public`:
 * https://host[:port][/path][?query]; its path, if it has one, stands for ours, or in front of it, its query for that
 * of a request without one.  Empty: http and https on the request's own host. */
int wq_twilio_signed(const struct wq_str *tokens, size_t tokens_n, struct wq_str public,
                     const struct wq_twilio_asked *a);
/* By its Content-Type. */
bool wq_twilio_is_form(struct wq_str type);
/* As Twilio signs: the URL as it stands and, of a form, its parameters; `out` is terminated.  0 or as above. */
int wq_twilio_sign(struct wq_str token, struct wq_str url, struct wq_str type, struct wq_str body,
                   char out[WQ_TWILIO_SIGNATURE_BYTES + 1]);
