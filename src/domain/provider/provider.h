/* SPDX-License-Identifier: MIT */
#pragma once
/* provider.h — what a provider wants to be asked, and what its answers mean: tables of pure functions.
 *
 *   check ──► (upload) ──► request ──► [the client] ──► answer ──► judge (verdict.h)
 *
 * Nothing here does I/O; domain/send posts what `request` made.  All that is made lives in the arena given.
 */
#include "domain/account/account.h"
#include "domain/message/message.h"
#include "io/client/client.h"

enum { WQ_PROVIDER_HEADERS_MAX = 4, WQ_PROVIDER_OPAQUE_MAX_BYTES = 512 };

/* One HTTP request; borrowed from the arena. */
struct wq_provider_request {
	const char *method, *url;
	struct wq_call_header headers[WQ_PROVIDER_HEADERS_MAX];
	unsigned headers_n;
	struct wq_str body;
};

/* What became of a request that was answered, or was not. */
enum wq_sent_as {
	WQ_SENT,     /* taken: `id` is the provider's */
	WQ_REFUSED,  /* a declared error: it was not sent */
	WQ_NOT_SENT, /* not one byte left: as if never tried */
	WQ_UNKNOWN,  /* nobody can say */
};
struct wq_answer {
	enum wq_sent_as as;
	struct wq_str id;      /* SENT; of the arena */
	struct wq_str wa_id;   /* the recipient as the provider calls it; p == NULL: not told */
	bool held;             /* SENT: held by the provider for a quality check */
	int status;            /* HTTP's; 0: no answer */
	int64_t code;          /* the provider's own; 0: none */
	struct wq_str title, details; /* for people; of the arena */
	bool transient;        /* the provider says that it passes */
	int64_t retry_after_ms; /* -1: not told */
};

struct wq_provider_ops {
	const char *name;
	/* WQ_MESSAGE_INVALID: this provider can't carry it, *p says why; 0: it can. */
	int (*check)(const struct wq_message *m, struct wq_message_problem *p);
	/* The request that sends m.  `opaque` travels with it and comes back with its statuses where the provider can
	 * do that ("": nothing).  0, WQ_ETOOBIG, WQ_ENOMEM (raised). */
	int (*request)(struct wq_arena *a, const struct wq_account *account, const struct wq_message *m,
	               struct wq_str opaque, struct wq_provider_request *out);
	/* Reads what came of it: rc as client.h ends a call. */
	int (*answer)(struct wq_arena *a, int rc, const struct wq_call *call, struct wq_answer *out);
};
extern const struct wq_provider_ops *const wq_providers[WQ_PROVIDERS];
