/* SPDX-License-Identifier: MIT */
/* scheduler.c — arguments in the order that the scripts declare, and answers taken apart. */
#include "store/scheduler.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "scripts.gen.h"

enum { NUMBER_MAX_BYTES = 24, KEYS = 1 };

static struct wq_str number(char out[static NUMBER_MAX_BYTES], int64_t value)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_MAX_BYTES, "%" PRId64, value));
}

/* What is not given is empty. */
static struct wq_str given(char out[static NUMBER_MAX_BYTES], int64_t value)
{
	return value > 0 ? number(out, value) : wq_str("");
}

static struct wq_str text(struct wq_str s, const char *otherwise)
{
	return s.n > 0 ? s : wq_str(otherwise);
}

/* What the jobs' own options say of it. */
static int add_rule(struct wq_buf *out, const struct wq_scheduler_record *r)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	if (r->pattern.n > 0)
		wq_jsonw_put_str(&w, "pattern", r->pattern);
	if (r->tz.n > 0)
		wq_jsonw_put_str(&w, "tz", r->tz);
	const struct {
		const char *key;
		int64_t value;
	} numbers[] = { { "every", r->every_ms },
		        { "limit", r->limit },
		        { "startDate", r->start_ms },
		        { "endDate", r->end_ms },
		        { "count", r->count } };
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].value > 0)
			wq_jsonw_put_int(&w, numbers[i].key, numbers[i].value);
	}
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

int wq_scheduler_upsert_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, int64_t now_ms,
                              const struct wq_scheduler_record *r, int64_t next_ms,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[KEYS + WQ_SCHEDULER_UPSERT_ARGS], *arg = argv + KEYS;
	char numbers[7][NUMBER_MAX_BYTES];
	struct wq_buf rule;
	int rc;

	wq_buf_init(&rule, WQ_SCHEDULER_RULE_MAX_BYTES);
	rc = add_rule(&rule, r);
	argv[0] = wq_ref_meta(ref);
	arg[WQ_SCHEDULER_UPSERT_BASE] = wq_ref_base(ref);
	arg[WQ_SCHEDULER_UPSERT_NOW_MS] = number(numbers[0], now_ms);
	arg[WQ_SCHEDULER_UPSERT_ID] = r->id;
	arg[WQ_SCHEDULER_UPSERT_NAME] = r->name;
	arg[WQ_SCHEDULER_UPSERT_DATA] = text(r->data, "{}");
	arg[WQ_SCHEDULER_UPSERT_OPTS] = text(r->opts, "{}");
	arg[WQ_SCHEDULER_UPSERT_RULE] = wq_buf_str(&rule);
	arg[WQ_SCHEDULER_UPSERT_NEXT_MS] = given(numbers[1], next_ms);
	arg[WQ_SCHEDULER_UPSERT_EVERY] = given(numbers[2], r->every_ms);
	arg[WQ_SCHEDULER_UPSERT_OFFSET] = given(numbers[3], r->every_ms ? r->offset_ms : 0);
	arg[WQ_SCHEDULER_UPSERT_PATTERN] = r->pattern;
	arg[WQ_SCHEDULER_UPSERT_TZ] = r->tz;
	arg[WQ_SCHEDULER_UPSERT_LIMIT] = given(numbers[4], r->limit);
	arg[WQ_SCHEDULER_UPSERT_START_MS] = given(numbers[5], r->start_ms);
	arg[WQ_SCHEDULER_UPSERT_END_MS] = given(numbers[6], r->end_ms);
	if (rc == 0)
		rc = wq_script_start(ref->redis, cmd, &wq_script_scheduler_upsert, argv,
		                     sizeof(argv) / sizeof(argv[0]), cb);
	wq_buf_fini(&rule);
	return rc;
}

int wq_scheduler_upsert_code(const struct wq_redis_cmd *cmd, struct wq_str *job_id,
                             int64_t *delay_ms)
{
	if (wq_redis_type(cmd->reply) == WQ_REDIS_INTEGER)
		return (int)wq_redis_int(cmd->reply, WQ_SCHEDULER_COLLISION);
	*job_id = wq_redis_str(wq_redis_at(cmd->reply, 0));
	*delay_ms = wq_redis_int(wq_redis_at(cmd->reply, 1), 0);
	return WQ_SCHEDULER_MADE;
}

int wq_scheduler_remove_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, struct wq_str id,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[KEYS + WQ_SCHEDULER_REMOVE_ARGS], *arg = argv + KEYS;

	argv[0] = wq_ref_meta(ref);
	arg[WQ_SCHEDULER_REMOVE_BASE] = wq_ref_base(ref);
	arg[WQ_SCHEDULER_REMOVE_ID] = id;
	return wq_script_start(ref->redis, cmd, &wq_script_scheduler_remove, argv,
	                       sizeof(argv) / sizeof(argv[0]), cb);
}

