/* SPDX-License-Identifier: MIT */
/* webhook_view.c — field by field. */
#include "app/api/webhook_view.h"

#include "base/limits.h"

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
	wq_jsonw_put_int(w, "status", r->status);
	wq_jsonw_put_str_or_null(w, "code", r->code);
	wq_jsonw_put_str_or_null(w, "path", r->path);
	wq_jsonw_put_int(w, "left_out", r->left_out);
}

struct wq_str wq_webhook_type(const struct wq_webhook_row *r)
{
	return r->type.n ? r->type : wq_str("application/json");
}

void wq_view_webhook(struct wq_jsonw *w, const struct wq_webhook_row *r,
                     enum wq_webhook_detail detail)
{
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "id", r->id);
	wq_jsonw_put_int(w, "received_at", r->at_ms);
	wq_jsonw_put_text(w, "outcome", wq_webhook_outcome_name(wq_webhook_outcome_of(r)));
	wq_jsonw_put_str_or_null(w, "peer", r->peer);
	if (r->refused) {
		put_refusal(w, r);
		wq_jsonw_object_end(w);
		return;
	}
	wq_jsonw_put_str_or_null(w, "provider", r->provider);
	put_words(w, "kinds", r->kinds, true);
	wq_jsonw_put_str_or_null(w, "account", r->account);
	wq_jsonw_put_str_or_null(w, "business", r->business);
	put_words(w, "ids", r->ids, false);
	wq_jsonw_put_int(w, "new", r->fresh);
	wq_jsonw_put_int(w, "known", r->known);
	wq_jsonw_put_int(w, "body_bytes", r->body_bytes);
	wq_jsonw_put_str_or_null(w, "content_type", wq_webhook_type(r));
	if (detail == WQ_WEBHOOK_FULL)
		put_body(w, r);
	wq_jsonw_object_end(w);
}

void wq_view_webhook_counts(struct wq_jsonw *w, const struct wq_webhook_walk *walk)
{
	wq_jsonw_put_int(w, "seen", walk->seen);
	wq_jsonw_put_int(w, "matched", walk->matched);
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
		wq_jsonw_put_int(w, "status", status);
		wq_jsonw_put_int(w, "webhooks", n);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}

void wq_view_webhook_stats(struct wq_jsonw *w, const struct wq_webhook_stats *s)
{
	wq_jsonw_put_int(w, "kept", s->kept);
	wq_jsonw_put_int(w, "refused_kept", s->refused_kept);
	wq_jsonw_put_moment(w, "oldest_at", s->oldest_ms);
	wq_jsonw_put_moment(w, "newest_at", s->newest_ms);
	wq_jsonw_put_int(w, "webhooks", wq_webhook_stats_count(s, "posts"));
	wq_jsonw_put_int(w, "updates", wq_webhook_stats_count(s, "updates"));
	wq_jsonw_put_int(w, "known", wq_webhook_stats_count(s, "known"));
	wq_jsonw_put_int(w, "replayed", wq_webhook_stats_count(s, "again_posts"));
	put_refused(w, s);
}

void wq_view_webhook_tally(struct wq_jsonw *w, const struct wq_webhook_tally *t,
                           const struct wq_webhook_walk *walk)
{
	wq_jsonw_key(w, "looked_at");
	wq_jsonw_object(w);
	for (unsigned i = WQ_WEBHOOK_ACCEPTED; i < WQ_WEBHOOK_OUTCOMES; i++)
		wq_jsonw_put_int(w, wq_webhook_outcome_name((enum wq_webhook_outcome)i), t->n[i]);
	wq_jsonw_put_int(w, "updates", t->updates);
	wq_view_webhook_counts(w, walk);
	wq_view_webhook_next(w, &walk->next);
	wq_jsonw_object_end(w);
}
