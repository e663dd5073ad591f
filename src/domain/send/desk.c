/* SPDX-License-Identifier: MIT */
/* desk.c — made when an account first sends. */
#include "domain/send/desk.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"

enum { TRIP = 5, PAUSE_MIN_MS = 1000, PAUSE_MAX_MS = 30000 };

int64_t wq_desk_now_ms(const struct wq_desk *d)
{
	return d->rules.own_clock ? wq_loop_wall_ms(d->loop) : 0;
}

/* Quiet hours may end when business hours have, and the other way round. */
int64_t wq_desk_open_ms(const struct wq_desk *d, const struct wq_zone *own)
{
	enum { TURNS = 16, DAY_MS = 86400000 };
	int64_t at = wq_loop_wall_ms(d->loop);

	for (int i = 0; i < TURNS; i++) {
		int64_t quiet = d->quiet_zone
		                        ? wq_quiet_end_ms(&d->quiet, own ? own : d->quiet_zone, at)
		                        : 0;
		int64_t from = quiet > at ? quiet : at;
		int64_t open = d->hours_zone ? wq_hours_next_ms(&d->hours,
		                                                own ? own : d->hours_zone, from)
		                             : from;

		if (open == at)
			return at;
		at = open == INT64_MAX ? from + DAY_MS : open;
	}
	return at;
}

static struct wq_rider *nth(void *call, size_t i)
{
	return wq_convoy_rider(call, i);
}

static void write_claim(void *call, size_t i, struct wq_send_claim *out)
{
	*out = WQ_OWNER(nth(call, i), struct wq_claim_rider, rider)->claim;
}

static int start_claims(struct wq_convoy *c, struct wq_convoy_call *call, size_t n,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_desk *d = WQ_OWNER(c, struct wq_desk, claims);
	d->rules.quiet_until_ms = wq_desk_open_ms(d, NULL);
	return wq_send_claim_start(&d->keys, &call->cmd, &d->rules, wq_desk_now_ms(d), n,
	                           write_claim, call, cb);
}

static void write_settle(void *call, size_t i, struct wq_send_settle *out)
{
	*out = WQ_OWNER(nth(call, i), struct wq_settle_rider, rider)->settle;
}

static int start_settles(struct wq_convoy *c, struct wq_convoy_call *call, size_t n,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_desk *d = WQ_OWNER(c, struct wq_desk, settles);

	return wq_send_settle_start(&d->keys, &call->cmd, &d->rules, wq_desk_now_ms(d), n,
	                            write_settle, call, cb);
}

static void write_status(void *call, size_t i, struct wq_letter_status *out)
{
	*out = WQ_OWNER(nth(call, i), struct wq_status_rider, rider)->status;
}

static int start_statuses(struct wq_convoy *c, struct wq_convoy_call *call, size_t n,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_desk *d = WQ_OWNER(c, struct wq_desk, statuses);

	return wq_letter_status_start(&d->keys, &call->cmd, wq_desk_now_ms(d), n, write_status,
	                              call, cb);
}

struct wq_desk *wq_desk_create(struct wq_loop *l, struct wq_redis *redis,
                               const struct wq_account *a, const struct wq_send_rules *rules)
{
	struct wq_desk *d = wq_zalloc(sizeof(*d));

	if (!d) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	d->loop = l;
	d->rules = *rules;
	wq_convoy_init(&d->claims, l, start_claims);
	wq_convoy_init(&d->settles, l, start_settles);
	wq_convoy_init(&d->statuses, l, start_statuses);
	wq_breaker_init(&d->breaker, TRIP, PAUSE_MIN_MS, PAUSE_MAX_MS);
	snprintf(d->id, sizeof(d->id), "%.*s", WQ_STR_ARG(a->id));
	wq_journal_init(&d->journal, l, &d->settles, d->id);
	if (wq_send_keys_init(&d->keys, redis, a->id) < 0) {
		(void)WQ_RAISE_MSG(WQ_EINVAL, "an account of this id can't have keys");
		wq_desk_destroy(d);
		return NULL;
	}
	if (wq_desk_follow(d, a) < 0) {
		wq_desk_destroy(d);
		return NULL;
	}
	return d;
}

static int follow_limits(struct wq_desk *d, const struct wq_account *a)
{
	const struct wq_account_limits *l = &a->limits;
	struct wq_send_rules *r = &d->rules;

	r->interval_us = l->number_per_s_milli ? 1000000000 / (int64_t)l->number_per_s_milli : 0;
	r->burst = l->number_burst ? l->number_burst : 1;
	r->jitter_ms = l->jitter_ms;
	r->pair_ms = l->pair_interval_ms;
	r->pair_burst = l->pair_burst ? l->pair_burst : 1;
	r->per_hour = l->per_hour;
	r->per_day = l->per_day;
	r->people = l->people_per_day;
	r->people_all = a->provider == WQ_PROVIDER_EVOLUTION; /* it has no templates */
	r->warmup_days = l->warmup_days;
	return wq_people_keys_init(&d->people, d->keys.redis, wq_str(wq_provider_name(a->provider)),
	                           a->pool.n ? a->pool : a->portfolio, a->id);
}

