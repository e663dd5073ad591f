/* SPDX-License-Identifier: MIT */
/* sending.c — the entry's own key makes its message one, whoever asks for it and how often. */
#include "domain/pending/sending.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/hmac.h"
#include "domain/provider/provider.h"

enum { SHOW, CHECK, TAKE, SUBMIT, END, CLOSE };
enum { DIGEST_BYTES = 2 * WQ_SHA256_BYTES + 2 };

static struct wq_pending_sending *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_pending_sending, flow);
}

static struct wq_pending_sending *of_cmd(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct wq_pending_sending, cmd);
}

static int stop(struct wq_pending_sending *s, enum wq_pending_outcome outcome)
{
	s->outcome = outcome;
	s->stop = true;
	return 0;
}

static int keep(struct wq_pending_sending *s, struct wq_str from, struct wq_str *to)
{
	char *copy = wq_arena_copy(s->arena, from);

	*to = wq_strn(copy, from.n);
	return copy ? 0 : WQ_ENOMEM;
}

/* It is another's, or nobody's any more. */
static int stop_at(struct wq_pending_sending *s, const struct wq_pending *p)
{
	bool waits = wq_str_is(p->state, "open") || wq_str_is(p->state, "taken");
	int rc = keep(s, p->state, &s->state);

	if (rc == 0)
		rc = keep(s, p->by, &s->holder);
	if (rc == 0)
		rc = keep(s, p->message, &s->message_id);
	s->lease_ms = p->lease_ms;
	return rc == 0 ? stop(s, waits ? WQ_PENDING_HELD : WQ_PENDING_ENDED) : rc;
}

/* Hex of the digest, behind a letter that tells digests of one use from those of another. */
static int digest(struct wq_pending_sending *s, char use, struct wq_str of, struct wq_str *out)
{
	unsigned char sum[WQ_SHA256_BYTES];
	char *text = wq_arena_alloc(s->arena, DIGEST_BYTES);

	if (!text || wq_sha256(of, sum) < 0)
		return WQ_ENOMEM;
	text[0] = use;
	wq_hex_encode(sum, sizeof(sum), text + 1);
	*out = wq_strn(text, DIGEST_BYTES - 1);
	return 0;
}

static int make_message(struct wq_pending_sending *s, const struct wq_pending *p)
{
	struct wq_str json;
	int rc = wq_pending_message(p, s->account, &s->words, wq_loop_wall_ms(s->loop), s->arena,
	                            &s->item.message, &json, &s->problem);

	if (rc == 0)
		rc = wq_providers[s->provider]->check(&s->item.message, &s->problem);
	if (rc == WQ_MESSAGE_INVALID)
		return stop(s, WQ_PENDING_INVALID);
	if (rc == WQ_ENOENT)
		return stop(s, WQ_PENDING_EMPTY);
	if (rc == 0)
		rc = digest(s, 'p', s->id, &s->item.once);
	return rc == 0 ? digest(s, 'p', json, &s->item.print) : rc;
}

static int look(struct wq_pending_sending *s, const struct wq_pending *p)
{
	int64_t now_ms = wq_loop_wall_ms(s->loop);
	bool held = wq_str_is(p->state, "taken") && !wq_str_eq(p->by, s->by) &&
	            p->lease_ms > now_ms;
	int rc;

	if (held || !(wq_str_is(p->state, "open") || wq_str_is(p->state, "taken")))
		return stop_at(s, p);
	s->window_ms = p->window_ms;
	s->bar = wq_pending_judge(p, WQ_MESSAGE_TEMPLATE, true, now_ms);
	if (s->bar != WQ_PENDING_GOES)
		return stop(s, WQ_PENDING_BARRED);
	rc = make_message(s, p);
	if (rc != 0 || s->stop)
		return rc;
	s->bar = wq_pending_judge(p, s->item.message.kind, s->words.forced, now_ms);
	return s->bar == WQ_PENDING_GOES ? 0 : stop(s, WQ_PENDING_BARRED);
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_pending_sending *s = of_cmd(cmd);
	struct wq_pending p;
	int answer;

	s->error = cmd->error;
	if (rc == 0) {
		answer = wq_pending_answer(cmd, &p);
		if (answer == WQ_PENDING_DONE)
			rc = look(s, &p);
		else
			rc = answer == WQ_PENDING_MISSING ? stop(s, WQ_PENDING_UNKNOWN) : answer;
	}
	wq_flow_resume(&s->flow, rc);
}

