/* SPDX-License-Identifier: MIT */
/* evolution_message.c — POST /message/:op/:instance: everything that Evolution sends.
 *
 * The answer is Evolution's, with our id in the place of WhatsApp's: that one is not known before the message was sent,
 * and is told by GET /api/messages/:id from then on.
 */
#include "app/facade/evolution_core.h"
#include "base/err.h"

enum { ANSWER_MAX_BYTES = 2 * WQ_LETTER_MEMORY_MAX_BYTES };

static void answer(struct wq_ask *a)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_evolution_view(&w, &a->submit.items[0], wq_loop_wall_ms(a->api->loop));
	wq_api_reply(wq_ask_leave(a), 201, &w);
}

static void refuse(struct wq_ask *a, size_t i, const struct wq_message_problem *p)
{
	(void)i;
	wq_reply_problem(wq_ask_leave(a), 400, WQ_EVOLUTION_INVALID, "%s %s",
	                 p->field[0] ? p->field : "the body", p->what);
}

static bool is_form(struct wq_exchange *x)
{
	struct wq_str type = wq_exchange_header(x, "Content-Type");
	static const char form[] = "multipart/form-data";

	return type.n >= sizeof(form) - 1 &&
	       wq_str_is_nocase(wq_strn(type.p, sizeof(form) - 1), form);
}

/* Whose names mean something else in the bodies of jobs are the path's alone to say. */
static bool take(struct wq_ask *a, const struct wq_account *account)
{
	struct wq_message_problem p = { .limit = 0 };
	struct wq_message *m = &a->submit.items[0].message;
	int rc = wq_message_read_evolution(m, wq_exchange_param(a->x, "op"),
	                                   yyjson_doc_get_root(a->doc),
	                                   wq_loop_wall_ms(a->api->loop), &a->arena, &p);

	m->account = account->id;
	return wq_ask_take(a, 0, rc, &p);
}

static bool is_known(struct wq_str op)
{
	static const char *const ops[] = { "sendText",     "sendMedia",   "sendWhatsAppAudio",
		                           "sendPtv",      "sendSticker", "sendLocation",
		                           "sendContact",  "sendReaction", "sendPoll",
		                           "sendList",     "sendButtons", "sendTemplate",
		                           "sendStatus" };

	for (size_t i = 0; i < WQ_COUNT(ops); i++)
		if (wq_str_is(op, ops[i]))
			return true;
	return false;
}

void wq_evolution_message_handle(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_ask *a;

	if (!is_known(wq_exchange_param(x, "op"))) {
		wq_reply_problem(x, 404, "not_found", "Cannot POST %.*s",
		                 WQ_STR_ARG(wq_exchange_request(x)->path));
		return;
	}
	if (!wq_evolution_instance(x, api, &account))
		return;
	if (is_form(x)) {
		wq_reply_problem(
			x, 400, WQ_EVOLUTION_INVALID,
			"file is within a form, which is not taken: give the file's address "
			"as media, in JSON");
		return;
	}
	a = wq_evolution_ask(x, api, answer, refuse);
	if (a && wq_ask_room(a, 1) && take(a, account))
		wq_ask_submit(a);
}
