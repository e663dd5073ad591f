/* SPDX-License-Identifier: MIT */
/* pending.c — arguments of the pend_ scripts, and their answers. */
#include "store/pending.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"
#include "store/registry.h"

enum { NUMBER_BYTES = 24 };
/* Of a row, and of what it tells of the contact (lib/pending.lua). */
enum { SEEN_ID, SEEN_FIELDS, SEEN_CONTACT };
enum { PHONE, WA_ID, USER_ID, LID, NAME, ASSIGNED, WINDOW, FREE, OPTED_OUT, BLOCKED };

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

static int64_t int_of(struct wq_str s, int64_t otherwise)
{
	uint64_t n;

	return wq_str_to_u64(s, INT64_MAX, &n) ? (int64_t)n : otherwise;
}

static void take_contact(const struct wq_redis_value *v, struct wq_pending *out)
{
	out->phone = bytes(wq_redis_str(wq_redis_at(v, PHONE)));
	out->wa_id = bytes(wq_redis_str(wq_redis_at(v, WA_ID)));
	out->user_id = bytes(wq_redis_str(wq_redis_at(v, USER_ID)));
	out->lid = bytes(wq_redis_str(wq_redis_at(v, LID)));
	out->name = bytes(wq_redis_str(wq_redis_at(v, NAME)));
	out->assigned = bytes(wq_redis_str(wq_redis_at(v, ASSIGNED)));
	out->window_ms = int_of(bytes(wq_redis_str(wq_redis_at(v, WINDOW))), 0);
	out->free_ms = int_of(bytes(wq_redis_str(wq_redis_at(v, FREE))), 0);
	out->opted_out = wq_redis_str(wq_redis_at(v, OPTED_OUT)).n > 0;
	out->blocked = wq_redis_str(wq_redis_at(v, BLOCKED)).n > 0;
}

static int take_seen(const struct wq_redis_value *seen, struct wq_pending *out)
{
	const struct wq_redis_value *fields = wq_redis_at(seen, SEEN_FIELDS);
	struct {
		const char *name;
		struct wq_str *to;
	} texts[] = { { "con", &out->contact },  { "why", &out->why },     { "state", &out->state },
		      { "by", &out->by },        { "text", &out->text },   { "data", &out->data },
		      { "seq", &out->sequence }, { "msg", &out->message }, { "note", &out->note } };
	struct {
		const char *name;
		int64_t *to;
	} numbers[] = { { "priority", &out->priority },
		        { "made", &out->made_ms },
		        { "ends", &out->ends_ms },
		        { "at", &out->at_ms },
		        { "lease", &out->lease_ms } };

	*out = (struct wq_pending){ .id = wq_redis_str(wq_redis_at(seen, SEEN_ID)) };
	if (!out->id.p || wq_redis_count(fields) == 0)
		return WQ_RAISE_MSG(WQ_EPROTO, "a pend_ script answered in another form");
	for (size_t i = 0; i < WQ_COUNT(texts); i++)
		*texts[i].to = bytes(wq_fields_get(fields, texts[i].name));
	for (size_t i = 0; i < WQ_COUNT(numbers); i++)
		*numbers[i].to = wq_fields_int(fields, numbers[i].name);
	out->step = int_of(bytes(wq_fields_get(fields, "step")), -1);
	take_contact(wq_redis_at(seen, SEEN_CONTACT), out);
	return 0;
}

int wq_pending_answer(const struct wq_redis_cmd *cmd, struct wq_pending *out)
{
	enum { NONE = 9 };
	int64_t n = wq_redis_int(wq_redis_at(cmd->reply, 0), NONE);
	int rc = 0;

	if (n < WQ_PENDING_MISSING || n > WQ_PENDING_DONE)
		return WQ_RAISE_MSG(WQ_EPROTO, "a pend_ script answered in another form");
	if (wq_redis_count(cmd->reply) > 1)
		rc = take_seen(wq_redis_at(cmd->reply, 1), out);
	return rc == 0 ? (int)n : rc;
}

int wq_pending_add_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         const struct wq_pending_new *p,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PEND_ADD_ARGS];
	char now[NUMBER_BYTES], priority[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PEND_ADD_OWN] = wq_str(k->own);
	argv[1 + WQ_PEND_ADD_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_PEND_ADD_ID] = p->id;
	argv[1 + WQ_PEND_ADD_CON] = p->contact;
	argv[1 + WQ_PEND_ADD_WHY] = p->why;
	argv[1 + WQ_PEND_ADD_PRIORITY] = number(priority, p->priority);
	argv[1 + WQ_PEND_ADD_TEXT] = bytes(p->text);
	argv[1 + WQ_PEND_ADD_DATA] = bytes(p->data);
	argv[1 + WQ_PEND_ADD_NOTE] = bytes(p->note);
	return wq_script_start(k->redis, cmd, &wq_script_pend_add, argv, WQ_COUNT(argv), cb);
}

int wq_pending_show_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PEND_SHOW_ARGS];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PEND_SHOW_OWN] = wq_str(k->own);
	argv[1 + WQ_PEND_SHOW_ID] = id;
	return wq_script_start(k->redis, cmd, &wq_script_pend_show, argv, WQ_COUNT(argv), cb);
}

