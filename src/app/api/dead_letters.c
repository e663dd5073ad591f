/* SPDX-License-Identifier: MIT */
/* dead_letters.c — the letters of one queue, page by page and one by one. */
#include "app/api/dead_letters.h"

#include <stdio.h>

#include "app/api/dead_call.h"
#include "app/api/dead_filter.h"
#include "app/api/dead_list.h"
#include "app/api/queue_view.h"
#include "base/err.h"
#include "base/limits.h"

/* Of descriptions. */
#define FILTER "error?: string, name?: string, account?: string, since?: string, until?: string"
#define COUNTS "total: 0.., seen: 0.., matched: 0.., unread: 0.."

/* Begins what only looks; NULL: answered. */
static struct wq_dead_call *begin_look(struct wq_exchange *x, struct wq_api *a)
{
	struct wq_dead_filter f = { .since_ms = 0 };
	struct wq_dead_call *c;

	if (!wq_dead_filter_of_query(x, wq_loop_wall_ms(a->loop), &f))
		return NULL;
	c = wq_dead_call_begin(x, a, NULL);
	if (c)
		c->filter = f;
	return c;
}

/* one queue */

static void on_growth(struct wq_dead_growth *g, int rc)
{
	struct wq_dead_call *c = WQ_OWNER(g, struct wq_dead_call, growth);

	if (rc != 0) {
		wq_dead_call_fail(c, rc, g->cmd.error);
		return;
	}
	wq_view_dead_queue(&c->w, &c->ref, g);
	wq_dead_call_reply(c, 200);
}

static void handle_queue(struct wq_exchange *x, void *api)
{
	struct wq_dead_call *c = wq_dead_call_begin(x, api, NULL);

	if (c)
		wq_dead_call_started(c, wq_dead_growth_start(&c->ref, wq_loop_wall_ms(c->api->loop),
		                                             &c->growth, on_growth));
}

/* a page of letters */

static enum wq_dead_wish list_letter(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	struct wq_dead_call *c = w->user;

	if (c->n == c->limit || (c->n > 0 && c->body.n > WQ_API_DEAD_PAGE_MAX_BYTES))
		return WQ_DEAD_ENOUGH;
	wq_view_letter(&c->w, l, &c->ref, WQ_DEAD_ROW);
	c->n++;
	return WQ_DEAD_LEAVE;
}

static void on_listed(struct wq_dead_walk *w, int rc)
{
	struct wq_dead_call *c = w->user;

	if (rc != 0) {
		wq_dead_call_fail(c, rc, w->error);
		return;
	}
	wq_jsonw_array_end(&c->w);
	wq_view_dead_counts(&c->w, w);
	wq_view_next(&c->w, w->next);
	wq_jsonw_object_end(&c->w);
	wq_dead_call_reply(c, 200);
}

static void handle_letters(struct wq_exchange *x, void *api)
{
	uint64_t n = WQ_API_PAGE_DEFAULT, from = 0;
	struct wq_dead_call *c;

	if (!wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &n) ||
	    !wq_api_query_count(x, "cursor", 0, UINT32_MAX, &from))
		return;
	c = begin_look(x, api);
	if (!c)
		return;
	c->limit = n;
	c->walk.from = from;
	c->walk.look_max = WQ_API_DEAD_PAGE_LOOKS;
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "data");
	wq_jsonw_array(&c->w);
	wq_dead_call_started(c, wq_dead_call_walk(c, list_letter, on_listed));
}

/* groups */

static enum wq_dead_wish group_letter(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	wq_dead_groups_add(((struct wq_dead_call *)w->user)->groups, l);
	return WQ_DEAD_LEAVE;
}

static void on_grouped(struct wq_dead_walk *w, int rc)
{
	struct wq_dead_call *c = w->user;

	if (rc != 0) {
		wq_dead_call_fail(c, rc, w->error);
		return;
	}
	wq_dead_groups_sort(c->groups);
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "data");
	wq_view_dead_groups(&c->w, c->groups);
	wq_jsonw_put_int(&c->w, "others", (int64_t)c->groups->others);
	wq_view_dead_counts(&c->w, w);
	wq_view_next(&c->w, w->next);
	wq_jsonw_object_end(&c->w);
	wq_dead_call_reply(c, 200);
}

