/* SPDX-License-Identifier: MIT */
/* scheduler.c — making and changing schedulers. */
#include "queue/scheduler.h"

#include "base/err.h"
#include "base/limits.h"

static const char *problem(const struct wq_scheduler_opts *o, int64_t now)
{
	const struct wq_scheduler_record *r = &o->record;

	if (r->id.n == 0)
		return "a scheduler needs an id";
	if (r->id.n > WQ_SCHEDULER_ID_MAX_BYTES)
		return "the id of a scheduler is too long";
	if (r->pattern.n > 0 && r->every_ms > 0)
		return "a scheduler has a pattern or an interval, not both";
	if (r->pattern.n == 0 && r->every_ms <= 0)
		return "a scheduler needs a pattern or an interval";
	if (o->immediately && r->start_ms > 0)
		return "a scheduler starts immediately or at a date, not both";
	if (r->end_ms > 0 && r->end_ms < now)
		return "the end of the scheduler lies in the past";
	return NULL;
}

/* 0, WQ_CRON_NEVER or a negative code. */
static int first_moment(struct wq_schedules *s, const struct wq_scheduler_opts *o, int64_t now,
                        int64_t *next_ms, const char **why)
{
	const struct wq_scheduler_record *r = &o->record;
	int64_t after = r->start_ms > now ? r->start_ms : now;
	int rc;

	*next_ms = 0;
	if (r->pattern.n == 0)
		return 0;
	rc = wq_schedules_next(s, r->pattern, r->tz, r->id, after, r->end_ms, next_ms, why);
	if (rc >= 0 && o->immediately) {
		*next_ms = now;
		return 0;
	}
	return rc;
}

static void on_over(struct wq_post *p)
{
	struct wq_scheduler_upsert *u = WQ_OWNER(p, struct wq_scheduler_upsert, post);

	u->cb(u, 0);
}

static void on_upserted(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_scheduler_upsert *u = WQ_OWNER(cmd, struct wq_scheduler_upsert, cmd);

	if (rc == 0)
		u->code = wq_scheduler_upsert_code(cmd, &u->job_id, &u->delay_ms);
	u->cb(u, rc);
}

int wq_scheduler_upsert(struct wq_scheduler_upsert *u, struct wq_schedules *s, struct wq_loop *l,
                        const struct wq_ref *ref, const struct wq_scheduler_opts *o,
                        void (*cb)(struct wq_scheduler_upsert *u, int rc), const char **why)
{
	struct wq_scheduler_record r = o->record;
	int64_t now = wq_loop_wall_ms(l), next_ms;
	int rc;

	*u = (struct wq_scheduler_upsert){ .cb = cb };
	wq_post_init(&u->post, l, on_over);
	*why = problem(o, now);
	if (*why)
		return WQ_EINVAL;
	if (r.count <= 0)
		r.count = 1;
	if (r.name.n == 0)
		r.name = r.id;
	rc = first_moment(s, o, now, &next_ms, why);
	if (rc < 0)
		return rc;
	if (rc == WQ_CRON_NEVER || (r.limit != 0 && r.count > r.limit) ||
	    (r.end_ms > 0 && now > r.end_ms)) {
		u->code = WQ_SCHEDULER_OVER;
		wq_post_send(&u->post);
		return 0;
	}
	return wq_scheduler_upsert_start(ref, &u->cmd, now, &r, next_ms, on_upserted);
}

void wq_scheduler_upsert_forget(struct wq_scheduler_upsert *u)
{
	wq_post_cancel(&u->post);
	wq_redis_forget(&u->cmd);
}
