/* SPDX-License-Identifier: MIT */
#pragma once
/* hooks.h — webhooks of a provider, made and signed one after the other.
 *
 *   cloud       Meta's Cloud API: JSON, X-Hub-Signature-256 over the body with the app secret
 *   evolution   Evolution API: JSON, its key in the header apikey and in the body
 *   twilio      a form, X-Twilio-Signature over the URL and the parameters with the auth token
 *
 * Ids are of this run: nothing that an earlier run posted has them.  The owner embeds it; fini may run twice.
 */
#include "app/bench/body.h"
#include "app/bench/stream.h"
#include "base/hmac.h"
#include "io/load/load.h"

enum wq_bench_provider { WQ_BENCH_CLOUD, WQ_BENCH_EVOLUTION, WQ_BENCH_TWILIO };
extern const char *const wq_bench_providers[]; /* their names; NULL ends them */

struct wq_bench_hooks_opts {
	enum wq_bench_provider provider;
	struct wq_str secret;       /* the app secret, the key, the auth token */
	struct wq_str url;          /* what Twilio signs */
	struct wq_str account;      /* phone number id, instance, account SID; p == NULL: a usual one */
	size_t body_bytes;          /* 0: WQ_BENCH_HOOK_BYTES, or what it takes */
	struct wq_bench_stream_opts stream;
};
enum { WQ_BENCH_HOOK_BYTES = 700, WQ_BENCH_HOOK_FIELDS = 3 };

struct wq_bench_hooks {
	struct wq_bench_hooks_opts o; /* what it points to is borrowed */
	struct wq_bench_stream stream;
	struct wq_bench_body message, status;
	struct wq_hmac_key *key; /* cloud */
	size_t bytes; /* of a message's body */
};

/* 0; WQ_EINVAL or WQ_ETOOBIG with *why, for people (it may be in `text`), or raised. */
int wq_bench_hooks_init(struct wq_bench_hooks *h, const struct wq_bench_hooks_opts *o,
                        const char **why, char text[128]);
void wq_bench_hooks_fini(struct wq_bench_hooks *h);
/* The header lines that all of them share; how many. */
size_t wq_bench_hooks_fields(const struct wq_bench_hooks *h,
                             struct wq_load_field out[WQ_BENCH_HOOK_FIELDS]);
/* Appends the next one's own header lines, and its body. */
int wq_bench_hooks_next(struct wq_bench_hooks *h, int64_t at_s, struct wq_buf *head,
                        struct wq_buf *body);
/* Whether the provider takes an answer as "received". */
bool wq_bench_hooks_taken(const struct wq_bench_hooks *h, int status);
