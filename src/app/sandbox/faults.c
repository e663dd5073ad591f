/* SPDX-License-Identifier: MIT */
/* faults.c — chances come from streams of their own, so that one more webhook does not change the fate of a send. */
#include "app/sandbox/faults.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict.h"

static const char *const kinds[WQ_FAULT_KINDS] = {
	[WQ_FAULT_NONE] = "none",
	[WQ_FAULT_ERROR] = "error",
	[WQ_FAULT_RESET_BEFORE] = "reset_before",
	[WQ_FAULT_RESET_AFTER] = "reset_after",
	[WQ_FAULT_CLOSE] = "close",
	[WQ_FAULT_HANG] = "hang",
	[WQ_FAULT_HANG_THEN_ACCEPT] = "hang_then_accept",
	[WQ_FAULT_ACCEPT_THEN_5XX] = "accept_then_5xx",
	[WQ_FAULT_ANSWER_THEN_CLOSE] = "answer_then_close",
	[WQ_FAULT_STATUS_FAILED] = "status_failed",
	[WQ_FAULT_STATUS_LOST] = "status_lost",
};

/* What a share of failing sends is made of, by provider; Evolution has no codes but ours (verdict.h). */
enum { CHANCE_CODES = 4 };
static const int chance_codes[WQ_PROVIDERS][CHANCE_CODES] = {
	[WQ_PROVIDER_CLOUD] = { 131000, 2, 130429, 131016 },
	[WQ_PROVIDER_EVOLUTION] = { WQ_EVOLUTION_CRASH, WQ_EVOLUTION_BROKEN, WQ_EVOLUTION_CLOSED,
	                            WQ_EVOLUTION_CRASH },
	[WQ_PROVIDER_TWILIO] = { 20500, 20429, 20500, 20500 },
};

bool wq_fault_kind_from(struct wq_str name, enum wq_fault_kind *out)
{
	for (int k = WQ_FAULT_NONE + 1; k < WQ_FAULT_KINDS; k++) {
		if (wq_str_is(name, kinds[k])) {
			*out = (enum wq_fault_kind)k;
			return true;
		}
	}
	return false;
}

const char *wq_fault_kind_name(enum wq_fault_kind kind)
{
	return kinds[kind];
}

bool wq_fault_accepts(enum wq_fault_kind kind)
{
	switch (kind) {
	case WQ_FAULT_NONE:
	case WQ_FAULT_RESET_AFTER:
	case WQ_FAULT_HANG_THEN_ACCEPT:
	case WQ_FAULT_ACCEPT_THEN_5XX:
	case WQ_FAULT_ANSWER_THEN_CLOSE:
	case WQ_FAULT_STATUS_FAILED:
	case WQ_FAULT_STATUS_LOST:
		return true;
	default:
		return false;
	}
}

void wq_faults_init(struct wq_faults *f, uint64_t seed, const struct wq_faults_opts *o)
{
	struct wq_rng seeds;

	*f = (struct wq_faults){ .opts = *o };
	wq_rng_init(&seeds, seed);
	wq_rng_init(&f->sends, wq_rng_next(&seeds));
	wq_rng_init(&f->webhooks, wq_rng_next(&seeds));
	wq_rng_init(&f->replies, wq_rng_next(&seeds));
	wq_rng_init(&f->shares, wq_rng_next(&seeds));
	wq_rng_init(&f->latencies, wq_rng_next(&seeds));
	wq_rng_init(&f->losses, wq_rng_next(&seeds));
	wq_list_init(&f->orders);
}

void wq_faults_fini(struct wq_faults *f)
{
	if (f->orders.next)
		wq_faults_clear(f);
}

static void drop(struct wq_faults *f, struct wq_fault_order *o)
{
	wq_list_remove(&o->link);
	wq_free(o);
	f->orders_n--;
}

