/* SPDX-License-Identifier: MIT */
/* stream.c — entries in order of their ids, and the nodes in which Redis keeps them.
 *
 * Nodes matter because what is trimmed "about so" goes by nodes: they are filled by the same rule, from the same count
 * of bytes (4096) and entries (100).
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/number.h"
#include "sim/redis/store.h"

enum { NODE_BYTES = 4096, NODE_ENTRIES = 100, EMPTY_BYTES = 7, SMALL_INT_BYTES = 2 };

static size_t with_length(size_t n)
{
	if (n <= 127)
		return n + 1;
	if (n < 16383)
		return n + 2;
	if (n < 2097151)
		return n + 3;
	return n + 4;
}

static size_t int_bytes(int64_t v)
{
	if (v >= 0 && v <= 127)
		return 1;
	if (v >= -4096 && v <= 4095)
		return 2;
	if (v >= INT16_MIN && v <= INT16_MAX)
		return 3;
	if (v >= -8388608 && v <= 8388607)
		return 4;
	return v >= INT32_MIN && v <= INT32_MAX ? 5 : 9;
}

static size_t element(struct wq_str s)
{
	int64_t v;

	if (sim_to_int(s, &v))
		return with_length(int_bytes(v));
	return with_length(s.n + (s.n < 64 ? 1 : s.n < 4096 ? 2 : 5));
}

static struct sim_node *node_at(const struct sim_stream *s, size_t i)
{
	return sim_row_at(&s->nodes, i);
}

static bool same_names(const struct sim_item *a, const struct sim_item *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i += 2)
		if (!wq_str_eq(sim_text_str(a->text[i]), sim_text_str(b->text[i])))
			return false;
	return true;
}

static size_t payload(const struct sim_item *it)
{
	size_t n = 0;

	for (size_t i = 0; i < it->n; i++)
		n += it->text[i]->n;
	return n;
}

static size_t names_bytes(const struct sim_item *it)
{
	size_t n = 0;

	for (size_t i = 0; i < it->n; i += 2)
		n += element(sim_text_str(it->text[i]));
	return n;
}

static void unref_item(struct sim_item *it)
{
	if (--it->refs > 0)
		return;
	for (size_t i = 0; i < it->n; i++)
		sim_text_unref(it->text[i]);
	wq_free(it);
}

static struct sim_node *node_for(struct sim_stream *s, struct sim_item *it)
{
	struct sim_node *node = s->nodes.n ? node_at(s, s->nodes.n - 1) : NULL;

	if (node && node->bytes + payload(it) < NODE_BYTES &&
	    node->live + node->deleted < NODE_ENTRIES)
		return node;
	node = sim_row_insert(&s->nodes, s->nodes.n);
	/* It opens with both counts, how many names, the names and a zero. */
	*node = (struct sim_node){ .first = it->id, .master = it };
	it->refs++;
	node->bytes = EMPTY_BYTES + 2 * SMALL_INT_BYTES + with_length(int_bytes(it->n / 2)) +
	              names_bytes(it) + SMALL_INT_BYTES;
	return node;
}

static void count_in(struct sim_node *node, const struct sim_item *it)
{
	bool same = same_names(node->master, it);
	int64_t ms = (int64_t)(it->id.ms - node->first.ms),
		seq = (int64_t)(it->id.seq - node->first.seq), names = it->n / 2;

	node->bytes += SMALL_INT_BYTES + with_length(int_bytes(ms)) + with_length(int_bytes(seq));
	if (!same)
		node->bytes += with_length(int_bytes(names)) + names_bytes(it);
	for (size_t i = 1; i < it->n; i += 2)
		node->bytes += element(sim_text_str(it->text[i]));
	node->bytes += with_length(int_bytes(names + 3 + (same ? 0 : names + 1)));
	node->live++;
	node->last = it->id;
}

void sim_stream_add(struct sim_stream *s, struct sim_id id, const struct wq_str *argv, size_t argc)
{
	struct sim_item *it = sim_alloc(sizeof(*it) + argc * sizeof(it->text[0])), **place;

	*it = (struct sim_item){ .refs = 1, .n = (uint32_t)argc, .id = id };
	for (size_t i = 0; i < argc; i++)
		it->text[i] = sim_text_new(argv[i]);
	count_in(node_for(s, it), it);
	place = sim_row_insert(&s->items, s->items.n);
	*place = it;
	s->last = id;
}

size_t sim_stream_lower(const struct sim_stream *s, struct sim_id id)
{
	size_t low = 0, high = s->items.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (sim_id_compare(sim_stream_at(s, mid)->id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void drop_items(struct sim_stream *s, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		unref_item(*(struct sim_item **)sim_row_at(&s->items, i));
	sim_row_remove(&s->items, at, n);
}

static void drop_node(struct sim_stream *s, size_t at)
{
	unref_item(node_at(s, at)->master);
	sim_row_remove(&s->nodes, at, 1);
}

/* Of the first node: how many entries are too many. */
static uint64_t excess(const struct sim_stream *s, const struct sim_trim *t)
{
	uint64_t n = sim_stream_lower(s, t->min), live = node_at(s, 0)->live;

	if (!t->by_id)
		n = s->items.n > t->most ? s->items.n - t->most : 0;
	return n < live ? n : live;
}

static bool goes_whole(const struct sim_stream *s, const struct sim_trim *t)
{
	const struct sim_node *node = node_at(s, 0);

	return t->by_id ? sim_id_compare(node->last, t->min) < 0
	                : s->items.n - node->live >= t->most;
}

uint64_t sim_stream_trim(struct sim_stream *s, const struct sim_trim *t)
{
	uint64_t gone = 0, n;

	while (s->nodes.n > 0 && (t->by_id || s->items.n > t->most)) {
		struct sim_node *node = node_at(s, 0);

		if (t->limit && gone + node->live > t->limit)
			break;
		if (goes_whole(s, t)) {
			gone += node->live;
			drop_items(s, 0, node->live);
			drop_node(s, 0);
			continue;
		}
		if (t->approx)
			break;
		n = excess(s, t);
		drop_items(s, 0, n);
		node->live -= (uint32_t)n;
		node->deleted += (uint32_t)n;
		gone += n;
		if (node->live == 0)
			drop_node(s, 0);
		break;
	}
	return gone;
}

bool sim_stream_remove(struct sim_stream *s, struct sim_id id)
{
	size_t at = sim_stream_lower(s, id), i = s->nodes.n;
	struct sim_node *node;

	if (at == s->items.n || sim_id_compare(sim_stream_at(s, at)->id, id) != 0)
		return false;
	while (sim_id_compare(node_at(s, i - 1)->first, id) > 0)
		i--;
	node = node_at(s, i - 1);
	drop_items(s, at, 1);
	node->live--;
	node->deleted++;
	if (node->live == 0)
		drop_node(s, i - 1);
	return true;
}

void sim_stream_fini(struct sim_stream *s)
{
	if (s->items.n)
		drop_items(s, 0, s->items.n);
	while (s->nodes.n)
		drop_node(s, s->nodes.n - 1);
	sim_row_fini(&s->items);
	sim_row_fini(&s->nodes);
}

void sim_stream_copy(struct sim_stream *to, const struct sim_stream *from)
{
	to->last = from->last;
	sim_row_copy(&to->items, &from->items);
	sim_row_copy(&to->nodes, &from->nodes);
	for (size_t i = 0; i < to->items.n; i++)
		(*(struct sim_item **)sim_row_at(&to->items, i))->refs++;
	for (size_t i = 0; i < to->nodes.n; i++)
		node_at(to, i)->master->refs++;
}
