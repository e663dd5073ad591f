/* SPDX-License-Identifier: MIT */
/* note.c — tables of what Meta says; the accounts it is about; one after the other. */
#include "domain/account/note.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
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

/* clang-format off: read by column */
static const struct {
	const char *field, *event, *now; /* NULL: whatever */
	struct wq_account_facts facts;
} events[] = {
	{ NULL, "FLAGGED", NULL, { .quality = "RED" } },
	{ NULL, "UNFLAGGED", NULL, { .quality = "GREEN" } },
	{ NULL, "THROUGHPUT_UPGRADE", NULL, { .throughput = "HIGH" } },
	{ NULL, "DISABLED_UPDATE", "DISABLE",
	  { .state = "SUSPENDED", .why = "Meta has disabled the WhatsApp Business account", .portfolio = true } },
	{ NULL, "DISABLED_UPDATE", "REINSTATE", { .state = "ACTIVE", .why = "", .portfolio = true } },
	{ NULL, "ACCOUNT_DELETED", NULL,
	  { .state = "SUSPENDED", .why = "the WhatsApp Business account was deleted", .portfolio = true } },
	{ NULL, "PARTNER_REMOVED", NULL,
	  { .state = "SUSPENDED", .why = "the WhatsApp Business account is shared with us no more",
	    .portfolio = true } },
	{ NULL, "ACCOUNT_OFFBOARDED", NULL,
	  { .state = "SUSPENDED", .why = "the WhatsApp Business account has left the Cloud API",
	    .portfolio = true } },
	{ NULL, "ACCOUNT_RECONNECTED", NULL, { .state = "ACTIVE", .why = "", .portfolio = true } },
	{ "account_review_update", "REJECTED", NULL,
	  { .state = "SUSPENDED", .why = "Meta has rejected the WhatsApp Business account", .portfolio = true } },
	{ "account_review_update", "APPROVED", NULL, { .state = "ACTIVE", .why = "", .portfolio = true } },
};

/* Of templates: what their status means for sending them. */
static const struct {
	const char *event, *reason; /* NULL: whatever */
	enum wq_send_effect effect;
	int64_t ms; /* 0: until its next status */
} statuses[] = {
	{ "PAUSED", "FIRST_PAUSE", WQ_EFFECT_STOP, 3 * 3600000 },
	{ "PAUSED", "SECOND_PAUSE", WQ_EFFECT_STOP, 6 * 3600000 },
	{ "PAUSED", NULL, WQ_EFFECT_STOP, 0 },
	{ "DISABLED", NULL, WQ_EFFECT_STOP, 0 },
	{ "REJECTED", NULL, WQ_EFFECT_STOP, 0 },
	{ "DELETED", NULL, WQ_EFFECT_STOP, 0 },
	{ "PENDING_DELETION", NULL, WQ_EFFECT_STOP, 0 },
	{ "ARCHIVED", NULL, WQ_EFFECT_STOP, 0 },
	{ "APPROVED", NULL, WQ_EFFECT_GO, 0 },
	{ "REINSTATED", NULL, WQ_EFFECT_GO, 0 },
};
/* clang-format on */

static bool is(struct wq_str s, const char *word)
{
	return !word || wq_str_is(s, word);
}

static void facts_of_template(struct wq_account_facts *f, const struct wq_inbound *u)
{
	for (size_t i = 0; i < WQ_COUNT(statuses) && !f->affects; i++) {
		if (!is(u->event.event, statuses[i].event) ||
		    !is(u->event.reason, statuses[i].reason))
			continue;
		f->affects = f->portfolio = true;
		f->effect = statuses[i].effect;
		f->until_ms = statuses[i].ms ? u->received_ms + statuses[i].ms : -1;
	}
}

/* Among several. */
static bool restricts_templates(const struct wq_inbound *u)
{
	yyjson_val *item;
	size_t i, n;

	yyjson_arr_foreach(wq_json_get(u->value, "restriction_info"), i, n, item)
	{
		if (wq_str_is(wq_json_get_str(item, "restriction_type"),
		              "RESTRICTED_BIZ_INITIATED_MESSAGING"))
			return true;
	}
	return false;
}

/* Who may not begin conversations may still answer in them. */
static void facts_of_restriction(struct wq_account_facts *f, const struct wq_inbound *u)
{
	if (!wq_str_is(u->event.event, "ACCOUNT_RESTRICTION") || !restricts_templates(u))
		return;
	f->affects = f->portfolio = true;
	f->effect = WQ_EFFECT_NO_TEMPLATES;
	f->until_ms = u->event.until_ms ? u->event.until_ms : -1;
}