/* The oldest order that has nothing left to do makes room. */
static void drop_one_done(struct wq_faults *f)
{
	for (struct wq_list *l = f->orders.next; l != &f->orders; l = l->next) {
		struct wq_fault_order *o = WQ_OWNER(l, struct wq_fault_order, link);

		if (o->times && o->done >= o->times) {
			drop(f, o);
			return;
		}
	}
}

int64_t wq_faults_add(struct wq_faults *f, const struct wq_fault_order *o)
{
	struct wq_fault_order *copy;

	if (f->orders_n >= WQ_SANDBOX_ORDERS_MAX)
		drop_one_done(f);
	if (f->orders_n >= WQ_SANDBOX_ORDERS_MAX)
		return WQ_EFULL;
	copy = wq_alloc(sizeof(*copy));
	if (!copy)
		return WQ_RAISE(WQ_ENOMEM);
	*copy = *o;
	copy->id = ++f->last_id;
	copy->then.order = copy->id;
	copy->seen = copy->done = 0;
	wq_list_push(&f->orders, &copy->link);
	f->orders_n++;
	return (int64_t)copy->id;
}

void wq_faults_clear(struct wq_faults *f)
{
	while (!wq_list_empty(&f->orders))
		drop(f, WQ_OWNER(f->orders.next, struct wq_fault_order, link));
}

static bool by_chance(struct wq_rng *r, uint32_t ppm)
{
	return wq_rng_below(r, WQ_PPM) < ppm;
}

static bool fits(const char *want, struct wq_str got)
{
	return !want[0] || wq_str_is(got, want);
}

static bool concerns(const struct wq_fault_order *o, const struct wq_fault_asked *a)
{
	return (o->provider < 0 || o->provider == a->provider) && fits(o->number, a->number) &&
	       fits(o->to, a->to) && fits(o->type, a->type);
}

uint32_t wq_faults_latency(struct wq_faults *f)
{
	uint32_t low = f->opts.latency_ms, high = f->opts.latency_max_ms;

	if (high <= low)
		return low;
	return low + (uint32_t)wq_rng_below(&f->latencies, (uint64_t)high - low + 1);
}

/* Whether it strikes the send that it has just seen. */
static bool strikes(struct wq_faults *f, struct wq_fault_order *o)
{
	if ((o->times && o->done >= o->times) || o->seen < o->nth)
		return false;
	if (o->share_ppm < WQ_PPM && !by_chance(&f->shares, o->share_ppm))
		return false;
	o->done++;
	return true;
}

static struct wq_fault chance(struct wq_faults *f, int provider)
{
	struct wq_fault out = { .latency_ms = wq_faults_latency(f) };
	bool fail = by_chance(&f->sends, f->opts.fail_ppm);
	uint64_t which = wq_rng_below(&f->sends, CHANCE_CODES);

	if (fail) {
		out.kind = WQ_FAULT_ERROR;
		out.code = chance_codes[provider][which];
	}
	return out;
}

struct wq_fault wq_faults_send(struct wq_faults *f, const struct wq_fault_asked *a)
{
	struct wq_fault out = chance(f, a->provider);
	uint32_t usual_ms = out.latency_ms;

	for (struct wq_list *l = f->orders.next; l != &f->orders; l = l->next) {
		struct wq_fault_order *o = WQ_OWNER(l, struct wq_fault_order, link);

		if (!concerns(o, a))
			continue;
		o->seen++;
		if (out.order || !strikes(f, o))
			continue;
		out = o->then;
		out.latency_ms = o->latency_ms < 0 ? usual_ms : (uint32_t)o->latency_ms;
	}
	return out;
}

struct wq_webhook_fault wq_faults_webhook(struct wq_faults *f, bool status)
{
	struct wq_webhook_fault out;

	out.dup = by_chance(&f->webhooks, f->opts.dup_ppm);
	out.reorder = by_chance(&f->webhooks, f->opts.reorder_ppm);
	out.lose = status && by_chance(&f->losses, f->opts.lose_ppm);
	return out;
}

bool wq_faults_reply(struct wq_faults *f)
{
	return by_chance(&f->replies, f->opts.reply_ppm);
}
