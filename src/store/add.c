/* SPDX-License-Identifier: MIT */
/* add.c — items to arguments of add.lua, and its answers to outcomes. */
#include "store/add.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum {
	ARGS_PER_ITEM = WQ_ADD_ITEM_ARGS + WQ_ADD_MORE_ARGS,
	FIXED_ARGS = 1 + WQ_ADD_ARGS, /* with the key */
	NUMBER_BYTES = 24,
	ITEM_OVERHEAD_BYTES = 200, /* of lengths, numbers and flags on the wire */
};

/* Numbers and flags as text, of one item. */
struct item_text {
	char timestamp[NUMBER_BYTES], delay[NUMBER_BYTES], priority[NUMBER_BYTES], ttl[NUMBER_BYTES];
	char flags[16];
};

/* A call being made; one block of memory. */
struct call {
	struct wq_str *argv;
	struct item_text *texts;
	size_t argc;
	struct wq_str base; /* of the item before */
	bool plain;         /* so far */
	char now[NUMBER_BYTES];
};

const char *wq_add_code_text(int code)
{
	switch (code) {
	case WQ_ADD_NEW:
		return "added";
	case WQ_ADD_DUPLICATE:
		return "a job of this id is there already";
	case WQ_ADD_DEDUPLICATED:
		return "another job of the same deduplication id stands for it";
	case WQ_ADD_PARENT_MISSING:
		return "its parent is not there";
	case WQ_ADD_PARENT_OTHER:
		return "a job of this id is there already and has another parent";
	case WQ_ADD_FOREIGN:
		return "the queue belongs to another library";
	default:
		return "Redis refused it";
	}
}

size_t wq_add_items_max(void)
{
	return (WQ_REDIS_ARGS_MAX - FIXED_ARGS) / ARGS_PER_ITEM;
}

size_t wq_add_item_bytes(const struct wq_add_item *item)
{
	return item->base.n + item->id.n + item->name.n + item->data.n + item->opts.n +
	       item->parent_key.n + item->parent.n + item->scheduler.n + item->dedup_id.n +
	       ITEM_OVERHEAD_BYTES;
}

static struct wq_str number(char text[NUMBER_BYTES], int64_t n)
{
	if (n == 0)
		return wq_str("0");
	return wq_strn(text, (size_t)snprintf(text, NUMBER_BYTES, "%" PRId64, n));
}

static bool has_more(const struct wq_add_item *item)
{
	return item->parent_key.n || item->scheduler.n || item->dedup_id.n;
}

static struct wq_str flags_of(const struct wq_add_item *item, char text[16])
{
	static const char letters[] = "lcfreks"; /* in the order of wq_add_flag */
	size_t n = 0;

	for (size_t i = 0; i < sizeof(letters) - 1; i++)
		if (item->flags & WQ_BIT(i))
			text[n++] = letters[i];
	if (has_more(item))
		text[n++] = 'm';
	return wq_strn(text, n);
}

/* `call` lies at the head of a block with room for n items. */
static struct call *call_create(size_t n, int64_t now_ms)
{
	size_t args = (FIXED_ARGS + n * ARGS_PER_ITEM) * sizeof(struct wq_str);
	struct call *c = wq_alloc(sizeof(*c) + args + n * sizeof(struct item_text));

	if (!c)
		return NULL;
	*c = (struct call){ .argv = (struct wq_str *)(c + 1), .plain = true };
	c->texts = (struct item_text *)((char *)c->argv + args);
	number(c->now, now_ms);
	return c;
}

static void put_more(struct wq_str *more, const struct wq_add_item *item, struct item_text *text)
{
	more[WQ_ADD_MORE_PARENT_KEY] = item->parent_key;
	more[WQ_ADD_MORE_PARENT] = item->parent;
	more[WQ_ADD_MORE_RJK] = item->scheduler;
	more[WQ_ADD_MORE_DEDUP_ID] = item->dedup_id;
	more[WQ_ADD_MORE_DEDUP_TTL] = number(text->ttl, item->dedup_ttl_ms);
}