int wq_scheduler_read_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd,
                            const struct wq_scheduler_query *q,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[KEYS + WQ_SCHEDULER_READ_ARGS], *arg = argv + KEYS;
	uint64_t count = q->count < WQ_SCHEDULERS_PAGE_MAX ? q->count : WQ_SCHEDULERS_PAGE_MAX;
	uint64_t first = q->first < UINT32_MAX ? q->first : UINT32_MAX;
	char numbers[2][NUMBER_MAX_BYTES];

	argv[0] = wq_ref_meta(ref);
	arg[WQ_SCHEDULER_READ_BASE] = wq_ref_base(ref);
	arg[WQ_SCHEDULER_READ_ID] = q->id;
	arg[WQ_SCHEDULER_READ_FIRST] = number(numbers[0], (int64_t)first);
	arg[WQ_SCHEDULER_READ_COUNT] = number(numbers[1], (int64_t)count);
	arg[WQ_SCHEDULER_READ_ASCENDING] = wq_str(q->ascending ? "1" : "0");
	return wq_script_start(ref->redis, cmd, &wq_script_scheduler_read, argv,
	                       sizeof(argv) / sizeof(argv[0]), cb);
}

uint64_t wq_scheduler_read_total(const struct wq_redis_cmd *cmd)
{
	return (uint64_t)wq_redis_int(wq_redis_at(cmd->reply, 0), 0);
}

size_t wq_scheduler_read_count(const struct wq_redis_cmd *cmd)
{
	size_t n = wq_redis_count(cmd->reply);

	return n > 0 ? n - 1 : 0;
}

struct field {
	const char *name;
	enum { TEXT, NUMBER } kind;
	size_t at;
};
#define RECORD_FIELD(name, kind, member) { name, kind, offsetof(struct wq_scheduler_seen, member) }

static void take_field(struct wq_scheduler_seen *out, struct wq_str name,
                       const struct wq_redis_value *value)
{
	static const struct field fields[] = {
		RECORD_FIELD("name", TEXT, record.name),
		RECORD_FIELD("data", TEXT, record.data),
		RECORD_FIELD("opts", TEXT, record.opts),
		RECORD_FIELD("pattern", TEXT, record.pattern),
		RECORD_FIELD("tz", TEXT, record.tz),
		RECORD_FIELD("every", NUMBER, record.every_ms),
		RECORD_FIELD("offset", NUMBER, record.offset_ms),
		RECORD_FIELD("limit", NUMBER, record.limit),
		RECORD_FIELD("startDate", NUMBER, record.start_ms),
		RECORD_FIELD("endDate", NUMBER, record.end_ms),
		RECORD_FIELD("ic", NUMBER, made),
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!wq_str_is(name, fields[i].name))
			continue;
		if (fields[i].kind == TEXT)
			*(struct wq_str *)((char *)out + fields[i].at) = wq_redis_str(value);
		else
			*(int64_t *)((char *)out + fields[i].at) = wq_redis_int(value, 0);
	}
}

bool wq_scheduler_read_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_scheduler_seen *out)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, i + 1),
				    *hash = wq_redis_at(row, 2);
	struct wq_str id = wq_redis_str(wq_redis_at(row, 0));

	*out = (struct wq_scheduler_seen){ .record.id = id,
		                           .next_ms = wq_redis_int(wq_redis_at(row, 1), 0) };
	for (size_t f = 0; f + 1 < wq_redis_count(hash); f += 2)
		take_field(out, wq_redis_str(wq_redis_at(hash, f)), wq_redis_at(hash, f + 1));
	out->legacy = wq_redis_count(hash) == 0;
	return id.p != NULL;
}

int wq_scheduler_follow_start(const struct wq_ref *ref, struct wq_redis_cmd *cmd, int64_t now_ms,
                              const struct wq_scheduler_follow *items, size_t n,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	enum { HEAD = KEYS + WQ_SCHEDULER_FOLLOW_ARGS, EACH = WQ_SCHEDULER_FOLLOW_ITEM_ARGS };
	size_t argc = HEAD + n * EACH;
	struct wq_str *argv = wq_calloc(argc, sizeof(*argv));
	char(*numbers)[NUMBER_MAX_BYTES] = wq_calloc(n + 1, NUMBER_MAX_BYTES);
	int rc = WQ_ENOMEM;

	if (argv && numbers) {
		argv[0] = wq_ref_meta(ref);
		argv[KEYS + WQ_SCHEDULER_FOLLOW_BASE] = wq_ref_base(ref);
		argv[KEYS + WQ_SCHEDULER_FOLLOW_NOW_MS] = number(numbers[n], now_ms);
		for (size_t i = 0; i < n; i++) {
			struct wq_str *item = argv + HEAD + i * EACH;

			item[WQ_SCHEDULER_FOLLOW_ITEM_ID] = items[i].job_id;
			item[WQ_SCHEDULER_FOLLOW_ITEM_NEXT_MS] = number(numbers[i],
			                                                items[i].next_ms);
		}
		rc = wq_script_start(ref->redis, cmd, &wq_script_scheduler_follow, argv, argc, cb);
	} else {
		rc = WQ_RAISE(WQ_ENOMEM);
	}
	wq_free(numbers);
	wq_free(argv);
	return rc;
}
