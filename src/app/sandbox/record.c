/* SPDX-License-Identifier: MIT */
/* record.c — a ring of entries, each one block of memory, and a set of fingerprints. */
#include "app/sandbox/record.h"

#include "app/sandbox/fingerprints.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { RING_START = 256 };

struct slot {
	struct wq_record_entry *e; /* one block with its texts; NULL: lost for want of memory */
	size_t bytes;
};

struct wq_record {
	struct slot *ring; /* owned; seq lives at seq % cap */
	size_t cap;
	uint64_t first, end; /* numbers kept: first <= seq < end */
	size_t bytes;
	struct wq_record_counts counts;
	struct wq_fingerprints keys;
};

static const char *const names[WQ_OUTCOMES] = {
	[WQ_OUTCOME_ACCEPTED] = "accepted",
	[WQ_OUTCOME_REFUSED] = "refused",
	[WQ_OUTCOME_UNAUTHORIZED] = "unauthorized",
	[WQ_OUTCOME_LIMITED] = "limited",
	[WQ_OUTCOME_RECEIPT] = "receipt",
	[WQ_OUTCOME_ERROR] = "error",
	[WQ_OUTCOME_RESET_BEFORE] = "reset_before",
	[WQ_OUTCOME_RESET_AFTER] = "reset_after",
	[WQ_OUTCOME_CLOSE] = "close",
	[WQ_OUTCOME_HANG] = "hang",
	[WQ_OUTCOME_HANG_THEN_ACCEPT] = "hang_then_accept",
	[WQ_OUTCOME_ACCEPT_THEN_5XX] = "accept_then_5xx",
	[WQ_OUTCOME_ANSWER_THEN_CLOSE] = "answer_then_close",
	[WQ_OUTCOME_STATUS_FAILED] = "status_failed",
	[WQ_OUTCOME_STATUS_LOST] = "status_lost",
};

const char *wq_outcome_name(enum wq_outcome o)
{
	return names[o];
}

int wq_record_create(struct wq_record **out)
{
	struct wq_record *r = wq_zalloc(sizeof(*r));

	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	r->first = r->end = 1;
	wq_fingerprints_init(&r->keys, WQ_SANDBOX_KEYS_MAX);
	*out = r;
	return 0;
}

static struct slot *slot_of(const struct wq_record *r, uint64_t seq)
{
	WQ_REQUIRE(r->cap > 0);
	return &r->ring[seq % r->cap];
}

static void drop_oldest(struct wq_record *r)
{
	struct slot *s = slot_of(r, r->first++);

	r->bytes -= s->bytes;
	wq_free(s->e);
	*s = (struct slot){ .e = NULL };
}

static void drop_all(struct wq_record *r)
{
	while (r->first < r->end)
		drop_oldest(r);
}

void wq_record_destroy(struct wq_record *r)
{
	if (!r)
		return;
	drop_all(r);
	wq_free(r->ring);
	wq_fingerprints_fini(&r->keys);
	wq_free(r);
}

void wq_record_reset(struct wq_record *r)
{
	drop_all(r);
	wq_fingerprints_fini(&r->keys);
	wq_fingerprints_init(&r->keys, WQ_SANDBOX_KEYS_MAX);
	r->counts = (struct wq_record_counts){ .posts = 0 };
}

struct wq_str wq_record_key(const struct wq_record_entry *e)
{
	struct wq_str rest = e->opaque, word;

	if (!e->opaque.p)
		return e->body;
	if (wq_str_starts(rest, "wq1.") && wq_str_next(&rest, '.', &word) &&
	    wq_str_next(&rest, '.', &word) && wq_str_next(&rest, '.', &word) && rest.n)
		return rest;
	return e->opaque;
}

static uint64_t fingerprint(const struct wq_record_entry *e)
{
	uint64_t h = wq_fingerprint(0, e->number);

	h = wq_fingerprint(h, e->to);
	return wq_fingerprint(h, wq_record_key(e));
}

/* A ring twice as large, the entries at their new places; false: no memory, the ring stays. */
static bool grow(struct wq_record *r)
{
	size_t cap = r->cap ? 2 * r->cap : RING_START;
	struct slot *ring = wq_calloc(cap, sizeof(*ring));

	if (!ring)
		return false;
	for (uint64_t seq = r->first; seq < r->end; seq++)
		ring[seq % cap] = *slot_of(r, seq);
	wq_free(r->ring);
	r->ring = ring;
	r->cap = cap;
	return true;
}

