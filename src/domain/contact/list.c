/* SPDX-License-Identifier: MIT */
/* list.c — a place is "SCORE SEP ID", or an entry of the index of words. */
#include "domain/contact/list.h"

#include <stdio.h>

#include "base/limits.h"

static const char sep = '/';

static bool is_id(struct wq_str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f')))
			return false;
	return id.n > 0;
}

bool wq_contact_place_is(struct wq_str place, const struct wq_contact_query *q)
{
	size_t at = wq_str_find(place, q->words.n ? ' ' : sep);
	uint64_t score;

	return place.n < WQ_CONTACT_PLACE_BYTES && at < place.n &&
	       is_id(wq_strn(place.p + at + 1, place.n - at - 1)) &&
	       (q->words.n > 0 || wq_str_to_u64(wq_strn(place.p, at), INT64_MAX, &score));
}

static int ask(struct wq_contact_list *l);

static void take_place(struct wq_contact_list *l, struct wq_str score, struct wq_str id)
{
	if (!id.n)
		l->place[0] = '\0';
	else if (l->query->words.n)
		snprintf(l->place, sizeof(l->place), "%.*s", WQ_STR_ARG(id));
	else
		snprintf(l->place, sizeof(l->place), "%.*s%c%.*s", WQ_STR_ARG(score), sep,
		         WQ_STR_ARG(id));
}

static void on_page(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_list *l = WQ_OWNER(cmd, struct wq_contact_list, cmd);
	struct wq_contact_row row;
	struct wq_str score, id;
	uint64_t looked = 0;
	int n = 0;

	l->error = cmd->error;
	if (rc == 0) {
		n = wq_contact_page_answer(cmd, &score, &id, &looked);
		rc = n < 0 ? n : 0;
	}
	if (rc == 0)
		take_place(l, score, id);
	for (int i = 0; i < n; i++, l->n++) {
		wq_contact_page_at(cmd, (size_t)i, &row);
		l->row(l, &row);
	}
	l->looked += looked;
	if (rc == 0 && l->place[0] && l->n < l->limit && l->looked < WQ_CONTACT_LIST_LOOKS) {
		rc = ask(l);
		if (rc == 0)
			return;
	}
	l->cb(l, rc);
}

static void place_of(const struct wq_contact_list *l, struct wq_contact_page *p)
{
	struct wq_str place = wq_str(l->place);
	size_t at = wq_str_find(place, sep);

	if (l->query->words.n) {
		p->id = place;
		return;
	}
	p->score = wq_strn(place.p, at < place.n ? at : 0);
	p->id = at < place.n ? wq_strn(place.p + at + 1, place.n - at - 1) : wq_str("");
}

static int ask(struct wq_contact_list *l)
{
	const struct wq_contact_query *q = l->query;
	uint64_t left = l->limit - l->n;
	struct wq_contact_page p = { .by_last = q->by_last,
		                     .said = l->said,
		                     .words = q->words,
		                     .count = left < WQ_CONTACT_PAGE_ROWS ? left : WQ_CONTACT_PAGE_ROWS,
		                     .looks = WQ_CONTACT_PAGE_LOOKS,
		                     .filters = q->filters,
		                     .filters_n = q->n };

	place_of(l, &p);
	return wq_contact_page_start(l->keys, &l->cmd, &p, on_page);
}

int wq_contact_list_start(struct wq_contact_list *l)
{
	l->error = "";
	l->n = l->looked = 0;
	return ask(l);
}
