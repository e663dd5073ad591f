/* SPDX-License-Identifier: MIT */
/* reply.c — the parser's callbacks, the getters, and what an error's first word means. */
#include "io/redis/reply.h"

#include <hiredis/alloc.h>
#include <hiredis/hiredis.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

static void *take(struct wq_redis_reader *r, size_t n)
{
	if (n > WQ_REDIS_REPLY_MAX_BYTES / 2 ||
	    r->arena.max - r->arena.used < n + WQ_REDIS_READ_BYTES) {
		r->why = "a reply is too large";
		return NULL;
	}
	return wq_arena_alloc(&r->arena, n);
}

/* Where the value belongs: into its parent, if it has one. */
static struct wq_redis_value *make(const redisReadTask *task, enum wq_redis_type type)
{
	struct wq_redis_reader *r = task->privdata;
	struct wq_redis_value *v = take(r, sizeof(*v));

	if (!v)
		return NULL;
	v->type = type;
	if (task->parent) {
		struct wq_redis_value *parent = task->parent->obj;

		parent->item[task->idx] = v;
	}
	return v;
}

static void *make_string(const redisReadTask *task, char *p, size_t n)
{
	struct wq_redis_reader *r = task->privdata;
	struct wq_redis_value *v = make(task, task->type == REDIS_REPLY_ERROR ? WQ_REDIS_ERROR
	                                                                      : WQ_REDIS_STRING);
	char *copy;

	if (!v)
		return NULL;
	if (task->type == REDIS_REPLY_VERB && n >= 4) { /* "txt:" */
		p += 4;
		n -= 4;
	}
	copy = take(r, n + 1); /* terminated, should a debugger look */
	if (!copy)
		return NULL;
	memcpy(copy, p, n);
	v->s = wq_strn(copy, n);
	return v;
}

static unsigned depth(const redisReadTask *task)
{
	unsigned n = 0;

	for (; task->parent; task = task->parent)
		n++;
	return n;
}

static void *make_array(const redisReadTask *task, size_t n)
{
	struct wq_redis_reader *r = task->privdata;
	struct wq_redis_value *v;

	if (depth(task) >= WQ_REDIS_REPLY_DEPTH_MAX) {
		r->why = "a reply nests too deeply";
		return NULL;
	}
	v = make(task, WQ_REDIS_ARRAY);
	if (!v || n == 0)
		return v;
	v->item = take(r, n * sizeof(void *));
	v->n = n;
	return v->item ? v : NULL;
}

static void *make_integer(const redisReadTask *task, long long i)
{
	struct wq_redis_value *v = make(task, WQ_REDIS_INTEGER);

	if (v)
		v->i = i;
	return v;
}

static void *make_double(const redisReadTask *task, double d, char *p, size_t n)
{
	(void)d; /* people's numbers stay text, as in RESP2 */
	return make_string(task, p, n);
}

static void *make_nil(const redisReadTask *task)
{
	return make(task, WQ_REDIS_NIL);
}

static void *make_bool(const redisReadTask *task, int b)
{
	return make_integer(task, b);
}

static void drop(void *v)
{
	(void)v; /* the arena's */
}

static redisReplyObjectFunctions makers = {
	.createString = make_string,
	.createArray = make_array,
	.createInteger = make_integer,
	.createDouble = make_double,
	.createNil = make_nil,
	.createBool = make_bool,
	.freeObject = drop,
};

void wq_redis_use_allocator(void)
{
	hiredisAllocFuncs ours = { .mallocFn = wq_alloc,
		                   .callocFn = wq_calloc,
		                   .reallocFn = wq_realloc,
		                   .strdupFn = wq_strdup,
		                   .freeFn = wq_free };

	(void)hiredisSetAllocators(&ours);
}

int wq_redis_reader_init(struct wq_redis_reader *r)
{
	*r = (struct wq_redis_reader){ .hi = redisReaderCreateWithFunctions(&makers) };
	if (!r->hi)
		return WQ_RAISE(WQ_ENOMEM);
	r->hi->privdata = r;
	r->hi->maxelements = WQ_REDIS_REPLY_ELEMENTS_MAX;
	r->hi->maxbuf = (size_t)4 * WQ_REDIS_READ_BYTES;
	wq_arena_init(&r->arena, WQ_REDIS_REPLY_MAX_BYTES);
	return 0;
}

void wq_redis_reader_fini(struct wq_redis_reader *r)
{
	redisReaderFree(r->hi);
	r->hi = NULL;
	wq_arena_fini(&r->arena);
}

static int refuse(struct wq_redis_reader *r, const char *why)
{
	if (!r->why)
		r->why = why;
	return WQ_EPROTO;
}

int wq_redis_reader_feed(struct wq_redis_reader *r, const char *p, size_t n)
{
	r->partial += n;
	if (redisReaderFeed(r->hi, p, n) != REDIS_OK)
		return r->hi->err == REDIS_ERR_OOM ? WQ_RAISE(WQ_ENOMEM)
		                                   : refuse(r, "not the Redis protocol");
	return 0;
}

