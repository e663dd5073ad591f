/* SPDX-License-Identifier: MIT */
/* filter.c — words of people to indices. */
#include "domain/contact/filter.h"

#include "base/fold.h"
#include "base/limits.h"

enum { WORDS_MAX_BYTES = 256, INDEX_HEAD_BYTES = 8 };

struct reading {
	struct wq_contact_query *q;
	struct wq_str (*word)(void *ctx, const char *name);
	void *ctx;
	struct wq_arena *a;
};

static const char *add(struct reading *r, struct wq_str index, bool want, int64_t above)
{
	if (r->q->n == WQ_CONTACT_FILTERS_MAX)
		return "these are more filters than a list takes";
	r->q->filters[r->q->n++] = (struct wq_contact_filter){ index, want, above };
	return NULL;
}

/* An index of which there are many, by what is behind the colon. */
static const char *add_of(struct reading *r, const char *head, struct wq_str of, bool want)
{
	size_t n = strlen(head);
	char *index;

	if (!of.n || of.n > WQ_CONTACT_ATTRIBUTE_MAX_BYTES + WQ_CONTACT_VALUE_MAX_BYTES + 1)
		return "a filter is empty, or longer than anything that is kept";
	index = wq_arena_alloc(r->a, n + of.n + 1);
	if (!index)
		return "the filters do not fit into memory";
	memcpy(index, head, n);
	memcpy(index + n, of.p, of.n);
	return add(r, wq_strn(index, n + of.n), want, 0);
}

static const char *add_all(struct reading *r, const char *name, const char *head, bool want)
{
	struct wq_str rest = r->word(r->ctx, name), each;
	const char *why = NULL;

	while (!why && rest.p && wq_str_next(&rest, ',', &each))
		why = add_of(r, head, wq_str_trim(each), want);
	return why;
}

static const char *add_flag(struct reading *r, const char *name, const char *index)
{
	struct wq_str s = r->word(r->ctx, name);

	if (!s.p)
		return NULL;
	if (!wq_str_is(s, "true") && !wq_str_is(s, "false"))
		return "unread, opted_out and blocked are true or false";
	return add(r, wq_str(index), wq_str_is(s, "true"), 0);
}

static const char *add_assigned(struct reading *r)
{
	struct wq_str s = r->word(r->ctx, "assigned");

	if (!s.p)
		return NULL;
	return wq_str_is(s, "none") ? add(r, wq_str("assigned"), false, 0)
	                            : add_of(r, "to:", s, true);
}

static const char *add_window(struct reading *r, int64_t now_ms)
{
	struct wq_str s = r->word(r->ctx, "window");

	if (!s.p)
		return NULL;
	if (!wq_str_is(s, "open") && !wq_str_is(s, "closed"))
		return "window is open or closed";
	return add(r, wq_str("window"), wq_str_is(s, "open"), now_ms);
}

static const char *read_words(struct reading *r)
{
	struct wq_str s = r->word(r->ctx, "q");
	char *folded;

	if (!s.p)
		return NULL;
	folded = wq_arena_alloc(r->a, WORDS_MAX_BYTES);
	if (!folded)
		return "the filters do not fit into memory";
	r->q->words = wq_strn(folded,
	                      s.n <= WORDS_MAX_BYTES ? wq_fold(s, folded, WORDS_MAX_BYTES) : 0);
	return r->q->words.n ? NULL
	                     : "q takes the beginnings of words, or of a phone number's digits";
}

static const char *read_sort(struct reading *r)
{
	struct wq_str s = r->word(r->ctx, "sort");

	if (s.p && !wq_str_is(s, "made") && !wq_str_is(s, "last"))
		return "sort is made or last";
	if (s.p)
		r->q->by_last = wq_str_is(s, "last");
	return NULL;
}

const char *wq_contact_query_read(struct wq_contact_query *q, int64_t now_ms,
                                  struct wq_str (*word)(void *ctx, const char *name), void *ctx,
                                  struct wq_arena *a)
{
	struct reading r = { q, word, ctx, a };
	const char *why = read_words(&r);

	why = why ? why : read_sort(&r);
	why = why ? why : add_all(&r, "tag", "tag:", true);
	why = why ? why : add_all(&r, "not_tag", "tag:", false);
	why = why ? why : add_all(&r, "attribute", "a:", true);
	why = why ? why : add_assigned(&r);
	why = why ? why : add_flag(&r, "unread", "unread");
	why = why ? why : add_flag(&r, "opted_out", "optout");
	why = why ? why : add_flag(&r, "blocked", "blocked");
	return why ? why : add_window(&r, now_ms);
}
