/* SPDX-License-Identifier: MIT */
/* tail.c — one stream, read behind the last id for ever.
 *
 *   from "$" ──► XREVRANGE: the last id ──► XREAD BLOCK ──► entries ──► XREAD BLOCK …
 *
 * "$" is turned into an id at once: asked again after a lost connection, it would skip what came in between.  A block
 * is short, so that a silent connection is found by the command's time-out.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/client.h"
#include "io/redis/subscribe.h"

enum { ID_MAX_BYTES = 48, ANSWER_MS = 3000, BATCH_DEFAULT = 100 };

struct wq_redis_tail {
	struct wq_redis *redis;
	struct wq_redis_tail_opts o; /* stream points to ours */
	char *stream;
	char id[ID_MAX_BYTES]; /* the last one seen; "$": not known yet */
	char batch[12];
	struct wq_redis_cmd cmd;
	struct wq_timer next;
	struct wq_loop *loop;
	uint64_t asked_us;
	bool closing;
	void (*on_closed)(void *ctx);
	void *closed_ctx;
};

static void on_entries(struct wq_redis_cmd *cmd, int rc);
static void on_last_id(struct wq_redis_cmd *cmd, int rc);

static void ask(struct wq_redis_tail *t)
{
	char block[12];
	struct wq_str find[] = { WQ_STR("XREVRANGE"), wq_str(t->stream), WQ_STR("+"),
		                 WQ_STR("-"),         WQ_STR("COUNT"),   WQ_STR("1") };
	struct wq_str read[] = { WQ_STR("XREAD"), WQ_STR("COUNT"), wq_str(t->batch), WQ_STR("BLOCK"),
		                 { block, 0 },    WQ_STR("STREAMS"), wq_str(t->stream),
		                 wq_str(t->id) };
	int rc;

	read[4].n = (size_t)snprintf(block, sizeof(block), "%d", WQ_REDIS_TAIL_BLOCK_MS);
	t->asked_us = wq_loop_now_us(t->loop);
	if (strcmp(t->id, "$") == 0)
		rc = wq_redis_start(t->redis, &t->cmd, find, WQ_COUNT(find), on_last_id);
	else
		rc = wq_redis_start(t->redis, &t->cmd, read, WQ_COUNT(read), on_entries);
	if (rc < 0)
		wq_timer_start(&t->next, WQ_REDIS_RETRY_MS);
}

static void on_next(struct wq_timer *timer)
{
	ask(WQ_OWNER(timer, struct wq_redis_tail, next));
}

static bool keep_id(struct wq_redis_tail *t, struct wq_str id)
{
	if (id.n == 0 || id.n >= sizeof(t->id))
		return false;
	memcpy(t->id, id.p, id.n);
	t->id[id.n] = '\0';
	return true;
}

static void on_last_id(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_redis_tail *t = WQ_OWNER(cmd, struct wq_redis_tail, cmd);
	struct wq_str id = wq_redis_str(wq_redis_at(wq_redis_at(cmd->reply, 0), 0));

	if (t->closing)
		return;
	if (rc != 0) {
		wq_timer_start(&t->next, WQ_REDIS_RETRY_MS);
		return;
	}
	if (!keep_id(t, id))
		(void)keep_id(t, wq_str("0-0")); /* empty or absent: all that comes is new */
	ask(t);
}

/* False: no entry that makes sense. */
static bool tell(struct wq_redis_tail *t, const struct wq_redis_value *entries)
{
	for (size_t i = 0, n = wq_redis_count(entries); i < n && !t->closing; i++) {
		const struct wq_redis_value *entry = wq_redis_at(entries, i);
		struct wq_str id = wq_redis_str(wq_redis_at(entry, 0));

		if (!keep_id(t, id))
			return false;
		t->o.on_entry(t->o.ctx, id, wq_redis_at(entry, 1));
	}
	return wq_redis_count(entries) > 0;
}

static void on_entries(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_redis_tail *t = WQ_OWNER(cmd, struct wq_redis_tail, cmd);
	const struct wq_redis_value *entries = wq_redis_at(wq_redis_at(cmd->reply, 0), 1);
	uint64_t took_us = wq_loop_now_us(t->loop) - t->asked_us;

	if (t->closing)
		return;
	if (rc == 0 && (tell(t, entries) || took_us > (uint64_t)WQ_REDIS_RETRY_MS * 1000)) {
		if (!t->closing)
			ask(t);
	} else { /* refused, or nothing at once: whatever that server is, it is not asked in a loop */
		wq_timer_start(&t->next, WQ_REDIS_RETRY_MS);
	}
}

int wq_redis_tail_create(struct wq_redis_tail **out, struct wq_loop *l, struct wq_resolver *r,
                         const struct wq_redis_opts *o, const struct wq_redis_tail_opts *to)
{
	struct wq_redis_tail *t = wq_zalloc(sizeof(*t));
	struct wq_redis_opts mine = *o;
	unsigned batch = to->batch ? to->batch : BATCH_DEFAULT;
	int rc = WQ_ENOMEM;

	if (!t)
		return WQ_RAISE(WQ_ENOMEM);
	WQ_REQUIRE(strlen(to->stream) <= WQ_REDIS_KEY_MAX_BYTES);
	t->o = *to;
	t->loop = l;
	t->stream = wq_strdup(to->stream);
	if (!t->stream) {
		rc = WQ_RAISE(WQ_ENOMEM);
		goto free_tail;
	}
	if (!keep_id(t, wq_str(to->from))) {
		rc = WQ_RAISE_MSG(WQ_EINVAL, "%s is no id of a stream", to->from);
		goto free_tail;
	}
	snprintf(t->batch, sizeof(t->batch), "%u",
	         batch < WQ_REDIS_TAIL_BATCH_MAX ? batch : (unsigned)WQ_REDIS_TAIL_BATCH_MAX);
	t->o.stream = t->o.from = NULL;
	wq_timer_init(&t->next, l, on_next);
	mine.blocking = true;
	mine.role = "tail";
	if (o->command_timeout_ms == WQ_REDIS_TIMEOUT_DEFAULT)
		mine.command_timeout_ms = WQ_REDIS_TAIL_BLOCK_MS + ANSWER_MS;
	rc = wq_redis_create(&t->redis, l, r, &mine);
	if (rc < 0)
		goto free_tail;
	wq_timer_start(&t->next, 0);
	*out = t;
	return 0;

free_tail:
	wq_free(t->stream);
	wq_free(t);
	return rc;
}

static void on_client_closed(void *ctx)
{
	struct wq_redis_tail *t = ctx;
	void (*on_closed)(void *ctx) = t->on_closed;
	void *closed_ctx = t->closed_ctx;

	wq_free(t->stream);
	wq_free(t);
	if (on_closed)
		on_closed(closed_ctx);
}

void wq_redis_tail_close(struct wq_redis_tail *t, void (*on_closed)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!t->closing);
	t->closing = true;
	t->on_closed = on_closed;
	t->closed_ctx = ctx;
	wq_timer_stop(&t->next);
	wq_redis_forget(&t->cmd);
	wq_redis_close(t->redis, on_client_closed, t);
}
