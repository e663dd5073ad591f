/* SPDX-License-Identifier: MIT */
/* contact_more.c — exported, erased, and what erasing left behind. */
#include <stdio.h>

#include "app/api/contact_call.h"
#include "app/api/contact_extract.h"
#include "app/api/message_call.h"
#include "base/err.h"
#include "domain/contact/erase.h"
#include "store/subscription.h"

struct more {
	struct wq_contact_call *c;
	struct wq_contact_extract extract;
	struct wq_contact_erase erase;
	struct wq_ref outbound;
};

/* NULL: answered. */
static struct more *more_of(struct wq_contact_call *c)
{
	struct more *m = c ? wq_arena_alloc(wq_exchange_arena(c->x), sizeof(*m)) : NULL;

	if (c && !m)
		wq_contact_call_fail(c, WQ_ENOMEM, "");
	if (m)
		m->c = c;
	return m;
}

static void on_extracted(struct wq_contact_extract *e, int rc)
{
	struct wq_contact_call *c = WQ_OWNER(e, struct more, extract)->c;

	if (rc != 0)
		wq_contact_call_fail(c, rc, e->error);
	else if (!e->found)
		wq_contact_call_missing(c);
	else
		wq_contact_call_reply(c);
}

void wq_contact_export_handle(struct wq_exchange *x, void *api)
{
	struct wq_contact_call *c = wq_contact_call_of_one(x, api, NULL);
	struct more *m = more_of(c);

	if (!m)
		return;
	wq_jsonw_begin(&c->w, &c->out);
	m->extract = (struct wq_contact_extract){ .keys = &c->keys,
		                                  .id = c->id,
		                                  .account = c->account,
		                                  .w = &c->w,
		                                  .now_ms = wq_loop_wall_ms(c->api->loop),
		                                  .cb = on_extracted };
	wq_contact_call_started(c, wq_contact_extract_start(&m->extract));
}

static void on_erased(struct wq_contact_erase *e, int rc)
{
	struct more *m = WQ_OWNER(e, struct more, erase);
	struct wq_contact_call *c = m->c;

	wq_ref_fini(&m->outbound);
	if (rc != 0) {
		wq_contact_call_fail(c, rc, e->error);
	} else if (!e->found) {
		wq_contact_call_missing(c);
	} else {
		wq_jsonw_begin(&c->w, &c->out);
		wq_jsonw_object(&c->w);
		wq_jsonw_put_bool(&c->w, "erased", true);
		wq_jsonw_put_int(&c->w, "messages", (int64_t)e->messages);
		wq_jsonw_object_end(&c->w);
		wq_contact_call_reply(c);
	}
}

void wq_contact_erase_handle(struct wq_exchange *x, void *api)
{
	struct wq_str why = wq_exchange_query(x, "reason"), by = wq_api_caller(x)->key;
	struct wq_contact_call *c;
	struct more *m;
	int rc;

	if (why.n > WQ_CONTACT_REASON_MAX_BYTES) {
		wq_reply_problem(x, 400, "invalid_parameter",
		                 "reason is a text of at most 200 bytes");
		return;
	}
	c = wq_contact_call_of_one(x, api, NULL);
	m = more_of(c);
	if (!m)
		return;
	rc = wq_message_ref(api, &m->outbound);
	if (rc < 0) {
		wq_contact_call_fail(c, rc, "");
		return;
	}
	m->erase = (struct wq_contact_erase){ .loop = c->api->loop,
		                              .keys = &c->keys,
		                              .outbound = &m->outbound,
		                              .id = c->id,
		                              .by = by.n ? by : wq_str("admin"),
		                              .why = why,
		                              .cb = on_erased };
	wq_contact_erase_start(&m->erase);
}

static void put_number(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	uint64_t n = 0;

	(void)wq_str_to_u64(s, INT64_MAX, &n);
	wq_jsonw_put_int(w, key, (int64_t)n);
}

static void on_erasures(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_call *c = WQ_OWNER(cmd, struct wq_contact_call, cmd);
	const struct wq_redis_value *fields;
	struct wq_str id, last = wq_str("");
	char next[WQ_CONTACT_STREAM_ID_BYTES + 1] = "";
	size_t i = 0;

	if (rc != 0) {
		wq_contact_call_fail(c, rc, cmd->error);
		return;
	}
	wq_api_list_begin(&c->w, &c->out);
	for (; wq_stream_at(cmd->reply, i, &id, &fields); i++, last = id) {
		wq_jsonw_object(&c->w);
		wq_jsonw_put_str(&c->w, "contact", wq_stream_field(fields, "con"));
		put_number(&c->w, "at", wq_stream_field(fields, "at"));
		wq_jsonw_put_str(&c->w, "by", wq_stream_field(fields, "by"));
		wq_jsonw_put_str(&c->w, "reason", wq_stream_field(fields, "why"));
		put_number(&c->w, "messages", wq_stream_field(fields, "said"));
		wq_jsonw_object_end(&c->w);
	}
	if (i == c->list.limit)
		snprintf(next, sizeof(next), "%.*s", WQ_STR_ARG(last));
	wq_api_list_end(&c->w, next);
	wq_contact_call_reply(c);
}

static bool is_place(struct wq_str s)
{
	struct wq_str ms;
	uint64_t n;

	return s.n == 0 || (s.n < WQ_CONTACT_STREAM_ID_BYTES && wq_str_next(&s, '-', &ms) &&
	                    wq_str_to_u64(ms, INT64_MAX, &n) && wq_str_to_u64(s, INT64_MAX, &n));
}

void wq_contact_erasures_handle(struct wq_exchange *x, void *api)
{
	struct wq_str cursor = wq_exchange_query(x, "cursor");
	uint64_t limit = WQ_API_PAGE_DEFAULT;
	struct wq_contact_call *c;

	if (!wq_api_query_count(x, "limit", 1, WQ_CONTACT_PAGE_MAX, &limit))
		return;
	if (!is_place(cursor)) {
		wq_reply_problem(x, 400, "invalid_parameter",
		                 "cursor takes what the page before told");
		return;
	}
	c = wq_contact_call_begin(x, api, NULL);
	if (!c)
		return;
	c->list.limit = limit;
	wq_contact_call_started(c, wq_contact_erasures_start(&c->keys, &c->cmd, cursor, limit,
	                                                     on_erasures));
}
