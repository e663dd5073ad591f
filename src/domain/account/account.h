/* SPDX-License-Identifier: MIT */
#pragma once
/* account.h — one number that messages are sent from, at one provider, of one business.
 *
 * Spec         what people set, as JSON (wq_account_members); credentials are apart from it (wq_account_credentials),
 *              are sealed (io/tls/seal.h) as long as they rest, and in the clear only in a struct wq_account.
 *   cloud      phone_number_id, waba_id?, portfolio_id?, throughput?, media_links?; access_token, app_secret?
 *   evolution  instance, base_url, profile?; api_key
 *   twilio     account_sid, number | messaging_service_sid, api_key_sid?, status_url?; auth_token
 *   any        name, description?, base_url?, tier?, limits?, quiet?, hours?, window?, keywords?
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "domain/account/quiet.h"
#include "domain/inbound/inbound.h"
#include "domain/message/files.h"
#include "domain/receive/keyword.h"
#include "domain/window/rules.h"

enum wq_account_state { WQ_ACCOUNT_ACTIVE, WQ_ACCOUNT_SUSPENDED, WQ_ACCOUNT_PENDING, WQ_ACCOUNT_STATES };
/* "ACTIVE", … */
extern const char *const wq_account_state_names[WQ_ACCOUNT_STATES];
/* The best that it is: an only account is both primary and default. */
enum wq_account_rank { WQ_ACCOUNT_PRIMARY, WQ_ACCOUNT_DEFAULT, WQ_ACCOUNT_SECONDARY, WQ_ACCOUNT_RANKS };
extern const char *const wq_account_rank_names[WQ_ACCOUNT_RANKS];

/* What one account may send (OUT-6); 0: no bound. */
struct wq_account_limits {
	uint32_t number_per_s_milli; /* messages a second, in thousandths: 72000 is 90 % of 80 a second */
	uint32_t number_burst;       /* messages */
	uint32_t pair_interval_ms;   /* one to a recipient in so long */
	uint32_t pair_burst;         /* that may be owed */
	uint32_t people_per_day;     /* new ones, of the whole portfolio */
	uint32_t per_hour, per_day;  /* caps of pacing profiles (QR-linked numbers) */
	uint32_t jitter_ms;          /* at most so much is added between two */
	uint32_t warmup_days;        /* caps and people grow to their full height in so many days */
};

struct wq_account {
	struct wq_str id, name, business; /* business.n == 0: of none */
	enum wq_provider provider;
	/* Cloud: phone number id; Evolution: instance; Twilio: "+" and digits, or a MG… service. */
	struct wq_str number;
	struct wq_str display;   /* the number as people read it; p == NULL: not known */
	struct wq_str portfolio; /* WABA id, AccountSid; p == NULL: not known */
	/* The business portfolio, whose new people are counted together; p == NULL: `portfolio` stands for it, and
	 * without that the account alone. */
	struct wq_str pool;
	struct wq_str base_url;  /* without a slash at its end: "https://graph.facebook.com/v23.0" */
	struct wq_str user;      /* Twilio: AccountSid or key; p == NULL: none */
	struct wq_str secret;    /* token, apikey, auth token: WQ_SECRET in logs */
	struct wq_str app_secret; /* Cloud: of the app that its webhooks come from; p == NULL: not known */
	struct wq_str status_url; /* Twilio: where statuses are posted to; p == NULL: none */
	/* Evolution: buttons and lists as such; false: as numbered text, which all apps show. */
	bool native_buttons;
	enum wq_links links;     /* Cloud: what is done with addresses of files; UNSAID: the process's way */
	enum wq_account_state state;
	struct wq_str why;       /* of a state that is not ACTIVE, for people; may be empty */
	enum wq_account_rank rank;
	struct wq_str quality, tier; /* GREEN, …; TIER_2K, …; p == NULL: not known */
	bool guarded;            /* a business set its address: only public ones may be called (client.h) */
	struct wq_account_limits limits;
	struct wq_quiet quiet;
	yyjson_val *hours;       /* as domain/window/hours.h reads them; NULL: always */
	struct wq_window_rules window;
	struct wq_keywords keywords; /* by which people want nothing more, or do again */
	uint64_t version; /* of a directory: the same number, the same contents; 0: not of one */
};

/* What it takes to read accounts, of the process; borrowed. */
struct wq_seal_ring;
struct wq_account_ways {
	const struct wq_seal_ring *ring;    /* NULL: no key */
	struct wq_str graph_url, twilio_url; /* of accounts that name none; p == NULL: the official ones */
};

/* Free text goes at any time. */
bool wq_account_windowless(const struct wq_account *a);

/* OUT-6's defaults of a provider: 90 % of the official figures. */
void wq_account_limits_default(struct wq_account_limits *l, enum wq_provider p);
/* The same for what is known: throughput ("STANDARD", "HIGH", "COEXISTENCE"), tier ("TIER_2K"), profile ("steady",
 * "warm-up", "gentle", "off"); p == NULL: not known.  A word that means nothing changes nothing. */
void wq_account_limits_of(struct wq_account_limits *l, enum wq_provider p, struct wq_str throughput,
                          struct wq_str tier, struct wq_str profile);

/* Another rate, and the bucket that belongs to it. */
void wq_account_limits_rate(struct wq_account_limits *l, uint32_t per_s_milli);

/* False: there is no such provider. */
bool wq_account_provider_from(struct wq_str name, enum wq_provider *out);
bool wq_account_state_from(struct wq_str name, enum wq_account_state *out);

/* Names of what may be set by people; both end with NULL. */
extern const char *const wq_account_members[];
extern const char *const wq_account_credentials[];

/* What is wrong with an account, for the person who wrote it. */
struct wq_account_problem {
	char field[48]; /* "phone_number_id", "limits.per_second" */
	char what[160]; /* a sentence without the field: "is missing: …" */
};
enum { WQ_ACCOUNT_INVALID = 1 };

/* Reads a spec; strings made here live in `a`, all others in the spec's document.  `tier` and `throughput` are those
 * that the provider told (p == NULL: none), unless the spec names its own.  id, business, state, rank and credentials
 * stay as they are.  0, WQ_ACCOUNT_INVALID, or raised. */
int wq_account_read(struct wq_account *out, yyjson_val *spec, struct wq_str tier,
                    struct wq_str throughput, const struct wq_account_ways *ways,
                    struct wq_arena *a, struct wq_account_problem *p);
/* Reads credentials into an account whose spec was read. */
int wq_account_read_credentials(struct wq_account *out, yyjson_val *credentials,
                                struct wq_account_problem *p);
/* Which of the credentials the provider signs in with: "access_token". */
const char *wq_account_credential(enum wq_provider p);
/* Overwrites the strings of an object that holds credentials, before its document is freed.  NULL is fine. */
void wq_account_wipe(yyjson_val *credentials);
/* A Graph address with its version; "" is the official one.  p == NULL: no memory, or no URL. */
struct wq_str wq_account_graph_url(struct wq_str given, struct wq_arena *a);
