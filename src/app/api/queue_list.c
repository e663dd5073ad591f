/* SPDX-License-Identifier: MIT */
/* queue_list.c — names, then counts.
 *
 *   names ──► counts ──► counts … ──► answer
 */
#include "app/api/queue_list.h"

#include <stdio.h>

#include "app/api/queue_scan.h"
#include "app/api/queue_view.h"
#include "base/err.h"

struct list {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_queue_scan scan;
	size_t told;
	struct wq_look look;
	struct wq_ref ref;
	struct wq_queue_counts counts;
	struct wq_buf body;
	struct wq_jsonw w;
};

static void end(struct list *l)
{
	wq_ref_fini(&l->ref);
	wq_buf_fini(&l->body);
}

static void fail(struct list *l, int rc, const char *text)
{
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	struct wq_exchange *x = l->x;

	snprintf(error, sizeof(error), "%s", text);
	end(l);
	wq_api_reply_redis(x, rc, error);
}

static void answer(struct list *l)
{
	struct wq_buf body = l->body;
	struct wq_jsonw w = l->w;
	struct wq_exchange *x = l->x;

	w.out = &body;
	wq_jsonw_array_end(&w);
	wq_jsonw_key(&w, "next_cursor");
	if (l->scan.next[0])
		wq_jsonw_text(&w, l->scan.next);
	else
		wq_jsonw_null(&w);
	wq_jsonw_object_end(&w);
	l->body = (struct wq_buf){ 0 };
	end(l);
	wq_api_reply(x, 200, &w);
}

static void on_counts(struct wq_look *look, int rc);

static void count_next(struct list *l)
{
	int rc;

	wq_ref_fini(&l->ref);
	if (l->told == l->scan.n) {
		answer(l);
		return;
	}
	rc = wq_ref_init(&l->ref, l->api->redis, wq_str(l->api->prefix), l->scan.at[l->told], NULL);
	if (rc == 0) {
		wq_look_init(&l->look, &l->ref, on_counts);
		rc = wq_look_counts(&l->look, wq_loop_wall_ms(l->api->loop), &l->counts);
	}
	if (rc < 0)
		fail(l, rc, "");
}

/* A queue whose keys are not what they should be is told without its counts. */
static void on_counts(struct wq_look *look, int rc)
{
	struct list *l = WQ_OWNER(look, struct list, look);

	if (rc != 0 && rc != WQ_REDIS_WRONGTYPE) {
		fail(l, rc, look->cmd.error);
		return;
	}
	if (rc == 0) {
		wq_view_queue_open(&l->w, l->scan.at[l->told], &l->counts);
	} else {
		wq_jsonw_object(&l->w);
		wq_jsonw_put_str(&l->w, "name", l->scan.at[l->told]);
	}
	wq_jsonw_object_end(&l->w);
	l->told++;
	count_next(l);
}

static void on_names(struct wq_queue_scan *s, int rc)
{
	struct list *l = WQ_OWNER(s, struct list, scan);

	if (rc != 0) {
		fail(l, rc, s->error);
		return;
	}
	wq_buf_init(&l->body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&l->w, &l->body);
	wq_jsonw_object(&l->w);
	wq_jsonw_key(&l->w, "data");
	wq_jsonw_array(&l->w);
	count_next(l);
}

void wq_queue_list_handle(struct wq_exchange *x, void *api)
{
	struct list *l = wq_arena_alloc(wq_exchange_arena(x), sizeof(*l));

	if (!l) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*l = (struct list){ .x = x, .api = api };
	(void)wq_queue_scan_start(&l->scan, x, api, on_names);
}