static void handle_groups(struct wq_exchange *x, void *api)
{
	struct wq_dead_groups *groups = wq_arena_alloc(wq_exchange_arena(x), sizeof(*groups));
	uint64_t from = 0;
	struct wq_dead_call *c;

	if (!groups) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	if (!wq_api_query_count(x, "cursor", 0, UINT32_MAX, &from))
		return;
	c = begin_look(x, api);
	if (!c)
		return;
	groups->n = 0;
	groups->others = 0;
	c->groups = groups;
	c->walk.from = from;
	c->walk.look_max = WQ_API_DEAD_LOOKS;
	wq_dead_call_started(c, wq_dead_call_walk(c, group_letter, on_grouped));
}

/* one letter */

/* The call, when the letter was there and it was done; NULL: answered. */
static struct wq_dead_call *done(struct wq_dead_one *o, int rc)
{
	struct wq_dead_call *c = o->user;

	if (rc == 0 && o->code == WQ_DEAD_DONE)
		return c;
	if (rc == 0)
		wq_dead_call_refuse(c, o->code);
	else
		wq_dead_call_fail(c, rc, o->error);
	return NULL;
}

static void begin_one(struct wq_dead_call *c, void (*cb)(struct wq_dead_one *o, int rc))
{
	wq_dead_one_init(&c->one, c->api->loop, &c->ref, cb);
	c->one.user = c;
}

static void on_read(struct wq_dead_one *o, int rc)
{
	struct wq_dead_call *c;

	if (rc == 0 && o->code == WQ_DEAD_TOO_LARGE) /* its history is told without its data */
		o->code = WQ_DEAD_DONE;
	c = done(o, rc);
	if (!c)
		return;
	wq_view_letter(&c->w, &o->letter, &c->ref, WQ_DEAD_FULL);
	wq_dead_call_reply(c, 200);
}

static void handle_letter(struct wq_exchange *x, void *api)
{
	struct wq_dead_call *c = wq_dead_call_begin(x, api, NULL);

	if (!c)
		return;
	begin_one(c, on_read);
	wq_dead_call_started(c, wq_dead_one_read(&c->one, c->id));
}

/* The body of a change, and the data in it.  NULL: answered. */
static struct wq_dead_call *begin_change(struct wq_exchange *x, struct wq_api *a,
                                         const char *const *members)
{
	struct wq_dead_call *c;
	yyjson_val *data;
	yyjson_doc *doc;
	struct wq_jsonw w;

	if (!wq_api_body(x, &doc))
		return NULL;
	if (!wq_api_members(x, yyjson_doc_get_root(doc), members)) {
		wq_json_free(doc);
		return NULL;
	}
	c = wq_dead_call_begin(x, a, doc);
	data = c ? wq_json_get(yyjson_doc_get_root(doc), "data") : NULL;
	if (!data)
		return c;
	wq_jsonw_begin(&w, &c->text);
	wq_jsonw_value(&w, data);
	if (wq_jsonw_end(&w) < 0) {
		wq_dead_call_fail(c, WQ_ENOMEM, "");
		return NULL;
	}
	c->data = wq_buf_str(&c->text);
	return c;
}

static void on_changed(struct wq_dead_one *o, int rc)
{
	struct wq_dead_call *c = done(o, rc);

	if (!c)
		return;
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "changed", 1);
	if (o->ran_as.n) {
		wq_jsonw_put_str(&c->w, "queue", wq_dead_home(&o->letter, &c->ref));
		wq_jsonw_put_str(&c->w, "job_id", o->ran_as);
	}
	wq_jsonw_object_end(&c->w);
	wq_dead_call_reply(c, 200);
}

static int start_retry(struct wq_dead_call *c)
{
	begin_one(c, on_changed);
	return wq_dead_one_retry(&c->one, c->id, c->data);
}

