/* SPDX-License-Identifier: MIT */
/* queue_view.c — field by field. */
#include "app/api/queue_view.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"

static void put_str_if(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (s.n)
		wq_jsonw_put_str(w, key, s);
}

static void put_int_if(struct wq_jsonw *w, const char *key, int64_t n)
{
	if (n)
		wq_jsonw_put_int(w, key, n);
}

/* JSON as it stands; anything else as a string. */
static void put_json(struct wq_jsonw *w, const char *key, struct wq_str json)
{
	yyjson_doc *doc;

	if (!json.p)
		return;
	wq_jsonw_key(w, key);
	doc = wq_json_read(json, WQ_API_JSON_DEPTH_MAX, NULL);
	if (doc)
		wq_jsonw_raw(w, json);
	else
		wq_jsonw_str(w, json);
	wq_json_free(doc);
}

void wq_view_next(struct wq_jsonw *w, uint64_t next)
{
	char text[24];

	wq_jsonw_key(w, "next_cursor");
	if (!next) {
		wq_jsonw_null(w);
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu64, next);
	wq_jsonw_text(w, text);
}

static void put_limits(struct wq_jsonw *w, const struct wq_queue_counts *c)
{
	wq_jsonw_key(w, "limits");
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "concurrency", c->concurrency);
	wq_jsonw_put_int(w, "max", c->rate_max);
	wq_jsonw_put_int(w, "duration_ms", c->rate_ms);
	wq_jsonw_put_int(w, "held_ms", c->held_ms);
	wq_jsonw_object_end(w);
}

void wq_view_queue_open(struct wq_jsonw *w, struct wq_str name, const struct wq_queue_counts *c)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "name", name);
	wq_jsonw_put_bool(w, "paused", c->paused);
	wq_jsonw_key(w, "counts");
	wq_jsonw_object(w);
	for (unsigned s = WQ_JOB_WAITING; s < WQ_JOB_STATES; s++)
		wq_jsonw_put_int(w, wq_job_state_name((enum wq_job_state)s), (int64_t)c->of[s]);
	wq_jsonw_object_end(w);
	put_limits(w, c);
	wq_jsonw_put_int(w, "finished_last_minute", (int64_t)c->finished_minute);
	wq_jsonw_put_int(w, "next_delayed_at", c->due_ms);
	wq_jsonw_put_int(w, "schedulers", (int64_t)c->schedulers);
	wq_jsonw_key(w, "version");
	if (c->version[0])
		wq_jsonw_text(w, c->version);
	else
		wq_jsonw_null(w);
}

static void put_times(struct wq_jsonw *w, const struct wq_job *j)
{
	wq_jsonw_put_int(w, "timestamp", j->timestamp_ms);
	put_int_if(w, "delay", j->delay_ms);
	put_int_if(w, "priority", j->priority);
	put_int_if(w, "processed_on", j->processed_on_ms);
	put_int_if(w, "finished_on", j->finished_on_ms);
	wq_jsonw_put_int(w, "attempts_made", j->attempts_made);
	wq_jsonw_put_int(w, "attempts_started", j->attempts_started);
	put_int_if(w, "stalls", j->stalls);
}

static void put_job(struct wq_jsonw *w, const struct wq_job *j, bool whole)
{
	wq_jsonw_put_str(w, "id", j->id);
	wq_jsonw_put_str(w, "name", j->name);
	put_json(w, "data", j->data);
	if (whole)
		put_json(w, "opts", j->opts);
	put_times(w, j);
	put_json(w, "progress", j->progress);
	put_json(w, "returnvalue", j->returnvalue);
	put_str_if(w, "failed_reason", j->failed_reason);
	put_json(w, "stacktrace", j->stacktrace);
	put_str_if(w, "deferred_failure", j->deferred_failure);
	put_str_if(w, "scheduler", j->scheduler);
	put_str_if(w, "deduplication_id", j->dedup_id);
	put_str_if(w, "parent", j->parent_key);
	put_str_if(w, "worker", j->worker);
	if (!whole)
		wq_jsonw_put_bool(w, "truncated", true);
}