bool wq_account_facts_of(struct wq_account_facts *f, const struct wq_inbound *u)
{
	*f = (struct wq_account_facts){ 0 };
	if (u->kind == WQ_INBOUND_TEMPLATE && wq_str_is(u->field, "message_template_status_update"))
		facts_of_template(f, u);
	if (u->kind != WQ_INBOUND_QUALITY && u->kind != WQ_INBOUND_ACCOUNT)
		return f->affects;
	for (size_t i = 0; i < WQ_COUNT(events); i++)
		if (is(u->field, events[i].field) && is(u->event.event, events[i].event) &&
		    is(u->event.now, events[i].now))
			*f = events[i].facts;
	if (u->kind == WQ_INBOUND_ACCOUNT)
		facts_of_restriction(f, u);
	if (u->kind == WQ_INBOUND_QUALITY) {
		f->tier = tier_of(u->event.limit);
		/* The limit is the portfolio's, even where a number is named. */
		f->portfolio |= f->tier && !f->quality && !f->throughput;
	}
	return f->quality || f->tier || f->throughput || f->state || f->affects;
}

bool wq_account_told_why(struct wq_str why)
{
	for (size_t i = 0; i < WQ_COUNT(events); i++)
		if (events[i].facts.why && *events[i].facts.why &&
		    wq_str_is(why, events[i].facts.why))
			return true;
	return false;
}

static struct wq_str digits_of(struct wq_str display, char out[24])
{
	size_t n = 0;

	for (size_t i = 0; i < display.n && n < 23; i++)
		if (display.p[i] >= '0' && display.p[i] <= '9')
			out[n++] = display.p[i];
	return wq_strn(out, n);
}

/* An account that does not say whose it is stands for any, while it is the only one of its provider. */
static bool is_of(const struct wq_account *a, struct wq_str portfolio, bool only)
{
	return a->portfolio.n > 0 ? wq_str_eq(a->portfolio, portfolio) : only;
}

static bool is_meant(const struct wq_account_note *n, const struct wq_account *a,
                     const struct wq_inbound *u, bool only)
{
	char own[24], told[24];
	struct wq_str digits = digits_of(u->number_display, told);

	if (a->provider != u->provider)
		return false;
	if (n->facts.portfolio)
		return is_of(a, u->business, only);
	if (u->number.n > 0)
		return wq_str_eq(a->number, u->number);
	return digits.n > 0 && wq_str_eq(digits_of(a->display, own), digits);
}

static void step(struct wq_account_note *n);

static void next(struct wq_account_note *n)
{
	n->at++;
	n->put = n->held = n->affected = false;
	step(n);
}

static void on_effect(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_account_note *n = WQ_OWNER(cmd, struct wq_account_note, cmd);

	if (rc != 0 && n->rc == 0)
		n->rc = rc;
	n->written += rc == 0;
	n->affected = true;
	step(n);
}

static void on_template(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_account_note *n = WQ_OWNER(cmd, struct wq_account_note, cmd);

	if (rc != 0 && n->rc == 0)
		n->rc = rc;
	n->written += rc == 0 && !n->facts.affects && wq_ptpl_noted(cmd);
	next(n);
}

/* 1: it is about none. */
static int note_template(struct wq_account_note *n)
{
	int rc;

	if (!n->template)
		return 1;
	rc = wq_send_keys_init(&n->send, n->keys->acc.redis, wq_str(n->of[n->at].id));
	if (rc < 0)
		return WQ_RAISE_MSG(rc, "an account of this id can't have keys");
	return wq_ptpl_note_start(&n->send, &n->cmd, wq_loop_wall_ms(n->loop), wq_str(n->subject),
	                          &n->told, on_template);
}

static int affect(struct wq_account_note *n, enum wq_send_effect effect, const char *subject,
                  int64_t until_ms)
{
	int rc = wq_send_keys_init(&n->send, n->keys->acc.redis, wq_str(n->of[n->at].id));
	int64_t now = wq_loop_wall_ms(n->loop);

	if (rc < 0)
		return WQ_RAISE_MSG(rc, "an account of this id can't have keys");
	if (until_ms > 0)
		until_ms = until_ms > now ? until_ms - now : 0;
	return wq_send_effect_start(&n->send, &n->cmd, now, effect, wq_str(subject), until_ms,
	                            wq_str(n->why), on_effect);
}

/* 1: there is nothing of that. */
static int affect_sending(struct wq_account_note *n)
{
	const struct wq_account_facts *f = &n->facts;

	if (f->affects)
		return affect(n, f->effect, n->subject, f->until_ms);
	if (n->held && f->state)
		return affect(n, *f->why ? WQ_EFFECT_HOLD : WQ_EFFECT_RELEASE, "", -1);
	return 1;
}

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_account_note *n = WQ_OWNER(cmd, struct wq_account_note, cmd);
	struct wq_str other;
	int64_t answer = rc == 0 ? wq_account_put_answer(cmd, &other) : 0;

	n->written += answer > 0;
	n->held = rc == 0 && answer == WQ_ACCOUNT_MISSING;
	if (rc != 0 && n->rc == 0)
		n->rc = rc;
	n->put = true;
	step(n);
}

