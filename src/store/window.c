/* SPDX-License-Identifier: MIT */
/* window.c — arguments and answers of the scripts about windows. */
#include "store/window.h"

#include <inttypes.h>
#include <stdio.h>

#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24 };

int wq_window_tick_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_WIN_TICK_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	snprintf(most, sizeof(most), "%d", WQ_WINDOW_BATCH);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_WIN_TICK_OWN] = wq_str(k->own);
	argv[1 + WQ_WIN_TICK_NOW_MS] = wq_str(now);
	argv[1 + WQ_WIN_TICK_MOST] = wq_str(most);
	return wq_script_start(k->redis, cmd, &wq_script_win_tick, argv, WQ_COUNT(argv), cb);
}

void wq_window_ticked(const struct wq_redis_cmd *cmd, struct wq_window_ticked *out)
{
	*out = (struct wq_window_ticked){
		.closing = (unsigned)wq_redis_int(wq_redis_at(cmd->reply, 0), 0),
		.closed = (unsigned)wq_redis_int(wq_redis_at(cmd->reply, 1), 0),
		.more = wq_redis_int(wq_redis_at(cmd->reply, 2), 0) > 0,
	};
}

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

int wq_window_pend_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         const struct wq_window_pend *p,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_WIN_PEND_ARGS], *a = argv + 1;
	char now[NUMBER_BYTES], keep[NUMBER_BYTES], priority[NUMBER_BYTES];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	snprintf(keep, sizeof(keep), "%" PRId64, p->keep_s);
	snprintf(priority, sizeof(priority), "%u", p->priority);
	argv[0] = wq_str(k->state);
	a[WQ_WIN_PEND_OWN] = wq_str(k->own);
	a[WQ_WIN_PEND_NOW_MS] = wq_str(now);
	a[WQ_WIN_PEND_KEEP_S] = wq_str(keep);
	a[WQ_WIN_PEND_ID] = p->id;
	a[WQ_WIN_PEND_TO] = bytes(p->to);
	a[WQ_WIN_PEND_PHONE] = bytes(p->phone);
	a[WQ_WIN_PEND_TEXT] = bytes(p->text);
	a[WQ_WIN_PEND_PRIORITY] = wq_str(priority);
	a[WQ_WIN_PEND_WHY] = wq_str(p->why);
	a[WQ_WIN_PEND_SAYS] = wq_str(p->says);
	return wq_script_start(k->redis, cmd, &wq_script_win_pend, argv, WQ_COUNT(argv), cb);
}

int wq_window_facts_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          struct wq_str contact, struct wq_str person,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_WIN_FACTS_ARGS];
	char now[NUMBER_BYTES];

	snprintf(now, sizeof(now), "%" PRId64, now_ms);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_WIN_FACTS_OWN] = wq_str(k->own);
	argv[1 + WQ_WIN_FACTS_NOW_MS] = wq_str(now);
	argv[1 + WQ_WIN_FACTS_ID] = bytes(contact);
	argv[1 + WQ_WIN_FACTS_PERSON] = bytes(person);
	return wq_script_start(k->redis, cmd, &wq_script_win_facts, argv, WQ_COUNT(argv), cb);
}

void wq_window_facts_answer(const struct wq_redis_cmd *cmd, struct wq_window_facts *out)
{
	const struct wq_redis_value *r = cmd->reply;

	*out = (struct wq_window_facts){
		.there = wq_redis_count(r) > 1,
		.now_ms = wq_redis_int(wq_redis_at(r, 0), 0),
		.contact = wq_redis_str(wq_redis_at(r, 1)),
		.window_ms = wq_redis_int(wq_redis_at(r, 2), 0),
		.free_ms = wq_redis_int(wq_redis_at(r, 3), 0),
		.optout_ms = wq_redis_int(wq_redis_at(r, 4), 0),
		.blocked_ms = wq_redis_int(wq_redis_at(r, 5), 0),
		.no_marketing_ms = wq_redis_int(wq_redis_at(r, 6), 0),
		.zone = wq_redis_str(wq_redis_at(r, 7)),
		.phone = wq_redis_str(wq_redis_at(r, 8)),
		.user_id = wq_redis_str(wq_redis_at(r, 9)),
	};
}
