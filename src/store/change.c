/* SPDX-License-Identifier: MIT */
/* change.c — arguments of each script, and the one form of their answers: {code, n, next, …}. */
#include "store/change.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, KEY_BYTES = 2 * WQ_QUEUE_NAME_MAX_BYTES + 64, IDS_AT = 3 };

static const char *const places[WQ_PLACES] = {
	[WQ_PLACE_WAIT] = "wait",
	[WQ_PLACE_PAUSED] = "paused",
	[WQ_PLACE_ACTIVE] = "active",
	[WQ_PLACE_DELAYED] = "delayed",
	[WQ_PLACE_PRIORITIZED] = "prioritized",
	[WQ_PLACE_CHILDREN] = "waiting-children",
	[WQ_PLACE_COMPLETED] = "completed",
	[WQ_PLACE_FAILED] = "failed",
};

/* A number as an argument; its text lives as long as the struct. */
struct number {
	char text[NUMBER_BYTES];
};

static struct wq_str print(struct number *n, int64_t v)
{
	snprintf(n->text, sizeof(n->text), "%" PRId64, v);
	return wq_str(n->text);
}

static struct wq_str flag(bool on)
{
	return wq_str(on ? "1" : "0");
}

static struct wq_str finished(enum wq_finished state)
{
	return wq_str(state == WQ_FINISHED_FAILED ? "failed" : "completed");
}

static struct wq_str chunk(struct number *n)
{
	return print(n, WQ_INSPECT_CHUNK_JOBS);
}

static void tell(struct wq_change *c, int rc)
{
	c->cb(c, rc);
}

static void on_script(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_change *c = WQ_OWNER(cmd, struct wq_change, cmd);
	struct wq_str next = wq_redis_str(wq_redis_at(cmd->reply, 2));

	if (rc != 0) {
		tell(c, rc);
		return;
	}
	if (wq_redis_count(cmd->reply) < IDS_AT || next.n >= sizeof(c->next)) {
		tell(c, WQ_RAISE_MSG(WQ_EPROTO, "answer of a change"));
		return;
	}
	c->code = (int)wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_CHANGE_MISSING);
	c->n = (uint64_t)wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
	if (next.n)
		memcpy(c->next, next.p, next.n);
	c->next[next.n] = '\0';
	c->more = next.n > 0;
	tell(c, 0);
}

/* A plain command: an integer, or OK. */
static void on_plain(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_change *c = WQ_OWNER(cmd, struct wq_change, cmd);

	c->code = WQ_CHANGE_DONE;
	c->more = false;
	c->n = rc == 0 ? (uint64_t)wq_redis_int(cmd->reply, 1) : 0;
	tell(c, rc);
}

void wq_change_init(struct wq_change *c, const struct wq_ref *ref,
                    void (*cb)(struct wq_change *c, int rc))
{
	*c = (struct wq_change){ .ref = ref, .cb = cb };
}

void wq_change_forget(struct wq_change *c)
{
	wq_redis_forget(&c->cmd);
}

size_t wq_change_ids(const struct wq_change *c)
{
	size_t n = wq_redis_count(c->cmd.reply);

	return n > IDS_AT ? n - IDS_AT : 0;
}

struct wq_str wq_change_id(const struct wq_change *c, size_t i)
{
	return wq_redis_str(wq_redis_at(c->cmd.reply, IDS_AT + i));
}

/* argv[0] is the key; every script takes the queue's base first. */
static int run(struct wq_change *c, const struct wq_script *s, struct wq_str *argv, size_t args)
{
	argv[0] = wq_ref_meta(c->ref);
	argv[1] = wq_ref_base(c->ref);
	return wq_script_start(c->ref->redis, &c->cmd, s, argv, args + 1, on_script);
}

/* What a call that goes on is given; what the first one is. */
static struct wq_str from(const struct wq_change *c)
{
	return wq_str(c->more ? c->next : "0");
}

int wq_change_pause(struct wq_change *c)
{
	struct number most = { "" };
	struct wq_str argv[1 + WQ_PAUSE_ARGS];

	argv[1 + WQ_PAUSE_MOST] = print(&most, WQ_INSPECT_SPLICE_JOBS);
	argv[1 + WQ_PAUSE_AGAIN] = flag(c->more);
	return run(c, &wq_script_pause, argv, WQ_PAUSE_ARGS);
}

int wq_change_resume(struct wq_change *c)
{
	struct number most = { "" };
	struct wq_str argv[1 + WQ_RESUME_ARGS];

	argv[1 + WQ_RESUME_MOST] = print(&most, WQ_INSPECT_SPLICE_JOBS);
	return run(c, &wq_script_resume, argv, WQ_RESUME_ARGS);
}