static struct wq_str move_text(char **at, struct wq_str s)
{
	char *p = *at;

	if (!s.p)
		return s;
	if (s.n)
		memcpy(p, s.p, s.n);
	*at += s.n;
	return wq_strn(p, s.n);
}

static struct wq_record_entry *copy(const struct wq_record_entry *e, size_t *bytes)
{
	struct wq_record_entry *c;
	char *at;

	*bytes = sizeof(*c) + e->number.n + e->to.n + e->type.n + e->opaque.n + e->id.n +
	         e->account.n + e->text.n + e->body.n;
	c = wq_alloc(*bytes);
	if (!c)
		return NULL;
	*c = *e;
	at = (char *)(c + 1);
	c->number = move_text(&at, e->number);
	c->account = move_text(&at, e->account);
	c->text = move_text(&at, e->text);
	c->to = move_text(&at, e->to);
	c->type = move_text(&at, e->type);
	c->opaque = move_text(&at, e->opaque);
	c->id = move_text(&at, e->id);
	c->body = move_text(&at, e->body);
	return c;
}

/* A place for r->end; false: no memory for even one entry. */
static bool make_room(struct wq_record *r)
{
	size_t kept = (size_t)(r->end - r->first);

	if (kept == r->cap && kept < WQ_SANDBOX_RECORDS_MAX && grow(r))
		return true;
	if (kept == r->cap && kept > 0) {
		drop_oldest(r);
		r->counts.dropped++;
	}
	return r->cap > 0;
}

static bool count_accepted(struct wq_record *r, const struct wq_record_entry *e)
{
	bool seen = wq_fingerprints_add(&r->keys, fingerprint(e));

	r->counts.accepted++;
	r->counts.duplicates += seen;
	return seen;
}

void wq_record_add(struct wq_record *r, struct wq_record_entry *e)
{
	struct slot *s;

	e->seq = r->end;
	e->duplicate = e->accepted && count_accepted(r, e);
	r->counts.posts++;
	r->counts.outcomes[e->outcome]++;
	if (!make_room(r)) {
		r->counts.dropped++;
		r->first = ++r->end;
		return;
	}
	s = slot_of(r, r->end++);
	s->e = copy(e, &s->bytes);
	if (!s->e) {
		s->bytes = 0;
		r->counts.dropped++;
	}
	r->bytes += s->bytes;
	while (r->bytes > WQ_SANDBOX_RECORD_MAX_BYTES && r->end - r->first > 1) {
		drop_oldest(r);
		r->counts.dropped++;
	}
}

void wq_record_ended(struct wq_record *r, uint64_t seq, int64_t at_ms)
{
	struct wq_record_entry *kept = seq < r->first || seq >= r->end ? NULL : slot_of(r, seq)->e;

	if (kept)
		kept->ended_ms = at_ms;
}

bool wq_record_accept_late(struct wq_record *r, uint64_t seq, const struct wq_record_entry *e)
{
	bool duplicate = count_accepted(r, e);
	struct wq_record_entry *kept;

	if (seq < r->first || seq >= r->end)
		return duplicate;
	kept = slot_of(r, seq)->e;
	if (kept) {
		kept->accepted = true;
		kept->duplicate = duplicate;
		kept->status = e->status;
		kept->follow_ms = e->follow_ms;
		kept->failed_code = e->failed_code;
		kept->last = e->last;
	}
	return duplicate;
}

const struct wq_record_counts *wq_record_counts(const struct wq_record *r)
{
	return &r->counts;
}

size_t wq_record_kept(const struct wq_record *r)
{
	return (size_t)(r->end - r->first);
}

bool wq_record_complete(const struct wq_record *r)
{
	return !r->keys.lost;
}

const struct wq_record_entry *wq_record_at(const struct wq_record *r, uint64_t seq)
{
	return seq >= r->first && seq < r->end ? slot_of(r, seq)->e : NULL;
}

uint64_t wq_record_first(const struct wq_record *r)
{
	return r->first;
}

uint64_t wq_record_end(const struct wq_record *r)
{
	return r->end;
}