void wq_view_job(struct wq_jsonw *w, const struct wq_job *j, bool whole)
{
	wq_jsonw_object(w);
	put_job(w, j, whole);
	wq_jsonw_object_end(w);
}

void wq_view_job_seen(struct wq_jsonw *w, const struct wq_job_seen *s)
{
	wq_jsonw_object(w);
	put_job(w, s->job, s->whole);
	wq_jsonw_put_text(w, "state", wq_job_state_name(s->state));
	wq_jsonw_put_int(w, "log_rows", (int64_t)s->log_rows);
	wq_jsonw_put_bool(w, "locked", s->lock_ms >= 0);
	wq_jsonw_key(w, "children");
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "processed", (int64_t)s->children_processed);
	wq_jsonw_put_int(w, "pending", (int64_t)s->children_pending);
	wq_jsonw_put_int(w, "ignored", (int64_t)s->children_ignored);
	wq_jsonw_put_int(w, "failed", (int64_t)s->children_failed);
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
}

void wq_view_page(struct wq_jsonw *w, const struct wq_job_page *p)
{
	wq_jsonw_object(w);
	wq_jsonw_key(w, "data");
	wq_jsonw_array(w);
	for (size_t i = 0; i < p->n; i++)
		wq_view_job(w, p->jobs[i], p->whole[i]);
	wq_jsonw_array_end(w);
	wq_jsonw_put_int(w, "total", (int64_t)p->total);
	wq_view_next(w, p->next);
	wq_jsonw_object_end(w);
}

void wq_view_logs(struct wq_jsonw *w, const struct wq_log_page *p)
{
	wq_jsonw_object(w);
	wq_jsonw_key(w, "data");
	wq_jsonw_array(w);
	for (size_t i = 0; i < p->rows.n; i++)
		wq_jsonw_str(w, p->rows.at[i]);
	wq_jsonw_array_end(w);
	wq_jsonw_put_int(w, "total", (int64_t)p->total);
	wq_view_next(w, p->next);
	wq_jsonw_object_end(w);
}

void wq_view_children(struct wq_jsonw *w, const struct wq_children_page *p, enum wq_children kind)
{
	wq_jsonw_object(w);
	wq_jsonw_key(w, "data");
	wq_jsonw_array(w);
	for (size_t i = 0; i + 1 < p->rows.n; i += 2) {
		wq_jsonw_object(w);
		wq_jsonw_put_str(w, "key", p->rows.at[i]);
		if (kind == WQ_CHILDREN_PROCESSED && p->rows.at[i + 1].n)
			put_json(w, "returnvalue", p->rows.at[i + 1]);
		else if (kind == WQ_CHILDREN_IGNORED)
			wq_jsonw_put_str(w, "failed_reason", p->rows.at[i + 1]);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
	wq_jsonw_key(w, "next_cursor");
	if (p->next[0])
		wq_jsonw_text(w, p->next);
	else
		wq_jsonw_null(w);
	wq_jsonw_object_end(w);
}

void wq_view_metrics(struct wq_jsonw *w, const struct wq_queue_metrics *m)
{
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "count", (int64_t)m->count);
	wq_jsonw_put_int(w, "last_minute_closed_at", m->previous_ms);
	wq_jsonw_key(w, "minutes");
	wq_jsonw_array(w);
	for (size_t i = 0; i < m->n; i++)
		wq_jsonw_int(w, (int64_t)m->minutes[i]);
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
}

void wq_view_workers(struct wq_jsonw *w, const struct wq_workers_seen *workers)
{
	if (!workers->known) {
		wq_jsonw_null(w);
		return;
	}
	wq_jsonw_array(w);
	for (size_t i = 0; i < workers->n; i++) {
		const struct wq_worker_seen *one = &workers->at[i];

		wq_jsonw_object(w);
		wq_jsonw_put_str(w, "name", one->name);
		wq_jsonw_put_str(w, "address", one->address);
		wq_jsonw_put_int(w, "age_seconds", (int64_t)one->age_s);
		wq_jsonw_put_int(w, "idle_seconds", (int64_t)one->idle_s);
		wq_jsonw_put_bool(w, "bullmq4", one->older);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}
