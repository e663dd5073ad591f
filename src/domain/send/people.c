/* SPDX-License-Identifier: MIT */
/* people.c — a recipient whom the business writes to first, and its portfolio. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "domain/send/sender_core.h"

static void on_asked(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sending *l = WQ_OWNER(cmd, struct wq_sending, redis);
	struct wq_people_answer a;

	if (rc == 0) {
		wq_people_answer(cmd, &a);
		l->met_ms = a.granted ? -1 : a.at > 0 ? a.at : 1;
		if (a.first)
			l->met_at = a.at;
	}
	wq_flow_resume(&l->flow, rc == 0 ? 0 : WQ_EAWAY);
}

int wq_sending_ask_people(struct wq_sending *l)
{
	return wq_people_ask_start(&l->desk->people, &l->redis, wq_desk_now_ms(l->desk), l->number,
	                           wq_str(l->to), on_asked);
}

/* Lives longer than its message. */
struct returning {
	struct wq_redis_cmd cmd;
	char to[WQ_PERSON_HEX_BYTES + 1];
};

static void on_returned(struct wq_redis_cmd *cmd, int rc)
{
	(void)rc; /* then the person is counted until tomorrow */
	wq_free(WQ_OWNER(cmd, struct returning, cmd));
}

void wq_sending_return_people(struct wq_sending *l)
{
	struct returning *r = wq_zalloc(sizeof(*r));

	if (!r) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return;
	}
	snprintf(r->to, sizeof(r->to), "%s", l->to);
	if (wq_people_return_start(&l->desk->people, &r->cmd, wq_str(r->to), l->met_at,
	                           on_returned) < 0)
		wq_free(r);
}
