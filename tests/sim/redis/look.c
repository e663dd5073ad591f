/* SPDX-License-Identifier: MIT */
/* look.c — the data set as a number, and as text for people. */
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "sim/redis/server.h"

static uint64_t mixed(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	h ^= h >> 29;
	h *= 0xbf58476d1ce4e5b9u;
	return h ^ h >> 32;
}

static uint64_t text_sum(uint64_t h, struct wq_str s)
{
	uint64_t part;

	h = mixed(h, s.n);
	for (; s.n >= sizeof(part); s.p += sizeof(part), s.n -= sizeof(part)) {
		memcpy(&part, s.p, sizeof(part));
		h = mixed(h, part);
	}
	part = 0;
	if (s.n)
		memcpy(&part, s.p, s.n);
	return mixed(h, part);
}

/* In any order: the sum of the sums of its entries. */
static uint64_t table_sum(const struct sim_table *t, enum sim_type type)
{
	uint64_t sum = 0, score;
	uint32_t at = 0;

	for (const struct sim_entry *e; (e = sim_table_next(t, &at));) {
		uint64_t h = text_sum(7, sim_text_str(e->key));

		if (type == SIM_HASH)
			h = text_sum(h, sim_text_str(e->v.text));
		if (type == SIM_ZSET) {
			memcpy(&score, &e->v.score, sizeof(score));
			h = mixed(h, e->v.score == 0 ? 0 : score);
		}
		sum += h;
	}
	return sum;
}

static uint64_t list_sum(const struct sim_row *r)
{
	uint64_t h = r->n;

	for (size_t i = 0; i < r->n; i++)
		h = text_sum(h, sim_text_str(*(struct sim_text **)sim_row_at(r, i)));
	return h;
}

static uint64_t stream_sum(const struct sim_stream *s)
{
	uint64_t h = mixed(mixed(s->items.n, s->last.ms), s->last.seq);

	for (size_t i = 0; i < s->items.n; i++) {
		const struct sim_item *it = sim_stream_at(s, i);

		h = mixed(mixed(mixed(h, it->id.ms), it->id.seq), it->n);
		for (size_t f = 0; f < it->n; f++)
			h = text_sum(h, sim_text_str(it->text[f]));
	}
	return h;
}

static uint64_t object_sum(const struct sim_object *o)
{
	switch (o->type) {
	case SIM_STRING:
		return text_sum(1, sim_text_str(o->text));
	case SIM_LIST:
		return list_sum(&o->list);
	case SIM_SET:
	case SIM_HASH:
		return table_sum(&o->table, o->type);
	case SIM_ZSET:
		return table_sum(&o->zset.table, SIM_ZSET);
	case SIM_STREAM:
		return stream_sum(&o->stream);
	}
	return 0;
}

uint64_t sim_redis_digest(struct sim_redis *r)
{
	uint64_t sum = 0;
	uint32_t at = 0;

	for (const struct sim_entry *e; (e = sim_table_next(&r->data->keys, &at));) {
		if (e->until_ms && e->until_ms < sim_now_ms(r))
			continue;
		sum += mixed(mixed(text_sum(e->v.object->type, sim_text_str(e->key)), e->until_ms),
		             object_sum(e->v.object));
	}
	return sum;
}

/* One value of RESP2 at *p, printed; moves behind. */
static void print(struct wq_buf *out, const char **p)
{
	const char *line = *p + 1, *end = strstr(line, "\r\n");
	long long n = strtoll(line, NULL, 10);
	char kind = **p;

	*p = end + 2;
	if (kind == '*') {
		for (; n > 0; n--)
			print(out, p);
		return;
	}
	if (kind == '$' && n >= 0) {
		sim_add(out, *p, (size_t)n);
		*p += n + 2;
	} else if (kind != '$') {
		sim_add(out, line, (size_t)(end - line));
	}
	sim_add(out, "\n", 1);
}

const char *sim_redis_ask(struct sim_redis *r, const char *words)
{
	enum { WORDS = 64 };
	struct wq_str argv[WORDS], rest = wq_str(words), word;
	uint64_t commands = r->commands;
	struct sim_client *c = sim_redis_connect(r, NULL, NULL);
	const char *p;
	size_t argc = 0;

	r->next_client--; /* nobody shall see that somebody looked */
	c->all = true;
	while (wq_str_next(&rest, ' ', &word))
		if (word.n) {
			WQ_REQUIRE(argc < WORDS);
			argv[argc++] = word;
		}
	wq_buf_clear(&r->looked);
	wq_buf_clear(&r->asked);
	sim_redis_command(c, argv, argc, &r->asked);
	sim_redis_disconnect(c);
	r->commands = commands;
	p = wq_buf_text(&r->asked);
	if (p && *p)
		print(&r->looked, &p);
	if (r->looked.n && r->looked.p[r->looked.n - 1] == '\n')
		r->looked.n--;
	p = wq_buf_text(&r->looked);
	return p ? p : "";
}
