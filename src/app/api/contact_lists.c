/* SPDX-License-Identifier: MIT */
/* contact_lists.c — contacts, conversations, what was said, notes. */
#include "app/api/contact_call.h"
#include "base/err.h"
#include "base/limits.h"

static struct wq_str word(void *ctx, const char *name)
{
	return wq_exchange_query(ctx, name);
}

static void list_row(struct wq_contact_list *l, const struct wq_contact_row *r)
{
	struct wq_contact_call *c = WQ_OWNER(l, struct wq_contact_call, list);

	wq_view_contact(&c->w, r, c->account,
	                c->conversations ? WQ_CONTACT_CONVERSATION : WQ_CONTACT_IN_LIST,
	                wq_loop_wall_ms(c->api->loop));
}

static void end_list(struct wq_contact_call *c, const char *place)
{
	wq_api_list_end(&c->w, place);
	wq_contact_call_reply(c);
}

static void on_listed(struct wq_contact_list *l, int rc)
{
	struct wq_contact_call *c = WQ_OWNER(l, struct wq_contact_call, list);

	if (rc != 0)
		wq_contact_call_fail(c, rc, l->error);
	else
		end_list(c, l->place);
}

static void bad_parameter(struct wq_contact_call *c, const char *why)
{
	wq_reply_problem(wq_contact_call_end(c), 400, "invalid_parameter", "%s", why);
}

static void on_looked_up(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_call *c = WQ_OWNER(cmd, struct wq_contact_call, cmd);
	struct wq_contact_row row;

	if (rc != 0) {
		wq_contact_call_fail(c, rc, cmd->error);
		return;
	}
	wq_api_list_begin(&c->w, &c->out);
	if (wq_contact_show_answer(cmd, &row))
		wq_view_contact(&c->w, &row, c->account, WQ_CONTACT_WHOLE,
		                wq_loop_wall_ms(c->api->loop));
	end_list(c, NULL);
}

/* By one of its names: at most one.  False: none is asked for. */
static bool looks_up(struct wq_contact_call *c)
{
	struct wq_buf text;
	struct wq_jsonw w;
	bool asked = false;
	struct wq_str digest;
	int rc;

	wq_buf_init(&text, 2 * WQ_SERVER_TARGET_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_object(&w);
	for (int t = 0; t < WQ_CONTACT_USERNAME && !asked; t++) {
		struct wq_str s = wq_exchange_query(c->x, wq_contact_text_names[t]);

		asked = s.p != NULL;
		if (!asked)
			continue;
		wq_jsonw_put_str(&w, wq_contact_text_names[t], s);
	}
	wq_jsonw_object_end(&w);
	if (asked) {
		c->body = wq_json_read(wq_buf_str(&text), WQ_API_JSON_DEPTH_MAX, NULL);
		rc = wq_contact_digest(&c->wish, yyjson_doc_get_root(c->body),
		                       wq_exchange_arena(c->x), &c->problem, &digest);
		if (rc == WQ_EINVAL)
			wq_contact_call_refuse(c);
		else if (rc < 0)
			wq_contact_call_fail(c, rc, "");
		else
			wq_contact_call_started(c,
			                        wq_contact_show_start(&c->keys, &c->cmd, wq_str(""),
			                                              digest, on_looked_up));
	}
	wq_buf_fini(&text);
	return asked;
}

static void list(struct wq_exchange *x, void *api, bool conversations)
{
	uint64_t limit = WQ_API_PAGE_DEFAULT;
	struct wq_str cursor = wq_exchange_query(x, "cursor");
	struct wq_contact_call *c;
	const char *why;

	if (!wq_api_query_count(x, "limit", 1, WQ_CONTACT_PAGE_MAX, &limit))
		return;
	c = wq_contact_call_begin(x, api, NULL);
	if (!c || looks_up(c))
		return;
	c->conversations = c->query.by_last = conversations;
	why = wq_contact_query_read(&c->query, wq_loop_wall_ms(c->api->loop), word, x,
	                            wq_exchange_arena(x));
	if (!why && cursor.n && !wq_contact_place_is(cursor, &c->query))
		why = "cursor takes what the page before told";
	if (why) {
		bad_parameter(c, why);
		return;
	}
	c->list.keys = &c->keys;
	c->list.query = &c->query;
	c->list.said = conversations;
	c->list.limit = limit;
	c->list.row = list_row;
	c->list.cb = on_listed;
	if (cursor.n)
		memcpy(c->list.place, cursor.p, cursor.n);
	wq_api_list_begin(&c->w, &c->out);
	wq_contact_call_started(c, wq_contact_list_start(&c->list));
}

void wq_contact_list_handle(struct wq_exchange *x, void *api)
{
	list(x, api, false);
}

void wq_conversation_list_handle(struct wq_exchange *x, void *api)
{
	list(x, api, true);
}

static void on_said(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_call *c = WQ_OWNER(cmd, struct wq_contact_call, cmd);
	char place[WQ_PROVIDER_ID_MAX_BYTES + 32] = "";
	struct wq_contact_row row;
	bool more;
	int n;

	if (rc != 0) {
		wq_contact_call_fail(c, rc, cmd->error);
		return;
	}
	n = wq_contact_said_answer(cmd, &more);
	if (n < 0) {
		wq_contact_call_missing(c);
		return;
	}
	wq_api_list_begin(&c->w, &c->out);
	for (int i = 0; i < n; i++) {
		wq_contact_said_at(cmd, (size_t)i, &row);
		wq_view_said(&c->w, &row, c->account);
		if (more)
			snprintf(place, sizeof(place), "%lld/%.*s", (long long)row.at_ms,
			         WQ_STR_ARG(row.mark));
	}
	end_list(c, place);
}

void wq_contact_said_handle(struct wq_exchange *x, void *api)
{
	struct wq_str cursor = wq_exchange_query(x, "cursor"), at = wq_strn("", 0);
	uint64_t limit = WQ_API_PAGE_DEFAULT, ms;
	struct wq_contact_call *c;

	if (!wq_api_query_count(x, "limit", 1, WQ_CONTACT_PAGE_MAX, &limit))
		return;
	c = wq_contact_call_of_one(x, api, NULL);
	if (!c)
		return;
	if (cursor.n &&
	    (!wq_str_next(&cursor, '/', &at) || !cursor.n || !wq_str_to_u64(at, INT64_MAX, &ms))) {
		bad_parameter(c, "cursor takes what the page before told");
		return;
	}
	wq_contact_call_started(c, wq_contact_said_start(&c->keys, &c->cmd, c->id, at, cursor,
	                                                 limit, on_said));
}

static void on_notes(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_call *c = WQ_OWNER(cmd, struct wq_contact_call, cmd);
	const struct wq_redis_value *notes;

	if (rc != 0) {
		wq_contact_call_fail(c, rc, cmd->error);
		return;
	}
	notes = wq_contact_notes_answer(cmd);
	if (!notes) {
		wq_contact_call_missing(c);
		return;
	}
	wq_jsonw_begin(&c->w, &c->out);
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "data");
	(void)wq_view_notes(&c->w, notes);
	wq_jsonw_key(&c->w, "next_cursor");
	wq_jsonw_null(&c->w);
	wq_jsonw_object_end(&c->w);
	wq_contact_call_reply(c);
}

void wq_contact_notes_handle(struct wq_exchange *x, void *api)
{
	struct wq_contact_call *c = wq_contact_call_of_one(x, api, NULL);

	if (c)
		wq_contact_call_started(c,
		                        wq_contact_notes_start(&c->keys, &c->cmd, c->id, on_notes));
}
