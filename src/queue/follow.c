/* SPDX-License-Identifier: MIT */
/* follow.c — the successors of jobs that a worker has taken.
 *
 *   start ──► judge: is its scheduler over? when is it due next? ──► gather ──► one call at the turn's end ──► told
 *                └─ over, or nothing to be told ──────────────────────────────────────► told at the turn's end
 *
 * What a job says of its schedule (limit, end, pattern, zone) is in its own options, as BullMQ's workers read it.
 */
#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "queue/scheduler.h"
#include "queue/when.h"

struct wq_followers {
	struct wq_loop *loop;
	const struct wq_ref *ref;
	struct wq_schedules *schedules;
	struct wq_list waiting, told; /* wq_follow: for the next call, without a call */
	struct wq_list calls;
	struct wq_post post;
	bool closing;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric made, failed;
};

struct call {
	struct wq_list link;
	struct wq_followers *owner;
	struct wq_list follows;
	struct wq_redis_cmd cmd;
};

bool wq_follow_wanted(const struct wq_job *j)
{
	return j->scheduler.n > 0;
}

static void tell_all(struct wq_followers *fs)
{
	struct wq_list now, *l;

	wq_list_init(&now);
	wq_list_move(&now, &fs->told);
	while ((l = wq_list_pop(&now)) != NULL) {
		struct wq_follow *f = WQ_OWNER(l, struct wq_follow, link);

		if (f->rc != 0)
			wq_metric_count(&fs->failed, 1);
		f->cb(f, f->rc);
	}
}

static void fail_all(struct wq_followers *fs, struct wq_list *follows, int rc)
{
	for (struct wq_list *l = follows->next; l != follows; l = l->next)
		WQ_OWNER(l, struct wq_follow, link)->rc = rc;
	wq_list_move(&fs->told, follows);
}

static void on_made(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);
	struct wq_followers *fs = c->owner;

	for (struct wq_list *l = c->follows.next; rc == 0 && l != &c->follows; l = l->next) {
		struct wq_follow *f = WQ_OWNER(l, struct wq_follow, link);

		f->made = wq_redis_int(wq_redis_at(cmd->reply, f->at), 0) == 1;
		wq_metric_count(&fs->made, f->made);
	}
	fail_all(fs, &c->follows, rc);
	wq_list_remove(&c->link);
	wq_free(c);
	tell_all(fs);
}

/* Up to a batch of those that wait. */
static int send_some(struct wq_followers *fs)
{
	struct wq_scheduler_follow items[WQ_FOLLOW_BATCH_MAX];
	struct call *c = wq_zalloc(sizeof(*c));
	struct wq_list *l;
	size_t n = 0;
	int rc;

	if (!c)
		return WQ_RAISE(WQ_ENOMEM);
	c->owner = fs;
	wq_list_init(&c->follows);
	while (n < WQ_FOLLOW_BATCH_MAX && (l = wq_list_pop(&fs->waiting)) != NULL) {
		struct wq_follow *f = WQ_OWNER(l, struct wq_follow, link);

		f->at = n;
		items[n++] = f->item;
		wq_list_push(&c->follows, l);
	}
	rc = wq_scheduler_follow_start(fs->ref, &c->cmd, wq_loop_wall_ms(fs->loop), items, n,
	                               on_made);
	if (rc < 0) {
		fail_all(fs, &c->follows, rc);
		wq_free(c);
		return rc;
	}
	wq_list_push(&fs->calls, &c->link);
	return 0;
}

static void on_turn_end(struct wq_post *p)
{
	struct wq_followers *fs = WQ_OWNER(p, struct wq_followers, post);
	bool closing = fs->closing; /* who is told may close it: that comes in another turn */
	int rc = 0;

	while (!closing && rc == 0 && !wq_list_empty(&fs->waiting))
		rc = send_some(fs);
	if (rc < 0)
		fail_all(fs, &fs->waiting, rc);
	tell_all(fs);
	if (!closing)
		return;
	if (fs->on_closed)
		fs->on_closed(fs->ctx);
	wq_free(fs);
}

int wq_followers_create(struct wq_followers **out, struct wq_loop *l, const struct wq_ref *ref,
                        struct wq_schedules *s)
{
	struct wq_followers *fs = wq_zalloc(sizeof(*fs));

	if (!fs)
		return WQ_RAISE(WQ_ENOMEM);
	fs->loop = l;
	fs->ref = ref;
	fs->schedules = s;
	wq_list_init(&fs->waiting);
	wq_list_init(&fs->told);
	wq_list_init(&fs->calls);
	wq_post_init(&fs->post, l, on_turn_end);
	fs->made = (struct wq_metric){
		.name = "willaq_schedules_followed_total",
		.help = "jobs that were made when the one before them was taken"
	};
	fs->failed =
		(struct wq_metric){ .name = "willaq_schedules_failed_total",
		                    .help = "jobs that should have been made then, and were not" };
	*out = fs;
	return 0;
}

