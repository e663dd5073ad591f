/* SPDX-License-Identifier: MIT */
/* dead_letters.c — a walk: page, letter, wish, pace, until there is no page left. */
#include "queue/dead_letters.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { PAGE = 100 };
#define SUFFIX "-dlq"

int wq_dead_ref_init(struct wq_ref *out, struct wq_redis *redis, struct wq_str prefix,
                     struct wq_str queue, const char **why)
{
	char name[WQ_QUEUE_NAME_MAX_BYTES + sizeof(SUFFIX)];

	if (queue.n == 0 || queue.n > WQ_QUEUE_NAME_MAX_BYTES || wq_str_ends(queue, SUFFIX))
		return wq_ref_init(out, redis, prefix, queue, why);
	memcpy(name, queue.p, queue.n);
	memcpy(name + queue.n, SUFFIX, sizeof(SUFFIX));
	return wq_ref_init(out, redis, prefix, wq_strn(name, queue.n + sizeof(SUFFIX) - 1), why);
}

static void go_on(struct wq_dead_walk *w);

static void end(struct wq_dead_walk *w, int rc)
{
	if (!w->open)
		return;
	w->open = false;
	w->rc = rc;
	wq_post_send(&w->post);
}

static void on_post(struct wq_post *p)
{
	struct wq_dead_walk *w = WQ_OWNER(p, struct wq_dead_walk, post);

	if (w->open) {
		go_on(w);
		return;
	}
	wq_dead_walk_forget(w);
	w->on_end(w, w->rc);
}

static void close_letter(struct wq_dead_walk *w)
{
	wq_dead_letter_fini(&w->letter);
	wq_ref_fini(&w->target);
	wq_buf_clear(&w->text);
}

/* One letter was acted upon, or should have been. */
static void acted(struct wq_dead_walk *w, bool done)
{
	w->done += done;
	w->missed += !done;
	w->gone += done;
	w->acted++;
	close_letter(w);
	if (w->stopped) {
		end(w, WQ_ECANCELED);
		return;
	}
	if (w->per_second)
		wq_timer_start_at(&w->timer, w->began_us + w->acted * 1000000 / w->per_second);
	else
		wq_post_send(&w->post);
}

static void failed(struct wq_dead_walk *w, int rc, const char *error)
{
	w->error = error;
	close_letter(w);
	end(w, rc);
}

static void on_retried(struct wq_dead_retry *d, int rc)
{
	struct wq_dead_walk *w = WQ_OWNER(d, struct wq_dead_walk, retry);

	if (rc != 0)
		failed(w, rc, d->cmd.error);
	else
		acted(w, d->code == WQ_DEAD_DONE);
}

static void on_removed(struct wq_change *c, int rc)
{
	struct wq_dead_walk *w = WQ_OWNER(c, struct wq_dead_walk, change);

	if (rc != 0)
		failed(w, rc, c->cmd.error);
	else
		acted(w, c->code == WQ_CHANGE_DONE && c->n > 0);
}

/* The queue that the letter says it died in, else the one whose letters these are. */
static struct wq_str home(const struct wq_dead_walk *w)
{
	struct wq_str queue = w->ref->queue;

	if (w->letter.queue.n)
		return w->letter.queue;
	return wq_str_ends(queue, SUFFIX) ? wq_strn(queue.p, queue.n - (sizeof(SUFFIX) - 1))
	                                  : queue;
}

static int retry(struct wq_dead_walk *w)
{
	const struct wq_dead_letter *l = &w->letter;
	size_t split;
	int rc = wq_ref_init(&w->target, w->ref->redis, w->ref->prefix, home(w), NULL);

	if (rc == 0)
		rc = wq_dead_letter_data_add(l, &w->text);
	split = w->text.n;
	if (rc == 0)
		rc = wq_dead_letter_opts_add(l, &w->text);
	if (rc < 0)
		return rc;
	w->retry.id = l->job->id;
	w->retry.seen = l->job->data;
	w->retry.job_id = l->id;
	w->retry.name = l->job->name;
	w->retry.data = wq_strn(w->text.p, split);
	w->retry.opts = wq_strn(w->text.p + split, w->text.n - split);
	return wq_dead_retry_start(w->ref, &w->target, wq_loop_wall_ms(w->loop), &w->retry,
	                           on_retried);
}

