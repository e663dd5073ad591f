/* SPDX-License-Identifier: MIT */
/* reseal.c — read one, open it, seal it anew, put it; then the next.
 *
 *   next ──► look ──► put ──► next …
 */
#include "domain/account/reseal.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { NEXT, LOOK, PUT };

static struct wq_account_reseal *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_account_reseal, flow);
}

static void on_redis(struct wq_redis_cmd *cmd, int rc)
{
	wq_flow_resume(&WQ_OWNER(cmd, struct wq_account_reseal, cmd)->flow, rc);
}

static void clear(struct wq_account_reseal *r)
{
	wq_account_record_fini(&r->record);
	wq_buf_fini(&r->sealed);
}

static enum wq_flow_next failed(struct wq_account_reseal *r, int rc)
{
	r->rc = rc;
	snprintf(r->error, sizeof(r->error), "%s", r->cmd.error);
	return wq_flow_end(&r->flow, 0);
}

static enum wq_flow_next reseal_next(struct wq_flow *f)
{
	struct wq_account_reseal *r = self(f);
	const struct wq_registry_list one = { .first = r->at, .count = 1 };

	clear(r);
	return wq_flow_after(f, LOOK,
	                     wq_registry_list_start(&r->keys->acc, &r->cmd, &one, on_redis));
}

/* 1: it is sealed anew, and to be put; 0: there is nothing to do. */
static int seal_anew(struct wq_account_reseal *r, const struct wq_account_seen *seen)
{
	struct wq_str place;
	int rc;

	if (wq_seal_is_current(r->ways->ring, seen->sealed)) {
		r->current++;
		return 0;
	}
	rc = wq_account_record_init(&r->record, seen, r->ways);
	if (rc < 0)
		return rc;
	if (!r->record.account.secret.p) {
		r->shut++;
		return 0;
	}
	place = wq_account_place(r->record.account.id, &r->record.arena);
	if (!place.p)
		return WQ_ENOMEM;
	wq_buf_init(&r->sealed, 2 * WQ_ACCOUNT_SPEC_MAX_BYTES);
	rc = wq_seal(r->ways->ring, place, wq_buf_str(&r->record.clear), &r->sealed);
	if (rc < 0)
		return rc;
	r->put = (struct wq_account_put){ .id = r->record.account.id,
		                          .rev = seen->rev,
		                          .now_ms = wq_loop_wall_ms(r->loop) };
	wq_account_put_field(&r->put, "sealed", wq_buf_str(&r->sealed));
	return 1;
}

static enum wq_flow_next reseal_look(struct wq_flow *f)
{
	struct wq_account_reseal *r = self(f);
	struct wq_account_seen seen;
	int rc = f->last;

	if (rc != 0)
		return failed(r, rc);
	if (wq_registry_list_count(&r->cmd) == 0)
		return wq_flow_end(f, 0);
	wq_account_list_at(&r->cmd, 0, &seen);
	r->at++;
	rc = seal_anew(r, &seen);
	if (rc < 0)
		return failed(r, rc);
	if (rc == 0)
		return wq_flow_go(f, NEXT);
	return wq_flow_after(f, PUT, wq_account_put_start(r->keys, &r->cmd, &r->put, on_redis));
}

static enum wq_flow_next reseal_put(struct wq_flow *f)
{
	struct wq_account_reseal *r = self(f);
	struct wq_str other;

	if (f->last != 0)
		return failed(r, f->last);
	r->resealed += wq_account_put_answer(&r->cmd, &other) > 0;
	return wq_flow_go(f, NEXT);
}

static const struct wq_flow_step steps[] = {
	[NEXT] = { "next", reseal_next, NULL, WQ_BIT(LOOK) },
	[LOOK] = { "look", reseal_look, NULL, WQ_BIT(NEXT) | WQ_BIT(PUT) },
	[PUT] = { "put", reseal_put, NULL, WQ_BIT(NEXT) },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_account_reseal *r = self(f);

	(void)rc;
	clear(r);
	r->cb(r); /* r may be gone: nothing may follow this line */
}

void wq_account_reseal_start(struct wq_account_reseal *r, struct wq_loop *loop)
{
	WQ_REQUIRE(r->ways->ring && r->ways->ring->n > 0);
	r->loop = loop;
	wq_flow_init(&r->flow, loop, steps, on_end);
	wq_flow_start(&r->flow);
}
