/* SPDX-License-Identifier: MIT */
/* listing.c — the best rows of all accounts so far; where one was not looked at, the next page begins. */
#include "domain/pending/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/err.h"

enum { ASK, ASKED };

static struct wq_pending_listing *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_pending_listing, flow);
}

static int64_t score_of(struct wq_str text)
{
	uint64_t n;

	return wq_str_to_u64(text, INT64_MAX, &n) ? (int64_t)n : 0;
}

static int compare(int64_t a_score, struct wq_str a_id, int64_t b_score, struct wq_str b_id)
{
	size_t n = a_id.n < b_id.n ? a_id.n : b_id.n;
	int by_id = n ? memcmp(a_id.p, b_id.p, n) : 0;

	if (a_score != b_score)
		return a_score < b_score ? -1 : 1;
	return by_id ? by_id : (int)(a_id.n > b_id.n) - (int)(a_id.n < b_id.n);
}

bool wq_pending_listing_from(struct wq_pending_listing *l, struct wq_str cursor)
{
	size_t dash = wq_str_find(cursor, '-');
	uint64_t score;

	l->from_score = 0;
	l->from_id = wq_strn(NULL, 0);
	if (!cursor.n)
		return true;
	if (dash + 1 >= cursor.n || cursor.n - dash - 1 > WQ_PENDING_ID_BYTES ||
	    !wq_str_to_u64(wq_strn(cursor.p, dash), INT64_MAX, &score))
		return false;
	l->from_score = (int64_t)score;
	l->from_id = wq_strn(cursor.p + dash + 1, cursor.n - dash - 1);
	return true;
}

static bool keep(struct wq_arena *a, struct wq_str *s)
{
	char *copy = wq_arena_copy(a, *s);

	s->p = copy;
	return copy != NULL;
}

static bool keep_all(struct wq_arena *a, struct wq_pending *p)
{
	struct wq_str *texts[] = { &p->id,   &p->contact,  &p->why,     &p->state, &p->by,
		                   &p->text, &p->data,     &p->sequence, &p->message, &p->note,
		                   &p->phone, &p->wa_id,   &p->user_id, &p->lid,   &p->name,
		                   &p->assigned };

	for (size_t i = 0; i < WQ_COUNT(texts); i++)
		if (!keep(a, texts[i]))
			return false;
	return true;
}

/* 1: it has its place; 0: the page is full of better ones; or WQ_ETOOBIG. */
static int place(struct wq_pending_listing *l, int64_t score, struct wq_pending *p)
{
	size_t at = l->n;

	while (at > 0 && compare(score, p->id, l->rows[at - 1].score, l->rows[at - 1].p.id) < 0)
		at--;
	if (at >= l->wish.count)
		return 0;
	if (!keep_all(l->arena, p))
		return WQ_ETOOBIG;
	if (l->n < l->wish.count)
		l->n++;
	memmove(&l->rows[at + 1], &l->rows[at], (l->n - 1 - at) * sizeof(*l->rows));
	l->rows[at] = (struct wq_pending_row){ score, l->accounts[l->at], *p };
	return 1;
}

/* Nobody knows what this account has behind there: the page ends with it at the latest. */
static int bound(struct wq_pending_listing *l, const struct wq_redis_cmd *cmd)
{
	struct wq_str score, id;

	wq_pending_list_end(cmd, &score, &id);
	if (!score.n || (l->more && compare(score_of(score), id, l->next_score, l->next_id) >= 0))
		return 0;
	l->more = true;
	l->next_score = score_of(score);
	l->next_id = id;
	return keep(l->arena, &l->next_id) ? 0 : WQ_ETOOBIG;
}

