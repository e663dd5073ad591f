/* SPDX-License-Identifier: MIT */
/* closed.c — what becomes of a message outside of windows and of hours. */
#include "base/err.h"
#include "domain/message/read.h"
#include "domain/send/sender_core.h"
#include "store/window.h"

enum { AGAIN_MS = 1 };

static enum wq_when_closed way_of(const struct wq_sending *l)
{
	enum wq_when_closed way = l->message.when_closed;

	if (way == WQ_CLOSED_UNSAID)
		way = l->desk->when_closed;
	if (way == WQ_CLOSED_TEMPLATE && !l->message.fallback && !l->desk->fallback)
		way = WQ_CLOSED_FAIL;
	return way == WQ_CLOSED_UNSAID ? WQ_CLOSED_FAIL : way;
}

unsigned wq_sending_gate_flags(const struct wq_sending *l)
{
	enum wq_when_closed way = way_of(l);
	bool free_text = l->message.kind != WQ_MESSAGE_TEMPLATE;
	unsigned flags = l->in_hours ? WQ_SEND_IN_HOURS : 0;

	if (l->any_time || l->desk->windowless || (free_text && way == WQ_CLOSED_FORCE))
		flags |= WQ_SEND_ANY_TIME;
	if (free_text && (way == WQ_CLOSED_TEMPLATE || way == WQ_CLOSED_PENDING))
		flags |= WQ_SEND_KEEPS;
	return flags;
}

/* Its own template, else the account's, in the message's arena. */
static int read_fallback(struct wq_sending *l, struct wq_message_problem *p)
{
	struct wq_message m;
	yyjson_val *root;
	int rc;

	if (l->message.fallback) {
		l->message.content = l->message.fallback;
		return 0;
	}
	rc = wq_json_parse_in(&root, wq_str(l->desk->fallback), WQ_JOB_JSON_DEPTH_MAX, &l->arena);
	if (rc == 0)
		rc = wq_message_read_template(&m, root, "window.template", &l->arena, p);
	if (rc == 0)
		l->message.content = m.content;
	return rc;
}

/* Under a claim it is settled that it failed. */
static int fail(struct wq_sending *l, const struct wq_message_problem *p)
{
	snprintf(l->why, sizeof(l->why), "the 24-hour window is closed, and the template: %s %s",
	         p->field, p->what);
	l->doomed = l->any_time = true;
	l->plan = (struct wq_send_plan){ .end = WQ_SEND_END_FAILED, .ending = WQ_ENDING_FOR_GOOD };
	return WQ_CLOSED_FAIL;
}

int wq_sending_closed(struct wq_sending *l)
{
	struct wq_message_problem p = { .limit = 0 };
	int rc;

	if (way_of(l) != WQ_CLOSED_TEMPLATE)
		return WQ_CLOSED_PENDING;
	l->message.kind = WQ_MESSAGE_TEMPLATE;
	l->message.reply_to = wq_strn(NULL, 0);
	rc = read_fallback(l, &p);
	if (rc == 0)
		rc = wq_sending_name_template(l);
	if (rc == 0)
		rc = wq_providers[l->provider]->check(&l->message, &p);
	if (rc == WQ_MESSAGE_INVALID)
		return fail(l, &p);
	return rc == 0 ? WQ_CLOSED_TEMPLATE : rc;
}

static void on_pended(struct wq_redis_cmd *cmd, int rc)
{
	wq_flow_resume(&WQ_OWNER(cmd, struct wq_sending, effect)->flow, rc > 0 ? WQ_EAWAY : rc);
}

/* What people see of it in a list. */
static struct wq_str text_of(const struct wq_message *m)
{
	const char *member = m->kind == WQ_MESSAGE_TEXT          ? "body"
	                     : m->kind == WQ_MESSAGE_INTERACTIVE ? "text"
	                                                         : "caption";
	yyjson_val *at = m->kind == WQ_MESSAGE_INTERACTIVE ? wq_json_get(m->content, "body")
	                                                   : m->content;
	struct wq_str text = wq_json_get_str(at, member);

	return text.p ? text : wq_str("");
}

int wq_sending_pend(struct wq_sending *l)
{
	const struct wq_message *m = &l->message;
	const struct wq_window_pend p = {
		.id = l->id,
		.to = wq_str(l->to),
		.phone = m->recipient == WQ_RECIPIENT_PHONE ? m->to : wq_str(""),
		.text = text_of(m),
		.priority = m->priority,
		.keep_s = l->desk->rules.keep_s,
	};

	return wq_window_pend_start(&l->desk->keys, &l->effect, wq_desk_now_ms(l->desk), &p,
	                            on_pended);
}

void wq_sending_closed_again(struct wq_sending *l, const struct wq_verdict *v)
{
	if (v->action != WQ_ACT_TEMPLATE || l->message.forced ||
	    !(wq_sending_gate_flags(l) & WQ_SEND_KEEPS))
		return;
	l->plan = (struct wq_send_plan){ .end = WQ_SEND_END_AGAIN,
		                         .ending = WQ_ENDING_DELAY,
		                         .wait_ms = AGAIN_MS,
		                         .affects = true,
		                         .effect = WQ_EFFECT_CLOSED,
		                         .subject = WQ_SUBJECT_PERSON };
}

int64_t wq_sending_wait_ms(struct wq_sending *l)
{
	const struct wq_zone *zone;
	int64_t now_ms = wq_loop_wall_ms(l->sender->loop), open_ms;

	if (wq_zones_get(&l->sender->zones, wq_str(l->why), &zone) != 0)
		zone = NULL;
	open_ms = wq_desk_open_ms(l->desk, zone);
	return open_ms > now_ms ? open_ms - now_ms : 0;
}
