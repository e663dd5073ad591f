/* SPDX-License-Identifier: MIT */
/* webhook_view.c — field by field. */
#include "app/api/webhook_view.h"

#include "base/limits.h"

static void put_str(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	wq_jsonw_key(w, key);
	if (s.n)
		wq_jsonw_str(w, s);
	else
		wq_jsonw_null(w);
}

static void put_int(struct wq_jsonw *w, const char *key, uint64_t n)
{
	wq_jsonw_key(w, key);
	wq_jsonw_int(w, (int64_t)n);
}

static void put_time(struct wq_jsonw *w, const char *key, int64_t ms)
{
	wq_jsonw_key(w, key);
	if (ms)
		wq_jsonw_int(w, ms);
	else
		wq_jsonw_null(w);
}

/* Words with spaces between, without what stands behind a colon. */
static void put_words(struct wq_jsonw *w, const char *key, struct wq_str all, bool cut)
{
	struct wq_str one;

	wq_jsonw_key(w, key);
	wq_jsonw_array(w);
	while (all.n && wq_str_next(&all, ' ', &one))
		if (one.n)
			wq_jsonw_str(w, cut ? wq_strn(one.p, wq_str_find(one, ':')) : one);
	wq_jsonw_array_end(w);
}

static void put_body(struct wq_jsonw *w, const struct wq_webhook_row *r)
{
	yyjson_doc *doc;

	wq_jsonw_key(w, "body");
	if (!r->body.p || !r->body.n) {
		wq_jsonw_null(w);
		return;
	}
	doc = wq_json_read(r->body, WQ_WEBHOOK_DEPTH_MAX, NULL);
	if (doc)
		wq_jsonw_raw(w, r->body);
	else
		wq_jsonw_str(w, r->body);
	wq_json_free(doc);
}

static void put_refusal(struct wq_jsonw *w, const struct wq_webhook_row *r)
{
	put_int(w, "status", r->status);
	put_str(w, "code", r->code);
	put_str(w, "path", r->path);
	put_int(w, "left_out", r->left_out);
}

struct wq_str wq_webhook_type(const struct wq_webhook_row *r)
{
	return r->type.n ? r->type : wq_str("application/json");
}

void wq_view_webhook(struct wq_jsonw *w, const struct wq_webhook_row *r,
                     enum wq_webhook_detail detail)
{
	wq_jsonw_object(w);
	wq_jsonw_key(w, "id");
	wq_jsonw_text(w, r->id);
	put_int(w, "received_at", (uint64_t)r->at_ms);
	wq_jsonw_key(w, "outcome");
	wq_jsonw_text(w, wq_webhook_outcome_name(wq_webhook_outcome_of(r)));
	put_str(w, "peer", r->peer);
	if (r->refused) {
		put_refusal(w, r);
		wq_jsonw_object_end(w);
		return;
	}
	put_str(w, "provider", r->provider);
	put_words(w, "kinds", r->kinds, true);
	put_str(w, "account", r->account);
	put_str(w, "business", r->business);
	put_words(w, "ids", r->ids, false);
	put_int(w, "new", r->fresh);
	put_int(w, "known", r->known);
	put_int(w, "body_bytes", r->body_bytes);
	put_str(w, "content_type", wq_webhook_type(r));
	if (detail == WQ_WEBHOOK_FULL)
		put_body(w, r);
	wq_jsonw_object_end(w);
}

void wq_view_webhook_counts(struct wq_jsonw *w, const struct wq_webhook_walk *walk)
{
	put_int(w, "seen", walk->seen);
	put_int(w, "matched", walk->matched);
}

void wq_view_webhook_next(struct wq_jsonw *w, const struct wq_webhook_place *next)
{
	char text[WQ_WEBHOOK_PLACE_MAX_BYTES];

	wq_jsonw_key(w, "next_cursor");
	if (wq_webhook_place_ended(next)) {
		wq_jsonw_null(w);
		return;
	}
	wq_webhook_place_show(next, text);
	wq_jsonw_text(w, text);
}

void wq_webhook_tally_add(struct wq_webhook_tally *t, const struct wq_webhook_row *r)
{
	t->n[wq_webhook_outcome_of(r)]++;
	t->updates += r->fresh + r->known;
}

static void put_refused(struct wq_jsonw *w, const struct wq_webhook_stats *s)
{
	uint32_t status;
	uint64_t n;

	wq_jsonw_key(w, "refused");
	wq_jsonw_array(w);
	for (size_t i = 0; wq_webhook_stats_refused(s, i, &status, &n); i++) {
		wq_jsonw_object(w);
		put_int(w, "status", status);
		put_int(w, "webhooks", n);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}

void wq_view_webhook_stats(struct wq_jsonw *w, const struct wq_webhook_stats *s)
{
	put_int(w, "kept", s->kept);
	put_int(w, "refused_kept", s->refused_kept);
	put_time(w, "oldest_at", s->oldest_ms);
	put_time(w, "newest_at", s->newest_ms);
	put_int(w, "webhooks", wq_webhook_stats_count(s, "posts"));
	put_int(w, "updates", wq_webhook_stats_count(s, "updates"));
	put_int(w, "known", wq_webhook_stats_count(s, "known"));
	put_int(w, "replayed", wq_webhook_stats_count(s, "again_posts"));
	put_refused(w, s);
}

void wq_view_webhook_tally(struct wq_jsonw *w, const struct wq_webhook_tally *t,
                           const struct wq_webhook_walk *walk)
{
	wq_jsonw_key(w, "looked_at");
	wq_jsonw_object(w);
	for (unsigned i = WQ_WEBHOOK_ACCEPTED; i < WQ_WEBHOOK_OUTCOMES; i++)
		put_int(w, wq_webhook_outcome_name((enum wq_webhook_outcome)i), t->n[i]);
	put_int(w, "updates", t->updates);
	wq_view_webhook_counts(w, walk);
	wq_view_webhook_next(w, &walk->next);
	wq_jsonw_object_end(w);
}