/* Whether the account is asked once more: this call ended before the page did. */
static bool goes_on(struct wq_pending_listing *l, const struct wq_redis_cmd *cmd, size_t n)
{
	struct wq_str score, id;

	wq_pending_list_end(cmd, &score, &id);
	l->looked += WQ_PENDING_PAGE_LOOKS;
	l->told += n;
	if (!score.n || l->looked >= WQ_PENDING_LIST_LOOKS || l->told >= l->wish.count ||
	    score.n >= sizeof(l->on_score) || id.n >= sizeof(l->on_id))
		return false;
	snprintf(l->on_score, sizeof(l->on_score), "%.*s", WQ_STR_ARG(score));
	snprintf(l->on_id, sizeof(l->on_id), "%.*s", WQ_STR_ARG(id));
	return true;
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_pending_listing *l = WQ_OWNER(cmd, struct wq_pending_listing, cmd);
	size_t n = rc == 0 ? wq_pending_list_count(cmd) : 0;
	int placed = 1;

	l->error = cmd->error;
	for (size_t i = 0; i < n && rc == 0 && placed > 0; i++) {
		struct wq_pending p;
		struct wq_str score;

		rc = wq_pending_list_at(cmd, i, &p, &score);
		if (rc == 0)
			placed = place(l, score_of(score), &p);
	}
	if (rc == 0 && placed < 0)
		rc = placed;
	l->again = rc == 0 && placed > 0 && goes_on(l, cmd, n);
	if (rc == 0 && !l->again)
		rc = bound(l, cmd);
	wq_flow_resume(&l->flow, rc);
}

static enum wq_flow_next run_ask(struct wq_flow *f)
{
	struct wq_pending_listing *l = self(f);
	struct wq_pending_wish wish = l->wish;
	char score[WQ_PENDING_SCORE_BYTES];
	uint64_t left = l->wish.count - l->told;
	int rc;

	if (l->at == l->accounts_n)
		return wq_flow_end(f, 0);
	snprintf(score, sizeof(score), "%" PRId64, l->from_score);
	if (l->again) {
		wish.score = wq_str(l->on_score);
		wish.after = wq_str(l->on_id);
	} else if (l->from_id.n) {
		wish.score = wq_str(score);
		wish.after = l->from_id;
	}
	wish.count = left < WQ_CONTACT_PAGE_ROWS ? left : WQ_CONTACT_PAGE_ROWS;
	rc = wq_send_keys_init(&l->keys, l->redis, l->accounts[l->at]);
	if (rc == 0)
		rc = wq_pending_list_start(&l->keys, &l->cmd, &wish, on_listed);
	return wq_flow_after(f, ASKED, rc);
}

static enum wq_flow_next run_asked(struct wq_flow *f)
{
	struct wq_pending_listing *l = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	if (!l->again) {
		l->at++;
		l->looked = l->told = 0;
	}
	return wq_flow_go(f, ASK);
}

static const struct wq_flow_step steps[] = {
	[ASK] = { "ask", run_ask, NULL, WQ_BIT(ASKED) },
	[ASKED] = { "asked", run_asked, NULL, WQ_BIT(ASK) },
};

/* A full page has as much behind it as any account has. */
static void finish(struct wq_pending_listing *l)
{
	const struct wq_pending_row *last;

	while (l->more && l->n > 0 &&
	       compare(l->rows[l->n - 1].score, l->rows[l->n - 1].p.id, l->next_score, l->next_id) >
	               0)
		l->n--;
	if (l->n < l->wish.count)
		return;
	last = &l->rows[l->n - 1];
	l->more = true;
	l->next_score = last->score;
	l->next_id = last->p.id;
}

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_pending_listing *l = self(f);

	if (rc == 0)
		finish(l);
	l->cb(l, rc);
}

int wq_pending_listing_start(struct wq_pending_listing *l)
{
	l->rows = wq_arena_alloc(l->arena, (l->wish.count + 1) * sizeof(*l->rows));
	l->error = "";
	l->n = l->at = 0;
	l->looked = l->told = 0;
	l->more = l->again = false;
	if (!l->rows)
		return WQ_ENOMEM;
	wq_flow_init(&l->flow, l->loop, steps, on_end);
	wq_flow_start(&l->flow);
	return 0;
}
