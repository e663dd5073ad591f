/* SPDX-License-Identifier: MIT */
/* dead_view.c — field by field. */
#include "app/api/dead_view.h"

#include "base/limits.h"

void wq_view_dead_queue(struct wq_jsonw *w, const struct wq_ref *dead,
                        const struct wq_dead_growth *g)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str_or_null(w, "name", dead->queue);
	wq_jsonw_put_str_or_null(w, "queue", wq_dead_queue_of(dead->queue));
	wq_jsonw_put_int(w, "letters", g->letters);
	wq_jsonw_put_int(w, "last_hour", g->hour);
	wq_jsonw_put_int(w, "last_day", g->day);
	wq_jsonw_put_moment(w, "oldest_at", g->oldest_ms);
	wq_jsonw_put_moment(w, "newest_at", g->newest_ms);
	wq_jsonw_object_end(w);
}

/* The job's own data: JSON as it stands, anything else as a string. */
static void put_data(struct wq_jsonw *w, const struct wq_dead_letter *l)
{
	struct wq_buf text;
	yyjson_doc *doc;
	int rc;

	wq_jsonw_key(w, "data");
	if (!l->job->data.p) {
		wq_jsonw_null(w);
		wq_jsonw_put_bool(w, "truncated", true);
		return;
	}
	wq_buf_init(&text, WQ_DEAD_TEXT_MAX_BYTES);
	rc = wq_dead_letter_data_add(l, &text);
	if (w->rc == 0)
		w->rc = rc;
	doc = wq_json_read(wq_buf_str(&text), WQ_JOB_JSON_DEPTH_MAX, NULL);
	if (doc)
		wq_jsonw_raw(w, wq_buf_str(&text));
	else
		wq_jsonw_str(w, wq_buf_str(&text));
	wq_json_free(doc);
	wq_buf_fini(&text);
}

static void put_value(struct wq_jsonw *w, const char *key, yyjson_val *v)
{
	wq_jsonw_key(w, key);
	if (v)
		wq_jsonw_value(w, v);
	else
		wq_jsonw_null(w);
}

void wq_view_letter(struct wq_jsonw *w, const struct wq_dead_letter *l, const struct wq_ref *dead,
                    enum wq_dead_detail detail)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str_or_null(w, "id", l->job->id);
	wq_jsonw_put_str_or_null(w, "queue", wq_dead_home(l, dead));
	wq_jsonw_put_str_or_null(w, "job_id", l->id);
	wq_jsonw_put_str_or_null(w, "name", l->job->name);
	wq_jsonw_put_str_or_null(w, "reason", l->reason);
	wq_jsonw_put_int(w, "attempts_made", l->attempts_made > 0 ? l->attempts_made : 0);
	wq_jsonw_put_moment(w, "failed_at", l->failed_at_ms);
	wq_jsonw_put_str_or_null(w, "account", l->account);
	put_data(w, l);
	if (detail == WQ_DEAD_FULL) {
		put_value(w, "stacktrace", l->stacktrace);
		put_value(w, "opts", l->opts);
	}
	wq_jsonw_object_end(w);
}

void wq_view_dead_groups(struct wq_jsonw *w, const struct wq_dead_groups *g)
{
	wq_jsonw_array(w);
	for (unsigned i = 0; i < g->n; i++) {
		const struct wq_dead_group *one = &g->at[i];

		wq_jsonw_object(w);
		wq_jsonw_put_text(w, "reason", one->reason);
		wq_jsonw_put_int(w, "letters", one->n);
		wq_jsonw_put_moment(w, "first_at", one->first_ms);
		wq_jsonw_put_moment(w, "last_at", one->last_ms);
		wq_jsonw_put_text(w, "example", one->example);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}

void wq_view_dead_counts(struct wq_jsonw *w, const struct wq_dead_walk *walk)
{
	wq_jsonw_put_int(w, "total", walk->total);
	wq_jsonw_put_int(w, "seen", walk->seen);
	wq_jsonw_put_int(w, "matched", walk->matched);
	wq_jsonw_put_int(w, "unread", walk->unread);
}
