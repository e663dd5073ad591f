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

	if (queue.n == 0 || queue.n > WQ_QUEUE_NAME_MAX_BYTES || wq_dead_is_queue(queue))
		return wq_ref_init(out, redis, prefix, queue, why);
	memcpy(name, queue.p, queue.n);
	memcpy(name + queue.n, SUFFIX, sizeof(SUFFIX));
	return wq_ref_init(out, redis, prefix, wq_strn(name, queue.n + sizeof(SUFFIX) - 1), why);
}

bool wq_dead_is_queue(struct wq_str name)
{
	return wq_str_ends(name, SUFFIX) && name.n > sizeof(SUFFIX) - 1;
}

struct wq_str wq_dead_queue_of(struct wq_str name)
{
	return wq_dead_is_queue(name) ? wq_strn(name.p, name.n - (sizeof(SUFFIX) - 1)) : name;
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

/* A letter that is still there; an id that is too long is no help. */
static void leave(struct wq_dead_walk *w, struct wq_str id)
{
	size_t n = id.n < sizeof(w->left) ? id.n : 0;

	if (n)
		memcpy(w->left, id.p, n);
	w->left[n] = '\0';
}

static void close_letter(struct wq_dead_walk *w)
{
	wq_dead_letter_fini(&w->letter);
	wq_dead_send_fini(&w->send);
	wq_job_seen_fini(&w->large);
}

enum fate { DONE, MISSED, MISSED_AND_GONE };

/* One letter was acted upon, or should have been. */
static void acted(struct wq_dead_walk *w, enum fate fate)
{
	w->done += fate == DONE;
	w->missed += fate != DONE;
	w->gone += fate != MISSED;
	if (fate == MISSED)
		leave(w, w->letter.job->id);
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

/* It waits no more, so those behind it moved up. */
static bool is_gone(int code)
{
	return code == WQ_DEAD_MISSING || code == WQ_DEAD_STATE;
}

static void on_sent(struct wq_dead_send *s, int rc)
{
	struct wq_dead_walk *w = WQ_OWNER(s, struct wq_dead_walk, send);

	if (rc != 0)
		failed(w, rc, s->retry.cmd.error);
	else
		acted(w, s->retry.code == WQ_DEAD_DONE ? DONE
		         : is_gone(s->retry.code)      ? MISSED_AND_GONE
		                                       : MISSED);
}

static void on_removed(struct wq_change *c, int rc)
{
	struct wq_dead_walk *w = WQ_OWNER(c, struct wq_dead_walk, change);

	if (rc != 0)
		failed(w, rc, c->cmd.error);
	else
		acted(w, c->code == WQ_CHANGE_DONE && c->n > 0 ? DONE : MISSED_AND_GONE);
}

static int retry(struct wq_dead_walk *w)
{
	return wq_dead_send_start(&w->send, w->loop, w->ref, &w->letter, wq_strn(NULL, 0), on_sent);
}

/* Of the letter in its page, which may hold ids without a job. */
static size_t place(const struct wq_dead_walk *w)
{
	size_t i = 0;

	while (i < w->page.ids.n && !wq_str_eq(w->page.ids.at[i], w->letter.job->id))
		i++;
	return i;
}

/* True: something is in flight, or the walk has ended. */
static bool act(struct wq_dead_walk *w, enum wq_dead_wish wish)
{
	int rc;

	if (wish == WQ_DEAD_LEAVE) {
		leave(w, w->letter.job->id);
		return false;
	}
	if (w->act_max && w->done >= w->act_max)
		wish = WQ_DEAD_ENOUGH;
	if (wish == WQ_DEAD_ENOUGH) {
		w->matched--;
		w->seen--;
		w->next = w->from + place(w) - w->gone;
		close_letter(w);
		end(w, 0);
		return true;
	}
	wq_change_init(&w->change, w->ref, on_removed);
	rc = wish == WQ_DEAD_RETRY ? retry(w)
	                           : wq_change_remove(&w->change, w->letter.job->id, false);
	if (rc == WQ_EINVAL || rc == WQ_ETOOBIG) /* nowhere to go: the letter is of no queue */
		acted(w, MISSED);
	else if (rc < 0)
		failed(w, rc, "");
	return true;
}

/* True: something is in flight, or the walk has ended. */
static bool visit(struct wq_dead_walk *w, const struct wq_job *job)
{
	enum wq_dead_wish wish = WQ_DEAD_LEAVE;
	int rc = wq_dead_letter_read(&w->letter, job);

	if (rc < 0) {
		failed(w, rc, "");
		return true;
	}
	if (wq_dead_filter_takes(&w->filter, &w->letter)) {
		w->matched++;
		wish = w->on_letter(w, &w->letter);
	}
	if (act(w, wish))
		return true;
	close_letter(w);
	return false;
}

static void on_alone(struct wq_look *l, int rc)
{
	struct wq_dead_walk *w = WQ_OWNER(l, struct wq_dead_walk, alone);
	const struct wq_job_seen *seen = &w->large;

	if (rc != 0) {
		failed(w, rc, l->cmd.error);
		return;
	}
	if (seen->job && !seen->whole) {
		w->unread++;
		leave(w, seen->job->id);
	}
	if (seen->job && seen->whole && visit(w, seen->job))
		return;
	close_letter(w);
	go_on(w);
}

/* The letter at `i` of the page; true as visit. */
static bool meet(struct wq_dead_walk *w, size_t i)
{
	int rc;

	w->seen++;
	if (w->page.whole[i])
		return visit(w, w->page.jobs[i]);
	rc = wq_look_job(&w->alone, w->page.jobs[i]->id, &w->large);
	if (rc < 0)
		end(w, rc);
	return true;
}

/* Where the page in front of this place begins. */
static uint64_t before(uint64_t from)
{
	return from > PAGE ? from - PAGE : 0;
}

static bool is_last(const struct wq_dead_walk *w)
{
	return w->page.next == 0 || (w->look_max && w->seen >= w->look_max);
}

static void on_page(struct wq_look *l, int rc);

static void look(struct wq_dead_walk *w)
{
	struct wq_page_query q = { .state = WQ_JOB_WAITING, .from = w->from, .n = PAGE,
		                   .ascending = true };
	int rc;

	if (w->look_max && w->look_max - w->seen < PAGE)
		q.n = (uint32_t)(w->look_max - w->seen);
	wq_look_init(&w->look, w->ref, on_page);
	rc = wq_look_page(&w->look, &q, &w->page);
	if (rc < 0)
		end(w, rc);
}

/* The letters in front of the next page: if others took some of them, the rest has moved up. */
static void on_place(struct wq_look *l, int rc)
{
	struct wq_dead_walk *w = WQ_OWNER(l, struct wq_dead_walk, look);
	uint64_t first = before(w->from);

	if (rc != 0) {
		failed(w, rc, l->cmd.error);
		return;
	}
	for (size_t i = w->page.ids.n; i > 0; i--)
		if (wq_str_is(w->page.ids.at[i - 1], w->left)) {
			w->from = first + i;
			break;
		}
	w->at = 0;
	w->page.n = 0;
	look(w);
}

static void find_place(struct wq_dead_walk *w)
{
	struct wq_page_query q = { .state = WQ_JOB_WAITING,
		                   .from = before(w->from),
		                   .ascending = true,
		                   .ids_only = true };
	int rc;

	q.n = (uint32_t)(w->from - q.from);
	wq_look_init(&w->look, w->ref, on_place);
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
		if (meet(w, i))
			return;
	}
	w->from += w->page.ids.n - w->gone;
	w->gone = 0;
	if (is_last(w)) {
		w->next = w->page.next ? w->from : 0;
		end(w, 0);
		return;
	}
	if (w->left[0] && w->from > 0)
		find_place(w);
	else
		look(w);
}

static void on_page(struct wq_look *l, int rc)
{
	struct wq_dead_walk *w = WQ_OWNER(l, struct wq_dead_walk, look);

	if (rc != 0) {
		failed(w, rc, l->cmd.error);
		return;
	}
	if (w->seen == 0)
		w->total = w->page.total;
	if (!w->look_max)
		w->look_max = w->total > w->from ? w->total - w->from : 1;
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
	wq_look_init(&w->alone, ref, on_alone);
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
	wq_look_forget(&w->alone);
	wq_change_forget(&w->change);
	wq_timer_stop(&w->timer);
	wq_post_cancel(&w->post);
	close_letter(w);
	wq_job_page_fini(&w->page);
}
