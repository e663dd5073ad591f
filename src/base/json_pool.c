/* SPDX-License-Identifier: MIT */
/* json_pool.c — yyjson on one block; what does not fit comes from the heap, and makes the block larger next time. */
#include "base/json_pool.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { ALIGN = 16, SCAN_FROM_BYTES = 65536 };

static size_t round_up(size_t n)
{
	return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static bool inside(const struct wq_json_pool *p, const void *ptr)
{
	uintptr_t at = (uintptr_t)ptr, first = (uintptr_t)p->p;

	return p->p && at >= first && at < first + p->cap;
}

static void *pool_malloc(void *ctx, size_t size)
{
	struct wq_json_pool *p = ctx;
	size_t room = round_up(size);
	char *at;

	if (room < size)
		return NULL;
	if (room > p->cap - p->used) {
		p->missed += room;
		return wq_alloc(size);
	}
	at = p->p + p->used;
	p->used += room;
	return at;
}

static void pool_free(void *ctx, void *ptr)
{
	if (!inside(ctx, ptr))
		wq_free(ptr);
}

static void *pool_realloc(void *ctx, void *ptr, size_t old_size, size_t size)
{
	struct wq_json_pool *p = ctx;
	char *at = ptr;

	if (!inside(p, ptr))
		return wq_realloc(ptr, size);
	if (size <= old_size)
		return ptr;
	if (at + round_up(old_size) == p->p + p->used &&
	    round_up(size) <= p->cap - (size_t)(at - p->p)) {
		p->used = (size_t)(at - p->p) + round_up(size);
		return ptr;
	}
	at = pool_malloc(p, size);
	if (at)
		memcpy(at, ptr, old_size);
	return at;
}

void wq_json_pool_init(struct wq_json_pool *p)
{
	*p = (struct wq_json_pool){ .doc = NULL };
}

void wq_json_pool_fini(struct wq_json_pool *p)
{
	wq_json_pool_reset(p);
	wq_free(p->p);
	*p = (struct wq_json_pool){ .doc = NULL };
}

void wq_json_pool_reset(struct wq_json_pool *p)
{
	yyjson_doc_free(p->doc);
	p->doc = NULL;
	p->used = 0;
}

/* A larger block, or the old one when there is no memory: the heap then serves. */
static void make_room(struct wq_json_pool *p)
{
	size_t cap = p->cap ? p->cap : WQ_JSON_POOL_FIRST_BYTES;
	char *more;

	while (cap < p->cap + p->missed && cap < WQ_JSON_POOL_KEEP_BYTES)
		cap *= 2;
	p->missed = 0;
	if (cap == p->cap)
		return;
	more = wq_alloc(cap);
	if (!more)
		return;
	wq_free(p->p);
	p->p = more;
	p->cap = cap;
}

/* Without building anything: a tree of brackets alone would be 16 times the text. */
static bool text_is_deep(struct wq_str text, unsigned depth_max)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"')
			quoted = !quoted;
		else if (quoted)
			i += c == '\\';
		else if ((c == '{' || c == '[') && ++depth > depth_max)
			return true;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
	}
	return false;
}

/* A document's values lie one behind the other, each container before what it holds. */
static bool tree_is_deep(yyjson_val *root, unsigned depth_max)
{
	const yyjson_val *ends[WQ_JSON_POOL_DEPTH_MAX];
	const yyjson_val *end = unsafe_yyjson_get_next(root);
	unsigned depth = 0;

	for (yyjson_val *v = root; v < end; v++) {
		while (depth > 0 && v >= ends[depth - 1])
			depth--;
		if (!unsafe_yyjson_is_ctn(v))
			continue;
		if (depth == depth_max)
			return true;
		ends[depth++] = unsafe_yyjson_get_next(v);
	}
	return false;
}

int wq_json_pool_read(struct wq_json_pool *p, struct wq_str text, unsigned depth_max,
                      yyjson_val **root)
{
	const yyjson_alc alc = { pool_malloc, pool_realloc, pool_free, p };
	yyjson_read_err err = { 0 };

	WQ_REQUIRE(depth_max <= WQ_JSON_POOL_DEPTH_MAX);
	*root = NULL;
	wq_json_pool_reset(p);
	if (text.n > SCAN_FROM_BYTES && text_is_deep(text, depth_max))
		return WQ_JSON_DEEP;
	if (!p->p || p->missed)
		make_room(p);
	/* Without YYJSON_READ_INSITU the text is only read: the cast drops a const that yyjson's signature lacks. */
	p->doc = yyjson_read_opts((char *)(uintptr_t)text.p, text.n, YYJSON_READ_BIGNUM_AS_RAW,
	                          &alc, &err);
	if (!p->doc) {
		p->used = 0;
		return err.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION ? WQ_RAISE(WQ_ENOMEM)
		                                                       : WQ_EPARSE;
	}
	if (tree_is_deep(yyjson_doc_get_root(p->doc), depth_max)) {
		wq_json_pool_reset(p);
		return WQ_JSON_DEEP;
	}
	*root = yyjson_doc_get_root(p->doc);
	return 0;
}

void wq_json_pick(yyjson_val *obj, const struct wq_str *keys, size_t n, yyjson_val **out)
{
	size_t i, count, next = 0;
	yyjson_val *key, *value;

	for (i = 0; i < n; i++)
		out[i] = NULL;
	if (!yyjson_is_obj(obj) || n == 0)
		return;
	yyjson_obj_foreach(obj, i, count, key, value)
	{
		const char *text = unsafe_yyjson_get_str(key);
		size_t length = unsafe_yyjson_get_len(key);

		for (size_t tried = 0; tried < n; tried++, next++) {
			next = next < n ? next : 0;
			if (keys[next].n == length && keys[next].p[0] == text[0] &&
			    memcmp(keys[next].p, text, length) == 0) {
				out[next] = unsafe_yyjson_is_null(value) ? NULL : value;
				next++;
				break;
			}
		}
	}
}
