/* SPDX-License-Identifier: MIT */
/* dead_list.c — names, then how many letters in each, and how many lately. */
#include "app/api/dead_list.h"

#include <stdio.h>

#include "app/api/dead_view.h"
#include "app/api/queue_scan.h"
#include "base/err.h"

struct list {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_queue_scan scan;
	size_t told;
	struct wq_ref ref;
	struct wq_dead_growth growth;
	struct wq_buf body;
	struct wq_jsonw w;
};

static struct wq_exchange *leave(struct list *l)
{
	struct wq_exchange *x = l->x;

	wq_ref_fini(&l->ref);
	wq_buf_fini(&l->body);
	return x;
}

static void fail(struct list *l, int rc, const char *text)
{
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];

	snprintf(error, sizeof(error), "%s", text);
	wq_api_reply_redis(leave(l), rc, error);
}

static void answer(struct list *l)
{
	struct wq_buf body = l->body;
	struct wq_jsonw w = l->w;

	w.out = &body;
	wq_jsonw_array_end(&w);
	wq_jsonw_key(&w, "next_cursor");
	if (l->scan.next[0])
		wq_jsonw_text(&w, l->scan.next);
	else
		wq_jsonw_null(&w);
	wq_jsonw_object_end(&w);
	l->body = (struct wq_buf){ 0 };
	wq_api_reply(leave(l), 200, &w);
}

static void on_growth(struct wq_dead_growth *g, int rc);

static void count_next(struct list *l)
{
	int rc;

	wq_ref_fini(&l->ref);
	if (l->told == l->scan.n) {
		answer(l);
		return;
	}
	rc = wq_ref_init(&l->ref, l->api->redis, wq_str(l->api->prefix), l->scan.at[l->told++],
	                 NULL);
	if (rc == 0)
		rc = wq_dead_growth_start(&l->ref, wq_loop_wall_ms(l->api->loop), &l->growth,
		                          on_growth);
	if (rc < 0)
		fail(l, rc, "");
}

/* A queue whose keys are not what they should be is left out. */
static void on_growth(struct wq_dead_growth *g, int rc)
{
	struct list *l = WQ_OWNER(g, struct list, growth);

	if (rc != 0 && rc != WQ_REDIS_WRONGTYPE) {
		fail(l, rc, g->cmd.error);
		return;
	}
	if (rc == 0)
		wq_view_dead_queue(&l->w, &l->ref, g);
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

void wq_dead_list_handle(struct wq_exchange *x, void *api)
{
	struct list *l = wq_arena_alloc(wq_exchange_arena(x), sizeof(*l));

	if (!l) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*l = (struct list){ .x = x, .api = api };
	l->scan.takes = wq_dead_is_queue;
	(void)wq_queue_scan_start(&l->scan, x, api, on_names);
}
