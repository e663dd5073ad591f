/* SPDX-License-Identifier: MIT */
/* provider_template.c — arguments of the ptpl_ scripts, and their answers. */
#include "store/provider_template.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"
#include "store/registry.h"

enum { NUMBER_BYTES = 24 };

/* A command wants a pointer even for no bytes. */
static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

static struct wq_str text_at(const struct wq_redis_value *v, size_t i)
{
	return bytes(wq_redis_str(wq_redis_at(v, i)));
}

static void put_item(struct wq_str *a, const struct wq_provider_template *t)
{
	a[WQ_PTPL_PUT_ITEM_NAME] = t->name;
	a[WQ_PTPL_PUT_ITEM_ID] = bytes(t->id);
	a[WQ_PTPL_PUT_ITEM_STATUS] = bytes(t->status);
	a[WQ_PTPL_PUT_ITEM_CATEGORY] = bytes(t->category);
	a[WQ_PTPL_PUT_ITEM_QUALITY] = bytes(t->quality);
	a[WQ_PTPL_PUT_ITEM_REASON] = bytes(t->reason);
	a[WQ_PTPL_PUT_ITEM_DATA] = bytes(t->components);
}

int wq_ptpl_put_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                      const struct wq_ptpl_put *p, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_PTPL_PUT_ARGS + p->n * WQ_PTPL_PUT_ITEM_ARGS;
	struct wq_str *argv = wq_alloc(argc * sizeof(*argv)), *a = argv;
	char now[NUMBER_BYTES], mark[NUMBER_BYTES], most[NUMBER_BYTES];
	int rc;

	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	*a++ = wq_str(k->state);
	a[WQ_PTPL_PUT_OWN] = wq_str(k->own);
	a[WQ_PTPL_PUT_NOW_MS] = number(now, p->now_ms);
	a[WQ_PTPL_PUT_MARK] = number(mark, p->mark_ms);
	a[WQ_PTPL_PUT_LAST] = wq_str(p->last ? "1" : "0");
	a[WQ_PTPL_PUT_MOST] = number(most, WQ_PROVIDER_TEMPLATES_BATCH);
	a += WQ_PTPL_PUT_ARGS;
	for (size_t i = 0; i < p->n; i++, a += WQ_PTPL_PUT_ITEM_ARGS) {
		struct wq_provider_template t;

		p->item(p->ctx, i, &t);
		put_item(a, &t);
	}
	rc = wq_script_start(k->redis, cmd, &wq_script_ptpl_put, argv, argc, cb);
	wq_free(argv);
	return rc;
}

int64_t wq_ptpl_put_answer(const struct wq_redis_cmd *cmd, bool *more)
{
	*more = wq_redis_int(wq_redis_at(cmd->reply, 1), 0) == 1;
	return wq_redis_int(wq_redis_at(cmd->reply, 0), 0);
}

int wq_ptpl_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                       const struct wq_ptpl_list *l, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PTPL_LIST_ARGS];
	char count[NUMBER_BYTES], looks[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PTPL_LIST_OWN] = wq_str(k->own);
	argv[1 + WQ_PTPL_LIST_AFTER] = bytes(l->after);
	argv[1 + WQ_PTPL_LIST_COUNT] = number(count, (int64_t)l->count);
	argv[1 + WQ_PTPL_LIST_LOOKS] = number(looks, WQ_PROVIDER_TEMPLATES_LOOKS);
	argv[1 + WQ_PTPL_LIST_STATUS] = bytes(l->status);
	argv[1 + WQ_PTPL_LIST_LANGUAGE] = bytes(l->language);
	return wq_script_start(k->redis, cmd, &wq_script_ptpl_list, argv, WQ_COUNT(argv), cb);
}

int64_t wq_ptpl_synced(const struct wq_redis_cmd *cmd)
{
	uint64_t n;

	return wq_str_to_u64(text_at(cmd->reply, 0), INT64_MAX, &n) ? (int64_t)n : 0;
}

struct wq_str wq_ptpl_list_next(const struct wq_redis_cmd *cmd)
{
	return text_at(cmd->reply, 1);
}

static bool take(const struct wq_redis_value *fields, struct wq_provider_template *out)
{
	*out = (struct wq_provider_template){
		.id = bytes(wq_fields_get(fields, "id")),
		.status = bytes(wq_fields_get(fields, "status")),
		.category = bytes(wq_fields_get(fields, "category")),
		.quality = bytes(wq_fields_get(fields, "quality")),
		.reason = bytes(wq_fields_get(fields, "reason")),
		.components = bytes(wq_fields_get(fields, "data")),
		.at_ms = wq_fields_int(fields, "at"),
	};
	return wq_redis_count(fields) > 0;
}

bool wq_ptpl_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_provider_template *out)
{
	const struct wq_redis_value *row;
	struct wq_str name;

	if (i + 2 >= wq_redis_count(cmd->reply))
		return false;
	row = wq_redis_at(cmd->reply, i + 2);
	(void)take(wq_redis_at(row, 1), out);
	name = text_at(row, 0);
	out->name = wq_strn(name.p, wq_str_find(name, '|'));
	if (out->name.n < name.n)
		out->language = wq_strn(name.p + out->name.n + 1, name.n - out->name.n - 1);
	return true;
}

