/* SPDX-License-Identifier: MIT */
/* queue_list.c — names, then counts.
 *
 *   names ──► names … ──► counts ──► counts … ──► answer
 *
 * A cursor is "<step>.<skip>": a step through the keys may bring more names than the page has room for; the next page
 * begins with the same step and skips those that were told.
 */
#include "app/api/queue_list.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/api.h"
#include "app/api/queue_view.h"
#include "base/err.h"
#include "base/limits.h"

struct list {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_look look;
	struct wq_queue_names names;
	struct wq_str at[WQ_API_PAGE_MAX]; /* in the exchange's memory */
	size_t n, told, limit;
	char step[32]; /* of the names at hand */
	uint64_t skip; /* of that step */
	unsigned steps;
	char next[64];
	struct wq_ref ref;
	struct wq_queue_counts counts;
	struct wq_buf body;
	struct wq_jsonw w;
};

static void end(struct list *l)
{
	wq_queue_names_fini(&l->names);
	wq_ref_fini(&l->ref);
	wq_buf_fini(&l->body);
}

static void fail(struct list *l, int rc)
{
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	struct wq_exchange *x = l->x;

	snprintf(error, sizeof(error), "%s", l->look.cmd.error);
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
	if (l->next[0])
		wq_jsonw_text(&w, l->next);
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
	if (l->told == l->n) {
		answer(l);
		return;
	}
	rc = wq_ref_init(&l->ref, l->api->redis, wq_str(l->api->prefix), l->at[l->told], NULL);
	if (rc == 0) {
		wq_look_init(&l->look, &l->ref, on_counts);
		rc = wq_look_counts(&l->look, wq_loop_wall_ms(l->api->loop), &l->counts);
	}
	if (rc < 0)
		fail(l, rc);
}

/* A queue whose keys are not what they should be is told without its counts. */
static void on_counts(struct wq_look *look, int rc)
{
	struct list *l = WQ_OWNER(look, struct list, look);

	if (rc != 0 && rc != WQ_REDIS_WRONGTYPE) {
		fail(l, rc);
		return;
	}
	if (rc == 0) {
		wq_view_queue_open(&l->w, l->at[l->told], &l->counts);
	} else {
		wq_jsonw_object(&l->w);
		wq_jsonw_key(&l->w, "name");
		wq_jsonw_str(&l->w, l->at[l->told]);
	}
	wq_jsonw_object_end(&l->w);
	l->told++;
	count_next(l);
}

static bool is_known(const struct list *l, struct wq_str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (wq_str_eq(l->at[i], name))
			return true;
	return false;
}

/* False: out of memory. */
static bool keep_names(struct list *l)
{
	size_t i = (size_t)l->skip;

	for (; i < l->names.rows.n && l->n < l->limit; i++) {
		char *copy;

		if (is_known(l, l->names.rows.at[i]))
			continue;
		copy = wq_arena_copy(wq_exchange_arena(l->x), l->names.rows.at[i]);
		if (!copy)
			return false;
		l->at[l->n++] = wq_strn(copy, l->names.rows.at[i].n);
	}
	l->skip = i;
	return true;
}

static void on_names(struct wq_look *look, int rc);

static void scan(struct list *l)
{
	int rc = wq_look_queues(&l->look, l->api->redis, wq_str(l->api->prefix), wq_str(l->step),
	                        &l->names);

	if (rc < 0)
		fail(l, rc);
}

static void on_names(struct wq_look *look, int rc)
{
	struct list *l = WQ_OWNER(look, struct list, look);
	bool used;

	if (rc != 0 || !keep_names(l)) {
		fail(l, rc ? rc : WQ_ENOMEM);
		return;
	}
	used = l->skip >= l->names.rows.n;
	if (used) {
		snprintf(l->step, sizeof(l->step), "%s", l->names.next);
		l->skip = 0;
	}
	if (used && l->step[0] && l->n < l->limit && ++l->steps < WQ_API_SCAN_STEPS_MAX) {
		scan(l);
		return;
	}
	if (!used || l->step[0])
		snprintf(l->next, sizeof(l->next), "%s.%" PRIu64, l->step[0] ? l->step : "0",
		         l->skip);
	count_next(l);
}

static bool read_cursor(struct list *l)
{
	struct wq_str rest = wq_exchange_query(l->x, "cursor"), step, skip = { NULL, 0 };
	uint64_t n;

	if (!rest.p)
		return true;
	if (!wq_str_next(&rest, '.', &step) || !wq_str_next(&rest, '.', &skip) || rest.p ||
	    !wq_str_to_u64(step, UINT64_MAX, &n) || !wq_str_to_u64(skip, UINT32_MAX, &l->skip))
		return false;
	snprintf(l->step, sizeof(l->step), "%" PRIu64, n);
	return true;
}

void wq_queue_list_handle(struct wq_exchange *x, void *api)
{
	struct list *l = wq_arena_alloc(wq_exchange_arena(x), sizeof(*l));
	uint64_t limit = WQ_API_PAGE_DEFAULT;

	if (!l) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*l = (struct list){ .x = x, .api = api };
	if (!wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &limit))
		return;
	if (!read_cursor(l)) {
		wq_reply_problem(x, 400, "invalid_parameter",
		                 "cursor must be one that an answer gave");
		return;
	}
	l->limit = (size_t)limit;
	wq_buf_init(&l->body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&l->w, &l->body);
	wq_jsonw_object(&l->w);
	wq_jsonw_key(&l->w, "data");
	wq_jsonw_array(&l->w);
	wq_look_init(&l->look, NULL, on_names);
	scan(l);
}
