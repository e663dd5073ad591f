/* SPDX-License-Identifier: MIT */
/* sink.c — posts to arguments of sink.lua, and its answer. */
#include "store/sink.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
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
	MADE_MAX_BYTES = 2 * WQ_WEBHOOK_MEMORY_MAX_BYTES, /* of one post, or of a batch */
};

struct wq_sink_keys {
	struct wq_redis *redis; /* borrowed */
	struct wq_ref refs[WQ_SINK_QUEUES];
	char *opts[WQ_SINK_QUEUES];
	char priority[WQ_SINK_QUEUES][NUMBER_BYTES];
	char own[OWN_MAX_BYTES], counts[OWN_MAX_BYTES + 8], log[OWN_MAX_BYTES + 8], seen[OWN_MAX_BYTES + 8];
	char seen_part_s[NUMBER_BYTES], seen_s[NUMBER_BYTES], log_max[NUMBER_BYTES];
	char backlog_max[NUMBER_BYTES], lane_s[NUMBER_BYTES];
	char *lanes; /* NULL: none are written */
	char events_max[NUMBER_BYTES], events_ms[NUMBER_BYTES];
	struct wq_sub_keys subs;
	bool log_body;
	const char *counted_as;
};

/* Arguments on their way.  Those that are made here lie in `made` one behind the other, and point nowhere until that
 * grows no more. */
struct pen {
	struct wq_str *argv;
	struct wq_buf made;
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
	snprintf(k->counts, sizeof(k->counts), "%scounts", k->own);
	snprintf(k->log, sizeof(k->log), "%slog", k->own);
	snprintf(k->seen, sizeof(k->seen), "%sseen:", k->own);
	number(k->seen_part_s, WQ_SINK_SEEN_MS / 2 / 1000);
	number(k->seen_s, 4 * WQ_SINK_SEEN_MS / 2 / 1000);
	number(k->log_max, (int64_t)o->log_max);
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

static void write_head(struct pen *p, const struct wq_sink_keys *k, const char *now)
{
	struct wq_str *a = p->argv;

	*a++ = wq_str(k->counts);
	a[WQ_SINK_NOW_MS] = wq_str(now);
	a[WQ_SINK_SEEN] = wq_str(k->seen);
	a[WQ_SINK_SEEN_PART_S] = wq_str(k->seen_part_s);
	a[WQ_SINK_SEEN_S] = wq_str(k->seen_s);
	a[WQ_SINK_LOG] = wq_str(k->log);
	a[WQ_SINK_LOG_MAX] = wq_str(k->log_max);
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

static void write_item(struct pen *p, struct wq_str what, struct wq_str mark, struct wq_str text)
{
	p->argv[WQ_SINK_ITEM_WHAT] = what;
	p->argv[WQ_SINK_ITEM_MARK] = mark;
	p->argv[WQ_SINK_ITEM_TEXT] = text;
	p->argv += WQ_SINK_ITEM_ARGS;
}

static void write_member(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.n)
		return;
	wq_jsonw_put_str(w, key, s);
}

/* Its row of the log, as webhook_log.lua unpacks it. */
static int make_row(struct pen *p, const struct wq_sink_post *post, struct wq_str *out)
{
	size_t from = p->made.n;
	struct wq_jsonw w;
	int rc;

	wq_jsonw_begin(&w, &p->made);
	wq_jsonw_object(&w);
	write_member(&w, "provider", post->provider);
	write_member(&w, "kinds", post->kinds);
	write_member(&w, "account", post->account);
	write_member(&w, "ids", post->ids);
	write_member(&w, "peer", post->peer);
	write_member(&w, "business", post->business);
	write_member(&w, "type", post->type);
	wq_jsonw_put_int(&w, "updates", (int64_t)post->updates_n);
	wq_jsonw_object_end(&w);
	rc = wq_jsonw_end(&w);
	*out = wq_strn(NULL, p->made.n - from);
	return rc;
}

static int write_update(struct pen *p, const struct wq_sink_keys *k, const struct wq_sink_update *u)
{
	char digit = k->refs[u->queue].base ? (char)('0' + u->queue) : '0';
	int rc = wq_buf_add_char(&p->made, digit);

	if (rc == 0)
		rc = wq_buf_add_str(&p->made, u->name);
	write_item(p, wq_strn(NULL, 1 + u->name.n), bytes(u->digest), bytes(u->data));
	if (k->lanes && u->lane.n && digit == '0' + WQ_SINK_MESSAGES)
		write_item(p, wq_str("@"), wq_str(""), u->lane);
	return rc;
}

static int write_post(struct pen *p, const struct wq_sink_keys *k, const struct wq_sink_post *post)
{
	struct wq_str row;
	int rc = make_row(p, post, &row);

	write_item(p, wq_str(""), row, k->log_body ? bytes(post->body) : wq_str(""));
	if (post->raw.n)
		write_item(p, wq_str(">"), wq_str(""), post->raw);
	for (size_t i = 0; i < post->updates_n && rc == 0; i++)
		rc = write_update(p, k, &post->updates[i]);
	return rc;
}

static void point_to_made(struct wq_str *argv, size_t n, const char *made)
{
	for (size_t i = 0; i < n; i++) {
		if (argv[i].p)
			continue;
		argv[i].p = made;
		made += argv[i].n;
	}
}

static size_t items_max(const struct wq_sink_keys *k, const struct wq_sink_post *post)
{
	return 2 + post->updates_n * (k->lanes ? 2 : 1);
}

int wq_sink_start(const struct wq_sink_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms, size_t n,
                  const struct wq_sink_post *(*post)(void *ctx, size_t i), void *ctx,
                  void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argv_max = FIXED_ARGS, argc;
	char now[NUMBER_BYTES];
	struct wq_str *argv;
	struct pen p;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		argv_max += items_max(k, post(ctx, i)) * WQ_SINK_ITEM_ARGS;
	argv = wq_alloc(argv_max * sizeof(*argv));
	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	number(now, now_ms);
	p.argv = argv;
	wq_buf_init(&p.made, MADE_MAX_BYTES);
	rc = wq_buf_reserve(&p.made, n * POST_OVERHEAD_BYTES); /* enough for most: grown once */
	write_head(&p, k, now);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = write_post(&p, k, post(ctx, i));
	argc = (size_t)(p.argv - argv);
	if (rc == 0) {
		point_to_made(argv, argc, p.made.p);
		rc = wq_script_start(k->redis, cmd, &wq_script_sink, argv, argc, cb);
	}
	wq_buf_fini(&p.made);
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