int wq_ptpl_show_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, size_t n,
                       const struct wq_str *names, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PTPL_SHOW_ARGS + WQ_PROVIDER_TEMPLATES_BATCH];

	WQ_REQUIRE(n <= WQ_PROVIDER_TEMPLATES_BATCH);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_PTPL_SHOW_OWN] = wq_str(k->own);
	for (size_t i = 0; i < n; i++)
		argv[1 + WQ_PTPL_SHOW_ARGS + i] = names[i];
	return wq_script_start(k->redis, cmd, &wq_script_ptpl_show, argv, 1 + WQ_PTPL_SHOW_ARGS + n,
	                       cb);
}

bool wq_ptpl_show_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_provider_template *out)
{
	return take(wq_redis_at(cmd->reply, i + 1), out);
}

int wq_ptpl_note_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                       struct wq_str name, const struct wq_provider_template *t,
                       void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PTPL_NOTE_ARGS];
	char now[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PTPL_NOTE_OWN] = wq_str(k->own);
	argv[1 + WQ_PTPL_NOTE_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_PTPL_NOTE_NAME] = name;
	argv[1 + WQ_PTPL_NOTE_ID] = bytes(t->id);
	argv[1 + WQ_PTPL_NOTE_STATUS] = bytes(t->status);
	argv[1 + WQ_PTPL_NOTE_CATEGORY] = bytes(t->category);
	argv[1 + WQ_PTPL_NOTE_QUALITY] = bytes(t->quality);
	argv[1 + WQ_PTPL_NOTE_REASON] = bytes(t->reason);
	return wq_script_start(k->redis, cmd, &wq_script_ptpl_note, argv, WQ_COUNT(argv), cb);
}

bool wq_ptpl_noted(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), 0) == 1;
}

int wq_ptpl_drop_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str name,
                       struct wq_str language, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PTPL_DROP_ARGS];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PTPL_DROP_OWN] = wq_str(k->own);
	argv[1 + WQ_PTPL_DROP_NAME] = name;
	argv[1 + WQ_PTPL_DROP_LANGUAGE] = bytes(language);
	return wq_script_start(k->redis, cmd, &wq_script_ptpl_drop, argv, WQ_COUNT(argv), cb);
}

int wq_ptpl_use_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str kind,
                      struct wq_str language, struct wq_str data,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PTPL_USE_ARGS];
	char most[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_PTPL_USE_OWN] = wq_str(k->own);
	argv[1 + WQ_PTPL_USE_KIND] = bytes(kind);
	argv[1 + WQ_PTPL_USE_LANGUAGE] = bytes(language);
	argv[1 + WQ_PTPL_USE_DATA] = bytes(data);
	argv[1 + WQ_PTPL_USE_MOST] = number(most, WQ_PROVIDER_MAPPINGS_MAX);
	return wq_script_start(k->redis, cmd, &wq_script_ptpl_use, argv, WQ_COUNT(argv), cb);
}

bool wq_ptpl_use_full(const struct wq_redis_cmd *cmd)
{
	return wq_redis_count(cmd->reply) == 1;
}

bool wq_ptpl_use_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *kind,
                    struct wq_str *language, struct wq_str *data)
{
	struct wq_str name;

	if (2 * i + 1 >= wq_redis_count(cmd->reply))
		return false;
	name = text_at(cmd->reply, 2 * i);
	*kind = wq_strn(name.p, wq_str_find(name, '|'));
	*language = kind->n < name.n ? wq_strn(name.p + kind->n + 1, name.n - kind->n - 1)
	                             : wq_str("");
	*data = text_at(cmd->reply, 2 * i + 1);
	return true;
}

int wq_ptpl_for_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str kind,
                      size_t n, const struct wq_str *languages,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_PTPL_FOR_ARGS + WQ_PTPL_LANGUAGES];

	WQ_REQUIRE(n <= WQ_PTPL_LANGUAGES);
	argv[0] = wq_str(k->state);
	argv[1 + WQ_PTPL_FOR_OWN] = wq_str(k->own);
	argv[1 + WQ_PTPL_FOR_KIND] = bytes(kind);
	for (size_t i = 0; i < n; i++)
		argv[1 + WQ_PTPL_FOR_ARGS + i] = languages[i];
	return wq_script_start(k->redis, cmd, &wq_script_ptpl_for, argv, 1 + WQ_PTPL_FOR_ARGS + n,
	                       cb);
}

bool wq_ptpl_for(const struct wq_redis_cmd *cmd, struct wq_str *data, bool *known,
                 struct wq_provider_template *out)
{
	if (wq_redis_count(cmd->reply) < 2)
		return false;
	*data = text_at(cmd->reply, 0);
	*known = take(wq_redis_at(cmd->reply, 1), out);
	return true;
}
