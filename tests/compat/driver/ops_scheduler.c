/* SPDX-License-Identifier: MIT */
/* ops_scheduler.c — ops of schedulers. */
#include "driver/driver.h"
#include "queue/scheduler.h"
#include "queue/when.h"

struct following {
	struct wq_follow f;
	struct driver *d;
};

/* Without a zone of its own a pattern runs in UTC here; the tests' BullMQ does too, by TZ. */
static struct wq_schedules *schedules(yyjson_val *request)
{
	static struct wq_schedules s;
	static bool ready;

	if (!ready)
		wq_schedules_init(&s, "UTC");
	ready = true;
	wq_schedules_set_major(&s, (unsigned)wq_json_get_int(request, "major", 0));
	return &s;
}

static void on_followed(struct wq_follow *f, int rc)
{
	driver_done(((struct following *)(void *)f)->d, rc);
}

static void on_closed(void *ctx)
{
	driver_done(ctx, 0);
}

void driver_follow(struct driver *d, yyjson_val *request, struct held *const *jobs, size_t n)
{
	struct wq_followers *followers = NULL;

	for (size_t i = 0; i < n; i++) {
		struct following one = { .d = d };

		if (!wq_follow_wanted(jobs[i]->job))
			continue;
		if (!followers &&
		    wq_followers_create(&followers, d->loop, &d->ref, schedules(request)) < 0)
			driver_die("followers", 0);
		wq_follow_start(followers, &one.f, jobs[i]->job, on_followed);
		if (driver_wait(d) != 0)
			driver_die("follow", 0);
	}
	if (followers) {
		wq_followers_close(followers, on_closed, d);
		driver_wait(d);
	}
}

static struct wq_str text_of(yyjson_val *v, struct wq_buf *out)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	if (v)
		wq_jsonw_value(&w, v);
	return wq_buf_str(out);
}

static int64_t date_of(yyjson_val *v, struct wq_schedules *s)
{
	int64_t ms = 0;

	wq_when_read(v, wq_schedules_zone(s), &ms);
	return ms;
}

struct upserting {
	struct wq_scheduler_upsert u;
	struct driver *d;
};

static void on_upserted(struct wq_scheduler_upsert *u, int rc)
{
	struct driver *d = ((struct upserting *)(void *)u)->d;

	if (rc != 0)
		driver_refuse(d, 0, u->cmd.error);
	else if (u->code < 0)
		driver_refuse(d, u->code, NULL);
	else if (u->code == WQ_SCHEDULER_OVER)
		wq_jsonw_null(&d->out);
	else
		wq_jsonw_str(&d->out, u->job_id);
	driver_done(d, rc);
}

static void op_upsert(struct driver *d, yyjson_val *request)
{
	yyjson_val *repeat = wq_json_get(request, "repeat"), *limit = wq_json_get(repeat, "limit");
	struct wq_scheduler_opts o = { .immediately = driver_flag(repeat, "immediately") };
	struct wq_schedules *s = schedules(request);
	struct wq_scheduler_record *r = &o.record;
	struct upserting one = { .d = d };
	struct wq_buf opts;
	const char *why = NULL;

	wq_buf_init(&opts, 1 << 20);
	r->id = wq_json_get_str(request, "id");
	r->name = wq_json_get_str(request, "name");
	r->data = wq_json_get_str(request, "data");
	r->opts = text_of(wq_json_get(request, "opts"), &opts);
	r->pattern = wq_json_get_str(repeat, "pattern");
	r->tz = wq_json_get_str(repeat, "tz");
	r->every_ms = wq_json_get_int(repeat, "every", 0);
	r->offset_ms = wq_json_get_int(repeat, "offset", 0);
	r->limit = limit && wq_json_get_int(repeat, "limit", 0) == 0
	                   ? -1
	                   : wq_json_get_int(repeat, "limit", 0);
	r->start_ms = date_of(wq_json_get(repeat, "startDate"), s);
	r->end_ms = date_of(wq_json_get(repeat, "endDate"), s);
	if (wq_scheduler_upsert(&one.u, s, d->loop, &d->ref, &o, on_upserted, &why) < 0)
		driver_refuse(d, 0, why);
	else
		driver_wait(d);
	wq_buf_fini(&opts);
}

