/* SPDX-License-Identifier: MIT */
/* job.c — one pass over the hash to measure, one to copy. */
#include "store/job.h"

#include "base/alloc.h"
#include "base/err.h"

/* Where a field of the hash goes; numbers of two generations are added up. */
struct field {
	const char *name;
	enum { TEXT, MS, COUNT } kind;
	size_t at;
};
#define TEXT_FIELD(name, member) { name, TEXT, offsetof(struct wq_job, member) }
#define MS_FIELD(name, member)   { name, MS, offsetof(struct wq_job, member) }
#define SUM_FIELD(name, member)  { name, COUNT, offsetof(struct wq_job, member) }
static const struct field fields[] = {
	TEXT_FIELD("name", name),
	TEXT_FIELD("data", data),
	TEXT_FIELD("opts", opts),
	MS_FIELD("timestamp", timestamp_ms),
	MS_FIELD("delay", delay_ms),
	SUM_FIELD("priority", priority),
	SUM_FIELD("ats", attempts_started),
	SUM_FIELD("atm", attempts_made),
	SUM_FIELD("attemptsMade", attempts_older),
	MS_FIELD("processedOn", processed_on_ms),
	MS_FIELD("finishedOn", finished_on_ms),
	TEXT_FIELD("returnvalue", returnvalue),
	TEXT_FIELD("failedReason", failed_reason),
	TEXT_FIELD("stacktrace", stacktrace),
	TEXT_FIELD("progress", progress),
	SUM_FIELD("stc", stalls),
	SUM_FIELD("stalledCounter", stalls),
	TEXT_FIELD("defa", deferred_failure),
	TEXT_FIELD("rjk", scheduler),
	TEXT_FIELD("deid", dedup_id),
	TEXT_FIELD("parentKey", parent_key),
	TEXT_FIELD("parent", parent),
	TEXT_FIELD("pb", worker),
};

static const struct field *field_of(struct wq_str name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (wq_str_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

/* A foreign client may have written a fraction, or nonsense: the whole part, or 0. */
static uint64_t number(struct wq_str s, uint64_t max)
{
	uint64_t n = 0;

	s.n = wq_str_find(s, '.');
	return wq_str_to_u64(s, max, &n) ? n : 0;
}

static struct wq_str copy(char **to, struct wq_str s)
{
	char *p = *to;

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	*to = p + s.n + 1;
	return wq_strn(p, s.n);
}

static void add_up(uint32_t *sum, uint32_t n)
{
	if (__builtin_add_overflow(*sum, n, sum))
		*sum = UINT32_MAX;
}

static void store(struct wq_job *j, const struct field *f, struct wq_str value, char **to)
{
	void *member = (char *)j + f->at;

	switch (f->kind) {
	case TEXT:
		*(struct wq_str *)member = copy(to, value);
		return;
	case MS:
		*(int64_t *)member = (int64_t)number(value, INT64_MAX);
		return;
	case COUNT:
		add_up(member, (uint32_t)number(value, UINT32_MAX));
		return;
	}
}

static size_t bytes_of(struct wq_str id, const struct wq_redis_value *hash, size_t hash_n)
{
	size_t n = id.n + 1 + sizeof("{}");

	for (size_t i = 0; i + 1 < hash_n; i += 2) {
		const struct field *f = field_of(wq_redis_str(wq_redis_at(hash, i)));

		if (f && f->kind == TEXT)
			n += wq_redis_str(wq_redis_at(hash, i + 1)).n + 1;
	}
	return n;
}

int wq_job_decode(struct wq_job **out, struct wq_str id, const struct wq_redis_value *hash,
                  size_t hash_n)
{
	struct wq_job *j;
	char *to;

	*out = NULL;
	if (hash_n < 2)
		return WQ_ENOENT;
	j = wq_alloc(sizeof(*j) + bytes_of(id, hash, hash_n));
	if (!j)
		return WQ_RAISE(WQ_ENOMEM);
	*j = (struct wq_job){ 0 };
	to = (char *)(j + 1);
	j->id = copy(&to, id);
	for (size_t i = 0; i + 1 < hash_n; i += 2) {
		const struct field *f = field_of(wq_redis_str(wq_redis_at(hash, i)));

		if (f)
			store(j, f, wq_redis_str(wq_redis_at(hash, i + 1)), &to);
	}
	add_up(&j->attempts_made, j->attempts_older);
	if (!j->opts.p)
		j->opts = copy(&to, wq_str("{}"));
	*out = j;
	return 0;
}

void wq_job_free(struct wq_job *j)
{
	wq_free(j);
}
