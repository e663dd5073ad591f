/* SPDX-License-Identifier: MIT */
/* reader.c — what all readers share: the document, memory, and an update's keys. */
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/inbound/core.h"

enum {
	DEDUP_BYTES = 16,
	PARTS_MAX = 8,
};

void wq_inbound_reader_init(struct wq_inbound_reader *r)
{
	*r = (struct wq_inbound_reader){ .sha = NULL };
	wq_json_pool_init(&r->pool);
	wq_arena_init(&r->arena, WQ_INBOUND_ARENA_MAX_BYTES);
	wq_buf_init(&r->scratch, WQ_INBOUND_SCRATCH_MAX_BYTES);
}

void wq_inbound_reader_fini(struct wq_inbound_reader *r)
{
	wq_json_pool_fini(&r->pool);
	wq_arena_fini(&r->arena);
	wq_buf_fini(&r->scratch);
	wq_sha256_destroy(r->sha);
	r->sha = NULL;
}

void wq_inbound_begin(struct wq_inbound_run *run, struct wq_inbound_reader *r,
                      const struct wq_webhook *hook, wq_on_inbound on_update, void *user)
{
	*run = (struct wq_inbound_run){
		.reader = r, .hook = hook, .on_update = on_update, .user = user
	};
	wq_json_pool_reset(&r->pool);
	wq_arena_reset(&r->arena);
	if (r->scratch.cap > WQ_JSON_POOL_KEEP_BYTES)
		wq_buf_fini(&r->scratch);
	if (!r->sha)
		r->sha = wq_sha256_create();
	if (!r->sha)
		run->rc = WQ_ENOMEM;
}

static int read_mended(struct wq_inbound_run *run, yyjson_val **root)
{
	struct wq_inbound_reader *r = run->reader;
	int rc = wq_inbound_mend(&r->scratch, run->hook->body);

	if (rc == 0)
		return wq_json_pool_read(&r->pool, wq_buf_str(&r->scratch), WQ_WEBHOOK_DEPTH_MAX,
		                         root);
	return rc == WQ_ENOMEM ? rc : WQ_EPARSE;
}

int wq_inbound_parse(struct wq_inbound_run *run, size_t body_max, yyjson_val **root)
{
	if (run->rc != 0)
		return run->rc;
	if (run->hook->body.n > body_max)
		return run->rc = WQ_INBOUND_TOO_LARGE;
	run->rc = wq_json_pool_read(&run->reader->pool, run->hook->body, WQ_WEBHOOK_DEPTH_MAX,
	                            root);
	if (run->rc == WQ_EPARSE)
		run->rc = read_mended(run, root);
	if (run->rc == WQ_EPARSE)
		run->rc = WQ_INBOUND_NOT_JSON;
	else if (run->rc == WQ_JSON_DEEP)
		run->rc = WQ_INBOUND_TOO_DEEP;
	return run->rc;
}

void wq_inbound_init(struct wq_inbound *u, const struct wq_inbound_run *run, enum wq_provider p,
                     struct wq_str field)
{
	memset(u, 0, sizeof(*u));
	u->provider = p;
	u->field = field;
	u->business = run->hook->business;
	u->received_ms = run->hook->now_ms;
	u->event.phase = u->event.chunk = u->event.progress = -1;
}

void *wq_inbound_room(struct wq_inbound_run *run, size_t n)
{
	void *p = run->rc == 0 ? wq_arena_alloc(&run->reader->arena, n) : NULL;

	if (!p && run->rc == 0)
		run->rc = WQ_ENOMEM;
	return p;
}

struct wq_str wq_inbound_join(struct wq_inbound_run *run, const struct wq_str *pieces, size_t n)
{
	size_t bytes = 0, at = 0;
	char *p;

	for (size_t i = 0; i < n; i++)
		bytes += pieces[i].n;
	p = wq_inbound_room(run, bytes + 1);
	for (size_t i = 0; i < n && p; i++) {
		if (pieces[i].n)
			memcpy(p + at, pieces[i].p, pieces[i].n);
		at += pieces[i].n;
	}
	return wq_strn(p, p ? bytes : 0);
}

