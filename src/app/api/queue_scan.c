/* SPDX-License-Identifier: MIT */
/* queue_scan.c — names ──► names … ──► enough, or all. */
#include "app/api/queue_scan.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"

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

/* False: out of memory. */
static bool keep_names(struct wq_queue_scan *s)
{
	size_t i = (size_t)s->skip;

	for (; i < s->names.rows.n && s->n < s->limit; i++) {
		struct wq_str name = s->names.rows.at[i];
		char *copy;

		if (is_known(s, name) || (s->takes && !s->takes(name)))
			continue;
		copy = wq_arena_copy(wq_exchange_arena(s->x), name);
		if (!copy)
			return false;
		s->at[s->n++] = wq_strn(copy, name.n);
	}
	s->skip = i;
	return true;
}

static int scan(struct wq_queue_scan *s)
{
	return wq_look_queues(&s->look, s->api->redis, wq_str(s->api->prefix), wq_str(s->step),
	                      &s->names);
}

static void on_names(struct wq_look *look, int rc)
{
	struct wq_queue_scan *s = WQ_OWNER(look, struct wq_queue_scan, look);
	bool used;

	if (rc != 0 || !keep_names(s)) {
		end(s, rc ? rc : WQ_ENOMEM);
		return;
	}
	used = s->skip >= s->names.rows.n;
	if (used) {
		snprintf(s->step, sizeof(s->step), "%s", s->names.next);
		s->skip = 0;
	}
	if (used && s->step[0] && s->n < s->limit && ++s->steps < WQ_API_SCAN_STEPS_MAX) {
		rc = scan(s);
		if (rc < 0)
			end(s, rc);
		return;
	}
	if (!used || s->step[0])
		snprintf(s->next, sizeof(s->next), "%s.%" PRIu64, s->step[0] ? s->step : "0",
		         s->skip);
	end(s, 0);
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
	wq_look_init(&s->look, NULL, on_names);
	rc = scan(s);
	if (rc < 0)
		wq_api_reply_redis(x, rc, "");
	return rc == 0;
}
