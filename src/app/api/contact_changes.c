/* SPDX-License-Identifier: MIT */
/* contact_changes.c — made, changed, assigned, opted out and in, read, noted. */
#include "app/api/contact_call.h"
#include "base/err.h"
#include "domain/contact/note.h"

/* A wish that has to be there, with the members of one and `more`; what they mean is judged later.
 * NULL: answered. */
static yyjson_doc *take_wish(struct wq_exchange *x, const char *more)
{
	const char *members[32] = { more };
	yyjson_doc *body;

	for (size_t i = 0; wq_contact_members[i]; i++)
		members[i + 1] = wq_contact_members[i];
	if (!wq_contact_call_body(x, &body))
		return NULL;
	if (wq_api_members(x, yyjson_doc_get_root(body), members))
		return body;
	wq_json_free(body);
	return NULL;
}

/* c->wish of the body; false: answered. */
static bool read_wish(struct wq_contact_call *c, const char *const *others)
{
	int rc = wq_contact_wish_read(&c->wish, yyjson_doc_get_root(c->body), others,
	                              wq_exchange_arena(c->x), &c->problem);

	if (rc == WQ_EINVAL)
		wq_contact_call_refuse(c);
	else if (rc < 0)
		wq_contact_call_fail(c, rc, "");
	return rc == 0;
}

void wq_contact_create_handle(struct wq_exchange *x, void *api)
{
	static const char *const others[] = { "account", NULL };
	struct wq_contact_call *c;
	bool upsert = false;
	yyjson_doc *body = NULL;

	if (wq_api_query_flag(x, "upsert", &upsert))
		body = take_wish(x, others[0]);
	c = body ? wq_contact_call_begin(x, api, body) : NULL;
	if (!c || !read_wish(c, others))
		return;
	if (!wq_contact_wish_names(&c->wish)) {
		wq_reply_problem(
			wq_contact_call_end(c), 422, "invalid_contact",
			"who it is has to be told: phone, wa_id, user_id, parent_id or lid");
		return;
	}
	c->change.upsert = upsert;
	wq_contact_call_change(c);
}

void wq_contact_update_handle(struct wq_exchange *x, void *api)
{
	static const char *const others[] = { "revision", NULL };
	struct wq_contact_call *c;
	yyjson_doc *body = take_wish(x, others[0]);
	int64_t rev = 0;

	if (!body)
		return;
	if (!wq_api_count(x, yyjson_doc_get_root(body), "revision", WQ_JSON_INT_MAX, &rev)) {
		wq_json_free(body);
		return;
	}
	c = wq_contact_call_of_one(x, api, body);
	if (!c || !read_wish(c, others))
		return;
	c->change.rev = rev;
	wq_contact_call_change(c);
}

static const char *judge_to(yyjson_val *to)
{
	struct wq_str who = wq_json_str(to);

	return !to || (!who.p && !yyjson_is_null(to)) ||
	                       (who.n && wq_contact_text_judge(who, WQ_CONTACT_ASSIGNED_MAX_BYTES))
	               ? "to tells who looks after it: a text of at most 64 bytes, or null"
	               : NULL;
}

static const char *judge_reason(yyjson_val *v)
{
	struct wq_str why = wq_json_str(v);

	return (v && !why.p) || why.n > WQ_CONTACT_REASON_MAX_BYTES
	               ? "reason must be a text of at most 200 bytes"
	               : NULL;
}

static const char *judge_note(yyjson_val *v)
{
	struct wq_str text = wq_json_str(v);

	return !text.n || text.n > WQ_CONTACT_NOTE_MAX_BYTES
	               ? "text tells what to note: at most 4096 bytes"
	               : NULL;
}

/* A change of one item, with this member alone.  NULL: answered. */
static struct wq_contact_call *begin(struct wq_exchange *x, void *api, const char *member,
                                     const char *(*judge)(yyjson_val *v))
{
	const char *const members[] = { member, NULL };
	struct wq_contact_call *c;
	const char *why;
	yyjson_doc *body;

	if (!wq_api_body(x, &body))
		return NULL;
	if (!wq_api_members(x, yyjson_doc_get_root(body), members)) {
		wq_json_free(body);
		return NULL;
	}
	why = judge ? judge(wq_json_get(yyjson_doc_get_root(body), member)) : NULL;
	if (why) {
		wq_json_free(body);
		wq_reply_problem(x, 422, "invalid_contact", "%s", why);
		return NULL;
	}
	c = wq_contact_call_of_one(x, api, body);
	if (c)
		wq_contact_wish_init(&c->wish, wq_exchange_arena(x));
	return c;
}

static struct wq_str member_of(const struct wq_contact_call *c, const char *name)
{
	return wq_json_get_str(yyjson_doc_get_root(c->body), name);
}

static void change(struct wq_contact_call *c, const char *what, struct wq_str name,
                   struct wq_str value)
{
	wq_contact_wish_add(&c->wish, what, name, value);
	wq_contact_call_change(c);
}

void wq_contact_assign_handle(struct wq_exchange *x, void *api)
{
	struct wq_contact_call *c = begin(x, api, "to", judge_to);

	if (c)
		change(c, "to", wq_str(""), member_of(c, "to"));
}

static void opt(struct wq_exchange *x, void *api, const char *what)
{
	struct wq_contact_call *c = begin(x, api, "reason", judge_reason);
	struct wq_str why = c ? member_of(c, "reason") : wq_str("");

	if (c)
		change(c, what, wq_str(""), why.n ? why : wq_str("by hand"));
}

void wq_contact_opt_out_handle(struct wq_exchange *x, void *api)
{
	opt(x, api, "optout");
}

void wq_contact_opt_in_handle(struct wq_exchange *x, void *api)
{
	opt(x, api, "optin");
}

void wq_contact_read_handle(struct wq_exchange *x, void *api)
{
	struct wq_contact_call *c = begin(x, api, NULL, NULL);

	if (c)
		change(c, "read", wq_str(""), wq_str(""));
}

void wq_contact_note_handle(struct wq_exchange *x, void *api)
{
	struct wq_contact_call *c = begin(x, api, "text", judge_note);
	struct wq_str by = wq_api_caller(x)->key;
	int rc;

	if (!c)
		return;
	rc = wq_contact_note(&c->wish, member_of(c, "text"), by.n ? by : wq_str("admin"),
	                     wq_loop_wall_ms(c->api->loop));
	if (rc < 0)
		wq_contact_call_fail(c, rc, "");
	else
		wq_contact_call_change(c);
}

void wq_contact_unnote_handle(struct wq_exchange *x, void *api)
{
	struct wq_contact_call *c = begin(x, api, NULL, NULL);

	if (c)
		change(c, "unnote", wq_exchange_param(x, "note"), wq_str(""));
}
