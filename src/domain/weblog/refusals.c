/* SPDX-License-Identifier: MIT */
/* refusals.c — rows and counts, told by one call after the other. */
#include "domain/weblog/refusals.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"

enum { SOON_MS = 1000, MINUTE_MS = 60000, ROWS_MAX = WQ_WEBHOOK_REFUSALS / 2 };
#define TOKEN_US ((uint64_t)WQ_WEBHOOK_REFUSAL_MS * 1000)

_Static_assert(ROWS_MAX + WQ_REFUSAL_STATUSES <= WQ_WEBHOOK_REFUSALS, "one call carries all");

static void plan(struct wq_refusals *r, uint64_t ms)
{
	if (!r->flies)
		wq_timer_start(&r->timer, ms);
}

static bool anything(const struct wq_refusals *r)
{
	for (size_t i = 0; i < r->counts_n; i++)
		if (r->counts[i].count)
			return true;
	return r->rows_n > 0;
}

/* Rows that were told go; those that came meanwhile move up. */
static void drop_told(struct wq_refusals *r)
{
	r->rows_n -= r->flying_n;
	memmove(r->rows, r->rows + r->flying_n, r->rows_n * sizeof(r->rows[0]));
	for (size_t i = 0; i < r->counts_n; i++)
		r->counts[i].count -= r->counts[i].flying;
}

static void on_kept(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_refusals *r = WQ_OWNER(cmd, struct wq_refusals, cmd);
	bool more = rc == 0 && wq_redis_int(cmd->reply, 0) > 0;

	r->flies = false;
	/* Nobody knows whether a lost call was carried out: better a count too low than twice the same. */
	if (rc == 0 || rc == WQ_ELOST || rc == WQ_ETIMEDOUT)
		drop_told(r);
	plan(r, more || anything(r) ? SOON_MS : MINUTE_MS);
}

static size_t gather(struct wq_refusals *r, struct wq_webhook_refusal *items)
{
	size_t n = 0;

	for (; n < r->rows_n; n++) {
		const struct wq_refusal_row *row = &r->rows[n];

		items[n] = (struct wq_webhook_refusal){ .status = row->status,
			                                .code = wq_str(row->code),
			                                .path = wq_str(row->path),
			                                .peer = wq_str(row->peer),
			                                .left_out = row->left_out };
	}
	r->flying_n = n;
	for (size_t i = 0; i < r->counts_n; i++) {
		r->counts[i].flying = r->counts[i].count;
		if (r->counts[i].count)
			items[n++] = (struct wq_webhook_refusal){ .status = r->counts[i].status,
				                                  .count = r->counts[i].count };
	}
	return n;
}

static void tell(struct wq_refusals *r)
{
	struct wq_webhook_refusal items[WQ_WEBHOOK_REFUSALS];
	size_t n = gather(r, items);

	r->flies = wq_webhook_keep_start(&r->log, &r->cmd, wq_loop_wall_ms(r->loop), &r->keep,
	                                 items, n, on_kept) == 0;
}

static void on_timer(struct wq_timer *t)
{
	struct wq_refusals *r = WQ_OWNER(t, struct wq_refusals, timer);

	tell(r);
	plan(r, SOON_MS); /* if it could not begin */
}

int wq_refusals_start(struct wq_refusals *r, struct wq_loop *l, struct wq_redis *redis,
                      struct wq_str prefix, const struct wq_webhook_keep *keep)
{
	int rc;

	*r = (struct wq_refusals){ .loop = l, .keep = *keep };
	rc = wq_webhook_log_init(&r->log, redis, prefix);
	if (rc < 0)
		return rc;
	wq_timer_init(&r->timer, l, on_timer);
	r->open = true;
	plan(r, SOON_MS);
	return 0;
}

/* May this one be told by itself?  At most ROWS_MAX at once, and then one for each TOKEN_US. */
static bool take_token(struct wq_refusals *r)
{
	uint64_t now = wq_loop_now_us(r->loop);

	if (r->keep.refused_max == 0 || r->rows_n == ROWS_MAX)
		return false;
	if (r->tokens_at_us < now)
		r->tokens_at_us = now;
	if (r->tokens_at_us - now > (ROWS_MAX - 1) * TOKEN_US)
		return false;
	r->tokens_at_us += TOKEN_US;
	return true;
}

static size_t count_of(struct wq_refusals *r, uint32_t status)
{
	size_t i = 0;

	while (i < r->counts_n && r->counts[i].status != status)
		i++;
	if (i == WQ_REFUSAL_STATUSES)
		return i - 1; /* there are not that many statuses */
	if (i == r->counts_n)
		r->counts[r->counts_n++].status = status;
	return i;
}

void wq_refusals_note(struct wq_refusals *r, uint32_t status, const char *code, struct wq_str path,
                      struct wq_str peer)
{
	struct wq_refusal_row *row;
	size_t i;

	if (!r->open)
		return;
	i = count_of(r, status);
	r->counts[i].count++;
	if (r->timer.due_us > wq_loop_now_us(r->loop) + SOON_MS * 1000)
		plan(r, SOON_MS);
	if (!take_token(r)) {
		r->counts[i].left_out++;
		return;
	}
	row = &r->rows[r->rows_n++];
	*row = (struct wq_refusal_row){ .status = status,
		                        .code = code,
		                        .left_out = r->counts[i].left_out };
	snprintf(row->path, sizeof(row->path), "%.*s", WQ_STR_ARG(path));
	snprintf(row->peer, sizeof(row->peer), "%.*s", WQ_STR_ARG(peer));
	r->counts[i].left_out = 0;
}

void wq_refusals_stop(struct wq_refusals *r)
{
	if (!r->open)
		return;
	r->open = false;
	wq_timer_stop(&r->timer);
	if (!r->flies && anything(r))
		tell(r);
	wq_redis_forget(&r->cmd);
}
