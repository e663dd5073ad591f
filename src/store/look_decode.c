/* SPDX-License-Identifier: MIT */
/* look_decode.c — answers become structs and owned copies. */
#include "store/look_decode.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

enum { ROWS_FIRST = 16 };

void wq_rows_fini(struct wq_rows *r)
{
	wq_free(r->at);
	wq_arena_fini(&r->arena);
	*r = (struct wq_rows){ 0 };
}

static void rows_clear(struct wq_rows *r)
{
	wq_rows_fini(r);
	wq_arena_init(&r->arena, WQ_LOOK_ROWS_MAX_BYTES);
}

int wq_rows_add(struct wq_rows *r, struct wq_str s)
{
	char *copy;

	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : ROWS_FIRST;
		struct wq_str *at = wq_realloc(r->at, cap * sizeof(*at));

		if (!at)
			return WQ_RAISE(WQ_ENOMEM);
		r->at = at;
		r->cap = cap;
	}
	copy = wq_arena_copy(&r->arena, s);
	if (!copy)
		return WQ_RAISE(WQ_ENOMEM);
	r->at[r->n++] = wq_strn(copy, s.n);
	return 0;
}

static uint64_t count_at(const struct wq_redis_value *v, size_t i)
{
	int64_t n = wq_redis_int(wq_redis_at(v, i), 0);

	return n > 0 ? (uint64_t)n : 0;
}

