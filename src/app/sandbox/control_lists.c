/* SPDX-License-Identifier: MIT */
/* control_lists.c — what the referee has seen, page by page.
 *
 * A cursor is the number of the last entry that was looked at; entries come in the order in which they were made.  One
 * page looks at WQ_SANDBOX_SCAN_MAX entries at most, so with a filter it may be empty and still have a next one.
 */
#include "app/sandbox/control.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"

enum { LIMIT_PRESET = 100, LIMIT_MAX = 1000, PAGE_FULL_BYTES = WQ_SANDBOX_ANSWER_MAX_BYTES / 4 };

struct page {
	uint64_t after;
	unsigned limit;
};

/* False: x was answered. */
static bool read_page(struct wq_exchange *x, struct page *p)
{
	struct wq_str limit = wq_exchange_query(x, "limit"),
		      cursor = wq_exchange_query(x, "cursor");
	uint64_t n = LIMIT_PRESET;

	*p = (struct page){ .after = 0 };
	if ((limit.p && (!wq_str_to_u64(limit, LIMIT_MAX, &n) || n == 0)) ||
	    (cursor.p && !wq_str_to_u64(cursor, INT64_MAX, &p->after))) {
		wq_reply_problem(x, 400, "bad_page",
		                 "limit is from 1 to %d, cursor what the page before gave.",
		                 LIMIT_MAX);
		return false;
	}
	p->limit = (unsigned)n;
	return true;
}

static void write_next(struct wq_jsonw *w, bool more, uint64_t after)
{
	char cursor[24];

	(void)snprintf(cursor, sizeof(cursor), "%" PRIu64, after);
	wq_jsonw_key(w, "next_cursor");
	if (more)
		wq_jsonw_text(w, cursor);
	else
		wq_jsonw_null(w);
}

/* p == NULL: any. */
struct filter {
	struct wq_str to, opaque, number, provider, type, id, outcome, accepted, duplicate;
};

static void read_filter(struct wq_exchange *x, struct filter *f)
{
	f->to = wq_exchange_query(x, "to");
	f->opaque = wq_exchange_query(x, "biz");
	f->number = wq_exchange_query(x, "number");
	if (!f->number.p)
		f->number = wq_exchange_query(x, "phone_number_id");
	f->provider = wq_exchange_query(x, "provider");
	f->type = wq_exchange_query(x, "type");
	f->id = wq_exchange_query(x, "id");
	f->outcome = wq_exchange_query(x, "outcome");
	f->accepted = wq_exchange_query(x, "accepted");
	f->duplicate = wq_exchange_query(x, "duplicate");
	if (f->to.n > 0 && (f->to.p[0] == '+' || f->to.p[0] == ' ')) /* "+" is a space in a query */
		f->to = wq_strn(f->to.p + 1, f->to.n - 1);
}

static bool is(struct wq_str want, struct wq_str got)
{
	return !want.p || wq_str_eq(want, got);
}

static bool is_set(struct wq_str want, bool got)
{
	return !want.p || wq_str_is(want, got ? "true" : "false");
}

static bool fits(const struct filter *f, const struct wq_record_entry *e)
{
	return is(f->to, e->to) && is(f->opaque, e->opaque) && is(f->number, e->number) &&
	       is(f->provider, wq_str(wq_provider_name(e->provider))) && is(f->type, e->type) &&
	       is(f->id, e->id) && is(f->outcome, wq_str(wq_outcome_name(e->outcome))) &&
	       is_set(f->accepted, e->accepted) && is_set(f->duplicate, e->duplicate);
}

static void put(struct wq_jsonw *w, const char *key, struct wq_str value)
{
	wq_jsonw_key(w, key);
	if (value.p)
		wq_jsonw_str(w, value);
	else
		wq_jsonw_null(w);
}

/* As JSON if it was JSON, as a string otherwise. */
static void write_body(const struct wq_record_entry *e, struct wq_jsonw *w)
{
	yyjson_doc *doc = wq_json_read(e->body, WQ_SANDBOX_JSON_DEPTH_MAX, NULL);

	wq_jsonw_key(w, "body");
	if (doc)
		wq_jsonw_value(w, yyjson_doc_get_root(doc));
	else
		wq_jsonw_str(w, e->body);
	wq_json_free(doc);
}

static void write_entry(const struct wq_record_entry *e, struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "seq", (int64_t)e->seq);
	wq_jsonw_put_int(w, "at", e->at_ms);
	put(w, "outcome", wq_str(wq_outcome_name(e->outcome)));
	wq_jsonw_put_bool(w, "accepted", e->accepted);
	wq_jsonw_put_bool(w, "duplicate", e->duplicate);
	wq_jsonw_put_int(w, "status", e->status);
	wq_jsonw_put_int(w, "code", e->code < 0 ? -e->code : e->code);
	put(w, "id", e->id);
	put(w, "provider", wq_str(wq_provider_name(e->provider)));
	put(w, "number", e->number);
	put(w, "phone_number_id", e->number);
	put(w, "to", e->to);
	put(w, "type", e->type);
	put(w, "biz_opaque_callback_data", e->opaque);
	write_body(e, w);
	wq_jsonw_object_end(w);
}

/* The last number looked at. */
static uint64_t write_entries(struct wq_sandbox *sb, const struct filter *f, const struct page *p,
                              struct wq_jsonw *w)
{
	uint64_t first = wq_record_first(sb->record), end = wq_record_end(sb->record);
	uint64_t seq = p->after + 1 < first ? first : p->after + 1;
	unsigned left = p->limit;

	for (unsigned looked = 0;
	     seq < end && left > 0 && looked < WQ_SANDBOX_SCAN_MAX && w->out->n < PAGE_FULL_BYTES;
	     seq++, looked++) {
		const struct wq_record_entry *e = wq_record_at(sb->record, seq);

		if (!e || !fits(f, e))
			continue;
		write_entry(e, w);
		left--;
	}
	return seq - 1;
}

static void handle_messages(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct filter f;
	struct page p;
	struct wq_buf body;
	struct wq_jsonw w;
	uint64_t last;

	if (!read_page(x, &p))
		return;
	read_filter(x, &f);
	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "data");
	wq_jsonw_array(&w);
	last = write_entries(sb, &f, &p, &w);
	wq_jsonw_array_end(&w);
	write_next(&w, last + 1 < wq_record_end(sb->record), last);
	wq_jsonw_object_end(&w);
	wq_control_answer(x, 200, &body, wq_jsonw_end(&w));
}

static void handle_webhooks(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct page p;
	struct wq_buf body;
	struct wq_jsonw w;
	uint64_t last;

	if (!read_page(x, &p))
		return;
	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "data");
	wq_jsonw_array(&w);
	last = wq_webhooks_write(sb->webhooks, p.after, p.limit, &w);
	wq_jsonw_array_end(&w);
	write_next(&w, wq_webhooks_more(sb->webhooks, last), last);
	wq_jsonw_object_end(&w);
	wq_control_answer(x, 200, &body, wq_jsonw_end(&w));
}

int wq_control_lists_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_GET, .pattern = "/_sandbox/messages", .handle = handle_messages,
		  .summary = "Every send that came, and what became of it" },
		{ .method = WQ_GET, .pattern = "/_sandbox/webhooks", .handle = handle_webhooks,
		  .summary = "Every webhook, its attempts and the answer" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
