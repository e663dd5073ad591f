/* SPDX-License-Identifier: MIT */
/* work.c — arguments and answer of lua/work.lua. */
#include "store/work.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "scripts.gen.h"

enum {
	NUMBER_BYTES = 24, /* as text */
	HEAD_NUMBERS = WQ_WORK_ARGS,
	ITEM_NUMBERS = 7,
	ITEM_ARGS = WQ_WORK_ITEM_ARGS + WQ_WORK_MORE_ARGS, /* at most */
	CODES = 0, JOBS, LIMIT, NEXT_DUE, MORE, MOVED, /* of the answer */
	AFTER_HASH = 2,                                /* of a claimed job: its id, its place */
};

static const char *const kinds[] = {
	[WQ_WORK_COMPLETED] = "completed", [WQ_WORK_FAILED] = "failed", [WQ_WORK_RETRY] = "retry",
	[WQ_WORK_DELAYED] = "delayed",     [WQ_WORK_WAIT] = "wait",     [WQ_WORK_CHILDREN] = "children",
};

/* One block: the arguments, and the digits that some of them point to. */
struct pen {
	struct wq_str *argv;
	char *digits;
};

static struct wq_str number(struct pen *p, int64_t v)
{
	struct wq_str s = { p->digits, 0 };

	if (v == 0)
		return wq_str("0");
	if (v == -1)
		return wq_str("-1");
	s.n = (size_t)snprintf(p->digits, NUMBER_BYTES, "%" PRId64, v);
	p->digits += s.n;
	return s;
}

static struct wq_str flag(bool v)
{
	return wq_str(v ? "1" : "0");
}

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static void write_head(struct pen *p, const struct wq_ref *ref, int64_t now_ms,
                       const struct wq_work_claim *c)
{
	struct wq_str *a = p->argv;

	*a++ = wq_ref_meta(ref);
	a[WQ_WORK_BASE] = wq_ref_base(ref);
	a[WQ_WORK_NOW_MS] = number(p, now_ms);
	a[WQ_WORK_CLAIM_N] = number(p, c->n);
	a[WQ_WORK_TOKEN] = bytes(c->token);
	a[WQ_WORK_LOCK_MS] = number(p, c->lock_ms);
	a[WQ_WORK_WORKER] = bytes(c->worker);
	a[WQ_WORK_LIMIT_MAX] = number(p, c->limit_max);
	a[WQ_WORK_LIMIT_MS] = number(p, c->limit_ms);
	a[WQ_WORK_PROMOTE_MAX] = number(p, c->promote_max);
	a[WQ_WORK_METRICS_MAX] = number(p, c->metrics_max);
	a[WQ_WORK_OLDER] = flag(c->older);
	a[WQ_WORK_DEAD_BASE] = bytes(c->dead_base);
	a[WQ_WORK_DEAD_MAX] = number(p, c->dead_max);
	a[WQ_WORK_DEAD_AGE_S] = number(p, c->dead_age_s);
	p->argv = a + WQ_WORK_ARGS;
}

/* Three numbers in one argument: all items of a call mostly have the same, and the script compares them at once. */
static struct wq_str keep(struct pen *p, const struct wq_work_item *i)
{
	struct wq_str s = { p->digits, 0 };

	s.n = (size_t)snprintf(p->digits, 3 * NUMBER_BYTES, "%" PRId64 " %" PRId64 " %" PRId64,
	                       i->keep_count, i->keep_age_s, i->keep_limit);
	p->digits += s.n;
	return s;
}

static void write_more(struct pen *p, const struct wq_work_item *i)
{
	struct wq_str *a = p->argv;

	a[WQ_WORK_MORE_TRACE] = bytes(i->trace);
	a[WQ_WORK_MORE_ATTEMPTS] = number(p, i->attempts);
	a[WQ_WORK_MORE_DELAY_MS] = number(p, i->delay_ms);
	a[WQ_WORK_MORE_SKIP_ATTEMPT] = flag(i->skip_attempt);
	a[WQ_WORK_MORE_DEAD_DATA] = bytes(i->dead_data);
	a[WQ_WORK_MORE_CHILD] = bytes(i->child);
	p->argv = a + WQ_WORK_MORE_ARGS;
}

