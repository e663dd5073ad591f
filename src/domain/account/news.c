/* SPDX-License-Identifier: MIT */
/* news.c — a job's data are a change as Meta writes it, and are read as one. */
#include "domain/account/news.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/account/note.h"
#include "domain/inbound/reader.h"

enum { LATER_MS = 1000, RESULT_MAX_BYTES = 64 };

struct wq_account_news {
	struct wq_loop *loop;
	const struct wq_accounts *accounts;
	struct wq_account_keys keys;
	struct wq_inbound_reader reader;
	struct wq_list jobs;
	bool closing;
	struct wq_post closed;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric noted, passed;
};

/* One at work. */
struct job {
	struct wq_list link; /* of the news */
	struct wq_account_news *news;
	struct wq_task *task;
	struct wq_account_note note;
	bool noting;
};

static void on_closed(struct wq_post *p)
{
	struct wq_account_news *n = WQ_OWNER(p, struct wq_account_news, closed);
	void (*told)(void *ctx) = n->on_closed;
	void *ctx = n->ctx;

	wq_inbound_reader_fini(&n->reader);
	wq_free(n);
	if (told)
		told(ctx);
}

int wq_account_news_create(struct wq_account_news **out, struct wq_loop *l, struct wq_redis *redis,
                           const char *prefix, const struct wq_accounts *accounts)
{
	struct wq_account_news *n = wq_zalloc(sizeof(*n));

	*out = n;
	if (!n)
		return WQ_RAISE(WQ_ENOMEM);
	n->loop = l;
	n->accounts = accounts;
	wq_account_keys_init(&n->keys, redis, wq_str(prefix));
	wq_inbound_reader_init(&n->reader);
	wq_list_init(&n->jobs);
	wq_post_init(&n->closed, l, on_closed);
	n->noted = (struct wq_metric){ .name = "willaq_account_events_total",
		                       .help = "what providers told of accounts",
		                       .labels = "outcome=\"noted\"",
		                       .type = WQ_COUNTER };
	n->passed = n->noted;
	n->passed.labels = "outcome=\"passed\"";
	return 0;
}

void wq_account_news_add_metrics(struct wq_account_news *n, struct wq_metrics *m)
{
	wq_metrics_add(m, &n->noted);
	wq_metrics_add(m, &n->passed);
}

static void check_closed(struct wq_account_news *n)
{
	if (n->closing && wq_list_empty(&n->jobs))
		wq_post_send(&n->closed);
}

/* `written` < 0: it comes again. */
static void end(struct job *j, int written)
{
	struct wq_account_news *n = j->news;
	char result[RESULT_MAX_BYTES];

	wq_list_remove(&j->link);
	snprintf(result, sizeof(result), "{\"accounts\":%d}", written);
	wq_metric_count(written > 0 ? &n->noted : &n->passed, written >= 0);
	if (written < 0)
		wq_task_delay(j->task, LATER_MS);
	else
		wq_task_complete(j->task, wq_str(result));
	wq_free(j);
	check_closed(n);
}

static void on_noted(struct wq_account_note *note)
{
	struct job *j = WQ_OWNER(note, struct job, note);

	if (note->written > 0)
		wq_info("account_noted", WQ_SL("account", wq_str(note->of[0].id)),
		        WQ_U("accounts", note->written));
	end(j, note->rc == 0 ? (int)note->written : -1);
}

/* The first: a job is about one. */
static int on_update(void *user, const struct wq_inbound *u)
{
	struct job *j = user;

	j->noting = true;
	wq_account_note_event(&j->note, j->news->accounts, &j->news->keys, j->news->loop, u,
	                      on_noted);
	return 1;
}

static void read_job(struct job *j)
{
	struct wq_account_news *n = j->news;
	struct wq_webhook hook = { .body = j->task->job->data, .now_ms = wq_loop_wall_ms(n->loop) };
	yyjson_doc *doc;
	bool ours;
	int rc = wq_json_parse(&doc, hook.body, WQ_JOB_JSON_DEPTH_MAX);

	if (rc < 0) {
		end(j, rc == WQ_EPARSE ? 0 : -1);
		return;
	}
	hook.business = wq_json_get_str(yyjson_doc_get_root(doc), "businessId");
	ours = wq_str_is(j->task->job->name, "process-event") &&
	       wq_str_is(wq_json_get_str(yyjson_doc_get_root(doc), "provider"),
	                 wq_provider_name(WQ_PROVIDER_CLOUD));
	rc = ours ? wq_cloud_webhook_read(&n->reader, &hook, on_update, j) : WQ_INBOUND_NOT_OURS;
	if (!j->noting)
		end(j, rc < 0 ? -1 : 0);
	wq_json_free(doc);
}

static void on_run(void *ctx, struct wq_task *task)
{
	struct wq_account_news *n = ctx;
	struct job *j = wq_zalloc(sizeof(*j));

	if (!j) {
		(void)WQ_RAISE(WQ_ENOMEM);
		wq_task_delay(task, LATER_MS);
		return;
	}
	j->news = n;
	j->task = task;
	wq_list_push(&n->jobs, &j->link);
	if (n->closing || !wq_accounts_loaded(n->accounts))
		end(j, -1);
	else
		read_job(j);
}

void wq_account_news_handler(struct wq_account_news *n, struct wq_handler *out)
{
	*out = (struct wq_handler){ .ctx = n, .run = on_run };
}

void wq_account_news_close(struct wq_account_news *n, void (*told)(void *ctx), void *ctx)
{
	if (!n)
		return;
	n->closing = true;
	n->on_closed = told;
	n->ctx = ctx;
	check_closed(n);
}
