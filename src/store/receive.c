/* SPDX-License-Identifier: MIT */
/* receive.c — arguments of the scripts that receive, and their answers. */
#include "store/receive.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24 };
/* Both take the same. */
_Static_assert((int)WQ_RECEIVE_ARGS == (int)WQ_MANUAL_ARGS, "");
_Static_assert((int)WQ_RECEIVE_ITEM_ARGS == (int)WQ_MANUAL_ITEM_ARGS, "");
_Static_assert((int)WQ_RECEIVE_ITEM_WISH == (int)WQ_MANUAL_ITEM_WISH, "");

static const char *const kinds[WQ_RECEIVE_KINDS] = {
	[WQ_RECEIVE_MESSAGE] = "message", [WQ_RECEIVE_FREE] = "free",
	[WQ_RECEIVE_GROUP] = "group",     [WQ_RECEIVE_NOTICE] = "notice",
	[WQ_RECEIVE_EDIT] = "edit",       [WQ_RECEIVE_REVOKE] = "revoke",
	[WQ_TOLD_HAND] = "hand",          [WQ_TOLD_PAST_IN] = "past_in",
	[WQ_TOLD_PAST_OUT] = "past_out",  [WQ_TOLD_NAMES] = "names",
	[WQ_TOLD_MET] = "met",            [WQ_TOLD_NO_MARKETING] = "no_marketing",
	[WQ_TOLD_MARKETING] = "marketing",
};

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

static void write_item(struct wq_str *a, const struct wq_receive_item *it, char *digits)
{
	a[WQ_RECEIVE_ITEM_ID] = bytes(it->id);
	a[WQ_RECEIVE_ITEM_REF] = bytes(it->ref);
	a[WQ_RECEIVE_ITEM_KIND] = wq_str(kinds[it->kind]);
	a[WQ_RECEIVE_ITEM_AT_MS] = number(digits, it->at_ms);
	a[WQ_RECEIVE_ITEM_PID] = bytes(it->pid);
	a[WQ_RECEIVE_ITEM_TARGET] = bytes(it->target);
	a[WQ_RECEIVE_ITEM_IDS] = bytes(it->ids);
	a[WQ_RECEIVE_ITEM_OTHERS] = bytes(it->others);
	a[WQ_RECEIVE_ITEM_PHONE] = bytes(it->phone);
	a[WQ_RECEIVE_ITEM_WA_ID] = bytes(it->wa_id);
	a[WQ_RECEIVE_ITEM_USER_ID] = bytes(it->user_id);
	a[WQ_RECEIVE_ITEM_PARENT_ID] = bytes(it->parent_id);
	a[WQ_RECEIVE_ITEM_LID] = bytes(it->lid);
	a[WQ_RECEIVE_ITEM_USERNAME] = bytes(it->username);
	a[WQ_RECEIVE_ITEM_NAME] = bytes(it->name);
	a[WQ_RECEIVE_ITEM_WORDS] = bytes(it->words);
	a[WQ_RECEIVE_ITEM_TYPE] = bytes(it->type);
	a[WQ_RECEIVE_ITEM_TEXT] = bytes(it->text);
	a[WQ_RECEIVE_ITEM_DATA] = bytes(it->data);
	a[WQ_RECEIVE_ITEM_WISH] = bytes(it->wish);
}

int wq_receive_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, bool told,
                     int64_t now_ms, int64_t keep_s, size_t n, wq_receive_give item, void *ctx,
                     void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_RECEIVE_ARGS + n * WQ_RECEIVE_ITEM_ARGS;
	char *block = wq_alloc(argc * sizeof(struct wq_str) + n * NUMBER_BYTES), *digits;
	char now[NUMBER_BYTES], keep[NUMBER_BYTES];
	struct wq_str *argv = (struct wq_str *)(void *)block, *a = argv;
	int rc;

	if (!block)
		return WQ_RAISE(WQ_ENOMEM);
	digits = block + argc * sizeof(*argv);
	*a++ = wq_str(k->state);
	a[WQ_RECEIVE_OWN] = wq_str(k->own);
	a[WQ_RECEIVE_NOW_MS] = number(now, now_ms);
	a[WQ_RECEIVE_KEEP_S] = number(keep, keep_s);
	a += WQ_RECEIVE_ARGS;
	for (size_t i = 0; i < n; i++, a += WQ_RECEIVE_ITEM_ARGS, digits += NUMBER_BYTES) {
		struct wq_receive_item it;

		item(ctx, i, &it);
		WQ_REQUIRE((it.kind >= WQ_TOLD_FIRST) == told);
		write_item(a, &it, digits);
	}
	rc = wq_script_start(k->redis, cmd, told ? &wq_script_manual : &wq_script_receive, argv,
	                     argc, cb);
	wq_free(block);
	return rc;
}

int wq_receive_answer(const struct wq_redis_cmd *cmd, size_t i, struct wq_receive_answer *out)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, i);
	int64_t n = wq_redis_int(wq_redis_at(row, 0), -1);

	out->contact = bytes(wq_redis_str(wq_redis_at(row, 1)));
	out->other = bytes(wq_redis_str(wq_redis_at(row, 2)));
	if (n < WQ_RECEIVED_KNOWN || n > WQ_RECEIVED_LATER)
		return WQ_RAISE_MSG(WQ_EPROTO, "receive answered in another form");
	return (int)n;
}

int wq_contact_merge_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                           struct wq_str one, struct wq_str other,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_CONTACT_MERGE_ARGS];
	char now[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_CONTACT_MERGE_OWN] = wq_str(k->own);
	argv[1 + WQ_CONTACT_MERGE_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_CONTACT_MERGE_ONE] = one;
	argv[1 + WQ_CONTACT_MERGE_OTHER] = other;
	return wq_script_start(k->redis, cmd, &wq_script_contact_merge, argv, WQ_COUNT(argv), cb);
}

int wq_contact_merge_on(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	return wq_contact_merge_start(k, cmd, now_ms,
	                              bytes(wq_redis_str(wq_redis_at(cmd->reply, 1))),
	                              bytes(wq_redis_str(wq_redis_at(cmd->reply, 2))), cb);
}

int wq_contact_merged(const struct wq_redis_cmd *cmd, struct wq_str *left)
{
	enum { NONE = 9 };
	int64_t n = wq_redis_int(wq_redis_at(cmd->reply, 0), NONE);

	*left = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1)));
	return n >= -1 && n <= WQ_MERGED_MORE
	               ? (int)n
	               : WQ_RAISE_MSG(WQ_EPROTO, "contact_merge answered in another form");
}
