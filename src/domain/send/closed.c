/* SPDX-License-Identifier: MIT */
/* closed.c — what becomes of a message outside of windows and of hours. */
#include "base/err.h"
#include "domain/message/read.h"
#include "domain/send/sender_core.h"
#include "domain/template/mapped.h"
#include "store/window.h"

enum { AGAIN_MS = 1 };

/* It was made of a text of ours, for which a template of the provider may stand. */
static bool is_ours(const struct wq_message *m)
{
	return m->kind == WQ_MESSAGE_TEXT && wq_json_get_str(m->use, "template").n > 0;
}

static enum wq_when_closed way_of(const struct wq_sending *l)
{
	enum wq_when_closed way = l->message.when_closed;

	if (way == WQ_CLOSED_UNSAID)
		way = l->desk->when_closed;
	if (way == WQ_CLOSED_TEMPLATE && !l->message.fallback && !l->desk->fallback &&
	    !is_ours(&l->message))
		way = WQ_CLOSED_FAIL;
	return way == WQ_CLOSED_UNSAID ? WQ_CLOSED_FAIL : way;
}

static unsigned flags_of(const struct wq_message *m)
{
	bool signal = m->kind == WQ_MESSAGE_READ || m->kind == WQ_MESSAGE_TYPING;
	bool begins = m->bulk || m->kind == WQ_MESSAGE_TEMPLATE;
	bool can_wait = begins && !m->forced && m->priority > WQ_PRIORITY_CRITICAL;

	return (m->forced ? WQ_SEND_FORCED : 0) | (m->bulk ? WQ_SEND_BULK : 0) |
	       (signal ? WQ_SEND_SIGNAL | WQ_SEND_ANY_TIME : 0) | (can_wait ? WQ_SEND_CAN_WAIT : 0);
}

unsigned wq_sending_gate_flags(const struct wq_sending *l)
{
	enum wq_when_closed way = way_of(l);
	bool free_text = l->message.kind != WQ_MESSAGE_TEMPLATE;
	unsigned flags = flags_of(&l->message) | (l->in_hours ? WQ_SEND_IN_HOURS : 0);

	if (l->any_time || l->desk->windowless || (free_text && way == WQ_CLOSED_FORCE))
		flags |= WQ_SEND_ANY_TIME;
	if (free_text && (way == WQ_CLOSED_TEMPLATE || way == WQ_CLOSED_PENDING))
		flags |= WQ_SEND_KEEPS;
	return flags;
}

/* Its own template, else what stands for its text, else the account's, in the message's arena. */
static int read_fallback(struct wq_sending *l, struct wq_message_problem *p)
{
	struct wq_message m;
	yyjson_val *root;
	int rc;

	if (l->message.fallback) {
		l->message.content = l->message.fallback;
		return 0;
	}
	if (l->stand_in) {
		l->message.content = l->stand_in;
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
	if (!l->message.fallback && is_ours(&l->message) && !l->asked)
		return WQ_SENDING_ASKS;
	if (!l->message.fallback && !l->stand_in && !l->desk->fallback)
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

static int take_mapped(struct wq_sending *l, const struct wq_redis_cmd *cmd)
{
	struct wq_template_use u = { .templates = wq_accounts_templates(l->sender->accounts),
		                     .account = wq_str(l->desk->id) };
	struct wq_message_problem p = { .limit = 0 };
	const struct wq_account *a;
	yyjson_val *content = NULL;
	int rc;

	if (wq_accounts_find(l->sender->accounts, wq_strn(NULL, 0), u.account, &a) == 0)
		u.business = a->business;
	rc = wq_mapped_read(cmd, &l->message, &u, &l->arena, &l->mapped, &content, &p);
	if (rc < 0)
		return rc;
	l->asked = true;
	if (l->mapped == WQ_MAPPED_FOUND)
		l->stand_in = content;
	else
		snprintf(l->why, sizeof(l->why), "%s%s%s", p.field, *p.field ? " " : "", p.what);
	return 0;
}

static void on_mapped(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sending *l = WQ_OWNER(cmd, struct wq_sending, redis);

	wq_flow_resume(&l->flow, rc == 0 ? take_mapped(l, cmd) : rc > 0 ? WQ_EAWAY : rc);
}

int wq_sending_ask_mapped(struct wq_sending *l)
{
	return wq_mapped_start(&l->desk->keys, &l->redis, &l->message, on_mapped);
}

static void on_pended(struct wq_redis_cmd *cmd, int rc)
{
	wq_flow_resume(&WQ_OWNER(cmd, struct wq_sending, redis)->flow, rc > 0 ? WQ_EAWAY : rc);
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
		.why = l->asked ? wq_mapped_word(l->mapped) : "window_closed",
		.says = l->asked ? l->why : "",
		.priority = m->priority,
		.keep_s = l->desk->rules.keep_s,
	};

	return wq_window_pend_start(&l->desk->keys, &l->redis, wq_desk_now_ms(l->desk), &p,
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