/* A zone that is gone from the system is told, and stops nobody. */
static int follow_quiet(struct wq_desk *d, const struct wq_quiet *q)
{
	struct wq_account_problem p;
	struct wq_zone *zone = NULL;
	int rc = wq_quiet_any(q) ? wq_quiet_open(q, &zone, &p) : 0;

	if (rc < 0)
		return rc;
	if (rc == WQ_ACCOUNT_INVALID)
		wq_warn("quiet_hours_unknown", WQ_S("account", d->id), WQ_SL("zone", q->zone));
	wq_zone_destroy(d->quiet_zone);
	d->quiet_zone = zone;
	d->quiet = *q;
	d->quiet.zone = wq_str("");
	return 0;
}

/* As above. */
static int follow_hours(struct wq_desk *d, yyjson_val *spec)
{
	struct wq_hours_problem p;
	struct wq_zone *zone = NULL;
	int rc = wq_hours_read(&d->hours, spec, &p);

	if (rc == 0 && d->hours.any)
		rc = wq_zone_open(&zone, NULL, d->hours.zone);
	if (rc == WQ_ENOMEM)
		return rc;
	if (rc != 0)
		wq_warn("business_hours_unknown", WQ_S("account", d->id));
	d->hours.zone = wq_str("");
	d->rules.people_zones = zone && d->hours.people;
	wq_zone_destroy(d->hours_zone);
	d->hours_zone = zone;
	return 0;
}

static int follow_window(struct wq_desk *d, const struct wq_account *a)
{
	struct wq_buf text;
	struct wq_jsonw w;
	char *fallback = NULL;
	int rc = 0;

	wq_buf_init(&text, WQ_ACCOUNT_SPEC_MAX_BYTES);
	if (a->window.template) {
		wq_jsonw_begin(&w, &text);
		wq_jsonw_value(&w, a->window.template);
		rc = wq_jsonw_end(&w);
		fallback = rc == 0 ? wq_strndup(text.p, text.n) : NULL;
		if (!fallback)
			rc = WQ_ENOMEM;
	}
	wq_buf_fini(&text);
	if (rc < 0)
		return rc;
	wq_free(d->fallback);
	d->fallback = fallback;
	d->when_closed = a->window.when_closed;
	d->windowless = wq_account_windowless(a);
	d->rules.extends = a->window.own_messages;
	return 0;
}

static int follow_secret(struct wq_desk *d, struct wq_str secret)
{
	unsigned char sum[WQ_SHA256_BYTES];
	struct wq_hmac_key *key;
	int rc = wq_sha256(secret, sum);

	if (rc < 0 || (d->opaque && memcmp(sum, d->secret_sum, sizeof(sum)) == 0))
		return rc;
	key = wq_hmac_key_create(secret);
	if (!key)
		return WQ_ENOMEM;
	wq_hmac_key_destroy(d->opaque);
	d->opaque = key;
	memcpy(d->secret_sum, sum, sizeof(sum));
	wq_hex_encode(sum, (sizeof(d->rules.credential) - 1) / 2, d->rules.credential);
	d->rules.credential[sizeof(d->rules.credential) - 1] = '\0';
	return 0;
}

int wq_desk_follow(struct wq_desk *d, const struct wq_account *a)
{
	int rc;

	if (a->version && a->version == d->version)
		return 0;
	rc = follow_quiet(d, &a->quiet);
	if (rc == 0)
		rc = follow_hours(d, a->hours);
	if (rc == 0)
		rc = follow_window(d, a);
	if (rc == 0)
		rc = follow_limits(d, a);
	if (rc == 0)
		rc = follow_secret(d, a->secret);
	if (rc == 0)
		d->version = a->version;
	return rc;
}

void wq_desk_destroy(struct wq_desk *d)
{
	if (!d)
		return;
	wq_journal_fini(&d->journal);
	wq_convoy_fini(&d->claims);
	wq_convoy_fini(&d->settles);
	wq_convoy_fini(&d->statuses);
	wq_hmac_key_destroy(d->opaque);
	wq_zone_destroy(d->quiet_zone);
	wq_zone_destroy(d->hours_zone);
	wq_free(d->fallback);
	wq_free(d);
}
