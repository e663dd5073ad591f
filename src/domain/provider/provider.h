/* SPDX-License-Identifier: MIT */
#pragma once
/* provider.h — what a provider wants to be asked, and what its answers mean: tables of pure functions.
 *
 *   check ──► (upload) ──► request ──► [the client] ──► answer ──► judge (verdict.h)
 *
 * Nothing here does I/O; domain/send posts what `request` made.  All that is made lives in the arena given.
 *
 * Certain are only: an answer of 2xx with an id that can be kept, an error that the provider declares in its own JSON
 * (and not one of those that say "something went wrong"), and that not one byte was written.  Everything else is
 * UNKNOWN, also a 4xx whose body is a proxy's page: who knows what stands behind it.
 */
#include "domain/account/account.h"
#include "domain/message/message.h"
#include "io/client/client.h"

enum { WQ_PROVIDER_HEADERS_MAX = 4, WQ_PROVIDER_OPAQUE_MAX_BYTES = 512 };

/* One HTTP request; of the arena.  A header may hold a secret. */
struct wq_provider_request {
	const char *method, *url;
	struct wq_call_header headers[WQ_PROVIDER_HEADERS_MAX];
	unsigned headers_n;
	struct wq_str body;
};

/* What became of a request that was answered, or was not. */
enum wq_sent_as {
	WQ_UNKNOWN,  /* nobody can say */
	WQ_SENT,     /* taken: `id` is the provider's */
	WQ_REFUSED,  /* a declared error: it was not sent */
	WQ_NOT_SENT, /* not one byte left: as if never tried */
};
struct wq_answer {
	enum wq_sent_as as;
	struct wq_str id;      /* SENT; of the arena; p == NULL for signals (READ, TYPING) */
	struct wq_str wa_id;   /* the recipient as the provider calls it; p == NULL: not told */
	bool held;             /* SENT: held by the provider for a quality check */
	int rc;                /* of the call; 0: there was an answer */
	int status;            /* HTTP's; 0: no answer */
	int64_t code, subcode; /* the provider's own (Evolution: verdict.h has them); 0: none */
	struct wq_str title, details; /* for people; of the arena; p == NULL: none */
	bool transient;        /* the provider says that it passes */
	int64_t retry_after_ms; /* -1: not told */
};

struct wq_provider_ops {
	const char *name;
	/* WQ_MESSAGE_INVALID: this provider can't carry it, *p says why; 0: it can. */
	int (*check)(const struct wq_message *m, struct wq_message_problem *p);
	/* The request that sends m, which passed `check`.  `opaque` travels with it and comes back with its statuses
	 * where the provider can do that ("": nothing).  0, WQ_ETOOBIG, WQ_EINVAL (the account lacks something,
	 * or m did not pass; raised), WQ_ENOMEM (raised). */
	int (*request)(struct wq_arena *a, const struct wq_account *account, const struct wq_message *m,
	               struct wq_str opaque, struct wq_provider_request *out);
	/* Reads what came of the request for a message of that kind: rc as client.h ends a call, or as wq_call_start
	 * refused it.  0; WQ_ETOOBIG, WQ_ENOMEM (raised): *out is what is known without the body, never SENT, never
	 * REFUSED.  A call's response_max_bytes should be WQ_PROVIDER_ANSWER_MAX_BYTES: more is not read. */
	int (*answer)(struct wq_arena *a, enum wq_message_kind kind, int rc, const struct wq_call *call,
	              struct wq_answer *out);
};
extern const struct wq_provider_ops *const wq_providers[WQ_PROVIDERS];
