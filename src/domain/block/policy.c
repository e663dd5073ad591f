/* SPDX-License-Identifier: MIT */
/* policy.c — a comparison with what is usual, and a count. */
#include "domain/block/policy.h"

enum {
	PER_MILLE = 1000,
	USUAL_MIN_SENT = 100,       /* of fewer nothing usual can be told */
	USUAL_PER_MILLE = 50,       /* … then this is */
	ILL_TIMES = 3,
	ILL_LEAST_PER_MILLE = 200,
	ILL_MOST_PER_MILLE = 500,
	FEW = 10,
	PROBABLE_ROW = 2,
	CONFIRMED_ROW = 3,
};

static int64_t per_mille(int64_t part, int64_t whole)
{
	return whole > 0 ? part * PER_MILLE / whole : 0;
}

static int64_t ill_above(const struct wq_block_share *usually)
{
	int64_t usual = usually->sent >= USUAL_MIN_SENT ? per_mille(usually->late, usually->sent)
	                                                : USUAL_PER_MILLE;
	int64_t limit = ILL_TIMES * usual;

	if (limit < ILL_LEAST_PER_MILLE)
		return ILL_LEAST_PER_MILLE;
	return limit < ILL_MOST_PER_MILLE ? limit : ILL_MOST_PER_MILLE;
}

struct wq_block_share wq_block_others(struct wq_block_share share, int64_t own)
{
	if (own > share.late)
		own = share.late;
	if (own > share.sent)
		own = share.sent;
	return (struct wq_block_share){ share.sent - own, share.late - own };
}

enum wq_block_health wq_block_health_of(const struct wq_block_share *share,
                                        const struct wq_block_share *usually)
{
	int64_t limit = share->sent < FEW ? ILL_MOST_PER_MILLE : ill_above(usually);

	if (share->sent <= 0)
		return WQ_BLOCK_UNKNOWN;
	return per_mille(share->late, share->sent) > limit ? WQ_BLOCK_ILL : WQ_BLOCK_NORMAL;
}

static struct wq_block_judged drop(const char *why)
{
	return (struct wq_block_judged){ .what = WQ_BLOCK_DROP, .why = why };
}

static struct wq_block_judged late(const char *why)
{
	return (struct wq_block_judged){ .what = WQ_BLOCK_LATE, .why = why };
}

/* Not for ever: what could not be judged for so long is evidence of nothing. */
static struct wq_block_judged hold(const struct wq_block_facts *f, const char *why)
{
	if (f->now_ms - f->ahead_ms - f->row->sent_ms > WQ_BLOCK_HOLD_MAX_MS)
		return late(why);
	return (struct wq_block_judged){ .what = WQ_BLOCK_HOLD,
		                         .again_ms = WQ_BLOCK_SWEEP_MS,
		                         .why = why };
}

static enum wq_block_health health_then(const struct wq_block_facts *f)
{
	struct wq_block_share others = wq_block_others(f->row->day, f->row->own - f->row->before);

	if (others.sent < FEW)
		others = wq_block_others(f->row->near, f->row->own);
	return wq_block_health_of(&others, &f->usually);
}

static enum wq_block_health health_now(const struct wq_block_facts *f)
{
	/* Those in a row are older than what is looked at. */
	struct wq_block_share others = wq_block_others(f->now, f->row->own - f->row->before - 1);

	return wq_block_health_of(&others, &f->usually);
}

static struct wq_block_judged count(const struct wq_block_facts *f)
{
	int64_t row = f->row->before + 1;

	return (struct wq_block_judged){
		.what = WQ_BLOCK_COUNT,
		.row = row,
		.state = row >= CONFIRMED_ROW  ? WQ_BLOCK_CONFIRMED
		         : row >= PROBABLE_ROW ? WQ_BLOCK_PROBABLE
		                               : WQ_BLOCK_WATCHED,
	};
}

struct wq_block_judged wq_block_judge(const struct wq_block_facts *f)
{
	const struct wq_block_row *r = f->row;
	int64_t age = f->now_ms - f->ahead_ms - r->sent_ms;
	enum wq_block_health then = health_then(f);

	if (!wq_str_is(r->state, "sent"))
		return drop("it is not `sent` any more");
	if (r->kind.n)
		return drop("no delivery is told of its kind");
	if (age < WQ_BLOCK_AFTER_MS && f->ahead_ms > 0)
		return (struct wq_block_judged){ .what = WQ_BLOCK_WAIT,
			                         .again_ms = WQ_BLOCK_AFTER_MS - age,
			                         .why = "the clock was set forward" };
	if (!r->contact.n)
		return late("it was to nobody whom we know");
	if (r->lived_ms >= r->sent_ms)
		return late("the contact was seen since");
	if (then == WQ_BLOCK_ILL)
		return late("the account did not deliver well then");
	if (then == WQ_BLOCK_UNKNOWN)
		return hold(f, "nothing else was sent then, to compare with");
	if (health_now(f) == WQ_BLOCK_ILL)
		return hold(f, "the account does not deliver well now");
	return count(f);
}

int wq_block_percent(enum wq_block_state state)
{
	static const int percent[WQ_BLOCK_STATES] = { [WQ_BLOCK_PROBABLE] = WQ_BLOCK_PROBABLE_PERCENT,
		                                      [WQ_BLOCK_CONFIRMED] = WQ_BLOCK_CONFIRMED_PERCENT };

	return percent[state];
}
