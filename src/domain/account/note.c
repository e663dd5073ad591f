/* SPDX-License-Identifier: MIT */
/* note.c — a table of what Meta says; the accounts it is about; one put after the other. */
#include "domain/account/note.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"

static const struct {
	const char *told, *tier;
} tiers[] = {
	{ "50", "TIER_50" },
	{ "250", "TIER_250" },
	{ "1000", "TIER_1K" },
	{ "2000", "TIER_2K" },
	{ "10000", "TIER_10K" },
	{ "100000", "TIER_100K" },
	{ "-1", "TIER_UNLIMITED" },
};

static const char *tier_of(struct wq_str limit)
{
	for (size_t i = 0; i < WQ_COUNT(tiers); i++)
		if (wq_str_is(limit, tiers[i].told) || wq_str_is(limit, tiers[i].tier))
			return tiers[i].tier;
	return NULL;
}

static const struct {
	const char *event, *now; /* now NULL: whatever */
	struct wq_account_facts facts;
} events[] = {
	{ "FLAGGED", NULL, { .quality = "RED" } },
	{ "UNFLAGGED", NULL, { .quality = "GREEN" } },
	{ "THROUGHPUT_UPGRADE", NULL, { .throughput = "HIGH" } },
	{ "DISABLED_UPDATE", "DISABLE",
	  { .state = "SUSPENDED", .why = "Meta has disabled the WhatsApp Business account", .portfolio = true } },
	{ "DISABLED_UPDATE", "REINSTATE", { .state = "ACTIVE", .why = "", .portfolio = true } },
	{ "ACCOUNT_DELETED", NULL,
	  { .state = "SUSPENDED", .why = "the WhatsApp Business account was deleted", .portfolio = true } },
	{ "PARTNER_REMOVED", NULL,
	  { .state = "SUSPENDED", .why = "the WhatsApp Business account is shared with us no more",
	    .portfolio = true } },
	{ "ACCOUNT_OFFBOARDED", NULL,
	  { .state = "SUSPENDED", .why = "the WhatsApp Business account has left the Cloud API", .portfolio = true } },
	{ "ACCOUNT_RECONNECTED", NULL, { .state = "ACTIVE", .why = "", .portfolio = true } },
};

bool wq_account_facts_of(struct wq_account_facts *f, const struct wq_inbound *u)
{
	*f = (struct wq_account_facts){ 0 };
	if (u->kind != WQ_INBOUND_QUALITY && u->kind != WQ_INBOUND_ACCOUNT)
		return false;
	for (size_t i = 0; i < WQ_COUNT(events); i++)
		if (wq_str_is(u->event.event, events[i].event) &&
		    (!events[i].now || wq_str_is(u->event.now, events[i].now)))
			*f = events[i].facts;
	if (u->kind == WQ_INBOUND_QUALITY) {
		f->tier = tier_of(u->event.limit);
		/* The limit is the portfolio's, even where a number is named. */
		f->portfolio |= f->tier && !f->quality && !f->throughput;
	}
	return f->quality || f->tier || f->throughput || f->state;
}

static struct wq_str digits_of(struct wq_str display, char out[24])
{
	size_t n = 0;

	for (size_t i = 0; i < display.n && n < 23; i++)
		if (display.p[i] >= '0' && display.p[i] <= '9')
			out[n++] = display.p[i];
	return wq_strn(out, n);
}

static bool is_meant(const struct wq_account_note *n, const struct wq_account *a,
                     const struct wq_inbound *u)
{
	char own[24], told[24];
	struct wq_str digits = digits_of(u->number_display, told);

	if (a->provider != u->provider)
		return false;
	if (n->facts.portfolio)
		return a->portfolio.n > 0 && wq_str_eq(a->portfolio, u->business);
	if (u->number.n > 0)
		return wq_str_eq(a->number, u->number);
	return digits.n > 0 && wq_str_eq(digits_of(a->display, own), digits);
}

static void step(struct wq_account_note *n);

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_account_note *n = WQ_OWNER(cmd, struct wq_account_note, cmd);
	struct wq_str other;

	if (rc == 0)
		n->written += wq_account_put_answer(cmd, &other) > 0;
	else if (n->rc == 0)
		n->rc = rc;
	n->at++;
	step(n);
}

static int put(struct wq_account_note *n)
{
	const struct wq_account_facts *f = &n->facts;
	struct wq_account_put p = { .id = wq_str(n->ids[n->at]),
		                    .rev = -1,
		                    .now_ms = wq_loop_wall_ms(n->loop) };

	if (f->quality)
		wq_account_put_field(&p, "quality", wq_str(f->quality));
	if (f->tier)
		wq_account_put_field(&p, "tier", wq_str(f->tier));
	if (f->throughput)
		wq_account_put_field(&p, "throughput", wq_str(f->throughput));
	if (f->state) {
		wq_account_put_field(&p, "state", wq_str(f->state));
		wq_account_put_field(&p, "why", wq_str(f->why));
	}
	return wq_account_put_start(n->keys, &n->cmd, &p, on_put);
}

static void step(struct wq_account_note *n)
{
	int rc = n->at < n->n && n->rc == 0 ? put(n) : 1;

	if (rc == 0)
		return;
	if (rc < 0)
		n->rc = rc;
	n->cb(n); /* n may be gone: nothing may follow this line */
}

static void on_post(struct wq_post *p)
{
	step(WQ_OWNER(p, struct wq_account_note, post));
}

void wq_account_note_event(struct wq_account_note *n, const struct wq_accounts *accounts,
                           const struct wq_account_keys *keys, struct wq_loop *loop,
                           const struct wq_inbound *u, void (*cb)(struct wq_account_note *n))
{
	const struct wq_account *a;
	const void *at = NULL;

	*n = (struct wq_account_note){ .keys = keys, .loop = loop, .cb = cb };
	if (wq_account_facts_of(&n->facts, u))
		while (n->n < WQ_ACCOUNT_NOTES_MAX && (a = wq_accounts_next(accounts, &at)))
			if (a->id.n <= WQ_ACCOUNT_ID_MAX_BYTES && is_meant(n, a, u))
				memcpy(n->ids[n->n++], a->id.p, a->id.n);
	wq_post_init(&n->post, loop, on_post);
	wq_post_send(&n->post);
}