int wq_pending_change_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                            const struct wq_pending_change *p,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PEND_CHANGE_ARGS];
	char now[NUMBER_BYTES], lease[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PEND_CHANGE_OWN] = wq_str(k->own);
	argv[1 + WQ_PEND_CHANGE_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_PEND_CHANGE_ID] = p->id;
	argv[1 + WQ_PEND_CHANGE_ACT] = wq_str(p->act);
	argv[1 + WQ_PEND_CHANGE_BY] = p->by;
	argv[1 + WQ_PEND_CHANGE_LEASE_MS] = number(lease, p->lease_ms);
	argv[1 + WQ_PEND_CHANGE_ANY] = wq_str(p->any ? "1" : "0");
	argv[1 + WQ_PEND_CHANGE_MSG] = bytes(p->message);
	argv[1 + WQ_PEND_CHANGE_NOTE] = bytes(p->note);
	return wq_script_start(k->redis, cmd, &wq_script_pend_change, argv, WQ_COUNT(argv), cb);
}

int wq_pending_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                          const struct wq_pending_wish *l,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PEND_LIST_ARGS];
	char count[NUMBER_BYTES], looks[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PEND_LIST_OWN] = wq_str(k->own);
	argv[1 + WQ_PEND_LIST_SCORE] = bytes(l->score);
	argv[1 + WQ_PEND_LIST_AFTER] = bytes(l->after);
	argv[1 + WQ_PEND_LIST_COUNT] = number(count, (int64_t)l->count);
	argv[1 + WQ_PEND_LIST_LOOKS] = number(looks, WQ_PENDING_PAGE_LOOKS);
	argv[1 + WQ_PEND_LIST_CON] = bytes(l->contact);
	argv[1 + WQ_PEND_LIST_WHY] = bytes(l->why);
	argv[1 + WQ_PEND_LIST_SEQ] = bytes(l->sequence);
	argv[1 + WQ_PEND_LIST_BY] = bytes(l->by);
	argv[1 + WQ_PEND_LIST_ASSIGNED] = bytes(l->assigned);
	argv[1 + WQ_PEND_LIST_WHAT] = bytes(l->state);
	return wq_script_start(k->redis, cmd, &wq_script_pend_list, argv, WQ_COUNT(argv), cb);
}

size_t wq_pending_list_count(const struct wq_redis_cmd *cmd)
{
	size_t n = wq_redis_count(cmd->reply);

	return n > 2 ? n - 2 : 0;
}

int wq_pending_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_pending *out,
                       struct wq_str *score)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, 2 + i);

	*score = bytes(wq_redis_str(wq_redis_at(row, 0)));
	return take_seen(wq_redis_at(row, 1), out);
}

void wq_pending_list_end(const struct wq_redis_cmd *cmd, struct wq_str *score, struct wq_str *after)
{
	*score = bytes(wq_redis_str(wq_redis_at(cmd->reply, 0)));
	*after = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1)));
}

int wq_pending_counts_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PEND_COUNTS_ARGS];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PEND_COUNTS_OWN] = wq_str(k->own);
	return wq_script_start(k->redis, cmd, &wq_script_pend_counts, argv, WQ_COUNT(argv), cb);
}

void wq_pending_counts_answer(const struct wq_redis_cmd *cmd, struct wq_pending_counts *out)
{
	const struct wq_redis_value *of = wq_redis_at(cmd->reply, 2);

	*out = (struct wq_pending_counts){
		.total = wq_redis_int(wq_redis_at(cmd->reply, 0), 0),
		.taken = wq_fields_int(wq_redis_at(cmd->reply, 3), "taken"),
		.oldest_ms = wq_redis_int(wq_redis_at(cmd->reply, 1), 0),
	};
	for (size_t i = 0; i < WQ_PENDING_PRIORITY_MAX; i++)
		out->of_priority[i] = wq_redis_int(wq_redis_at(of, i), 0);
}

bool wq_pending_counts_why(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *why, int64_t *n)
{
	static const char prefix[] = "why:";
	const struct wq_redis_value *words = wq_redis_at(cmd->reply, 3);

	for (size_t at = 0; at + 1 < wq_redis_count(words); at += 2) {
		struct wq_str word = bytes(wq_redis_str(wq_redis_at(words, at)));

		if (!wq_str_starts(word, prefix) || i-- > 0)
			continue;
		*why = wq_strn(word.p + sizeof(prefix) - 1, word.n - (sizeof(prefix) - 1));
		*n = int_of(bytes(wq_redis_str(wq_redis_at(words, at + 1))), 0);
		return true;
	}
	return false;
}

int wq_pending_tick_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PEND_TICK_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PEND_TICK_OWN] = wq_str(k->own);
	argv[1 + WQ_PEND_TICK_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_PEND_TICK_MOST] = number(most, WQ_PENDING_TICK_MAX);
	return wq_script_start(k->redis, cmd, &wq_script_pend_tick, argv, WQ_COUNT(argv), cb);
}

int64_t wq_pending_tick_next(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
}
