/* SPDX-License-Identifier: MIT */
/* queue_scan.c — names ──► names … ──► enough, or all. */
#include "app/api/queue_scan.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"

#define STEP_SHRINKS 4 /* a step that brings too many names is taken again with a fourth of the keys */

static void end(struct wq_queue_scan *s, int rc)
{
	wq_queue_names_fini(&s->names);
	s->error = s->look.cmd.error;
	s->cb(s, rc);
}

static bool is_known(const struct wq_queue_scan *s, struct wq_str name)
{
	for (size_t i = 0; i < s->n; i++)
		if (wq_str_eq(s->at[i], name))
			return true;
	return false;
}

/* *next: of the names, the first that the page has no room for.  False: out of memory. */
static bool keep_names(struct wq_queue_scan *s, size_t *next)
{
	size_t i = (size_t)s->skip;

	for (; i < s->names.rows.n; i++) {
		struct wq_str name = s->names.rows.at[i];
		char *copy;

		if (is_known(s, name) || (s->takes && !s->takes(name)))
			continue;
		if (s->n == s->limit)
			break;
		copy = wq_arena_copy(wq_exchange_arena(s->x), name);
		if (!copy)
			return false;
		s->at[s->n++] = wq_strn(copy, name.n);
	}
	*next = i;
	return true;
}

static int scan(struct wq_queue_scan *s)
{
	return wq_look_queues(&s->look, s->api->redis, wq_str(s->api->prefix), wq_str(s->step),
	                      s->keys, &s->names);
}

static void take_step(struct wq_queue_scan *s)
{
	int rc = scan(s);

	if (rc < 0)
		end(s, rc);
}

static void end_page(struct wq_queue_scan *s)
{
	snprintf(s->next, sizeof(s->next), "%s.%" PRIu64, s->step[0] ? s->step : "0", s->skip);
	end(s, 0);
}

/* The page held `had` names before this step, which has more than fit in, from its name `next` on. */
static void split(struct wq_queue_scan *s, size_t had, size_t next)
{
	if (s->keys > 1) {
		s->n = had;
		s->keys = s->keys > STEP_SHRINKS ? s->keys / STEP_SHRINKS : 1;
		take_step(s);
		return;
	}
	if (had > 0)
		s->n = had;
	else
		s->skip = next;
	end_page(s);
}

static void on_names(struct wq_look *look, int rc)
{
	struct wq_queue_scan *s = WQ_OWNER(look, struct wq_queue_scan, look);
	size_t had = s->n, next;

	if (rc != 0 || !keep_names(s, &next)) {
		end(s, rc ? rc : WQ_ENOMEM);
		return;
	}
	if (next < s->names.rows.n) {
		split(s, had, next);
		return;
	}
	snprintf(s->step, sizeof(s->step), "%s", s->names.next);
	s->skip = 0;
	if (!s->step[0])
		end(s, 0);
	else if (s->n < s->limit && ++s->steps < WQ_API_SCAN_STEPS_MAX)
		take_step(s);
	else
		end_page(s);
}

static bool read_cursor(struct wq_queue_scan *s)
{
	struct wq_str rest = wq_exchange_query(s->x, "cursor"), step, skip = { NULL, 0 };
	uint64_t n;

	if (!rest.p)
		return true;
	if (!wq_str_next(&rest, '.', &step) || !wq_str_next(&rest, '.', &skip) || rest.p ||
	    !wq_str_to_u64(step, UINT64_MAX, &n) || !wq_str_to_u64(skip, UINT32_MAX, &s->skip))
		return false;
	snprintf(s->step, sizeof(s->step), "%" PRIu64, n);
	return true;
}

bool wq_queue_scan_start(struct wq_queue_scan *s, struct wq_exchange *x, struct wq_api *api,
                         void (*cb)(struct wq_queue_scan *s, int rc))
{
	uint64_t limit = WQ_API_PAGE_DEFAULT;
	int rc;

	s->x = x;
	s->api = api;
	s->cb = cb;
	if (!wq_api_query_count(x, "limit", 1, WQ_API_PAGE_MAX, &limit))
		return false;
	if (!read_cursor(s)) {
		wq_reply_problem(x, 400, "invalid_parameter",
		                 "cursor must be one that an answer gave");
		return false;
	}
	s->limit = (size_t)limit;
	s->keys = s->skip > 0 ? 1 : WQ_LOOK_SCAN_KEYS;
	wq_look_init(&s->look, NULL, on_names);
	rc = scan(s);
	if (rc < 0)
		wq_api_reply_redis(x, rc, "");
	return rc == 0;
}