/* The hash over parts, each behind its length, so that no two lists of parts are the same bytes. */
static bool hash(struct wq_inbound_run *run, const struct wq_str *parts, size_t n,
                 unsigned char out[WQ_SHA256_BYTES])
{
	struct wq_str pieces[2 * PARTS_MAX];
	char lengths[PARTS_MAX][24];

	WQ_REQUIRE(n <= PARTS_MAX);
	for (size_t i = 0; i < n; i++) {
		unsigned at = sizeof(lengths[i]);

		lengths[i][--at] = ':';
		for (size_t left = parts[i].n; left > 0 || at == sizeof(lengths[i]) - 1; left /= 10)
			lengths[i][--at] = (char)('0' + left % 10);
		pieces[2 * i] = wq_strn(lengths[i] + at, sizeof(lengths[i]) - at);
		pieces[2 * i + 1] = wq_strn(parts[i].p ? parts[i].p : "", parts[i].n);
	}
	if (run->rc == 0)
		run->rc = wq_sha256_of(run->reader->sha, pieces, 2 * n, out);
	return run->rc == 0;
}

static void set_dedup(struct wq_inbound_run *run, struct wq_inbound *u, const struct wq_str *parts,
                      size_t n)
{
	struct wq_str all[PARTS_MAX] = { wq_str(wq_provider_name(u->provider)),
		                         wq_str(wq_inbound_kind_name(u->kind)) };
	unsigned char sum[WQ_SHA256_BYTES];
	char *p;

	WQ_REQUIRE(n + 2 <= PARTS_MAX);
	memcpy(all + 2, parts, n * sizeof(*parts));
	if (!hash(run, all, n + 2, sum))
		return;
	p = wq_inbound_room(run, DEDUP_BYTES);
	if (p)
		memcpy(p, sum, DEDUP_BYTES);
	u->dedup = wq_strn(p, DEDUP_BYTES);
}

/* Nothing tells it from others but all that it says. */
static void set_dedup_by_content(struct wq_inbound_run *run, struct wq_inbound *u)
{
	struct wq_buf *text = &run->reader->scratch;
	char time[24];
	struct wq_str parts[6] = { u->business, u->number, u->field };
	struct wq_jsonw w;

	parts[3] = wq_strn(time,
	                   (size_t)snprintf(time, sizeof(time), "%lld", (long long)u->time_ms));
	wq_buf_clear(text);
	wq_jsonw_begin(&w, text);
	if (u->value)
		wq_jsonw_value(&w, u->value);
	if (wq_jsonw_end(&w) < 0) {
		run->rc = run->rc ? run->rc : WQ_ENOMEM;
		return;
	}
	parts[4] = u->value ? wq_buf_str(text) : run->hook->body;
	parts[5] = run->stamp;
	set_dedup(run, u, parts, WQ_COUNT(parts));
}

static void set_conversation(struct wq_inbound_run *run, struct wq_inbound *u, const char *kind,
                             struct wq_str chat)
{
	const struct wq_str colon = WQ_STR(":");
	struct wq_str pieces[] = {
		wq_str(wq_provider_name(u->provider)), colon,
		u->number.n ? u->number : u->business, colon, wq_str(kind), colon, chat
	};
	unsigned char sum[WQ_SHA256_BYTES];
	char hex[2 * DEDUP_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < WQ_COUNT(pieces); i++)
		n += pieces[i].n;
	if (n > WQ_CONVERSATION_MAX_BYTES) {
		struct wq_str parts[] = { pieces[2], pieces[4], chat };

		if (!hash(run, parts, WQ_COUNT(parts), sum))
			return;
		wq_hex_encode(sum, DEDUP_BYTES, hex);
		pieces[2] = wq_str("");
		pieces[6] = wq_strn(hex, sizeof(hex));
	}
	u->conversation = wq_inbound_join(run, pieces, WQ_COUNT(pieces));
}

void wq_inbound_emit(struct wq_inbound_run *run, struct wq_inbound *u, const struct wq_str *parts,
                     size_t n, const char *chat_kind, struct wq_str chat)
{
	if (run->rc != 0)
		return;
	if (parts && n)
		set_dedup(run, u, parts, n);
	else
		set_dedup_by_content(run, u);
	if (chat.n)
		set_conversation(run, u, chat_kind, chat);
	if (run->rc == 0)
		run->rc = run->on_update(run->user, u);
}

void wq_inbound_emit_by_id(struct wq_inbound_run *run, struct wq_inbound *u, const char *chat_kind,
                           struct wq_str chat)
{
	struct wq_str parts[] = { u->number.n ? u->number : u->business, u->id };

	wq_inbound_emit(run, u, parts, u->id.n ? WQ_COUNT(parts) : 0, chat_kind, chat);
}
