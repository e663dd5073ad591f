/* SPDX-License-Identifier: MIT */
/* pending.c — names, words, and the message that an entry becomes. */
#include "domain/pending/pending.h"

#include <string.h>

#include "base/assert.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/random.h"
#include "domain/message/read.h"

enum { ID_RANDOM_BYTES = (WQ_PENDING_ID_BYTES - 1) / 2 };

struct wq_str wq_pending_id(struct wq_arena *a)
{
	unsigned char bytes[ID_RANDOM_BYTES];
	char *id = wq_random_bytes(bytes, sizeof(bytes)) == 0
	                   ? wq_arena_alloc(a, WQ_PENDING_ID_BYTES + 1)
	                   : NULL;

	if (!id)
		return wq_strn(NULL, 0);
	id[0] = 'p';
	wq_hex_encode(bytes, sizeof(bytes), id + 1);
	return wq_strn(id, WQ_PENDING_ID_BYTES);
}

bool wq_pending_id_read(struct wq_str id, struct wq_str *own, struct wq_str *account)
{
	if (id.n <= WQ_PENDING_ID_BYTES + 1 ||
	    id.n > WQ_PENDING_ID_BYTES + 1 + WQ_ACCOUNT_ID_MAX_BYTES || id.p[0] != 'p' ||
	    id.p[WQ_PENDING_ID_BYTES] != '.')
		return false;
	for (size_t i = 1; i < WQ_PENDING_ID_BYTES; i++)
		if (!strchr("0123456789abcdef", id.p[i]) || !id.p[i])
			return false;
	*own = wq_strn(id.p, WQ_PENDING_ID_BYTES);
	*account = wq_strn(id.p + WQ_PENDING_ID_BYTES + 1, id.n - WQ_PENDING_ID_BYTES - 1);
	return true;
}

bool wq_pending_why_is(struct wq_str why)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";

	for (size_t i = 0; i < why.n; i++)
		if (!why.p[i] || !strchr(good, why.p[i]))
			return false;
	return why.n > 0 && why.n <= WQ_PENDING_WHY_MAX_BYTES;
}

bool wq_pending_by_is(struct wq_str by)
{
	for (size_t i = 0; i < by.n; i++)
		if (wq_str_is_control(by, i))
			return false;
	return by.n > 0 && by.n <= WQ_PENDING_BY_MAX_BYTES && wq_str_is_utf8(by);
}

enum wq_pending_bar wq_pending_judge(const struct wq_pending *p, enum wq_message_kind kind,
                                     bool forced, int64_t now_ms)
{
	if (!p->phone.n && !p->wa_id.n && !p->user_id.n && !p->lid.n)
		return WQ_PENDING_NOBODY;
	if (forced)
		return WQ_PENDING_GOES;
	if (p->opted_out)
		return WQ_PENDING_OPTED_OUT;
	if (p->blocked)
		return WQ_PENDING_BLOCKED;
	return kind == WQ_MESSAGE_TEMPLATE || p->window_ms > now_ms ? WQ_PENDING_GOES
	                                                            : WQ_PENDING_CLOSED;
}

/* By its phone if there is one: every provider knows those. */
static void write_to(struct wq_jsonw *w, const struct wq_pending *p)
{
	char phone[32];

	wq_jsonw_key(w, "to");
	if (!p->phone.n && p->wa_id.n && p->wa_id.n < sizeof(phone)) {
		phone[0] = '+';
		memcpy(phone + 1, p->wa_id.p, p->wa_id.n);
		wq_jsonw_str(w, wq_strn(phone, p->wa_id.n + 1));
		return;
	}
	wq_jsonw_str(w, p->phone.n ? p->phone : p->user_id.n ? p->user_id : p->lid);
}

/* All but what says to whom, from where and when. */
static void write_members(struct wq_jsonw *w, yyjson_val *message)
{
	static const char *const ours[] = { "to",          "account", "id",    "businessId",
		                            "scheduledAt", "force",   "class", "number",
		                            "recipient",   "recipientPhone", "recipientType" };
	yyjson_obj_iter it;
	yyjson_val *key;

	yyjson_obj_iter_init(message, &it);
	while ((key = yyjson_obj_iter_next(&it))) {
		bool ours_too = false;

		for (size_t i = 0; i < WQ_COUNT(ours); i++)
			ours_too = ours_too || wq_str_is(wq_json_str(key), ours[i]);
		if (ours_too)
			continue;
		wq_jsonw_key_str(w, wq_json_str(key));
		wq_jsonw_value(w, yyjson_obj_iter_get_val(key));
	}
}

static int write_message(struct wq_buf *out, const struct wq_pending *p, struct wq_str account,
                         yyjson_val *message, struct wq_str text, bool forced)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	write_to(&w, p);
	wq_jsonw_put_str(&w, "account", account);
	if (message) {
		write_members(&w, message);
	} else {
		wq_jsonw_put_str(&w, "text", text);
	}
	if (forced)
		wq_jsonw_put_bool(&w, "force", true);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

/* What is said: the words that are given, else the entry's own. */
static int choose(const struct wq_pending *p, const struct wq_pending_words *words,
                  struct wq_arena *a, yyjson_val **message, struct wq_str *text)
{
	*message = words->message;
	*text = words->text;
	if (*message || text->p)
		return 0;
	if (p->data.n)
		return wq_json_parse_in(message, p->data, WQ_JOB_JSON_DEPTH_MAX, a);
	*text = p->text;
	return text->n ? 0 : WQ_ENOENT;
}

int wq_pending_message(const struct wq_pending *p, struct wq_str account,
                       const struct wq_pending_words *words, int64_t now_ms, struct wq_arena *a,
                       struct wq_message *out, struct wq_str *json,
                       struct wq_message_problem *problem)
{
	yyjson_val *message, *root;
	struct wq_buf b;
	struct wq_str text;
	char *copy;
	int rc = choose(p, words, a, &message, &text);

	wq_buf_init(&b, WQ_LETTER_MEMORY_MAX_BYTES);
	if (rc == 0)
		rc = write_message(&b, p, account, message, text, words->forced);
	copy = rc == 0 ? wq_arena_copy(a, wq_buf_str(&b)) : NULL;
	*json = wq_strn(copy, b.n);
	wq_buf_fini(&b);
	if (rc == 0 && !copy)
		rc = WQ_ENOMEM;
	if (rc == 0)
		rc = wq_json_parse_in(&root, *json, WQ_JOB_JSON_DEPTH_MAX, a);
	return rc == 0 ? wq_message_read(out, root, now_ms, a, problem) : rc;
}
