/* SPDX-License-Identifier: MIT */
/* evolution_answer.c — what the gateway answered.
 *
 *   {"key": {"id", "remoteJid"}, …}                              taken (2xx)
 *   any object but an error                                      a signal was taken (2xx)
 *   {"error": true, "message"}                                   a failure told as success (200)
 *   {"status", "error": "Bad Request", "response": {"message"}}  declared; message is text, or texts, or lists of
 *                                                                texts, or [{"exists": false, …}]
 *
 * A 400 stands for all that went wrong between the gateway's first and last step, also behind the send itself: where
 * the text speaks of a line that broke, or of the database, nobody knows.
 */
#include "base/assert.h"
#include "domain/provider/evolution_ops.h"
#include "domain/provider/verdict.h"

/* Letters in any case; `what` in small ones. */
static bool has(struct wq_str text, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= text.n; i++)
		if (wq_str_is_nocase(wq_strn(text.p + i, n), what))
			return true;
	return false;
}

static yyjson_val *message_of(yyjson_val *root)
{
	yyjson_val *message = wq_json_get(wq_json_get(root, "response"), "message");

	return message ? message : wq_json_get(root, "message");
}

/* The first item that is none itself. */
static yyjson_val *first_of(yyjson_val *v)
{
	while (yyjson_is_arr(v))
		v = yyjson_arr_get_first(v);
	return v;
}

static int64_t code_of_400(yyjson_val *message)
{
	static const struct {
		const char *word;
		int64_t code;
	} words[] = {
		{ "connection closed", WQ_EVOLUTION_CLOSED },
		{ "not connected", WQ_EVOLUTION_CLOSED },
		{ "timed out", WQ_EVOLUTION_BROKEN },
		{ "timeout", WQ_EVOLUTION_BROKEN },
		{ "connection lost", WQ_EVOLUTION_BROKEN },
		{ "connection terminated", WQ_EVOLUTION_BROKEN },
		{ "stream errored", WQ_EVOLUTION_BROKEN },
		{ "prisma", WQ_EVOLUTION_BROKEN },
	};
	yyjson_val *first = first_of(message);

	if (yyjson_is_false(wq_json_get(first, "exists")))
		return WQ_EVOLUTION_NOT_ON_WHATSAPP;
	if (yyjson_is_arr(yyjson_arr_get_first(message)))
		return WQ_EVOLUTION_VALIDATION;
	for (size_t i = 0; i < WQ_COUNT(words); i++)
		if (has(wq_json_str(first), words[i].word))
			return words[i].code;
	return WQ_EVOLUTION_EXCEPTION;
}

static int64_t code_of(int status, yyjson_val *message)
{
	struct wq_str text = wq_json_str(first_of(message));

	switch (status) {
	case 400:
		return code_of_400(message);
	case 401:
		return WQ_EVOLUTION_UNAUTHORIZED;
	case 403:
		return WQ_EVOLUTION_FORBIDDEN;
	case 404:
		return wq_str_starts(text, "Cannot ") ? WQ_EVOLUTION_NO_ROUTE
		                                      : WQ_EVOLUTION_NO_INSTANCE;
	case 500:
		return has(text, "not available") ? WQ_EVOLUTION_NOT_AVAILABLE : WQ_EVOLUTION_CRASH;
	default:
		return status < 400 ? WQ_EVOLUTION_DISGUISED : 0;
	}
}

/* "error" is a word of HTTP, or true. */
static bool is_error(yyjson_val *root)
{
	yyjson_val *error = wq_json_get(root, "error");

	return yyjson_is_true(error) || (yyjson_is_str(error) && message_of(root));
}

static void read_error(struct wq_answer_reader *r)
{
	yyjson_val *message = message_of(r->root), *first = first_of(message);
	struct wq_str text = wq_json_str(first);

	wq_answer_keep(r, &r->out->title, wq_json_get_str(r->root, "error"));
	wq_answer_keep(r, &r->out->details, text.n ? text : wq_json_get_str(first, "number"));
	wq_answer_refused(r, WQ_PROVIDER_EVOLUTION, code_of(r->out->status, message), 0);
}

static void read_taken(struct wq_answer_reader *r, yyjson_val *key)
{
	wq_answer_sent(r, wq_json_get_str(key, "id"));
	if (r->out->as == WQ_SENT)
		wq_answer_keep(r, &r->out->wa_id, wq_json_get_str(key, "remoteJid"));
}

static void read_answer(struct wq_answer_reader *r, enum wq_message_kind kind)
{
	yyjson_val *key = wq_json_get(r->root, "key");
	bool signal = kind == WQ_MESSAGE_READ || kind == WQ_MESSAGE_TYPING;
	bool success = r->out->status >= 200 && r->out->status <= 299;

	if (is_error(r->root) && !wq_json_get(key, "id"))
		read_error(r);
	else if (!success || wq_json_get(r->root, "error"))
		return;
	else if (signal && yyjson_is_obj(r->root))
		r->out->as = WQ_SENT;
	else
		read_taken(r, key);
}

int wq_evolution_answer(struct wq_arena *a, enum wq_message_kind kind, int rc,
                        const struct wq_call *call, struct wq_answer *out)
{
	struct wq_answer_reader r;

	if (wq_answer_begin(&r, a, rc, call, out))
		read_answer(&r, kind);
	return wq_answer_end(&r);
}