int wq_change_promote(struct wq_change *c, struct wq_str id)
{
	struct wq_str argv[1 + WQ_PROMOTE_ARGS];

	argv[1 + WQ_PROMOTE_ID] = id;
	return run(c, &wq_script_promote, argv, WQ_PROMOTE_ARGS);
}

int wq_change_promote_all(struct wq_change *c)
{
	struct number most = { "" };
	struct wq_str argv[1 + WQ_PROMOTE_ALL_ARGS];

	argv[1 + WQ_PROMOTE_ALL_MOST] = chunk(&most);
	return run(c, &wq_script_promote_all, argv, WQ_PROMOTE_ALL_ARGS);
}

int wq_change_delay(struct wq_change *c, int64_t now_ms, struct wq_str id, int64_t delay_ms)
{
	struct number now = { "" }, delay = { "" };
	struct wq_str argv[1 + WQ_CHANGE_DELAY_ARGS];

	argv[1 + WQ_CHANGE_DELAY_NOW_MS] = print(&now, now_ms);
	argv[1 + WQ_CHANGE_DELAY_ID] = id;
	argv[1 + WQ_CHANGE_DELAY_DELAY_MS] = print(&delay, delay_ms);
	return run(c, &wq_script_change_delay, argv, WQ_CHANGE_DELAY_ARGS);
}

int wq_change_priority(struct wq_change *c, struct wq_str id, uint32_t priority, bool front)
{
	struct number level = { "" };
	struct wq_str argv[1 + WQ_CHANGE_PRIORITY_ARGS];

	argv[1 + WQ_CHANGE_PRIORITY_ID] = id;
	argv[1 + WQ_CHANGE_PRIORITY_PRIORITY] = print(&level, priority);
	argv[1 + WQ_CHANGE_PRIORITY_FRONT] = flag(front);
	return run(c, &wq_script_change_priority, argv, WQ_CHANGE_PRIORITY_ARGS);
}

int wq_change_retry(struct wq_change *c, struct wq_str id, const struct wq_retry *how)
{
	struct wq_str argv[1 + WQ_RETRY_ARGS];

	argv[1 + WQ_RETRY_ID] = id;
	argv[1 + WQ_RETRY_STATE] = finished(how->state);
	argv[1 + WQ_RETRY_RESET_MADE] = flag(how->reset_made);
	argv[1 + WQ_RETRY_RESET_STARTED] = flag(how->reset_started);
	return run(c, &wq_script_retry, argv, WQ_RETRY_ARGS);
}

int wq_change_retry_all(struct wq_change *c, enum wq_finished state, int64_t until_ms)
{
	struct number until = { "" }, most = { "" };
	struct wq_str argv[1 + WQ_RETRY_ALL_ARGS];

	argv[1 + WQ_RETRY_ALL_STATE] = finished(state);
	argv[1 + WQ_RETRY_ALL_UNTIL_MS] = print(&until, until_ms);
	argv[1 + WQ_RETRY_ALL_MOST] = chunk(&most);
	return run(c, &wq_script_retry_all, argv, WQ_RETRY_ALL_ARGS);
}

int wq_change_remove(struct wq_change *c, struct wq_str id, bool children)
{
	struct number most = { "" };
	struct wq_str argv[1 + WQ_REMOVE_ARGS];

	argv[1 + WQ_REMOVE_ID] = id;
	argv[1 + WQ_REMOVE_CHILDREN] = flag(children);
	argv[1 + WQ_REMOVE_MOST] = chunk(&most);
	return run(c, &wq_script_remove, argv, WQ_REMOVE_ARGS);
}

int wq_change_remove_pending(struct wq_change *c, struct wq_str id)
{
	struct number most = { "" };
	struct wq_str argv[1 + WQ_REMOVE_PENDING_ARGS];

	argv[1 + WQ_REMOVE_PENDING_ID] = id;
	argv[1 + WQ_REMOVE_PENDING_MOST] = chunk(&most);
	argv[1 + WQ_REMOVE_PENDING_FROM] = from(c);
	return run(c, &wq_script_remove_pending, argv, WQ_REMOVE_PENDING_ARGS);
}

int wq_change_detach(struct wq_change *c, struct wq_str id)
{
	struct wq_str argv[1 + WQ_DETACH_ARGS];

	argv[1 + WQ_DETACH_ID] = id;
	return run(c, &wq_script_detach, argv, WQ_DETACH_ARGS);
}

