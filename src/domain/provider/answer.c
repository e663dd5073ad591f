/* SPDX-License-Identifier: MIT */
/* answer.c — what all answers have in common: whether there is one, whether it can be read. */
#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/core.h"
#include "domain/provider/verdict_row.h"

/* Spaces in place of control characters: these texts end in logs and on terminals. */
static void soothe(struct wq_str s, char *out)
{
	for (size_t i = 0; i < s.n; i++)
		out[i] = wq_str_is_control(s, i) ? ' ' : s.p[i];
}

/* At most max bytes of it, cut between characters. */
static struct wq_str shorten(struct wq_str s, size_t max)
{
	if (s.n <= max)
		return s;
	for (s.n = max; s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80;)
		s.n--;
	return s;
}

bool wq_answer_begin(struct wq_answer_reader *r, struct wq_arena *a, int rc,
                     const struct wq_call *call, struct wq_answer *out)
{
	struct wq_str body = wq_buf_str(&call->body_in);

	*r = (struct wq_answer_reader){ .arena = a, .out = out };
	*out = (struct wq_answer){ .as = WQ_UNKNOWN, .rc = rc, .status = call->status };
	out->retry_after_ms = rc == 0 ? call->retry_after_ms : -1;
	if (rc < 0) {
		out->as = call->sent ? WQ_UNKNOWN : WQ_NOT_SENT;
		return false;
	}
	if (body.n == 0 || body.n > WQ_PROVIDER_ANSWER_MAX_BYTES)
		return false;
	r->rc = wq_json_parse(&r->doc, body, WQ_PROVIDER_ANSWER_DEPTH_MAX);
	if (r->rc == WQ_EPARSE)
		r->rc = 0; /* nobody's words, or not meant for us */
	r->root = yyjson_doc_get_root(r->doc);
	return r->root != NULL;
}

int wq_answer_end(struct wq_answer_reader *r)
{
	struct wq_answer *o = r->out;

	wq_json_free(r->doc);
	r->doc = NULL;
	if (r->rc < 0)
		*o = (struct wq_answer){ .as = o->as == WQ_NOT_SENT ? WQ_NOT_SENT : WQ_UNKNOWN,
			                 .rc = o->rc,
			                 .status = o->status,
			                 .retry_after_ms = o->retry_after_ms };
	return r->rc;
}

void wq_answer_keep(struct wq_answer_reader *r, struct wq_str *to, struct wq_str text)
{
	char calm[WQ_PROVIDER_TEXT_MAX_BYTES];

	if (r->rc < 0 || !text.n)
		return;
	text = shorten(text, sizeof(calm));
	soothe(text, calm);
	r->rc = wq_provider_keep(r->arena, wq_strn(calm, text.n), to);
}

static bool is_id(struct wq_str s)
{
	if (s.n == 0 || s.n > WQ_PROVIDER_ID_MAX_BYTES)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return true;
}

void wq_answer_sent(struct wq_answer_reader *r, struct wq_str id)
{
	if (r->rc < 0 || !is_id(id))
		return;
	r->rc = wq_provider_keep(r->arena, id, &r->out->id);
	r->out->as = WQ_SENT;
}

void wq_answer_refused(struct wq_answer_reader *r, enum wq_provider provider, int64_t code,
                       int64_t subcode)
{
	const struct wq_verdict_row *row = wq_verdict_find(provider, code, subcode);
	bool theirs = r->out->status >= 400 && r->out->status <= 499; /* "you did wrong" */
	enum wq_vague vague = row ? row->vague : (r->out->status >= 500 ? WQ_VAGUE : WQ_CLEAR);

	r->out->code = code;
	r->out->subcode = subcode;
	r->out->as = vague == WQ_VAGUE || (vague == WQ_VAGUE_BUT_4XX && !theirs) ? WQ_UNKNOWN
	                                                                         : WQ_REFUSED;
}

size_t wq_provider_characters(struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

int wq_provider_refuse(struct wq_message_problem *p, const char *field, const char *what)
{
	*p = (struct wq_message_problem){ .limit = 0 };
	(void)snprintf(p->field, sizeof(p->field), "%s", field);
	(void)snprintf(p->what, sizeof(p->what), "%s", what);
	return WQ_MESSAGE_INVALID;
}
