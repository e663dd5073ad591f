/* SPDX-License-Identifier: MIT */
/* sink.c — posts to arguments of sink.lua, and its answer. */
#include "store/sink.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"
#include "store/lane.h"
#include "store/ref.h"
#include "store/subscription.h"
#include "store/tag.h"

enum {
	NUMBER_BYTES = 24,
	FIXED_ARGS = 1 + WQ_SINK_ARGS, /* with the key */
	POST_OVERHEAD_BYTES = 200,     /* of lengths and numbers on the wire */
	UPDATE_OVERHEAD_BYTES = 60,
	OWN_MAX_BYTES = WQ_QUEUE_NAME_MAX_BYTES + 32,
};

struct wq_sink_keys {
	struct wq_redis *redis; /* borrowed */
	struct wq_ref refs[WQ_SINK_QUEUES];
	char *opts[WQ_SINK_QUEUES];
	char priority[WQ_SINK_QUEUES][NUMBER_BYTES];
	char own[OWN_MAX_BYTES], key[OWN_MAX_BYTES + 8];
	char seen_s[NUMBER_BYTES], log_max[NUMBER_BYTES], log_ms[NUMBER_BYTES];
	char backlog_max[NUMBER_BYTES], lane_s[NUMBER_BYTES];
	char *lanes; /* NULL: none are written */
	char events_max[NUMBER_BYTES], events_ms[NUMBER_BYTES];
	struct wq_sub_keys subs;
	bool log_body;
	const char *counted_as;
};

/* One block: the arguments, and the counts that some of them point to. */
struct pen {
	struct wq_str *argv;
	char *digits;
};

static void number(char out[NUMBER_BYTES], int64_t n)
{
	snprintf(out, NUMBER_BYTES, "%" PRId64, n);
}

void wq_sink_own(struct wq_str prefix, char *out, size_t max)
{
	struct wq_str tag = wq_tag_of(prefix);

	snprintf(out, max, "wq:{%.*s}:sink:", WQ_STR_ARG(tag));
}

static int open_queue(struct wq_sink_keys *k, unsigned i, const struct wq_sink_opts *o,
                      const char **why)
{
	const struct wq_sink_jobs *j = &o->jobs[i];
	int rc;

	if (!j->queue.n)
		return 0;
	rc = wq_ref_init(&k->refs[i], k->redis, o->prefix, j->queue, why);
	if (rc < 0)
		return rc;
	k->opts[i] = wq_strndup(j->opts.p, j->opts.n);
	number(k->priority[i], j->priority);
	return k->opts[i] ? 0 : WQ_RAISE(WQ_ENOMEM);
}

int wq_sink_keys_create(struct wq_sink_keys **out, struct wq_redis *redis,
                        const struct wq_sink_opts *o, const char **why)
{
	struct wq_sink_keys *k = wq_zalloc(sizeof(*k));
	int rc = 0;

	*out = NULL;
	if (!k)
		return WQ_RAISE(WQ_ENOMEM);
	k->redis = redis;
	k->log_body = o->log_body;
	k->counted_as = o->again ? "again_" : "";
	wq_sink_own(o->prefix, k->own, sizeof(k->own));
	snprintf(k->key, sizeof(k->key), "%scounts", k->own);
	number(k->seen_s, 4 * WQ_SINK_SEEN_MS / 2 / 1000);
	number(k->log_max, (int64_t)o->log_max);
	number(k->log_ms, o->log_ms);
	number(k->backlog_max, (int64_t)o->backlog_max);
	number(k->lane_s, WQ_LANE_MAX_S);
	if (o->lanes) {
		k->lanes = wq_lanes_prefix(o->prefix, o->jobs[WQ_SINK_MESSAGES].queue);
		rc = k->lanes ? 0 : WQ_ENOMEM;
	}
	number(k->events_max, (int64_t)o->events_max);
	number(k->events_ms, o->events_ms);
	wq_sub_keys_init(&k->subs, redis, o->prefix);
	for (unsigned i = WQ_SINK_MESSAGES; i < WQ_SINK_QUEUES && rc == 0; i++)
		rc = open_queue(k, i, o, why);
	if (rc < 0) {
		wq_sink_keys_destroy(k);
		return rc;
	}
	*out = k;
	return 0;
}

void wq_sink_keys_destroy(struct wq_sink_keys *k)
{
	if (!k)
		return;
	for (unsigned i = 0; i < WQ_SINK_QUEUES; i++) {
		wq_ref_fini(&k->refs[i]);
		wq_free(k->opts[i]);
	}
	wq_free(k->lanes);
	wq_free(k);
}

size_t wq_sink_post_bytes(const struct wq_sink_post *p)
{
	size_t n = p->body.n + p->raw.n + p->ids.n + p->kinds.n + p->account.n + p->business.n +
	           p->type.n + POST_OVERHEAD_BYTES;

	for (size_t i = 0; i < p->updates_n; i++)
		n += p->updates[i].name.n + p->updates[i].data.n + p->updates[i].digest.n +
		     p->updates[i].lane.n + UPDATE_OVERHEAD_BYTES;
	return n;
}

static struct wq_str count(struct pen *p, size_t n)
{
	struct wq_str s = { p->digits, 0 };

	if (n == 1)
		return wq_str("1");
	s.n = (size_t)snprintf(p->digits, NUMBER_BYTES, "%zu", n);
	p->digits += s.n;
	return s;
}

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static void write_queue(struct wq_str *a, const struct wq_sink_keys *k, unsigned i)
{
	a[0] = k->refs[i].base ? wq_ref_base(&k->refs[i]) : wq_str("");
	a[1] = k->opts[i] ? wq_str(k->opts[i]) : wq_str("");
	a[2] = k->opts[i] ? wq_str(k->priority[i]) : wq_str("0");
}

