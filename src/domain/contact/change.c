/* SPDX-License-Identifier: MIT */
/* change.c — words follow from all names together, so what a contact is called is read before it is written. */
#include "domain/contact/change.h"

#include <stdio.h>

#include "base/err.h"

enum { BEGIN, READ, MERGE, PUT, JUDGE };
enum { TRIES_MAX = 8 };

static struct wq_contact_change *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_contact_change, flow);
}

static enum wq_flow_next run_begin(struct wq_flow *f)
{
	struct wq_contact_change *c = self(f);
	int rc = 0;

	c->asked = c->wish->n;
	c->read_rev = c->rev;
	if (c->id.n && wq_contact_wish_needs_old(c->wish))
		return wq_flow_go(f, READ);
	if (!c->id.n)
		rc = wq_contact_id(c->made);
	if (rc == 0)
		rc = wq_contact_wish_items(c->wish, NULL);
	return rc == 0 ? wq_flow_go(f, PUT) : wq_flow_end(f, rc);
}

static void on_read(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_change *c = WQ_OWNER(cmd, struct wq_contact_change, cmd);
	struct wq_contact_row row;

	c->error = cmd->error;
	c->found = rc == 0 && wq_contact_show_answer(cmd, &row);
	if (c->found) {
		c->read_rev = wq_contact_number(row.fields, "rev");
		c->wish->n = c->asked;
		rc = wq_contact_wish_items(c->wish, row.fields);
	}
	wq_flow_resume(&c->flow, rc);
}

static enum wq_flow_next run_read(struct wq_flow *f)
{
	struct wq_contact_change *c = self(f);

	return wq_flow_after(f, MERGE,
	                     wq_contact_show_start(c->keys, &c->cmd, c->id, wq_str(""), on_read));
}

static enum wq_flow_next run_merge(struct wq_flow *f)
{
	struct wq_contact_change *c = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	if (!c->found)
		c->answer = WQ_CONTACT_MISSING;
	else if (c->rev && c->read_rev != c->rev)
		c->answer = WQ_CONTACT_STALE;
	else
		return wq_flow_go(f, PUT);
	return wq_flow_end(f, 0);
}

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_change *c = WQ_OWNER(cmd, struct wq_contact_change, cmd);
	struct wq_str id;
	int answer;

	c->error = cmd->error;
	if (rc == 0) {
		answer = wq_contact_put_answer(cmd, &id);
		rc = answer == WQ_EPROTO ? answer : 0;
		c->answer = (enum wq_contact_put_answer)answer;
		snprintf(c->of, sizeof(c->of), "%.*s", WQ_STR_ARG(id));
	}
	wq_flow_resume(&c->flow, rc);
}

static enum wq_flow_next run_put(struct wq_flow *f)
{
	struct wq_contact_change *c = self(f);
	const struct wq_contact_put put = { .now_ms = c->now_ms,
		                            .id = c->id.n ? c->id : wq_str(c->made),
		                            .rev = c->id.n ? c->read_rev : WQ_CONTACT_NEW,
		                            .items = c->wish->items,
		                            .n = c->wish->n,
		                            .dry = c->dry };

	return wq_flow_after(f, JUDGE, wq_contact_put_start(c->keys, &c->cmd, &put, on_put));
}

static enum wq_flow_next run_judge(struct wq_flow *f)
{
	struct wq_contact_change *c = self(f);

	if (f->last == 0 && c->answer == WQ_CONTACT_TAKEN && c->upsert && !c->id.n) {
		memcpy(c->made, c->of, sizeof(c->made));
		c->id = wq_str(c->made);
		return wq_flow_go(f, READ);
	}
	if (f->last == 0 && c->answer == WQ_CONTACT_STALE && !c->rev && ++c->tries < TRIES_MAX)
		return wq_flow_go(f, READ);
	return wq_flow_end(f, f->last);
}

static const struct wq_flow_step steps[] = {
	[BEGIN] = { "begin", run_begin, NULL, WQ_BIT(READ) | WQ_BIT(PUT) },
	[READ] = { "read", run_read, NULL, WQ_BIT(MERGE) },
	[MERGE] = { "merge", run_merge, NULL, WQ_BIT(PUT) },
	[PUT] = { "put", run_put, NULL, WQ_BIT(JUDGE) },
	[JUDGE] = { "judge", run_judge, NULL, WQ_BIT(READ) },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_contact_change *c = self(f);

	c->cb(c, rc);
}

void wq_contact_change_start(struct wq_contact_change *c)
{
	c->error = "";
	c->of[0] = '\0';
	c->tries = 0;
	wq_flow_init(&c->flow, c->loop, steps, on_end);
	wq_flow_start(&c->flow);
}