static uint32_t small_at(const struct wq_redis_value *v, size_t i)
{
	uint64_t n = count_at(v, i);

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* In the order of counts.lua. */
int wq_look_take_counts(struct wq_look *l, const struct wq_redis_value *v)
{
	static const enum wq_job_state order[] = { WQ_JOB_WAITING, WQ_JOB_ACTIVE,
		                                   WQ_JOB_DELAYED, WQ_JOB_PRIORITIZED,
		                                   WQ_JOB_WAITING_CHILDREN, WQ_JOB_COMPLETED,
		                                   WQ_JOB_FAILED };
	struct wq_queue_counts *c = l->out;
	struct wq_str version = wq_redis_str(wq_redis_at(v, 12));

	*c = (struct wq_queue_counts){ 0 };
	if (wq_redis_count(v) < 17)
		return WQ_RAISE_MSG(WQ_EPROTO, "counts of a queue");
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		c->of[order[i]] = count_at(v, i);
	c->paused = count_at(v, 7) > 0;
	c->concurrency = small_at(v, 8);
	c->rate_max = small_at(v, 9);
	c->rate_ms = small_at(v, 10);
	c->held_ms = wq_redis_int(wq_redis_at(v, 11), 0);
	snprintf(c->version, sizeof(c->version), "%.*s", WQ_STR_ARG(version));
	c->due_ms = wq_redis_int(wq_redis_at(v, 13), 0);
	c->finished_minute = count_at(v, 14);
	c->exists = count_at(v, 15) > 0;
	c->schedulers = count_at(v, 16);
	return 0;
}

void wq_job_page_fini(struct wq_job_page *p)
{
	for (size_t i = 0; i < p->n; i++)
		wq_job_free(p->jobs[i]);
	wq_free(p->jobs);
	wq_free(p->whole);
	wq_rows_fini(&p->ids);
	*p = (struct wq_job_page){ 0 };
}

static int take_one(struct wq_job_page *p, const struct wq_redis_value *v)
{
	struct wq_str id = wq_redis_str(wq_redis_at(v, 0));
	int rc = wq_rows_add(&p->ids, id);

	if (rc == 0)
		rc = wq_job_decode(&p->jobs[p->n], id, wq_redis_at(v, 1),
		                   wq_redis_count(wq_redis_at(v, 1)));
	if (rc == WQ_ENOENT) /* an id without a job */
		return 0;
	if (rc == 0)
		p->whole[p->n++] = wq_redis_int(wq_redis_at(v, 2), 0) == 1;
	return rc;
}

static int take_page(struct wq_look *l, struct wq_job_page *p, const struct wq_redis_value *v)
{
	size_t n = wq_redis_count(v);
	int rc = 0;

	rows_clear(&p->ids);
	if (n == 0)
		return WQ_RAISE_MSG(WQ_EPROTO, "page of jobs");
	p->total = count_at(v, 0);
	p->next = l->from + l->n < p->total ? l->from + l->n : 0;
	if (!l->ids_only) {
		p->jobs = wq_calloc(n, sizeof(void *));
		p->whole = wq_calloc(n, sizeof(*p->whole));
		if (!p->jobs || !p->whole)
			return WQ_RAISE(WQ_ENOMEM);
	}
	for (size_t i = 1; rc == 0 && i < n; i++)
		rc = l->ids_only ? wq_rows_add(&p->ids, wq_redis_str(wq_redis_at(v, i)))
		                 : take_one(p, wq_redis_at(v, i));
	return rc;
}

int wq_look_take_page(struct wq_look *l, const struct wq_redis_value *v)
{
	struct wq_job_page *p = l->out;
	int rc;

	wq_job_page_fini(p);
	rc = take_page(l, p, v);
	if (rc < 0)
		wq_job_page_fini(p);
	return rc;
}

void wq_job_seen_fini(struct wq_job_seen *s)
{
	wq_job_free(s->job);
	*s = (struct wq_job_seen){ 0 };
}

int wq_look_take_job(struct wq_look *l, const struct wq_redis_value *v)
{
	struct wq_job_seen *s = l->out;
	enum wq_job_state state = wq_job_state_find(wq_redis_str(wq_redis_at(v, 0)));
	int rc;

	wq_job_seen_fini(s);
	if (wq_redis_count(v) < 9)
		return WQ_RAISE_MSG(WQ_EPROTO, "a job");
	rc = wq_job_decode(&s->job, wq_redis_str(wq_redis_at(v, 8)), wq_redis_at(v, 1),
	                   wq_redis_count(wq_redis_at(v, 1)));
	if (rc < 0 && rc != WQ_ENOENT)
		return rc;
	s->state = state < WQ_JOB_STATES ? state : WQ_JOB_UNKNOWN;
	s->log_rows = count_at(v, 2);
	s->children_processed = count_at(v, 3);
	s->children_pending = count_at(v, 4);
	s->children_ignored = count_at(v, 5);
	s->children_failed = count_at(v, 6);
	s->lock_ms = wq_redis_int(wq_redis_at(v, 7), -1);
	s->whole = wq_redis_int(wq_redis_at(v, 9), 0) == 1;
	return 0;
}

void wq_log_page_fini(struct wq_log_page *p)
{
	wq_rows_fini(&p->rows);
	*p = (struct wq_log_page){ 0 };
}

static int take_rows(struct wq_rows *r, const struct wq_redis_value *v, size_t from)
{
	int rc = 0;

	rows_clear(r);
	for (size_t i = from; rc == 0 && i < wq_redis_count(v); i++)
		rc = wq_rows_add(r, wq_redis_str(wq_redis_at(v, i)));
	if (rc < 0)
		wq_rows_fini(r);
	return rc;
}

int wq_look_take_logs(struct wq_look *l, const struct wq_redis_value *v)
{
	struct wq_log_page *p = l->out;
	int rc = take_rows(&p->rows, v, 1);

	p->total = count_at(v, 0);
	p->next = l->from + p->rows.n < p->total && p->rows.n > 0 ? l->from + p->rows.n : 0;
	return rc;
}

void wq_queue_metrics_fini(struct wq_queue_metrics *m)
{
	wq_free(m->minutes);
	*m = (struct wq_queue_metrics){ 0 };
}

int wq_look_take_metrics(struct wq_look *l, const struct wq_redis_value *v)
{
	struct wq_queue_metrics *m = l->out;
	size_t n = wq_redis_count(v);

	wq_queue_metrics_fini(m);
	if (n < 4)
		return WQ_RAISE_MSG(WQ_EPROTO, "metrics of a queue");
	m->minutes = wq_calloc(n, sizeof(*m->minutes));
	if (!m->minutes)
		return WQ_RAISE(WQ_ENOMEM);
	m->count = count_at(v, 0);
	m->previous_ms = (int64_t)count_at(v, 1);
	m->previous_count = count_at(v, 2);
	m->total = count_at(v, 3);
	for (size_t i = 4; i < n; i++)
		m->minutes[m->n++] = count_at(v, i);
	return 0;
}

void wq_children_page_fini(struct wq_children_page *p)
{
	wq_rows_fini(&p->rows);
	*p = (struct wq_children_page){ 0 };
}

/* False: it does not fit. */
static bool take_cursor(char *out, size_t max, struct wq_str cursor)
{
	if (cursor.n >= max)
		return false;
	if (cursor.n)
		memcpy(out, cursor.p, cursor.n);
	out[cursor.n] = '\0';
	return true;
}

int wq_look_take_children(struct wq_look *l, const struct wq_redis_value *v)
{
	struct wq_children_page *p = l->out;

	if (!take_cursor(p->next, sizeof(p->next), wq_redis_str(wq_redis_at(v, 0))))
		return WQ_RAISE_MSG(WQ_EPROTO, "children of a job");
	return take_rows(&p->rows, v, 1);
}

int wq_look_take_priorities(struct wq_look *l, const struct wq_redis_value *v)
{
	uint64_t *out = l->out;

	for (uint32_t i = 0; i < l->n; i++)
		out[i] = count_at(v, i);
	return 0;
}

int wq_look_take_string(struct wq_look *l, const struct wq_redis_value *v)
{
	struct wq_rows *r = l->out;

	rows_clear(r);
	return wq_redis_str(v).p ? wq_rows_add(r, wq_redis_str(v)) : 0;
}

void wq_queue_names_fini(struct wq_queue_names *q)
{
	wq_rows_fini(&q->rows);
	*q = (struct wq_queue_names){ 0 };
}

/* The queue's name out of "<prefix>:<queue>:meta"; keys of other things have a colon more. */
static struct wq_str queue_of(struct wq_str key, struct wq_str prefix)
{
	static const char tail[] = ":meta";
	size_t around = prefix.n + 1 + sizeof(tail) - 1;
	struct wq_str name = { NULL, 0 };

	if (key.n > around)
		name = wq_strn(key.p + prefix.n + 1, key.n - around);
	if (wq_str_find(name, ':') < name.n)
		name = wq_strn(NULL, 0);
	return name;
}

int wq_look_take_queues(struct wq_look *l, const struct wq_redis_value *v)
{
	struct wq_queue_names *q = l->out;
	const struct wq_redis_value *keys = wq_redis_at(v, 1);
	struct wq_str cursor = wq_redis_str(wq_redis_at(v, 0));
	int rc = 0;

	rows_clear(&q->rows);
	if (wq_str_is(cursor, "0"))
		cursor = wq_strn(NULL, 0);
	if (!take_cursor(q->next, sizeof(q->next), cursor))
		return WQ_RAISE_MSG(WQ_EPROTO, "a step through the keys");
	for (size_t i = 0; rc == 0 && i < wq_redis_count(keys); i++) {
		struct wq_str name = queue_of(wq_redis_str(wq_redis_at(keys, i)), l->prefix);

		if (name.n)
			rc = wq_rows_add(&q->rows, name);
	}
	if (rc < 0)
		wq_queue_names_fini(q);
	return rc;
}