static void put_item(struct call *c, const struct wq_add_item *item, struct item_text *text)
{
	struct wq_str *at = c->argv + c->argc;

	bool same = wq_str_eq(item->base, c->base);

	at[WQ_ADD_ITEM_BASE] = same ? wq_str("") : item->base;
	at[WQ_ADD_ITEM_ID] = item->id;
	at[WQ_ADD_ITEM_NAME] = item->name;
	at[WQ_ADD_ITEM_DATA] = item->data.n ? item->data : wq_str("{}");
	at[WQ_ADD_ITEM_OPTS] = item->opts.n ? item->opts : wq_str("{}");
	at[WQ_ADD_ITEM_TIMESTAMP] = item->timestamp_ms ? number(text->timestamp, item->timestamp_ms)
	                                               : wq_str(c->now);
	at[WQ_ADD_ITEM_DELAY] = number(text->delay, item->delay_ms);
	at[WQ_ADD_ITEM_PRIORITY] = number(text->priority, item->priority);
	at[WQ_ADD_ITEM_FLAGS] = flags_of(item, text->flags);
	c->plain = c->plain && (same || !c->base.n) && !item->flags && !item->delay_ms &&
	           !item->priority && !has_more(item);
	c->base = item->base;
	c->argc += WQ_ADD_ITEM_ARGS;
	if (has_more(item)) {
		put_more(c->argv + c->argc, item, text);
		c->argc += WQ_ADD_MORE_ARGS;
	}
}

/* A call is routed by the first queue's meta key: made of its base in `key`. */
static int route(struct wq_str base, char *key, size_t max, struct wq_str *out)
{
	int n = snprintf(key, max, "%.*smeta", WQ_STR_ARG(base));

	if (n < 0 || (size_t)n >= max)
		return WQ_RAISE_MSG(WQ_EINVAL, "the name of a queue is too long");
	*out = wq_strn(key, (size_t)n);
	return 0;
}

int wq_add_start(struct wq_redis *r, struct wq_redis_cmd *cmd, int64_t now_ms, size_t n,
                 const struct wq_add_item *(*item)(void *ctx, size_t i), void *ctx,
                 void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[2 * WQ_QUEUE_NAME_MAX_BYTES + 8];
	struct call *c;
	int rc;

	if (n > wq_add_items_max())
		return WQ_ETOOBIG;
	WQ_REQUIRE(n > 0);
	c = call_create(n, now_ms);
	if (!c)
		return WQ_RAISE(WQ_ENOMEM);
	c->argv[0] = wq_str("");
	c->argv[1 + WQ_ADD_NOW_MS] = wq_str(c->now);
	c->argc = FIXED_ARGS;
	for (size_t i = 0; i < n; i++)
		put_item(c, item(ctx, i), &c->texts[i]);
	c->argv[1 + WQ_ADD_PLAIN] = wq_str(c->plain ? "1" : "0");
	rc = route(c->argv[FIXED_ARGS + WQ_ADD_ITEM_BASE], key, sizeof(key), &c->argv[0]);
	if (rc == 0)
		rc = wq_script_start(r, cmd, &wq_script_add, c->argv, c->argc, cb);
	wq_free(c);
	return rc;
}

static int new_job(int64_t number_of, const struct wq_add_item *item, struct wq_add_outcome *out)
{
	out->code = WQ_ADD_NEW;
	out->id = number_of ? number(out->number, number_of) : item->id;
	return 0;
}

int wq_add_outcome(const struct wq_redis_cmd *cmd, size_t i, const struct wq_add_item *item,
                   struct wq_add_outcome *out)
{
	const struct wq_redis_value *v = wq_redis_at(cmd->reply, i);

	*out = (struct wq_add_outcome){ .code = WQ_ADD_FOREIGN };
	if (wq_redis_type(v) == WQ_REDIS_INTEGER) {
		int64_t n = wq_redis_int(v, 0);

		if (n >= 0)
			return new_job(n, item, out);
		out->code = n < INT32_MIN ? WQ_ADD_FOREIGN : (int)n;
		return 0;
	}
	if (wq_redis_type(v) != WQ_REDIS_STRING)
		return WQ_RAISE_MSG(WQ_EPROTO, "add.lua answered %zu of more items",
		                    wq_redis_count(cmd->reply));
	out->id = wq_redis_str(v);
	out->code = wq_str_eq(out->id, item->id) ? WQ_ADD_DUPLICATE : WQ_ADD_DEDUPLICATED;
	return 0;
}
