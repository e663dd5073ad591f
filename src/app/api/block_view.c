/* SPDX-License-Identifier: MIT */
/* block_view.c — one contact, and the figures of an account. */
#include "app/api/block_view.h"

#include <stdio.h>

#include "domain/block/policy.h"

enum { ID_BYTES = WQ_ACCOUNT_ID_MAX_BYTES + 64, PER_MILLE = 1000, PERCENT_TENTHS = 10 };

static void put_text(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.n)
		return;
	wq_jsonw_put_str(w, key, s);
}

static void put_full_id(struct wq_jsonw *w, struct wq_str id, struct wq_str account)
{
	char text[ID_BYTES];

	snprintf(text, sizeof(text), "%.*s.%.*s", WQ_STR_ARG(id), WQ_STR_ARG(account));
	wq_jsonw_str(w, wq_str(text));
}

static void put_messages(struct wq_jsonw *w, struct wq_str rest)
{
	struct wq_str word;

	wq_jsonw_key(w, "messages");
	wq_jsonw_array(w);
	while (wq_str_next(&rest, ' ', &word))
		if (word.n)
			wq_jsonw_str(w, word);
	wq_jsonw_array_end(w);
}

static int percent_of(struct wq_str state)
{
	if (wq_str_is(state, "confirmed"))
		return wq_block_percent(WQ_BLOCK_CONFIRMED);
	return wq_str_is(state, "probable") ? wq_block_percent(WQ_BLOCK_PROBABLE) : 0;
}

void wq_view_issue(struct wq_jsonw *w, struct wq_str account, const struct wq_block_issue *i)
{
	wq_jsonw_object(w);
	wq_jsonw_key(w, "contact");
	put_full_id(w, i->id, account);
	put_text(w, "account", account);
	put_text(w, "state", i->state);
	wq_jsonw_put_int(w, "certainty", percent_of(i->state));
	wq_jsonw_put_int(w, "undelivered", i->undelivered);
	wq_jsonw_put_int(w, "since", i->at_ms);
	if (i->blocked_ms)
		wq_jsonw_put_int(w, "blocked_at", i->blocked_ms);
	put_text(w, "name", i->name);
	put_text(w, "phone", i->phone);
	put_text(w, "wa_id", i->wa_id);
	put_text(w, "user_id", i->user_id);
	put_text(w, "assigned", i->assigned);
	put_messages(w, i->messages);
	wq_jsonw_object_end(w);
}

/* Percent with one digit behind the point; null: of nothing. */
static void put_percent(struct wq_jsonw *w, const char *key, int64_t part, int64_t whole)
{
	char text[32];
	int64_t per_mille = whole > 0 ? (part * PER_MILLE + whole / 2) / whole : 0;

	wq_jsonw_key(w, key);
	if (whole <= 0) {
		wq_jsonw_null(w);
		return;
	}
	snprintf(text, sizeof(text), "%lld.%lld", (long long)(per_mille / PERCENT_TENTHS),
	         (long long)(per_mille % PERCENT_TENTHS));
	wq_jsonw_raw(w, wq_str(text));
}

static void put_share(struct wq_jsonw *w, const char *key, const struct wq_block_share *s)
{
	wq_jsonw_key(w, key);
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "sent", s->sent);
	wq_jsonw_put_int(w, "undelivered", s->late);
	put_percent(w, "percent", s->late, s->sent);
	wq_jsonw_object_end(w);
}

static void put_verdicts(struct wq_jsonw *w, const char *key, const struct wq_block_rates *r,
                         enum wq_block_state s)
{
	wq_jsonw_key(w, key);
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "passed", r->passed[s]);
	wq_jsonw_put_int(w, "proved_wrong", r->wrong[s]);
	wq_jsonw_put_int(w, "taken_back", r->undone[s]);
	put_percent(w, "false_positive_percent", r->wrong[s] + r->undone[s], r->passed[s]);
	wq_jsonw_put_int(w, "promised_percent", 100 - wq_block_percent(s));
	wq_jsonw_object_end(w);
}

void wq_view_block_rates(struct wq_jsonw *w, struct wq_str account, const struct wq_block_rates *r)
{
	wq_jsonw_object(w);
	put_text(w, "account", account);
	put_text(w, "delivery", wq_str(r->ill ? "abnormal" : "normal"));
	if (r->since_ms)
		wq_jsonw_put_int(w, "since", r->since_ms);
	put_share(w, "usually", &r->usually);
	put_share(w, "lately", &r->lately);
	wq_jsonw_put_int(w, "waiting", r->waiting);
	wq_jsonw_put_int(w, "contacts_in_doubt", r->doubts);
	wq_jsonw_put_int(w, "contacts_with_verdict", r->verdicts);
	put_verdicts(w, "probable", r, WQ_BLOCK_PROBABLE);
	put_verdicts(w, "confirmed", r, WQ_BLOCK_CONFIRMED);
	wq_jsonw_object_end(w);
}

bool wq_block_id_read(struct wq_str id, struct wq_str *contact, struct wq_str *account)
{
	size_t dot = wq_str_find(id, '.');

	if (!wq_str_starts(id, "c") || dot + 1 >= id.n || id.n >= ID_BYTES)
		return false;
	*contact = wq_strn(id.p, dot);
	*account = wq_strn(id.p + dot + 1, id.n - dot - 1);
	return true;
}