/* A string whose length is known already and beyond the bound. */
static bool announces_too_much(const redisReader *hi)
{
	uint64_t n = 0;
	int type = hi->ridx >= 0 ? hi->task[hi->ridx]->type : -1;

	if (type != REDIS_REPLY_STRING && type != REDIS_REPLY_VERB)
		return false;
	for (size_t at = hi->pos; at < hi->len && n <= WQ_REDIS_REPLY_MAX_BYTES; at++) {
		if (hi->buf[at] < '0' || hi->buf[at] > '9')
			return false;
		n = n * 10 + (uint64_t)(hi->buf[at] - '0');
	}
	return n > WQ_REDIS_REPLY_MAX_BYTES;
}

/* hiredis waits for the end of a line, and for the bytes of a string, however long. */
static bool over_bound(const struct wq_redis_reader *r)
{
	size_t waiting = r->hi->len - r->hi->pos;

	if (r->partial > WQ_REDIS_REPLY_MAX_BYTES || announces_too_much(r->hi))
		return true;
	return waiting > WQ_REDIS_LINE_MAX_BYTES &&
	       !memchr(r->hi->buf + r->hi->pos, '\n', WQ_REDIS_LINE_MAX_BYTES);
}

int wq_redis_reader_next(struct wq_redis_reader *r, const struct wq_redis_value **v)
{
	void *got = NULL;

	*v = NULL;
	if (r->told)
		wq_arena_reset(&r->arena);
	r->told = false;
	if (redisReaderGetReply(r->hi, &got) != REDIS_OK) {
		if (r->hi->err != REDIS_ERR_OOM)
			return refuse(r, "not the Redis protocol");
		return r->why ? WQ_EPROTO : WQ_RAISE(WQ_ENOMEM);
	}
	if (!got)
		return over_bound(r) ? refuse(r, "a reply is too large") : 0;
	r->partial = r->hi->len - r->hi->pos;
	r->told = true;
	*v = got;
	return 0;
}

enum wq_redis_type wq_redis_type(const struct wq_redis_value *v)
{
	return v ? v->type : WQ_REDIS_NIL;
}

struct wq_str wq_redis_str(const struct wq_redis_value *v)
{
	return v && (v->type == WQ_REDIS_STRING || v->type == WQ_REDIS_ERROR) ? v->s
	                                                                      : wq_strn(NULL, 0);
}

int64_t wq_redis_int(const struct wq_redis_value *v, int64_t otherwise)
{
	struct wq_str digits;
	bool negative;
	uint64_t n;

	if (v && v->type == WQ_REDIS_INTEGER)
		return v->i;
	if (!v || v->type != WQ_REDIS_STRING || v->s.n == 0)
		return otherwise;
	negative = v->s.p[0] == '-';
	digits = wq_strn(v->s.p + negative, v->s.n - negative);
	if (!wq_str_to_u64(digits, (uint64_t)INT64_MAX + negative, &n))
		return otherwise;
	return negative ? (int64_t)(0 - n) : (int64_t)n;
}

size_t wq_redis_count(const struct wq_redis_value *v)
{
	return v && v->type == WQ_REDIS_ARRAY ? v->n : 0;
}

const struct wq_redis_value *wq_redis_at(const struct wq_redis_value *v, size_t i)
{
	return i < wq_redis_count(v) ? v->item[i] : NULL;
}

static const struct {
	const char *word;
	enum wq_redis_condition condition;
} conditions[] = {
	{ "LOADING", WQ_REDIS_LOADING },
	{ "MASTERDOWN", WQ_REDIS_LOADING },
	{ "BUSY", WQ_REDIS_BUSY },
	{ "UNKILLABLE", WQ_REDIS_BUSY },
	{ "READONLY", WQ_REDIS_READONLY },
	{ "UNBLOCKED", WQ_REDIS_READONLY },
	{ "OOM", WQ_REDIS_OOM },
	{ "MISCONF", WQ_REDIS_MISCONF },
	{ "NOREPLICAS", WQ_REDIS_MISCONF },
	{ "NOSCRIPT", WQ_REDIS_NOSCRIPT },
	{ "MOVED", WQ_REDIS_CLUSTER },
	{ "ASK", WQ_REDIS_CLUSTER },
	{ "CLUSTERDOWN", WQ_REDIS_CLUSTER },
	{ "TRYAGAIN", WQ_REDIS_CLUSTER },
	{ "CROSSSLOT", WQ_REDIS_CLUSTER },
	{ "NOAUTH", WQ_REDIS_DENIED },
	{ "NOPERM", WQ_REDIS_DENIED },
	{ "WRONGPASS", WQ_REDIS_DENIED },
	{ "WRONGTYPE", WQ_REDIS_WRONGTYPE },
};

/* Redis before 7 wraps what a command of a script met: "ERR Error running script (call to f_…): @user_script:1:
 * @user_script: 1: -OOM command not allowed …". */
static struct wq_str unwrap(struct wq_str error)
{
	const char *inner;

	if (!wq_str_starts(error, "ERR Error running script (call to f_"))
		return error;
	inner = memmem(error.p, error.n, ": -", 3);
	if (!inner)
		return error;
	return wq_strn(inner + 3, error.n - (size_t)(inner + 3 - error.p));
}

int wq_redis_condition_of(struct wq_str error)
{
	struct wq_str text = unwrap(error), word = wq_strn(text.p, wq_str_find(text, ' '));

	for (size_t i = 0; i < WQ_COUNT(conditions); i++)
		if (wq_str_is(word, conditions[i].word))
			return (int)conditions[i].condition;
	return WQ_EREPLY;
}
