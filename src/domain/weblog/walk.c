/* SPDX-License-Identifier: MIT */
/* walk.c — page, row, wish, pace, until there is no page left. */
#include "domain/weblog/walk.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"

static void go_on(struct wq_webhook_walk *w);

static void end(struct wq_webhook_walk *w, int rc)
{
	if (!w->open)
		return;
	w->open = false;
	w->rc = rc;
	wq_post_send(&w->post);
}

static void on_post(struct wq_post *p)
{
	struct wq_webhook_walk *w = WQ_OWNER(p, struct wq_webhook_walk, post);

	if (w->open) {
		go_on(w);
		return;
	}
	wq_webhook_walk_forget(w);
	w->on_end(w, w->rc);
}

static void on_page(struct wq_webhook_page *p, int rc)
{
	struct wq_webhook_walk *w = WQ_OWNER(p, struct wq_webhook_walk, page);

	if (rc != 0) {
		w->error = p->cmd.error;
		end(w, rc);
		return;
	}
	w->at = 0;
	go_on(w);
}

static int look(struct wq_webhook_walk *w)
{
	const struct wq_webhook_look l = { .oldest_first = w->oldest_first,
		                           .since_ms = w->filter.since_ms,
		                           .until_ms = w->filter.until_ms,
		                           .find = w->filter.id };

	return wq_webhook_log_page(w->log, &w->page, &w->next, &l, on_page);
}

/* The place behind a row. */
static void pass(struct wq_webhook_walk *w, const struct wq_webhook_row *r)
{
	snprintf(r->refused ? w->next.refused : w->next.taken, WQ_WEBHOOK_ID_MAX_BYTES, "%s",
	         r->refused ? r->id + 1 : r->id);
}

/* True: the walk waits, or has ended. */
static bool visit(struct wq_webhook_walk *w, const struct wq_webhook_row *r)
{
	enum wq_webhook_wish wish;

	if (!wq_webhook_filter_takes(&w->filter, r)) {
		pass(w, r);
		return false;
	}
	wish = w->on_row(w, r);
	if (wish == WQ_WEBHOOK_ENOUGH) {
		end(w, 0);
		return true;
	}
	w->matched++;
	pass(w, r);
	w->acting = wish == WQ_WEBHOOK_ACT;
	return w->acting;
}

static void turn_page(struct wq_webhook_walk *w)
{
	int rc;

	w->seen += w->page.looked;
	w->next = w->page.next;
	if (wq_webhook_place_ended(&w->next) || (w->look_max && w->seen >= w->look_max)) {
		end(w, 0);
		return;
	}
	rc = look(w);
	if (rc < 0)
		end(w, rc);
}

/* The rest of the page, then the next one. */
static void go_on(struct wq_webhook_walk *w)
{
	while (w->open && w->at < w->page.n) {
		if (w->stopped) {
			end(w, WQ_ECANCELED);
			return;
		}
		if (visit(w, &w->page.rows[w->at++]))
			return;
	}
	if (w->open && w->stopped)
		end(w, WQ_ECANCELED);
	else if (w->open)
		turn_page(w);
}

static void on_timer(struct wq_timer *t)
{
	go_on(WQ_OWNER(t, struct wq_webhook_walk, timer));
}

void wq_webhook_walk_acted(struct wq_webhook_walk *w, bool done)
{
	WQ_REQUIRE(w->acting);
	w->acting = false;
	w->done += done;
	w->missed += !done;
	w->acted++;
	if (w->stopped)
		end(w, WQ_ECANCELED);
	else if (w->per_second)
		wq_timer_start_at(&w->timer, w->began_us + w->acted * 1000000 / w->per_second);
	else
		wq_post_send(&w->post);
}

void wq_webhook_walk_failed(struct wq_webhook_walk *w, int rc, const char *error)
{
	WQ_REQUIRE(w->acting);
	w->acting = false;
	w->missed++;
	w->error = error;
	end(w, rc);
}

int wq_webhook_walk_start(struct wq_webhook_walk *w, struct wq_loop *l,
                          const struct wq_webhook_log *log)
{
	int rc;

	w->loop = l;
	w->log = log;
	w->error = "";
	w->began_us = wq_loop_now_us(l);
	/* What is replayed may come back as another webhook: it is not walked to for ever. */
	if (w->oldest_first && !w->filter.until_ms)
		w->filter.until_ms = wq_loop_wall_ms(l) + 1;
	if (w->goes_on)
		w->next = w->from;
	else
		wq_webhook_filter_begin(&w->filter, &w->next);
	if (w->taken_only)
		w->next.refused[0] = '\0';
	wq_timer_init(&w->timer, l, on_timer);
	wq_post_init(&w->post, l, on_post);
	w->open = true;
	rc = look(w);
	if (rc < 0)
		wq_webhook_walk_forget(w);
	return rc;
}

void wq_webhook_walk_stop(struct wq_webhook_walk *w)
{
	w->stopped = true;
	if (w->open && wq_timer_active(&w->timer)) {
		wq_timer_stop(&w->timer);
		end(w, WQ_ECANCELED);
	}
}

void wq_webhook_walk_forget(struct wq_webhook_walk *w)
{
	if (!w->loop)
		return;
	w->open = false;
	w->acting = false;
	wq_timer_stop(&w->timer);
	wq_post_cancel(&w->post);
	wq_webhook_page_fini(&w->page);
}
