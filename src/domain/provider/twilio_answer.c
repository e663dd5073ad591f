/* SPDX-License-Identifier: MIT */
/* twilio_answer.c — what Twilio answered.
 *
 *   {"sid", "status", "to", "error_code", …}       taken (2xx), unless its status says that it has failed already
 *   {"success": true}                              a signal was taken
 *   {"code", "message", "more_info", "status"}     declared; `code` may be missing: then the HTTP status decides
 */
#include "domain/provider/twilio_ops.h"

#define CHANNEL "whatsapp:"

static void read_error(struct wq_answer_reader *r, const char *text, int64_t code)
{
	wq_answer_keep(r, &r->out->title, wq_json_get_str(r->root, text));
	wq_answer_keep(r, &r->out->details, wq_json_get_str(r->root, "more_info"));
	wq_answer_refused(r, WQ_PROVIDER_TWILIO, code, 0);
}

static bool is_error(yyjson_val *root)
{
	return wq_json_get_str(root, "message").n && (yyjson_is_int(wq_json_get(root, "code")) ||
	                                              yyjson_is_int(wq_json_get(root, "status")));
}

/* "whatsapp:+593…" → "593…" */
static struct wq_str address(struct wq_str to)
{
	const size_t n = sizeof(CHANNEL) - 1;

	if (!wq_str_starts(to, CHANNEL))
		return wq_strn(NULL, 0);
	to = wq_strn(to.p + n, to.n - n);
	return to.n && to.p[0] == '+' ? wq_strn(to.p + 1, to.n - 1) : to;
}

static void read_taken(struct wq_answer_reader *r)
{
	struct wq_str status = wq_json_get_str(r->root, "status");
	int64_t code = wq_json_get_int(r->root, "error_code", 0);

	if (code && (wq_str_is(status, "failed") || wq_str_is(status, "undelivered"))) {
		read_error(r, "error_message", code);
		return;
	}
	wq_answer_sent(r, wq_json_get_str(r->root, "sid"));
	if (r->out->as == WQ_SENT)
		wq_answer_keep(r, &r->out->wa_id, address(wq_json_get_str(r->root, "to")));
}

static void read_answer(struct wq_answer_reader *r, enum wq_message_kind kind)
{
	bool signal = kind == WQ_MESSAGE_READ || kind == WQ_MESSAGE_TYPING;
	bool success = r->out->status >= 200 && r->out->status <= 299;

	if (is_error(r->root) && !wq_json_get(r->root, "sid"))
		read_error(r, "message", wq_json_get_int(r->root, "code", 0));
	else if (!success)
		return;
	else if (!signal)
		read_taken(r);
	else if (yyjson_is_true(wq_json_get(r->root, "success")))
		r->out->as = WQ_SENT;
}

int wq_twilio_answer(struct wq_arena *a, enum wq_message_kind kind, int rc,
                     const struct wq_call *call, struct wq_answer *out)
{
	struct wq_answer_reader r;

	if (wq_answer_begin(&r, a, rc, call, out))
		read_answer(&r, kind);
	return wq_answer_end(&r);
}
