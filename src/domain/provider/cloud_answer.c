/* SPDX-License-Identifier: MIT */
/* cloud_answer.c — what Meta answered.
 *
 *   {"messages": [{"id", "message_status"?}], "contacts": [{"wa_id"?}]}   taken (2xx)
 *   {"success": true}                                                     a signal was taken
 *   {"error": {"message", "code", "error_subcode"?, "is_transient"?, "error_data": {"details"}?}}
 *   both, or neither                                                      unknown
 */
#include "domain/provider/cloud_ops.h"

static bool is_success(int status)
{
	return status >= 200 && status <= 299;
}

/* An error object as Graph has it, not just something of that name. */
static bool is_error(yyjson_val *error)
{
	return yyjson_is_int(wq_json_get(error, "code")) || wq_json_get_str(error, "message").n;
}

void wq_cloud_read_error(struct wq_answer_reader *r)
{
	yyjson_val *error = wq_json_get(r->root, "error");
	struct wq_str details = wq_json_get_str(wq_json_get(error, "error_data"), "details");

	if (!is_error(error))
		return;
	if (!details.n)
		details = wq_json_get_str(error, "error_user_msg");
	r->out->transient = yyjson_get_bool(wq_json_get(error, "is_transient"));
	wq_answer_keep(r, &r->out->title, wq_json_get_str(error, "message"));
	wq_answer_keep(r, &r->out->details, details);
	wq_answer_refused(r, WQ_PROVIDER_CLOUD, wq_json_get_int(error, "code", 0),
	                  wq_json_get_int(error, "error_subcode", 0));
}

static void read_taken(struct wq_answer_reader *r, yyjson_val *message)
{
	yyjson_val *contact = yyjson_arr_get_first(wq_json_get(r->root, "contacts"));
	struct wq_str state = wq_json_get_str(message, "message_status");

	wq_answer_sent(r, wq_json_get_str(message, "id"));
	if (r->out->as != WQ_SENT)
		return;
	r->out->held = wq_str_is(state, "held_for_quality_assessment");
	wq_answer_keep(r, &r->out->wa_id, wq_json_get_str(contact, "wa_id"));
}

static void read_answer(struct wq_answer_reader *r, enum wq_message_kind kind)
{
	yyjson_val *error = wq_json_get(r->root, "error");
	yyjson_val *message = yyjson_arr_get_first(wq_json_get(r->root, "messages"));
	bool signal = kind == WQ_MESSAGE_READ || kind == WQ_MESSAGE_TYPING;
	bool success = yyjson_is_true(wq_json_get(r->root, "success"));

	if (is_error(error) && !message && !success)
		wq_cloud_read_error(r);
	else if (error || !is_success(r->out->status))
		return;
	else if (signal && success)
		r->out->as = WQ_SENT;
	else if (!signal)
		read_taken(r, message);
}

int wq_cloud_answer(struct wq_arena *a, enum wq_message_kind kind, int rc,
                    const struct wq_call *call, struct wq_answer *out)
{
	struct wq_answer_reader r;

	if (wq_answer_begin(&r, a, rc, call, out))
		read_answer(&r, kind);
	return wq_answer_end(&r);
}