/* True: something is in flight, or the walk has ended. */
static bool act(struct wq_dead_walk *w, enum wq_dead_wish wish)
{
	int rc;

	if (wish == WQ_DEAD_LEAVE)
		return false;
	if (wish == WQ_DEAD_ENOUGH) {
		w->matched--;
		w->seen--;
		w->next = w->from + w->at - 1 - w->gone;
		close_letter(w);
		end(w, 0);
		return true;
	}
	wq_change_init(&w->change, w->ref, on_removed);
	rc = wish == WQ_DEAD_RETRY ? retry(w)
	                           : wq_change_remove(&w->change, w->letter.job->id, false);
	if (rc == WQ_EINVAL || rc == WQ_ETOOBIG) /* nowhere to go: the letter is of no queue */
		acted(w, false);
	else if (rc < 0)
		failed(w, rc, "");
	return true;
}

static bool visit(struct wq_dead_walk *w, const struct wq_job *job, bool whole)
{
	enum wq_dead_wish wish = WQ_DEAD_LEAVE;

	w->seen++;
	if (!whole) {
		w->unread++;
		return false;
	}
	wq_dead_letter_read(&w->letter, job);
	if (wq_dead_filter_takes(&w->filter, &w->letter)) {
		w->matched++;
		wish = w->on_letter(w, &w->letter);
	}
	if (act(w, wish))
		return true;
	close_letter(w);
	return false;
}

static bool is_last(const struct wq_dead_walk *w)
{
	return w->page.next == 0 || (w->look_max && w->seen >= w->look_max);
}

static void look(struct wq_dead_walk *w)
{
	struct wq_page_query q = { .state = WQ_JOB_WAITING, .from = w->from, .n = PAGE,
		                   .ascending = true };
	int rc;

	if (w->look_max && w->look_max - w->seen < PAGE)
		q.n = (uint32_t)(w->look_max - w->seen);
	rc = wq_look_page(&w->look, &q, &w->page);
	if (rc < 0)
		end(w, rc);
}

/* The rest of the page, then the next one. */
static void go_on(struct wq_dead_walk *w)
{
	while (w->at < w->page.n) {
		size_t i = w->at++;

		if (w->stopped) {
			end(w, WQ_ECANCELED);
			return;
		}
		if (visit(w, w->page.jobs[i], w->page.whole[i]))
			return;
	}
	w->from += w->page.ids.n - w->gone;
	w->gone = 0;
	if (is_last(w)) {
		w->next = w->page.next ? w->from : 0;
		end(w, 0);
		return;
	}
	look(w);
}

static void on_page(struct wq_look *l, int rc)
{
	struct wq_dead_walk *w = WQ_OWNER(l, struct wq_dead_walk, look);

	if (rc != 0) {
		failed(w, rc, l->cmd.error);
		return;
	}
	w->total = w->page.total;
	w->at = 0;
	go_on(w);
}

static void on_timer(struct wq_timer *t)
{
	go_on(WQ_OWNER(t, struct wq_dead_walk, timer));
}

int wq_dead_walk_start(struct wq_dead_walk *w, struct wq_loop *l, const struct wq_ref *ref)
{
	int rc;

	w->loop = l;
	w->ref = ref;
	w->error = "";
	w->began_us = wq_loop_now_us(l);
	wq_look_init(&w->look, ref, on_page);
	wq_buf_init(&w->text, WQ_LOOK_JOB_MAX_BYTES);
	wq_timer_init(&w->timer, l, on_timer);
	wq_post_init(&w->post, l, on_post);
	w->open = true;
	look(w);
	if (w->open)
		return 0;
	rc = w->rc;
	wq_dead_walk_forget(w);
	return rc;
}

void wq_dead_walk_stop(struct wq_dead_walk *w)
{
	w->stopped = true;
	if (w->open && wq_timer_active(&w->timer)) {
		wq_timer_stop(&w->timer);
		end(w, WQ_ECANCELED);
	}
}

void wq_dead_walk_forget(struct wq_dead_walk *w)
{
	if (!w->loop)
		return;
	w->open = false;
	wq_look_forget(&w->look);
	wq_redis_forget(&w->retry.cmd);
	wq_change_forget(&w->change);
	wq_timer_stop(&w->timer);
	wq_post_cancel(&w->post);
	close_letter(w);
	wq_buf_fini(&w->text);
	wq_job_page_fini(&w->page);
}