static void handle_retry(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "data", NULL };
	struct wq_dead_call *c = begin_change(x, api, members);

	if (c)
		wq_dead_call_change(c, start_retry);
}

static int start_edit(struct wq_dead_call *c)
{
	begin_one(c, on_changed);
	return wq_dead_one_edit(&c->one, c->id, c->data);
}

static void handle_edit(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "data", NULL };
	struct wq_dead_call *c = begin_change(x, api, members);

	if (!c)
		return;
	if (c->data.p) {
		wq_dead_call_change(c, start_edit);
		return;
	}
	wq_dead_call_end(c);
	wq_reply_problem(x, 400, "invalid_parameter",
	                 "data is needed: the job's data as they shall be");
}

static void on_removed(struct wq_change *change, int rc)
{
	struct wq_dead_call *c = WQ_OWNER(change, struct wq_dead_call, change);

	if (rc != 0) {
		wq_dead_call_fail(c, rc, change->cmd.error);
	} else if (change->code == WQ_CHANGE_HELD) {
		wq_dead_call_refuse(c, WQ_DEAD_STATE);
	} else if (change->code != WQ_CHANGE_DONE || change->n == 0) {
		wq_dead_call_refuse(c, WQ_DEAD_MISSING);
	} else {
		wq_jsonw_raw(&c->w, wq_str("{\"changed\":1}"));
		wq_dead_call_reply(c, 200);
	}
}

static int start_remove(struct wq_dead_call *c)
{
	wq_change_init(&c->change, &c->ref, on_removed);
	return wq_change_remove(&c->change, c->id, false);
}

static void handle_remove(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { NULL };
	struct wq_dead_call *c = begin_change(x, api, members);

	if (c)
		wq_dead_call_change(c, start_remove);
}

int wq_api_dead_letters_routes(struct wq_api *a)
{
	/* clang-format off: read by column */
	const struct wq_route routes[] = {
		{ WQ_GET, "/api/dlq", wq_dead_list_handle,
		  .summary = "All queues of dead letters: how many letters, how many lately",
		  .query = "{limit?: 1..1000, cursor?: string}",
		  .answer = "{data: DeadQueue[], next_cursor: string|null}" },
		{ WQ_GET, "/api/dlq/:name", handle_queue, .summary = "The same of one queue", .answer = "DeadQueue" },
		{ WQ_GET, "/api/dlq/:name/letters", handle_letters,
		  .summary = "Its letters, the oldest first",
		  .query = "{" FILTER ", limit?: 1..1000, cursor?: 0..}",
		  .answer = "{data: Letter[], " COUNTS ", next_cursor: string|null}" },
		{ WQ_GET, "/api/dlq/:name/groups", handle_groups,
		  .summary = "How many letters of each error; numbers in errors count as equal",
		  .query = "{" FILTER ", cursor?: 0..}",
		  .answer = "{data: LetterGroup[], others: 0.., " COUNTS ", next_cursor: string|null}" },
		{ WQ_GET, "/api/dlq/:name/letters/:id", handle_letter,
		  .summary = "One letter: the job as it was, and why it failed", .answer = "Letter" },
		{ WQ_PATCH, "/api/dlq/:name/letters/:id", handle_edit,
		  .summary = "Change the data of the job", .body = "exact {data: any}",
		  .example = "{\"data\":{\"to\":\"ana\"}}", .answer = "Changed" },
		{ WQ_POST, "/api/dlq/:name/letters/:id/retry", handle_retry,
		  .summary = "Run the job once more, with other data if they are given",
		  .body = "exact {data?: any}", .example = "{\"data\":{\"to\":\"ana\"}}",
		  .answer = "{changed: 0.., queue: string, job_id: string}" },
		{ WQ_DELETE, "/api/dlq/:name/letters/:id", handle_remove, .summary = "Delete a letter",
		  .answer = "Changed" },
	};
	/* clang-format on */
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < WQ_COUNT(routes); i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