void wq_followers_close(struct wq_followers *fs, void (*on_closed)(void *ctx), void *ctx)
{
	struct wq_list *l;

	if (!fs)
		return;
	fs->closing = true;
	fs->on_closed = on_closed;
	fs->ctx = ctx;
	while ((l = wq_list_pop(&fs->calls)) != NULL) {
		struct call *c = WQ_OWNER(l, struct call, link);

		wq_redis_forget(&c->cmd);
		fail_all(fs, &c->follows, WQ_ECANCELED);
		wq_free(c);
	}
	fail_all(fs, &fs->waiting, WQ_ECANCELED);
	wq_post_send(&fs->post);
}

void wq_followers_add_metrics(struct wq_followers *fs, struct wq_metrics *m)
{
	wq_metrics_add(m, &fs->made);
	wq_metrics_add(m, &fs->failed);
}

/* Its limit is reached, or its end has come. */
static bool over(yyjson_val *rule, const struct wq_zone *zone, int64_t now)
{
	yyjson_val *limit = wq_json_get(rule, "limit");
	int64_t end;

	if (yyjson_is_num(limit) &&
	    (double)wq_json_get_int(rule, "count", 0) + 1 > yyjson_get_num(limit))
		return true;
	return wq_when_read(wq_json_get(rule, "endDate"), zone, &end) && end != 0 && now > end;
}

/* 0 and the moment, WQ_CRON_NEVER, or an error. */
static int next_of_pattern(struct wq_followers *fs, const struct wq_job *j, yyjson_val *opts,
                           int64_t now, int64_t *next_ms, const char **why)
{
	yyjson_val *rule = wq_json_get(opts, "repeat");
	struct wq_str pattern = wq_json_get_str(rule, "pattern");
	const struct wq_zone *zone = wq_schedules_zone(fs->schedules);
	int64_t start, end = 0, previous = wq_json_get_int(opts, "prevMillis", 0);
	int rc;

	if (!pattern.p)
		pattern = wq_json_get_str(rule, "cron"); /* before 3.0 */
	if (previous > now)
		now = previous;
	if (!wq_when_read(wq_json_get(rule, "startDate"), zone, &start) || start < now)
		start = now;
	wq_when_read(wq_json_get(rule, "endDate"), zone, &end);
	rc = wq_schedules_next(fs->schedules, pattern, wq_json_get_str(rule, "tz"), j->scheduler,
	                       start, end, next_ms, why);
	if (rc == 0 && *next_ms < now)
		*next_ms = now;
	return rc;
}

/* 0: to be made; WQ_CRON_NEVER: no more; < 0: nobody can tell. */
static int judge(struct wq_followers *fs, struct wq_follow *f, const struct wq_job *j,
                 const char **why)
{
	const struct wq_zone *zone = wq_schedules_zone(fs->schedules);
	int64_t now = wq_loop_wall_ms(fs->loop);
	yyjson_val *opts, *rule;
	yyjson_doc *doc;
	int rc = zone ? wq_json_parse(&doc, j->opts, WQ_JOB_JSON_DEPTH_MAX) : WQ_ENOMEM;

	f->item = (struct wq_scheduler_follow){ .job_id = j->id };
	*why = rc == WQ_ENOMEM ? "out of memory" : "the job's options are no JSON";
	if (rc < 0)
		return rc;
	opts = yyjson_doc_get_root(doc);
	rule = wq_json_get(opts, "repeat");
	if (!rule) {
		*why = "the job does not say how it repeats";
		rc = WQ_EPARSE;
	} else if (over(rule, zone, now)) {
		rc = WQ_CRON_NEVER;
	} else if (!yyjson_is_num(wq_json_get(rule, "every"))) {
		rc = next_of_pattern(fs, j, opts, now, &f->item.next_ms, why);
	}
	wq_json_free(doc);
	return rc;
}

void wq_follow_start(struct wq_followers *fs, struct wq_follow *f, const struct wq_job *j,
                     void (*cb)(struct wq_follow *f, int rc))
{
	const char *why = "";
	int rc;

	*f = (struct wq_follow){ .cb = cb };
	rc = fs->closing ? WQ_ECANCELED : judge(fs, f, j, &why);
	if (rc < 0)
		wq_warn("schedule_unreadable", WQ_SL("scheduler", j->scheduler), WQ_S("why", why));
	f->rc = rc < 0 ? rc : 0;
	wq_list_push(rc == 0 ? &fs->waiting : &fs->told, &f->link);
	wq_post_at_end(&fs->post);
}

bool wq_follow_may_yet(int rc)
{
	switch (rc) {
	case WQ_ENOMEM:
	case WQ_EFULL:
	case WQ_ECANCELED:
	case WQ_EAWAY:
	case WQ_ELOST:
	case WQ_ETIMEDOUT:
		return true;
	default:
		return rc > 0 && rc != WQ_REDIS_WRONGTYPE;
	}
}

void wq_follow_forget(struct wq_follow *f)
{
	if (f->link.next)
		wq_list_remove(&f->link);
}
