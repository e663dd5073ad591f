/* SPDX-License-Identifier: MIT */
/* look.c — often at the data set itself, rarely by a script. */
#include "sim/look.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "sim/pipe.h"
#include "sim/redis/server.h"

enum { SCRIPT_BYTES = 2048 };

const char *const sim_queues[3] = { "outbound-messages", "message-statuses", "inbound-messages" };

/* A space parts words of a look: tabs do as well in Lua, and '\32' in its texts. */
static const char *run(const char *script, const char *key)
{
	char words[SCRIPT_BYTES];
	int n = snprintf(words, sizeof(words), "EVAL %s%s%s", script, key ? " 1 " : " 0",
	                 key ? key : "");

	WQ_REQUIRE(n > 0 && n < SCRIPT_BYTES);
	for (size_t i = 5, end = 5 + strlen(script); i < end; i++)
		if (words[i] == ' ' || words[i] == '\n')
			words[i] = '\t';
	return sim_redis_ask(sim_redis, words);
}

static const struct sim_object *object_at(const struct sim_entry *e, enum sim_type type)
{
	bool there = e && (e->until_ms == 0 || e->until_ms >= sim_now_ms(sim_redis));

	return there && e->v.object->type == type ? e->v.object : NULL;
}

/* A member of a hash; `absent` when there is none, or nothing in it. */
static const char *member_of(const struct sim_object *o, const char *name, const char *absent)
{
	const struct sim_entry *e = sim_table_find(&o->table, wq_str(name));

	return e && e->v.text->n > 0 ? e->v.text->p : absent;
}

bool sim_look_record(uint32_t *at, struct sim_record *r)
{
	const struct wq_str prefix = wq_str("wq:{c}:msg:");
	const struct sim_object *o = NULL;
	const struct sim_entry *e = NULL;

	while (!o) {
		e = sim_table_next(&sim_redis->data->keys, at);
		if (!e)
			return false;
		if (wq_str_starts(sim_text_str(e->key), "wq:{c}:msg:"))
			o = object_at(e, SIM_HASH);
	}
	snprintf(r->id, sizeof(r->id), "%s", e->key->p + prefix.n);
	snprintf(r->led, sizeof(r->led), "%s", member_of(o, "led", "new"));
	snprintf(r->to, sizeof(r->to), "%s", member_of(o, "to", "-"));
	r->att = strtol(member_of(o, "att", "0"), NULL, 10);
	r->next_ms = strtoll(member_of(o, "next", "0"), NULL, 10);
	return true;
}

const char *sim_look_queue(const char *queue)
{
	return run(
		"local b, held = 'bull:'..KEYS[1]..':', {} "
		"local function put(w, l) "
		"  for _, i in ipairs(l) do "
		"    if held[i] then return i..':'..held[i]..'+'..w end "
		"    held[i] = w "
		"    if redis.call('EXISTS', b..i) == 0 then return i..':'..w..',not_there' end "
		"  end "
		"end "
		"for _, w in ipairs({ 'wait', 'paused', 'active' }) do "
		"  local e = put(w, redis.call('LRANGE', b..w, 0, -1)) "
		"  if e then return e end "
		"end "
		"for _, w in ipairs({ 'prioritized', 'delayed', 'completed', 'failed', 'waiting-children' }) do "
		"  local e = put(w, redis.call('ZRANGE', b..w, 0, -1)) "
		"  if e then return e end "
		"end "
		"for _, k in ipairs(redis.call('KEYS', b..'*')) do "
		"  local i = string.sub(k, #b + 1) "
		"  if not held[i] and not string.find(i, ':', 1, true) and redis.call('TYPE', k).ok == 'hash' "
		"    and redis.call('HEXISTS', k, 'timestamp') == 1 then return i..':nowhere' end "
		"end "
		"return ''",
		queue);
}

bool sim_look_locked(const char *queue, const char *id)
{
	char key[2 * SIM_LOOK_TEXT_BYTES];

	snprintf(key, sizeof(key), "bull:%s:%s:lock", queue, id);
	sim_net_clock();
	return object_at(sim_table_find(&sim_redis->data->keys, wq_str(key)), SIM_STRING) != NULL;
}

static size_t count_at(const char *queue, const char *what, enum sim_type type)
{
	char key[SIM_LOOK_TEXT_BYTES];
	const struct sim_object *o;

	snprintf(key, sizeof(key), "bull:%s:%s", queue, what);
	o = object_at(sim_table_find(&sim_redis->data->keys, wq_str(key)), type);
	return o ? sim_object_count(o) : 0;
}

size_t sim_look_waiting(void)
{
	size_t n = 0;

	sim_net_clock();
	for (size_t i = 0; i < WQ_COUNT(sim_queues); i++)
		n += count_at(sim_queues[i], "wait", SIM_LIST) +
		     count_at(sim_queues[i], "paused", SIM_LIST) +
		     count_at(sim_queues[i], "active", SIM_LIST) +
		     count_at(sim_queues[i], "prioritized", SIM_ZSET) +
		     count_at(sim_queues[i], "delayed", SIM_ZSET);
	return n;
}

const char *sim_look_updates(void)
{
	return run(
		"local r = {} "
		"for _, q in ipairs({ 'message-statuses', 'inbound-messages' }) do "
		"  for _, k in ipairs(redis.call('KEYS', 'bull:'..q..':*')) do "
		"    local d = redis.call('TYPE', k).ok == 'hash' and redis.call('HGET', k, 'data') "
		"    if d then "
		"      local id = string.match(d, '\"(wamid%.%w+)\"') or '?' "
		"      r[#r + 1] = '<'..id..'/'..(string.match(d, '\"status\":\"(%w+)\"') or '')..'>' "
		"    end "
		"  end "
		"end "
		"return table.concat(r)",
		NULL);
}