static void write_item(struct pen *p, const struct wq_work_item *i)
{
	struct wq_str *a = p->argv;

	a[WQ_WORK_ITEM_KIND] = wq_str(kinds[i->kind]);
	a[WQ_WORK_ITEM_ID] = bytes(i->id);
	a[WQ_WORK_ITEM_TOKEN] = bytes(i->token);
	a[WQ_WORK_ITEM_VALUE] = bytes(i->value);
	a[WQ_WORK_ITEM_PLACE] = number(p, i->place);
	a[WQ_WORK_ITEM_MADE] = number(p, i->made);
	a[WQ_WORK_ITEM_DEDUP_ID] = bytes(i->dedup_id);
	a[WQ_WORK_ITEM_KEEP] = keep(p, i);
	p->argv = a + WQ_WORK_ITEM_ARGS;
	if (i->kind != WQ_WORK_COMPLETED)
		write_more(p, i);
}

int wq_work_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, int64_t now_ms,
                  const struct wq_work_claim *claim, size_t n,
                  void (*item)(void *ctx, size_t i, struct wq_work_item *out), void *ctx,
                  void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argv_max = 1 + WQ_WORK_ARGS + n * ITEM_ARGS;
	size_t numbers = HEAD_NUMBERS + n * ITEM_NUMBERS;
	struct wq_str *argv;
	struct pen p;
	int rc;

	WQ_REQUIRE(n <= WQ_WORK_ITEMS_MAX);
	argv = wq_alloc(argv_max * sizeof(*argv) + numbers * NUMBER_BYTES);
	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	p = (struct pen){ argv, (char *)(argv + argv_max) };
	write_head(&p, ref, now_ms, claim);
	for (size_t i = 0; i < n; i++) {
		struct wq_work_item it;

		item(ctx, i, &it);
		write_item(&p, &it);
	}
	rc = wq_script_start(ref->redis, cmd, &wq_script_work, argv, (size_t)(p.argv - argv), cb);
	wq_free(argv);
	return rc;
}

int wq_work_answer(const struct wq_redis_cmd *cmd, size_t n, struct wq_work_answer *out)
{
	const struct wq_redis_value *v = cmd->reply;

	*out = (struct wq_work_answer){ .codes = wq_redis_at(v, CODES),
		                        .jobs = wq_redis_at(v, JOBS),
		                        .moved = wq_redis_at(v, MOVED) };
	if (wq_redis_type(out->moved) != WQ_REDIS_ARRAY ||
	    wq_redis_type(out->jobs) != WQ_REDIS_ARRAY || wq_redis_count(out->codes) != n)
		return WQ_RAISE_MSG(WQ_EPROTO, "script work: not its answer");
	out->jobs_n = wq_redis_count(out->jobs);
	out->moved_n = wq_redis_count(out->moved) / 2;
	out->limit_ms = wq_redis_int(wq_redis_at(v, LIMIT), 0);
	out->next_due_ms = wq_redis_int(wq_redis_at(v, NEXT_DUE), 0);
	out->more = wq_redis_int(wq_redis_at(v, MORE), 0) == 1;
	return 0;
}

int wq_work_code(const struct wq_work_answer *a, size_t i)
{
	return (int)wq_redis_int(wq_redis_at(a->codes, i), WQ_WORK_MISSING);
}

int wq_work_job(const struct wq_work_answer *a, size_t i, struct wq_job **out, int64_t *place)
{
	const struct wq_redis_value *v = wq_redis_at(a->jobs, i);
	size_t n = wq_redis_count(v), hash_n = n > AFTER_HASH ? n - AFTER_HASH : 0;
	int rc = wq_job_decode(out, wq_redis_str(wq_redis_at(v, hash_n)), v, hash_n);

	*place = wq_redis_int(wq_redis_at(v, hash_n + 1), -1);
	if (rc == 0 && (*out)->attempts_started < UINT32_MAX)
		(*out)->attempts_started++;
	return rc == WQ_ENOENT ? WQ_RAISE_MSG(WQ_EPROTO, "script work: a job without a hash") : rc;
}

struct wq_str wq_work_moved(const struct wq_work_answer *a, size_t i, int64_t *place)
{
	*place = wq_redis_int(wq_redis_at(a->moved, 2 * i + 1), -1);
	return wq_redis_str(wq_redis_at(a->moved, 2 * i));
}
