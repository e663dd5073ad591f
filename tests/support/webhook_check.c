/* SPDX-License-Identifier: MIT */
/* webhook_check.c — one webhook, read twice. */
#include "support/webhook_check.h"

#include "base/assert.h"
#include "base/json_pool.h"
#include "base/limits.h"

enum { OUT_MAX_BYTES = 33554432 };

void wq_webhook_check_init(struct wq_webhook_check *c)
{
	*c = (struct wq_webhook_check){ .n = 0 };
	wq_inbound_reader_init(&c->reader);
	wq_buf_init(&c->out, OUT_MAX_BYTES);
}

void wq_webhook_check_fini(struct wq_webhook_check *c)
{
	wq_inbound_reader_fini(&c->reader);
	wq_buf_fini(&c->out);
}

static void keep(char *to, size_t max, struct wq_str s)
{
	size_t n = s.n < max - 1 ? s.n : max - 1;

	if (n)
		memcpy(to, s.p, n);
	to[n] = 0;
}

static void keep_kind(struct wq_webhook_check *c, enum wq_inbound_kind k)
{
	size_t at = strlen(c->kinds);
	struct wq_str kind = wq_str(wq_inbound_kind_name(k));

	if (at + kind.n + 2 > sizeof(c->kinds))
		return;
	if (at)
		c->kinds[at++] = ' ';
	keep(c->kinds + at, sizeof(c->kinds) - at, kind);
}

/* Numbers that no double holds stay as they came: JavaScript reads them too. */
static void require_json(struct wq_buf *out, const char *const *members, size_t n)
{
	struct wq_json_pool pool;
	yyjson_val *root;

	wq_json_pool_init(&pool);
	WQ_REQUIRE(wq_json_pool_read(&pool, wq_buf_str(out), WQ_WEBHOOK_DEPTH_MAX + 3, &root) == 0);
	for (size_t i = 0; i < n; i++)
		WQ_REQUIRE(wq_json_get(root, members[i]));
	wq_json_pool_fini(&pool);
}

static void require_written(struct wq_webhook_check *c, const struct wq_inbound *u)
{
	static const char *const always[] = { "businessId", "phoneNumberId", "timestamp" };
	struct wq_jsonw w;

	wq_buf_clear(&c->out);
	wq_jsonw_begin(&w, &c->out);
	wq_inbound_write_job(&w, u);
	WQ_REQUIRE(wq_jsonw_end(&w) == 0);
	require_json(&c->out, always, WQ_COUNT(always));
	wq_buf_clear(&c->out);
	wq_jsonw_begin(&w, &c->out);
	wq_inbound_write_full(&w, u); /* touches every text of the model */
	WQ_REQUIRE(wq_jsonw_end(&w) == 0);
	require_json(&c->out, NULL, 0);
}

static void add_to_sum(struct wq_webhook_check *c, struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		c->sum = c->sum * 31 + (unsigned char)s.p[i];
}

static int on_update(void *user, const struct wq_inbound *u)
{
	struct wq_webhook_check *c = user;

	WQ_REQUIRE(++c->n <= WQ_WEBHOOK_UPDATES_MAX && u->kind < WQ_INBOUND_KINDS);
	WQ_REQUIRE(u->dedup.n == 16 && u->conversation.n <= WQ_CONVERSATION_MAX_BYTES);
	WQ_REQUIRE(u->time_ms >= 0 && u->time_ms <= WQ_TIMESTAMP_MAX_MS);
	WQ_REQUIRE((unsigned)u->status.state < WQ_STATES);
	add_to_sum(c, u->dedup);
	add_to_sum(c, u->conversation);
	require_written(c, u);
	keep_kind(c, u->kind);
	keep(c->text, sizeof(c->text), u->message.text);
	keep(c->id, sizeof(c->id), u->id);
	keep(c->conversation, sizeof(c->conversation), u->conversation);
	keep(c->field, sizeof(c->field), u->field);
	c->text_n = u->message.text.n;
	c->id_n = u->id.n;
	c->time_ms = u->time_ms;
	c->state = u->status.state;
	c->error = u->error.code;
	return 0;
}

static void forget(struct wq_webhook_check *c)
{
	c->n = c->text_n = c->id_n = 0;
	c->sum = 0;
	c->time_ms = c->error = 0;
	c->state = WQ_STATE_UNKNOWN;
	c->kinds[0] = c->text[0] = c->id[0] = c->conversation[0] = c->field[0] = 0;
}

int wq_webhook_check(struct wq_webhook_check *c, wq_webhook_read_fn read, struct wq_str body)
{
	const struct wq_webhook hook = { .body = body, .now_ms = 1782000000000 };
	uint64_t first = 0;
	int rc = 0;

	for (int i = 0; i < 2 && rc == 0; i++) {
		forget(c);
		rc = read(&c->reader, &hook, on_update, c);
		WQ_REQUIRE(rc >= 0 && rc < WQ_INBOUND_CONDITIONS);
		WQ_REQUIRE(rc == 0 || c->n == 0);
		WQ_REQUIRE(i == 0 || c->sum == first);
		first = c->sum;
	}
	return rc;
}