int wq_change_clean(struct wq_change *c, const struct wq_clean *what)
{
	struct number until = { "" }, limit = { "" }, most = { "" }, before = { "" };
	struct wq_str argv[1 + WQ_CLEAN_ARGS];

	argv[1 + WQ_CLEAN_STATE] = wq_str(places[what->place]);
	argv[1 + WQ_CLEAN_UNTIL_MS] = print(&until, what->until_ms);
	argv[1 + WQ_CLEAN_LIMIT] = print(&limit, (int64_t)what->limit);
	argv[1 + WQ_CLEAN_MOST] = chunk(&most);
	argv[1 + WQ_CLEAN_FROM] = from(c);
	argv[1 + WQ_CLEAN_BEFORE] = print(&before, (int64_t)what->before);
	return run(c, &wq_script_clean, argv, WQ_CLEAN_ARGS);
}

int wq_change_drain(struct wq_change *c, enum wq_place place)
{
	struct number most = { "" };
	struct wq_str argv[1 + WQ_DRAIN_ARGS];

	argv[1 + WQ_DRAIN_PLACE] = wq_str(places[place]);
	argv[1 + WQ_DRAIN_MOST] = chunk(&most);
	argv[1 + WQ_DRAIN_FROM] = from(c);
	return run(c, &wq_script_drain, argv, WQ_DRAIN_ARGS);
}

int wq_change_obliterate(struct wq_change *c, bool force)
{
	struct number most = { "" };
	struct wq_str argv[1 + WQ_OBLITERATE_ARGS];

	argv[1 + WQ_OBLITERATE_FORCE] = flag(force);
	argv[1 + WQ_OBLITERATE_MOST] = chunk(&most);
	return run(c, &wq_script_obliterate, argv, WQ_OBLITERATE_ARGS);
}

int wq_change_vacate(struct wq_change *c)
{
	struct wq_str argv[1 + WQ_VACATE_ARGS];

	return run(c, &wq_script_vacate, argv, WQ_VACATE_ARGS);
}

int wq_change_note(struct wq_change *c, struct wq_str id, enum wq_note kind, struct wq_str value,
                   uint32_t keep)
{
	static const char *const kinds[] = { "data", "progress", "log" };
	struct number rows = { "" };
	struct wq_str argv[1 + WQ_NOTE_ARGS];

	argv[1 + WQ_NOTE_ID] = id;
	argv[1 + WQ_NOTE_KIND] = wq_str(kinds[kind]);
	argv[1 + WQ_NOTE_VALUE] = value;
	argv[1 + WQ_NOTE_KEEP] = print(&rows, keep);
	return run(c, &wq_script_note, argv, WQ_NOTE_ARGS);
}

static int plain(struct wq_change *c, const struct wq_str *argv, size_t n)
{
	return wq_redis_start(c->ref->redis, &c->cmd, argv, n, on_plain);
}

int wq_change_concurrency(struct wq_change *c, uint32_t n)
{
	struct number limit = { "" };
	struct wq_str key = wq_ref_meta(c->ref), field = wq_str("concurrency");

	if (n == 0)
		return plain(c, (struct wq_str[]){ wq_str("HDEL"), key, field }, 3);
	return plain(c, (struct wq_str[]){ wq_str("HSET"), key, field, print(&limit, n) }, 4);
}

int wq_change_rate(struct wq_change *c, uint32_t max, uint32_t per_ms)
{
	struct number limit = { "" }, window = { "" };
	struct wq_str key = wq_ref_meta(c->ref);

	if (max == 0)
		return plain(c,
		             (struct wq_str[]){ wq_str("HDEL"), key, wq_str("max"),
		                                wq_str("duration") },
		             4);
	return plain(c,
	             (struct wq_str[]){ wq_str("HSET"), key, wq_str("max"), print(&limit, max),
	                                wq_str("duration"), print(&window, per_ms) },
	             6);
}

int wq_change_hold(struct wq_change *c, uint32_t ms)
{
	struct number window = { "" };
	char text[KEY_BYTES];
	int rc = wq_ref_key(c->ref, wq_str("limiter"), text, sizeof(text));
	struct wq_str key = wq_str(text);

	if (rc < 0)
		return rc;
	if (ms == 0)
		return plain(c, (struct wq_str[]){ wq_str("DEL"), key }, 2);
	return plain(c,
	             (struct wq_str[]){ wq_str("SET"), key, wq_str("9007199254740991"),
	                                wq_str("PX"), print(&window, ms) },
	             5);
}

int wq_change_dedup_forget(struct wq_change *c, struct wq_str dedup_id)
{
	char suffix[WQ_QUEUE_NAME_MAX_BYTES], text[KEY_BYTES];
	int n = snprintf(suffix, sizeof(suffix), "de:%.*s", WQ_STR_ARG(dedup_id));

	if (n < 0 || (size_t)n >= sizeof(suffix) ||
	    wq_ref_key(c->ref, wq_strn(suffix, (size_t)n), text, sizeof(text)) < 0)
		return WQ_ETOOBIG;
	return plain(c, (struct wq_str[]){ wq_str("DEL"), wq_str(text) }, 2);
}