/* 1: nothing of it is the record's. */
static int put(struct wq_account_note *n)
{
	const struct wq_account_facts *f = &n->facts;
	struct wq_account_put p = { .id = wq_str(n->of[n->at].id),
		                    .rev = -1,
		                    .now_ms = wq_loop_wall_ms(n->loop) };

	if (f->quality)
		wq_account_put_field(&p, "quality", wq_str(f->quality));
	if (f->tier)
		wq_account_put_field(&p, "tier", wq_str(f->tier));
	if (f->throughput)
		wq_account_put_field(&p, "throughput", wq_str(f->throughput));
	if (f->state && !n->of[n->at].stays) {
		wq_account_put_field(&p, "state", wq_str(f->state));
		wq_account_put_field(&p, "why", wq_str(f->why));
	}
	return p.fields_n ? wq_account_put_start(n->keys, &n->cmd, &p, on_put) : 1;
}

/* The record of one, then its sending, then the next. */
static void step(struct wq_account_note *n)
{
	int rc = 0;

	while (n->at < n->n && n->rc == 0) {
		rc = n->put || n->affected ? 1 : put(n);
		if (rc > 0 && !n->affected)
			rc = affect_sending(n);
		if (rc > 0)
			rc = note_template(n);
		if (rc == 0)
			return;
		if (rc < 0)
			n->rc = rc;
		n->at++;
		n->put = n->held = n->affected = false;
	}
	n->cb(n); /* n may be gone: nothing may follow this line */
}

static void on_post(struct wq_post *p)
{
	step(WQ_OWNER(p, struct wq_account_note, post));
}

/* "name|language", and why. */
static void keep_texts(struct wq_account_note *n, const struct wq_inbound *u)
{
	const struct wq_inbound_event *e = &u->event;

	if (u->kind == WQ_INBOUND_TEMPLATE) {
		snprintf(n->subject, sizeof(n->subject), "%.*s|%.*s", WQ_STR_ARG(e->subject_name),
		         WQ_STR_ARG(e->language));
		snprintf(n->why, sizeof(n->why), "%.*s %.*s", WQ_STR_ARG(e->event),
		         WQ_STR_ARG(e->details.n ? e->details : e->reason));
	} else {
		snprintf(n->why, sizeof(n->why), "%s",
		         n->facts.why       ? n->facts.why
		         : n->facts.affects ? "Meta lets the account begin no conversations"
		                            : "");
	}
}

static struct wq_str keep_word(char *out, size_t max, struct wq_str s)
{
	snprintf(out, max, "%.*s", (int)(s.n < max ? s.n : max - 1), s.p ? s.p : "");
	return wq_str(out);
}

/* Its status, its quality or its category: each update tells of one. */
static void keep_template(struct wq_account_note *n, const struct wq_inbound *u)
{
	const struct wq_inbound_event *e = &u->event;
	struct wq_str now = keep_word(n->template_word, sizeof(n->template_word),
	                              e->now.n ? e->now : e->event);

	n->template = e->subject_name.n > 0 && e->language.n > 0 &&
	              e->subject_name.n <= WQ_WA_TEMPLATE_NAME_MAX_CHARS;
	n->facts.portfolio |= n->template;
	n->told.id = keep_word(n->template_id, sizeof(n->template_id), e->subject_id);
	if (wq_str_is(u->field, "message_template_status_update")) {
		n->told.status = keep_word(n->template_word, sizeof(n->template_word), e->event);
		n->told.reason = keep_word(n->template_reason, sizeof(n->template_reason),
		                           e->reason);
	} else if (wq_str_is(u->field, "message_template_quality_update")) {
		n->told.quality = now;
	} else if (wq_str_is(u->field, "template_category_update")) {
		n->told.category = e->until_ms ? wq_str("") : now;
	}
}

static void take(struct wq_account_note *n, const struct wq_account *a)
{
	memcpy(n->of[n->n].id, a->id.p, a->id.n);
	n->of[n->n++].stays = n->facts.why && !*n->facts.why && a->state != WQ_ACCOUNT_ACTIVE &&
	                      !wq_account_told_why(a->why);
}

static bool is_only(const struct wq_accounts *accounts, enum wq_provider provider)
{
	const struct wq_account *a;
	const void *at = NULL;
	size_t n = 0;

	while ((a = wq_accounts_next(accounts, &at)))
		n += a->provider == provider;
	return n == 1;
}

void wq_account_note_event(struct wq_account_note *n, const struct wq_accounts *accounts,
                           const struct wq_account_keys *keys, struct wq_loop *loop,
                           const struct wq_inbound *u, void (*cb)(struct wq_account_note *n))
{
	const struct wq_account *a;
	const void *at = NULL;
	bool only, tells;

	*n = (struct wq_account_note){ .keys = keys, .loop = loop, .cb = cb };
	tells = wq_account_facts_of(&n->facts, u);
	if (u->kind == WQ_INBOUND_TEMPLATE)
		keep_template(n, u);
	if (n->template || tells) {
		keep_texts(n, u);
		only = is_only(accounts, u->provider);
		while (n->n < WQ_ACCOUNT_NOTES_MAX && (a = wq_accounts_next(accounts, &at)))
			if (a->id.n <= WQ_ACCOUNT_ID_MAX_BYTES && is_meant(n, a, u, only))
				take(n, a);
	}
	wq_post_init(&n->post, loop, on_post);
	wq_post_send(&n->post);
}
