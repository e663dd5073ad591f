/* SPDX-License-Identifier: MIT */
/* queue_add.c — `willaq queue add QUEUE NAME [DATA [OPTS]]`. */
#include <stdio.h>

#include "app/api/job_request.h"
#include "app/cli/queue.h"
#include "base/err.h"
#include "base/limits.h"
#include "queue/producer.h"

struct adding {
	struct wq_queue_cli *c;
	struct wq_producer *producer;
	struct wq_add_all all;
	struct wq_job_request request;
	struct wq_arena arena;
	enum wq_exit code;
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
};

static void on_added(struct wq_add_all *all, int rc)
{
	struct adding *a = WQ_OWNER(all, struct adding, all);
	const struct wq_add_outcome *o = all->outcomes;

	if (rc == 0 && o && o[0].code < 0)
		fprintf(stderr, "willaq: %s\n", wq_add_code_text(o[0].code));
	if (rc == 0 && o && o[0].code >= 0) {
		if (a->c->json)
			wq_job_request_view(&a->c->w, &o[0]);
		else
			printf("%s %.*s\n", o[0].code == WQ_ADD_NEW ? "added" : "is there already:",
			       WQ_STR_ARG(o[0].id));
		a->code = WQ_EXIT_DONE;
	}
	snprintf(a->error, sizeof(a->error), "%s", all->error ? all->error : "");
	wq_session_done(&a->c->session, rc);
}

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

/* {"name": …, "data": …, "opts": …} of the arguments; NULL: a sentence was printed. */
static yyjson_doc *read_arguments(const struct wq_queue_cli *c)
{
	static const char *const names[] = { "data", "opts" };
	struct wq_buf text;
	struct wq_jsonw w;
	yyjson_doc *doc = NULL, *part;
	const char *why = "";

	wq_buf_init(&text, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "name", c->args->at[2]);
	for (unsigned i = 3; i < c->args->count && i < 3 + WQ_COUNT(names); i++) {
		part = wq_json_read(wq_str(c->args->at[i]), WQ_API_JSON_DEPTH_MAX, &why);
		if (!part)
			fprintf(stderr, "willaq: the %s of the job are not JSON: %s\n",
			        names[i - 3], why);
		if (!part)
			goto out;
		wq_json_free(part);
		wq_jsonw_key(&w, names[i - 3]);
		wq_jsonw_raw(&w, wq_str(c->args->at[i]));
	}
	wq_jsonw_object_end(&w);
	if (wq_jsonw_end(&w) == 0)
		doc = wq_json_read(wq_buf_str(&text), WQ_API_JSON_DEPTH_MAX, &why);
	if (!doc)
		fprintf(stderr, "willaq: the job cannot be read: %s\n", why);
out:
	wq_buf_fini(&text);
	return doc;
}

static enum wq_exit add_all(struct adding *a)
{
	struct wq_session *s = &a->c->session;
	int rc = wq_producer_create(&a->producer, s->loop, s->redis);

	a->all.items = a->request.items;
	a->all.n = a->request.n;
	if (rc == 0)
		rc = wq_producer_add_all(a->producer, &a->all, on_added);
	if (!wq_session_wait(s, rc, a->error))
		a->code = WQ_EXIT_FAILED;
	if (a->producer) {
		wq_producer_close(a->producer, on_closed, s);
		(void)wq_session_wait(s, 0, "");
	}
	return a->code == WQ_EXIT_DONE && a->c->json ? wq_queue_cli_print(a->c) : a->code;
}

static enum wq_exit add(struct wq_queue_cli *c)
{
	struct adding a = { .c = c, .code = WQ_EXIT_FAILED };
	yyjson_doc *doc = read_arguments(c);
	const char *why = "";
	int rc;

	if (!doc)
		return WQ_EXIT_USAGE;
	wq_arena_init(&a.arena, WQ_LOOK_ROWS_MAX_BYTES);
	rc = wq_job_request_read(&a.request, yyjson_doc_get_root(doc), wq_ref_base(&c->ref),
	                         &a.arena, &why);
	if (rc == 0)
		a.code = add_all(&a);
	else
		fprintf(stderr, "willaq: %s\n", why);
	wq_job_request_fini(&a.request);
	wq_arena_fini(&a.arena);
	wq_json_free(doc);
	return rc == 0 ? a.code : WQ_EXIT_USAGE;
}

const struct wq_queue_action wq_queue_adds[] = {
	{ "add", "QUEUE NAME [DATA [OPTS]]", 2, 4, add, true },
	{ NULL, NULL, 0, 0, NULL, false },
};
