/* SPDX-License-Identifier: MIT */
/* fetcher.c — its directory, its jobs, its end. */
#include "domain/media/fetcher.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/media/core.h"

enum { LATER_MS = 1000 };

static void on_closed(struct wq_post *p)
{
	struct wq_media_fetcher *m = WQ_OWNER(p, struct wq_media_fetcher, closed);
	void (*told)(void *ctx) = m->on_closed;
	void *ctx = m->ctx;

	wq_media_sweep_stop(&m->sweep);
	(void)close(m->dir_fd);
	wq_free(m);
	if (told)
		told(ctx);
}

/* *fd is the caller's to close.  0 or a raised error. */
static int open_dir(const char *path, int *fd)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return WQ_RAISE_MSG(WQ_ESYS, "the directory of media could not be made");
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd >= 0 ? 0 : WQ_RAISE_MSG(WQ_ESYS, "the directory of media could not be opened");
}

static struct wq_metric metric_of(const char *labels)
{
	return (struct wq_metric){ .name = "willaq_inbound_media_total",
		                   .help = "files of received messages",
		                   .labels = labels,
		                   .type = WQ_COUNTER };
}

int wq_media_fetcher_create(struct wq_media_fetcher **out, struct wq_loop *l,
                            struct wq_client *client, struct wq_redis *redis,
                            const struct wq_accounts *accounts,
                            const struct wq_media_fetcher_opts *o)
{
	struct wq_media_fetcher *m = wq_zalloc(sizeof(*m));
	int rc;

	*out = NULL;
	if (!m)
		return WQ_RAISE(WQ_ENOMEM);
	rc = open_dir(o->dir, &m->dir_fd);
	if (rc < 0) {
		wq_free(m);
		return rc;
	}
	m->loop = l;
	m->client = client;
	m->redis = redis;
	m->accounts = accounts;
	m->bytes_max = o->bytes_max;
	m->private_too = o->private_too;
	wq_list_init(&m->at_work);
	wq_post_init(&m->closed, l, on_closed);
	m->kept = metric_of("outcome=\"kept\"");
	m->failed = metric_of("outcome=\"failed\"");
	m->later = metric_of("outcome=\"later\"");
	m->sweep = (struct wq_media_sweep){ .loop = l, .dir_fd = m->dir_fd, .keep_ms = o->keep_ms };
	wq_media_sweep_start(&m->sweep);
	*out = m;
	return 0;
}

void wq_media_fetcher_add_metrics(struct wq_media_fetcher *m, struct wq_metrics *metrics)
{
	wq_metrics_add(metrics, &m->kept);
	wq_metrics_add(metrics, &m->failed);
	wq_metrics_add(metrics, &m->later);
	wq_metrics_add(metrics, &m->sweep.removed);
}

static void on_run(void *ctx, struct wq_task *task)
{
	struct wq_media_fetcher *m = ctx;

	if (m->closing || !wq_accounts_loaded(m->accounts))
		wq_task_delay(task, LATER_MS);
	else
		wq_fetching_start(m, task);
}

static void on_cancel(void *ctx, struct wq_task *task, enum wq_cancel_reason reason)
{
	struct wq_media_fetcher *m = ctx;

	(void)reason;
	for (struct wq_list *l = m->at_work.next; l != &m->at_work; l = l->next) {
		struct wq_fetching *j = WQ_OWNER(l, struct wq_fetching, link);

		if (j->task == task) {
			wq_flow_cancel(&j->flow);
			return;
		}
	}
}

void wq_media_fetcher_handler(struct wq_media_fetcher *m, struct wq_handler *out)
{
	*out = (struct wq_handler){ .ctx = m, .run = on_run, .cancel = on_cancel };
}

void wq_media_fetcher_one_gone(struct wq_media_fetcher *m)
{
	if (m->closing && wq_list_empty(&m->at_work))
		wq_post_send(&m->closed);
}

void wq_media_fetcher_close(struct wq_media_fetcher *m, void (*told)(void *ctx), void *ctx)
{
	if (!m)
		return;
	m->closing = true;
	m->on_closed = told;
	m->ctx = ctx;
	for (struct wq_list *l = m->at_work.next, *next; l != &m->at_work; l = next) {
		next = l->next;
		wq_flow_cancel(&WQ_OWNER(l, struct wq_fetching, link)->flow);
	}
	wq_media_fetcher_one_gone(m);
}
