/* SPDX-License-Identifier: MIT */
#pragma once
/* api.h — what the routes below /api share: the keys that callers show, what they need of the node, how they answer.
 *
 * A route is added by wq_api_route, which closes it to callers who may not:
 *   403  no key is set: the routes are closed; or this one is not for the key's role or business
 *   401  the caller showed none, or another (Authorization: Bearer KEY, X-API-Key: KEY, apikey: KEY)
 * The key of the settings may do everything.  Keys of Redis (domain/business/key.h) have a role, and a business or all.
 * route.access says who may call:
 *   0                 keys of all businesses: to look from viewer on, to change from manager on
 *   WQ_API_FROM(r)    from that role on, keys of one business too: the handler shows them what is theirs alone, by
 *                     wq_api_sees, and answers 404 for all else
 * Lists answer {"data": […], "next_cursor": "…" or null}; errors are problem+json with a code.
 * Its query, body and answer are shapes (app/shape.h, api/shapes.h), told by /openapi.json.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/hmac.h"
#include "base/json.h"
#include "domain/business/keyring.h"
#include "io/client/client.h"
#include "io/loop/loop.h"
#include "io/redis/redis.h"
#include "io/server/exchange.h"
#include "io/server/server.h"

struct wq_accounts;
struct wq_accounts_part;
struct wq_runs;
struct wq_seal_ring;
struct wq_producer;
struct wq_rates;
struct wq_subs_part;
struct wq_webhook_logs;

struct wq_api {
	struct wq_loop *loop;     /* borrowed, as all that follows */
	struct wq_redis *redis;
	struct wq_server *server;
	struct wq_client *client;
	const struct wq_seal_ring *seals;
	struct wq_accounts_part *accounts_part;
	struct wq_producer *producer;
	const char *prefix;       /* of queues */
	struct wq_subs_part *subs;
	struct wq_accounts *accounts;
	int64_t message_keep_s;
	const struct wq_rates *rates; /* NULL: the built-in ones */
	unsigned listeners;       /* of /api/events */
	unsigned media_calls;     /* files that the Graph façade passes on */
	struct wq_runs *dead_runs; /* owned; NULL: its routes are not there */
	struct wq_webhook_logs *webhook_logs; /* owned; NULL: as above */
	struct wq_keyring *keyring; /* owned; NULL: the settings' key is the only one */
	/* private */
	bool open; /* there is a key */
	unsigned char key_sum[WQ_SHA256_BYTES];
};

/* `key` NULL or "": closed.  The other members are set by the caller.  0 or a raised error. */
int wq_api_set_key(struct wq_api *a, const char *key);
/* route.ctx becomes the api; 0 or a raised error. */
int wq_api_route(struct wq_api *a, struct wq_route route);

#define WQ_API_FROM(role) (1 + (unsigned)(role))

/* Who calls; for handlers of routes that were added here. */
const struct wq_caller *wq_api_caller(const struct wq_exchange *x);
/* Whether what is of that business is the caller's to see. */
bool wq_api_sees(const struct wq_exchange *x, struct wq_str business);
/* Closes the keyring.  Twice is fine. */
void wq_api_fini(struct wq_api *a);

/* True: the caller may call this route.  Otherwise the exchange is answered. */
bool wq_api_allows(struct wq_api *a, struct wq_exchange *x);

/* Answers for a Redis that could not do it: `error` is what it said, or "". */
void wq_api_reply_redis(struct wq_exchange *x, int rc, const char *error);
/* Answers with what was written to `w`; `w->out` is emptied. */
void wq_api_reply(struct wq_exchange *x, int status, struct wq_jsonw *w);
/* A list: between both stand its rows.  `body` is set up; `next` NULL or "": this page is the last. */
void wq_api_list_begin(struct wq_jsonw *w, struct wq_buf *body);
void wq_api_list_end(struct wq_jsonw *w, const char *next);

/* Query parameters.  False: the exchange is answered (400). */
bool wq_api_query_count(struct wq_exchange *x, const char *name, uint64_t min, uint64_t max,
                        uint64_t *value);
bool wq_api_query_flag(struct wq_exchange *x, const char *name, bool *value);
/* The body as a JSON object; *doc NULL: the body is empty.  The caller frees it.  False: answered. */
bool wq_api_body(struct wq_exchange *x, yyjson_doc **doc);
/* A whole number of the body, `otherwise` when missing.  False: answered. */
bool wq_api_count(struct wq_exchange *x, yyjson_val *body, const char *name, int64_t max,
                  int64_t *value);
bool wq_api_flag(struct wq_exchange *x, yyjson_val *body, const char *name, bool *value);
/* False, and answered, when the body has a member that is none of `names` (ends with NULL). */
bool wq_api_members(struct wq_exchange *x, yyjson_val *body, const char *const *names);
