/* SPDX-License-Identifier: MIT */
/* limits.c — official figures, and nine tenths of them: a limit that is just reached is already an error. */
#include "base/assert.h"
#include "domain/account/account.h"

enum {
	PERCENT = 90,
	PER_SECOND = 1000 * PERCENT / 100, /* thousandths that one message a second comes to */
	PER_MINUTE = PER_SECOND / 60,
	PAIR_MS = 6000 * 100 / PERCENT,
	PAIR_BURST = 45 * PERCENT / 100,
};

/* clang-format off: read by column */
static const struct {
	const char *word;
	uint32_t per_second;
} throughputs[] = {
	{ "STANDARD",      80 },
	{ "HIGH",        1000 },
	{ "COEXISTENCE",   20 },
};
static const struct {
	const char *word;
	uint32_t people; /* 0: no bound */
} tiers[] = {
	{ "TIER_50",            50 },
	{ "TIER_250",          250 },
	{ "TIER_1K",          1000 },
	{ "TIER_2K",          2000 },
	{ "TIER_10K",        10000 },
	{ "TIER_100K",      100000 },
	{ "TIER_UNLIMITED",      0 },
};
/* Of numbers that are linked by a QR code, for which nothing is official: 80 a minute is what people run with. */
static const struct {
	const char *word;
	struct wq_account_limits limits;
} profiles[] = {
	{ "steady",  { .number_per_s_milli = 80 * PER_MINUTE, .number_burst = 5, .pair_interval_ms = PAIR_MS,
	               .pair_burst = PAIR_BURST, .per_hour = 900, .per_day = 9000, .jitter_ms = 1500 } },
	{ "warm-up", { .number_per_s_milli = 80 * PER_MINUTE, .number_burst = 5, .pair_interval_ms = PAIR_MS,
	               .pair_burst = PAIR_BURST, .people_per_day = 900, .per_hour = 900, .per_day = 9000,
	               .jitter_ms = 1500, .warmup_days = 14 } },
	{ "gentle",  { .number_per_s_milli = 20 * PER_MINUTE, .number_burst = 1, .pair_interval_ms = PAIR_MS,
	               .pair_burst = 5, .people_per_day = 45, .per_hour = 90, .per_day = 450, .jitter_ms = 8000 } },
	{ "off",     { .number_per_s_milli = 80 * PER_MINUTE, .number_burst = 20, .pair_interval_ms = PAIR_MS,
	               .pair_burst = PAIR_BURST } },
};
/* clang-format on */

/* In no second more than the official figure: the bucket holds what nine tenths leave of it. */
static void set_rate(struct wq_account_limits *l, uint32_t per_second)
{
	l->number_per_s_milli = per_second * PER_SECOND;
	l->number_burst = per_second * (100 - PERCENT) / 100;
}

void wq_account_limits_rate(struct wq_account_limits *l, uint32_t per_s_milli)
{
	uint32_t burst = per_s_milli / 9000; /* of nine tenths the tenth that is left */

	l->number_per_s_milli = per_s_milli;
	l->number_burst = burst ? burst : 1;
}

void wq_account_limits_default(struct wq_account_limits *l, enum wq_provider p)
{
	if (p == WQ_PROVIDER_EVOLUTION) {
		*l = profiles[0].limits;
		return;
	}
	*l = (struct wq_account_limits){ .pair_interval_ms = PAIR_MS, .pair_burst = PAIR_BURST };
	set_rate(l, throughputs[0].per_second);
}

void wq_account_limits_of(struct wq_account_limits *l, enum wq_provider p, struct wq_str throughput,
                          struct wq_str tier, struct wq_str profile)
{
	wq_account_limits_default(l, p);
	for (size_t i = 0; i < WQ_COUNT(profiles); i++)
		if (p == WQ_PROVIDER_EVOLUTION && wq_str_is(profile, profiles[i].word))
			*l = profiles[i].limits;
	for (size_t i = 0; i < WQ_COUNT(throughputs); i++)
		if (p != WQ_PROVIDER_EVOLUTION && wq_str_is(throughput, throughputs[i].word))
			set_rate(l, throughputs[i].per_second);
	for (size_t i = 0; i < WQ_COUNT(tiers); i++)
		if (p != WQ_PROVIDER_EVOLUTION && wq_str_is(tier, tiers[i].word))
			l->people_per_day = tiers[i].people * PERCENT / 100;
}
