/* SPDX-License-Identifier: MIT */
/* answer.c — llhttp's callbacks, and where an answer ends. */
#include "io/load/answer.h"

#include "base/err.h"
#include "base/limits.h"

static int on_head(llhttp_t *parser)
{
	((struct wq_load_answer *)parser->data)->in_body = true;
	return HPE_OK;
}

static int on_body(llhttp_t *parser, const char *p, size_t n)
{
	struct wq_load_answer *a = parser->data;
	size_t room = a->keep_max - a->body.n;

	if (room)
		a->rc = wq_buf_add(&a->body, p, n < room ? n : room);
	return a->rc < 0 ? HPE_USER : HPE_OK;
}

static int on_whole(llhttp_t *parser)
{
	struct wq_load_answer *a = parser->data;

	a->in_body = parser->status_code >= 200;
	if (!a->in_body) /* an interim one: another head comes */
		return HPE_OK;
	a->status = parser->status_code;
	a->keeps = llhttp_should_keep_alive(parser);
	a->whole = true;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = { .on_headers_complete = on_head,
	                                    .on_body = on_body,
	                                    .on_message_complete = on_whole };

void wq_load_answer_init(struct wq_load_answer *a, size_t keep_max)
{
	*a = (struct wq_load_answer){ .keep_max = keep_max };
	wq_buf_init(&a->body, keep_max + 1); /* no bound is 0 */
	wq_load_answer_reset(a);
}

void wq_load_answer_fini(struct wq_load_answer *a)
{
	wq_buf_fini(&a->body);
}

void wq_load_answer_reset(struct wq_load_answer *a)
{
	llhttp_init(&a->parser, HTTP_RESPONSE, &settings);
	a->parser.data = a;
	wq_buf_clear(&a->body);
	a->bytes = 0;
	a->status = a->rc = 0;
	a->whole = a->keeps = a->in_body = false;
}

int wq_load_answer_feed(struct wq_load_answer *a, const char *p, size_t n, const char **why)
{
	llhttp_errno_t e = llhttp_execute(&a->parser, p, n);

	a->bytes += n;
	if (a->whole) {
		/* What came behind it was not asked for: where the next answer begins is anybody's guess. */
		a->keeps = a->keeps && llhttp_get_error_pos(&a->parser) == p + n;
		return WQ_LOAD_ANSWER_WHOLE;
	}
	if (a->rc < 0)
		return a->rc;
	if (e != HPE_OK) {
		*why = e == HPE_PAUSED_UPGRADE ? "the answer changes the protocol"
		                               : "the answer is no HTTP";
		return WQ_EPROTO;
	}
	if (a->bytes > (a->in_body ? WQ_LOAD_ANSWER_MAX_BYTES : WQ_LOAD_HEAD_MAX_BYTES)) {
		*why = "the answer is too large";
		return WQ_ETOOBIG;
	}
	return WQ_LOAD_ANSWER_MORE;
}

int wq_load_answer_end(struct wq_load_answer *a)
{
	(void)llhttp_finish(&a->parser);
	return a->whole ? WQ_LOAD_ANSWER_WHOLE : WQ_ELOST;
}
