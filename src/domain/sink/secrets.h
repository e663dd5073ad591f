/* SPDX-License-Identifier: MIT */
#pragma once
/* secrets.h — what webhooks are checked with: secrets that are good on every path, and those of one path's name.
 *
 *   "new,old"              either, on every path
 *   "shop=a,shop=b,plain"  a, b and plain below …/shop; plain alone elsewhere
 *   "*=a=b"                a secret with "=" in it, good on every path
 *
 * Time  what is shown is compared with all secrets, by hashes of equal length: it tells nothing of them.
 */
#include "base/limits.h"
#include "base/str.h"

struct wq_secret {
	struct wq_str name, text; /* name empty: of every path */
};

struct wq_secrets {
	struct wq_secret *list; /* owned; the texts are borrowed */
	size_t n;
};

/* 0, WQ_EINVAL with *why for people (none at all, too many, another form), or WQ_ENOMEM (raised). */
int wq_secrets_init(struct wq_secrets *s, struct wq_str text, const char **why);
/* That one, as it stands, on every path.  0 or WQ_ENOMEM (raised). */
int wq_secrets_init_one(struct wq_secrets *s, struct wq_str secret);
/* Twice is fine, zeroed is fine. */
void wq_secrets_fini(struct wq_secrets *s);
/* Those that are good for that name; empty: for a path without one.  How many; the path's own come first. */
size_t wq_secrets_of(const struct wq_secrets *s, struct wq_str name,
                     struct wq_str out[static WQ_WEBHOOK_SECRETS_MAX]);
/* 1: it is one of them; 0: it is not; < 0: nobody knows (out of memory, raised). */
int wq_secret_shown(struct wq_str shown, const struct wq_str *secrets, size_t n);