static enum wq_flow_next run_show(struct wq_flow *f)
{
	struct wq_pending_sending *s = self(f);

	return wq_flow_after(f, CHECK, wq_pending_show_start(&s->keys, &s->cmd, s->id, on_shown));
}

static enum wq_flow_next run_check(struct wq_flow *f)
{
	return f->last != 0 || self(f)->stop ? wq_flow_end(f, f->last) : wq_flow_go(f, TAKE);
}

static void on_changed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_pending_sending *s = of_cmd(cmd);
	struct wq_pending p;
	int answer;

	s->error = cmd->error;
	if (rc == 0) {
		answer = wq_pending_answer(cmd, &p);
		if (answer == WQ_PENDING_NOT)
			rc = stop_at(s, &p);
		else if (answer != WQ_PENDING_DONE)
			rc = answer == WQ_PENDING_MISSING ? stop(s, WQ_PENDING_UNKNOWN) : answer;
	}
	wq_flow_resume(&s->flow, rc);
}

static enum wq_flow_next run_take(struct wq_flow *f)
{
	struct wq_pending_sending *s = self(f);
	const struct wq_pending_change c = { .id = s->id,
		                             .by = s->by,
		                             .act = "take",
		                             .lease_ms = WQ_PENDING_LEASE_MS };

	return wq_flow_after(f, SUBMIT,
	                     wq_pending_change_start(&s->keys, &s->cmd, 0, &c, on_changed));
}

static void on_submitted(struct wq_submit *submit, int rc)
{
	struct wq_pending_sending *s = WQ_OWNER(submit, struct wq_pending_sending, submit);

	s->error = submit->error;
	if (rc == 0) {
		s->message_id = s->item.id;
		if (s->item.made == WQ_LETTER_OTHER)
			(void)stop(s, WQ_PENDING_OTHER);
	}
	wq_flow_resume(&s->flow, rc);
}

static enum wq_flow_next run_submit(struct wq_flow *f)
{
	struct wq_pending_sending *s = self(f);

	if (f->last != 0 || s->stop)
		return wq_flow_end(f, f->last);
	s->item.account = s->account;
	s->submit = (struct wq_submit){ .items = &s->item,
		                        .n = 1,
		                        .loop = s->loop,
		                        .redis = s->redis,
		                        .producer = s->producer,
		                        .arena = s->arena,
		                        .queue_base = s->queue_base,
		                        .keep_s = s->keep_s,
		                        .cb = on_submitted };
	return wq_flow_after(f, END, wq_submit_start(&s->submit));
}

static enum wq_flow_next run_end(struct wq_flow *f)
{
	struct wq_pending_sending *s = self(f);
	const struct wq_pending_change c = {
		.id = s->id, .by = s->by, .act = "sent", .message = s->message_id
	};

	if (f->last != 0 || s->stop)
		return wq_flow_end(f, f->last);
	return wq_flow_after(f, CLOSE,
	                     wq_pending_change_start(&s->keys, &s->cmd, 0, &c, on_changed));
}

/* The message is on its way: that somebody else ended the entry meanwhile does not change it. */
static enum wq_flow_next run_close(struct wq_flow *f)
{
	struct wq_pending_sending *s = self(f);

	if (f->last == 0) {
		s->outcome = WQ_PENDING_SENT;
		s->message_id = s->item.id;
	}
	return wq_flow_end(f, f->last);
}

static const struct wq_flow_step steps[] = {
	[SHOW] = { "show", run_show, NULL, WQ_BIT(CHECK) },
	[CHECK] = { "check", run_check, NULL, WQ_BIT(TAKE) },
	[TAKE] = { "take", run_take, NULL, WQ_BIT(SUBMIT) },
	[SUBMIT] = { "submit", run_submit, NULL, WQ_BIT(END) },
	[END] = { "end", run_end, NULL, WQ_BIT(CLOSE) },
	[CLOSE] = { "close", run_close, NULL, 0 },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_pending_sending *s = self(f);

	s->cb(s, rc);
}

int wq_pending_sending_start(struct wq_pending_sending *s)
{
	int rc = wq_send_keys_init(&s->keys, s->redis, s->account);

	s->error = "";
	s->stop = false;
	s->outcome = WQ_PENDING_SENT;
	if (rc < 0)
		return rc;
	wq_flow_init(&s->flow, s->loop, steps, on_end);
	wq_flow_start(&s->flow);
	return 0;
}
