/* SPDX-License-Identifier: MIT */
/* dead_export.c — some letters, then as much patience as the peer needs, then the next.
 *
 *   walk ──► rows ──► enough, or the page ends ──► the peer has taken them ──► walk …  ──► end
 *     └─ Redis could not do it: before the first row an error is answered, behind it the answer is cut
 */
#include "app/api/dead_export.h"

#include <stdio.h>

#include "app/api/dead_filter.h"
#include "app/api/dead_format.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "io/server/pieces.h"
#include "queue/dead_letters.h"

struct export {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_ref ref;
	enum wq_dead_format format;
	struct wq_dead_filter filter; /* its texts live as long as the exchange */
	struct wq_dead_walk walk;
	uint64_t from, until;         /* letters, from the oldest on; until: as many as there were */
	struct wq_buf rows;           /* of this walk */
	int rc;                       /* of writing them */
	bool open;
};

static void destroy(struct export *e)
{
	wq_dead_walk_forget(&e->walk);
	wq_buf_fini(&e->rows);
	wq_ref_fini(&e->ref);
	wq_free(e);
}

static void go_on(struct export *e);

static void on_room(struct wq_exchange *x, void *ctx)
{
	(void)x;
	go_on(ctx);
}

static void on_closed(struct wq_exchange *x, void *ctx)
{
	(void)x;
	destroy(ctx);
}

/* A file name that no header, no shell and no file system minds. */
static void name_file(struct export *e)
{
	char text[WQ_QUEUE_NAME_MAX_BYTES + 64];
	int n = snprintf(text, sizeof(text), "attachment; filename=\"");
	struct wq_str name = e->ref.queue;

	for (size_t i = 0; i < name.n && n < WQ_QUEUE_NAME_MAX_BYTES; i++) {
		char c = name.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		             (c >= '0' && c <= '9') || c == '-' || c == '_';

		text[n++] = plain ? c : '_';
	}
	n += snprintf(text + n, sizeof(text) - (size_t)n, ".%s\"", wq_dead_format_name(e->format));
	wq_reply_header(e->x, "Content-Disposition", wq_strn(text, (size_t)n));
}

/* Half an answer is cut, so that it does not look whole. */
static void fail(struct export *e, int rc, const char *text)
{
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	struct wq_exchange *x = e->x;
	bool open = e->open;

	snprintf(error, sizeof(error), "%s", text);
	destroy(e);
	if (open)
		wq_reply_close(x);
	else
		wq_api_reply_redis(x, rc, error);
}

/* False: the exchange is gone, and e with it. */
static bool open_answer(struct export *e)
{
	static const struct wq_pieces_events events = { on_room, on_closed };

	if (e->open)
		return true;
	name_file(e);
	e->open = wq_pieces_open(e->x, wq_dead_format_type(e->format), &events, e) == 0;
	if (e->open)
		return true;
	destroy(e);
	return false;
}

static enum wq_dead_wish on_letter(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	struct export *e = w->user;

	if (e->rc < 0 || e->rows.n > WQ_API_DEAD_PAGE_MAX_BYTES)
		return WQ_DEAD_ENOUGH;
	e->rc = wq_dead_format_add(&e->rows, e->format, l, &e->ref);
	return WQ_DEAD_LEAVE;
}

static void on_walked(struct wq_dead_walk *w, int rc)
{
	struct export *e = w->user;
	struct wq_exchange *x = e->x;

	if (rc == 0)
		rc = e->rc;
	if (rc != 0) {
		fail(e, rc, w->error);
		return;
	}
	if (!e->open)
		e->until = w->total;
	e->from = w->next && w->next < e->until ? w->next : e->until;
	if (!open_answer(e))
		return;
	wq_pieces_send(x, wq_buf_str(&e->rows));
	wq_buf_fini(&e->rows);
	if (e->from < e->until && wq_exchange_request(x)->method != WQ_HEAD) {
		wq_pieces_await(x);
		return;
	}
	destroy(e);
	wq_pieces_end(x);
}

static void go_on(struct export *e)
{
	int rc;

	e->walk = (struct wq_dead_walk){ .filter = e->filter,
		                         .from = e->from,
		                         .user = e,
		                         .look_max = WQ_API_DEAD_EXPORT_LOOKS,
		                         .on_letter = on_letter,
		                         .on_end = on_walked };
	rc = wq_dead_walk_start(&e->walk, e->api->loop, &e->ref);
	if (rc < 0)
		fail(e, rc, "");
}

/* False: the exchange is answered. */
static bool read_query(struct wq_exchange *x, struct export *e)
{
	struct wq_str format = wq_exchange_query(x, "format");

	if (!wq_dead_filter_of_query(x, wq_loop_wall_ms(e->api->loop), &e->filter))
		return false;
	e->format = format.p ? wq_dead_format_find(format) : WQ_DEAD_JSONL;
	if (e->format != WQ_DEAD_FORMATS)
		return true;
	wq_reply_problem(x, 400, "invalid_parameter", "format must be jsonl or csv");
	return false;
}

static void handle_export(struct wq_exchange *x, void *api)
{
	struct export *e = wq_zalloc(sizeof(*e));
	const char *why = NULL;
	int rc;

	if (!e) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	e->x = x;
	e->api = api;
	wq_buf_init(&e->rows, WQ_API_ANSWER_MAX_BYTES);
	if (!read_query(x, e)) {
		destroy(e);
		return;
	}
	rc = wq_dead_ref_init(&e->ref, e->api->redis, wq_str(e->api->prefix),
	                      wq_exchange_param(x, "name"), &why);
	if (rc == WQ_EINVAL) {
		destroy(e);
		wq_reply_problem(x, 400, "invalid_queue", "%s", why);
		return;
	}
	if (rc == 0)
		rc = wq_dead_format_head(&e->rows, e->format);
	if (rc < 0)
		fail(e, rc, "");
	else
		go_on(e);
}

int wq_api_dead_export_routes(struct wq_api *a)
{
	return wq_api_route(
		a,
		(struct wq_route){
			WQ_GET, "/api/dlq/:name/export", handle_export,
			.summary = "All letters as a file, one on each line, while they are read",
			.query =
				"{format?: 'jsonl'|'csv', error?: string, name?: string, account?: string,"
				" since?: string, until?: string}",
			.answer = "string", .media = "application/x-ndjson" });
}