struct asking {
	struct wq_redis_cmd cmd;
	struct driver *d;
};

static struct driver *asked_by(struct wq_redis_cmd *cmd)
{
	return ((struct asking *)(void *)cmd)->d;
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	wq_jsonw_bool(&asked_by(cmd)->out, wq_redis_int(cmd->reply, 0) == 1);
	driver_done(asked_by(cmd), rc);
}

static void op_remove(struct driver *d, yyjson_val *request)
{
	struct asking one = { .d = d };

	if (wq_scheduler_remove_start(&d->ref, &one.cmd, wq_json_get_str(request, "id"),
	                              on_removed) < 0)
		driver_die("remove", 0);
	driver_wait(d);
}

static void add_number(struct wq_jsonw *w, const char *key, int64_t value)
{
	if (value > 0) {
		wq_jsonw_key(w, key);
		wq_jsonw_int(w, value);
	}
}

static void add_text(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (s.n > 0) {
		wq_jsonw_key(w, key);
		wq_jsonw_str(w, s);
	}
}

static void add_json(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (s.n > 0) {
		wq_jsonw_key(w, key);
		wq_jsonw_raw(w, s);
	}
}

static void add_record(struct wq_jsonw *w, const struct wq_scheduler_seen *s)
{
	const struct wq_scheduler_record *r = &s->record;

	add_text(w, "name", r->name);
	add_text(w, "tz", r->tz);
	add_text(w, "pattern", r->pattern);
	add_number(w, "iterationCount", s->made);
	add_number(w, "limit", r->limit);
	add_number(w, "startDate", r->start_ms);
	add_number(w, "endDate", r->end_ms);
	add_number(w, "every", r->every_ms);
	add_number(w, "offset", r->offset_ms);
	if (r->data.n == 0 && r->opts.n == 0)
		return;
	wq_jsonw_key(w, "template");
	wq_jsonw_object(w);
	add_json(w, "data", r->data);
	add_json(w, "opts", r->opts);
	wq_jsonw_object_end(w);
}

static void add_seen(struct wq_jsonw *w, const struct wq_scheduler_seen *s, bool whole)
{
	wq_jsonw_object(w);
	add_text(w, "key", s->record.id);
	wq_jsonw_key(w, "next");
	wq_jsonw_int(w, s->next_ms);
	if (whole)
		add_record(w, s);
	wq_jsonw_object_end(w);
}

static void on_one(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_scheduler_seen s;

	if (wq_scheduler_read_count(cmd) == 1 && wq_scheduler_read_at(cmd, 0, &s))
		add_seen(&asked_by(cmd)->out, &s, true);
	else
		wq_jsonw_null(&asked_by(cmd)->out);
	driver_done(asked_by(cmd), rc);
}

static void on_page(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_jsonw *w = &asked_by(cmd)->out;
	struct wq_scheduler_seen s;

	wq_jsonw_array(w);
	for (size_t i = 0; i < wq_scheduler_read_count(cmd); i++)
		if (wq_scheduler_read_at(cmd, i, &s))
			add_seen(w, &s, false);
	wq_jsonw_array_end(w);
	driver_done(asked_by(cmd), rc);
}

static void read_schedulers(struct driver *d, const struct wq_scheduler_query *q,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct asking one = { .d = d };

	if (wq_scheduler_read_start(&d->ref, &one.cmd, q, cb) < 0)
		driver_die("read", 0);
	driver_wait(d);
}

static void op_scheduler(struct driver *d, yyjson_val *request)
{
	struct wq_scheduler_query q = { .id = wq_json_get_str(request, "id") };

	read_schedulers(d, &q, on_one);
}

static void op_schedulers(struct driver *d, yyjson_val *request)
{
	struct wq_scheduler_query q = { .count = UINT64_MAX, .ascending = true };

	read_schedulers(d, &q, on_page);
}

const struct driver_op driver_scheduler_ops[] = {
	{ "upsertScheduler", op_upsert },
	{ "removeScheduler", op_remove },
	{ "scheduler", op_scheduler },
	{ "schedulers", op_schedulers },
	{ NULL, NULL },
};