static void write_head(struct pen *p, const struct wq_sink_keys *k, const char *now,
                       const char *period)
{
	struct wq_str *a = p->argv;

	*a++ = wq_str(k->key);
	a[WQ_SINK_OWN] = wq_str(k->own);
	a[WQ_SINK_NOW_MS] = wq_str(now);
	a[WQ_SINK_PERIOD] = wq_str(period);
	a[WQ_SINK_SEEN_S] = wq_str(k->seen_s);
	a[WQ_SINK_LOG_MAX] = wq_str(k->log_max);
	a[WQ_SINK_LOG_MS] = wq_str(k->log_ms);
	a[WQ_SINK_LOG_BODY] = wq_str(k->log_body ? "1" : "0");
	a[WQ_SINK_COUNTED_AS] = wq_str(k->counted_as);
	a[WQ_SINK_BACKLOG_MAX] = wq_str(k->backlog_max);
	a[WQ_SINK_LANES] = wq_str(k->lanes ? k->lanes : "");
	a[WQ_SINK_LANE_S] = wq_str(k->lane_s);
	a[WQ_SINK_SUBS] = wq_str(k->subs.base);
	a[WQ_SINK_EVENTS_MAX] = wq_str(k->events_max);
	a[WQ_SINK_EVENTS_MS] = wq_str(k->events_ms);
	write_queue(a + WQ_SINK_BASE_1, k, WQ_SINK_MESSAGES);
	write_queue(a + WQ_SINK_BASE_2, k, WQ_SINK_STATUSES);
	write_queue(a + WQ_SINK_BASE_3, k, WQ_SINK_EVENTS);
	p->argv = a + WQ_SINK_ARGS;
}

static void write_update(struct pen *p, const struct wq_sink_keys *k,
                         const struct wq_sink_update *u)
{
	static const char *const numbers[WQ_SINK_QUEUES] = { "0", "1", "2", "3" };
	struct wq_str *a = p->argv;

	a[WQ_SINK_MORE_QUEUE] = wq_str(k->refs[u->queue].base ? numbers[u->queue] : "0");
	a[WQ_SINK_MORE_DIGEST] = bytes(u->digest);
	a[WQ_SINK_MORE_NAME] = bytes(u->name);
	a[WQ_SINK_MORE_DATA] = bytes(u->data);
	a[WQ_SINK_MORE_LANE] = k->lanes ? bytes(u->lane) : wq_str("");
	p->argv = a + WQ_SINK_MORE_ARGS;
}

static void write_post(struct pen *p, const struct wq_sink_keys *k, const struct wq_sink_post *post)
{
	struct wq_str *a = p->argv;

	a[WQ_SINK_ITEM_UPDATES] = count(p, post->updates_n);
	a[WQ_SINK_ITEM_PROVIDER] = bytes(post->provider);
	a[WQ_SINK_ITEM_KINDS] = bytes(post->kinds);
	a[WQ_SINK_ITEM_ACCOUNT] = bytes(post->account);
	a[WQ_SINK_ITEM_IDS] = bytes(post->ids);
	a[WQ_SINK_ITEM_PEER] = bytes(post->peer);
	a[WQ_SINK_ITEM_BUSINESS] = bytes(post->business);
	a[WQ_SINK_ITEM_TYPE] = bytes(post->type);
	a[WQ_SINK_ITEM_BODY] = k->log_body ? bytes(post->body) : wq_str("");
	a[WQ_SINK_ITEM_RAW] = bytes(post->raw);
	p->argv = a + WQ_SINK_ITEM_ARGS;
	for (size_t i = 0; i < post->updates_n; i++)
		write_update(p, k, &post->updates[i]);
}

int wq_sink_start(const struct wq_sink_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms, size_t n,
                  const struct wq_sink_post *(*post)(void *ctx, size_t i), void *ctx,
                  void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char now[NUMBER_BYTES], period[NUMBER_BYTES];
	size_t argv_max = FIXED_ARGS + n * WQ_SINK_ITEM_ARGS;
	struct wq_str *argv;
	struct pen p;
	int rc;

	for (size_t i = 0; i < n; i++)
		argv_max += post(ctx, i)->updates_n * WQ_SINK_MORE_ARGS;
	argv = wq_alloc(argv_max * sizeof(*argv) + n * NUMBER_BYTES);
	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	number(now, now_ms);
	number(period, now_ms / (WQ_SINK_SEEN_MS / 2));
	p = (struct pen){ argv, (char *)(argv + argv_max) };
	write_head(&p, k, now, period);
	for (size_t i = 0; i < n; i++)
		write_post(&p, k, post(ctx, i));
	rc = wq_script_start(k->redis, cmd, &wq_script_sink, argv, (size_t)(p.argv - argv), cb);
	wq_free(argv);
	return rc;
}

int wq_sink_answer(const struct wq_redis_cmd *cmd, size_t n)
{
	size_t got = wq_redis_count(cmd->reply);

	if (wq_redis_type(cmd->reply) != WQ_REDIS_ARRAY || (got != 0 && got != 2 * n))
		return WQ_RAISE_MSG(WQ_EPROTO, "script sink: not its answer");
	return got ? 0 : WQ_SINK_FULL;
}

void wq_sink_counts(const struct wq_redis_cmd *cmd, size_t i, uint64_t *fresh, uint64_t *known)
{
	*fresh = (uint64_t)wq_redis_int(wq_redis_at(cmd->reply, 2 * i), 0);
	*known = (uint64_t)wq_redis_int(wq_redis_at(cmd->reply, 2 * i + 1), 0);
}
