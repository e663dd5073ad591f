/* SPDX-License-Identifier: MIT */
/* enrolments.c — who is in a sequence: enrolled one by one or many at once, listed, paused, moved, stopped. */
#include <stdio.h>

#include "app/api/sequence_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/contact/names.h"
#include "domain/message/read.h"

enum { PAGE_MAX = 200, CONTACT_MAX_BYTES = 64 };

/* Those who are asked for. */
struct many {
	struct wq_enrol_who *who;
	struct wq_str *asked; /* as they were written */
	size_t n, done;       /* done: told of */
	struct wq_enrol enrol;
	struct wq_enrol_change change;
	struct wq_buf body;
	struct wq_jsonw w;
	int64_t changed;
};

static struct many *many_of(struct wq_sequence_call *c)
{
	return c->more;
}

static void drop(struct wq_sequence_call *c)
{
	wq_buf_fini(&many_of(c)->body);
}

/* A contact of this account: "c…" or "c….ACCOUNT". */
static bool contact_id(const struct wq_sequence_call *c, struct wq_str text, struct wq_str *id)
{
	size_t dot = wq_str_find(text, '.');

	if (text.n < WQ_CONTACT_ID_BYTES || text.p[0] != 'c' || dot != WQ_CONTACT_ID_BYTES)
		return false;
	*id = wq_strn(text.p, dot);
	return dot == text.n || wq_str_eq(wq_strn(text.p + dot + 1, text.n - dot - 1), c->account);
}

/* By phone: a contact that is not there is made. */
static int take_phone(struct wq_sequence_call *c, struct wq_str text, struct wq_enrol_who *who)
{
	struct wq_contact_names names = { .phone = wq_phone_read(text, &c->arena) };
	char *id = wq_arena_alloc(&c->arena, WQ_CONTACT_ID_BYTES + 1),
	     *digest = wq_arena_alloc(&c->arena, WQ_CONTACT_DIGESTS_BYTES + 1),
	     *words = wq_arena_alloc(&c->arena, WQ_CONTACT_WORDS_BYTES);
	struct wq_str found;

	if (!names.phone.p)
		return WQ_ENOENT;
	if (!id || !digest || !words || wq_contact_names_digest(&names) < 0 ||
	    wq_contact_id(id) < 0)
		return WQ_ENOMEM;
	snprintf(digest, WQ_CONTACT_DIGESTS_BYTES + 1, "p%s", names.digests);
	found = wq_contact_words(&names, words);
	*who = (struct wq_enrol_who){
		.who = wq_str(digest), .id = wq_str(id), .phone = names.phone, .words = found
	};
	return 0;
}

/* False: answered. */
static bool take_who(struct wq_sequence_call *c, yyjson_val *v, size_t i, bool phones)
{
	struct many *m = many_of(c);
	struct wq_str text = wq_json_str(v), id;
	int rc = text.n && text.n <= CONTACT_MAX_BYTES ? 0 : WQ_ENOENT;

	m->asked[i] = text;
	if (rc == 0 && contact_id(c, text, &id))
		m->who[i] = (struct wq_enrol_who){ .who = id };
	else if (rc == 0)
		rc = phones ? take_phone(c, text, &m->who[i]) : WQ_ENOENT;
	if (rc == WQ_ENOENT) {
		drop(c);
		wq_reply_problem(
			wq_sequence_leave(c), 422, "invalid_contact",
			phones ? "contacts[%zu] is neither a contact's id of this account nor a phone"
			       : "contacts[%zu] is no contact's id of this account",
			i);
	} else if (rc < 0) {
		drop(c);
		wq_sequence_fail(c, rc, "");
	}
	return rc == 0;
}

/* "contacts": […], or "contact".  False: answered. */
static bool take_contacts(struct wq_sequence_call *c, bool phones)
{
	yyjson_val *body = yyjson_doc_get_root(c->doc), *list = wq_json_get(body, "contacts"),
		   *one = wq_json_get(body, "contact"), *v;
	struct many *m = wq_arena_alloc(wq_exchange_arena(c->x), sizeof(*m));
	yyjson_arr_iter it;

	if (!m) {
		wq_sequence_fail(c, WQ_ENOMEM, "");
		return false;
	}
	c->more = m;
	wq_buf_init(&m->body, WQ_API_ANSWER_MAX_BYTES);
	m->n = one ? 1 : yyjson_is_arr(list) ? yyjson_arr_size(list) : 0;
	if (m->n < 1 || m->n > WQ_SEQ_ASK_MAX || (one && list)) {
		wq_reply_problem(wq_sequence_leave(c), 422, "invalid_contact",
		                 "contact names one, or contacts is a list of 1 to %d",
		                 WQ_SEQ_ASK_MAX);
		return false;
	}
	m->who = wq_arena_alloc(&c->arena, m->n * sizeof(*m->who));
	m->asked = wq_arena_alloc(&c->arena, m->n * sizeof(*m->asked));
	if (!m->who || !m->asked) {
		wq_sequence_fail(c, WQ_ENOMEM, "");
		return false;
	}
	if (one)
		return take_who(c, one, 0, phones);
	yyjson_arr_iter_init(list, &it);
	for (size_t i = 0; (v = yyjson_arr_iter_next(&it)); i++)
		if (!take_who(c, v, i, phones))
			return false;
	return true;
}

static void give_who(void *ctx, size_t i, struct wq_enrol_who *out)
{
	struct many *m = ctx;

	*out = m->who[m->done + i];
}

static void enrol_next(struct wq_sequence_call *c);

static size_t batch(const struct many *m)
{
	return m->n - m->done < WQ_SEQ_BATCH_MAX ? m->n - m->done : WQ_SEQ_BATCH_MAX;
}

static void tell(struct wq_sequence_call *c, size_t n)
{
	struct many *m = many_of(c);
	char outer[2 * CONTACT_MAX_BYTES + WQ_ACCOUNT_ID_MAX_BYTES];
	struct wq_str con;

	for (size_t i = 0; i < n; i++) {
		enum wq_enrol_outcome o = wq_enrol_at(&c->cmd, i, &con);

		m->changed += o == WQ_ENROL_DONE;
		wq_jsonw_object(&m->w);
		wq_jsonw_put_str(&m->w, "asked", m->asked[m->done + i]);
		wq_jsonw_key(&m->w, "contact");
		snprintf(outer, sizeof(outer), "%.*s.%.*s", WQ_STR_ARG(con),
		         WQ_STR_ARG(c->account));
		if (con.n)
			wq_jsonw_text(&m->w, outer);
		else
			wq_jsonw_null(&m->w);
		wq_jsonw_put_text(&m->w, "outcome", wq_enrol_outcome_name(o));
		wq_jsonw_object_end(&m->w);
	}
}

static void finish(struct wq_sequence_call *c, const char *name)
{
	struct many *m = many_of(c);

	wq_jsonw_array_end(&m->w);
	wq_jsonw_put_int(&m->w, name, m->changed);
	wq_jsonw_object_end(&m->w);
	wq_api_reply(wq_sequence_leave(c), 200, &m->w);
}

static void on_enrolled(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	struct many *m = many_of(c);
	size_t n = batch(m);
	int64_t version = rc == 0 ? wq_enrol_version(cmd) : 1;

	if (rc != 0 || version <= 0)
		drop(c);
	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
	} else if (version == 0) {
		wq_sequence_missing(c);
	} else if (version < 0) {
		wq_reply_problem(wq_sequence_leave(c), 409, "sequence_archived",
		                 "the sequence is archived: nobody begins it any more");
	} else {
		tell(c, n);
		m->done += n;
		enrol_next(c);
	}
}

static void enrol_next(struct wq_sequence_call *c)
{
	struct many *m = many_of(c);
	int rc;

	if (m->done == m->n) {
		finish(c, "enrolled");
		return;
	}
	rc = wq_enrol_start(&c->keys, &c->cmd, &m->enrol, batch(m), give_who, m, on_enrolled);
	if (rc < 0) {
		drop(c);
		wq_sequence_fail(c, rc, "");
	}
}

/* Leaves c where a member is none; true: all is well. */
static bool take_flags(struct wq_sequence_call *c)
{
	static const char *const members[] = { "contact", "contacts", "replace", "again", "start_at",
		                               NULL };
	yyjson_val *body = yyjson_doc_get_root(c->doc);
	struct many *m = many_of(c);
	bool replace = false, again = false;

	if (!wq_api_members(c->x, body, members) || !wq_api_flag(c->x, body, "replace", &replace) ||
	    !wq_api_flag(c->x, body, "again", &again) ||
	    !wq_api_count(c->x, body, "start_at", INT64_MAX / 2, &m->enrol.first_ms)) {
		drop(c);
		(void)wq_sequence_leave(c);
		return false;
	}
	m->enrol.flags = (replace ? WQ_ENROL_REPLACE : 0) | (again ? WQ_ENROL_AGAIN : 0);
	return true;
}

static void begin_answer(struct wq_sequence_call *c)
{
	struct many *m = many_of(c);

	wq_jsonw_begin(&m->w, &m->body);
	wq_jsonw_object(&m->w);
	wq_jsonw_key(&m->w, "data");
	wq_jsonw_array(&m->w);
}

static void handle_enrol(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin_with_body(x, api, "id");
	struct many *m;

	if (!c || !take_contacts(c, true))
		return;
	m = many_of(c);
	m->enrol = (struct wq_enrol){ .seq = c->id, .by = c->by };
	if (!take_flags(c))
		return;
	begin_answer(c);
	enrol_next(c);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	const struct wq_redis_value *fields;
	struct wq_str con;
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	wq_api_list_begin(&w, &body);
	for (size_t i = 0; wq_enrol_list_at(cmd, i, &con, &fields); i++)
		wq_view_enrolment(&w, c->account, con, fields);
	wq_sequence_list_reply(c, &w, wq_enrol_list_next(cmd));
}

static void handle_list(struct wq_exchange *x, void *api)
{
	struct wq_sequence_call *c = wq_sequence_begin(x, api, "id");
	struct wq_enrol_list l;

	if (!c || !wq_sequence_page(c, PAGE_MAX))
		return;
	l = (struct wq_enrol_list){ .seq = c->id,
		                    .state = wq_exchange_query(x, "state"),
		                    .first = c->first,
		                    .count = c->count };
	wq_sequence_started(c, wq_enrol_list_start(&c->keys, &c->cmd, &l, on_listed));
}

static void give_con(void *ctx, size_t i, struct wq_str *out)
{
	struct many *m = ctx;

	*out = m->who[m->done + i].who;
}

static void change_next(struct wq_sequence_call *c);

static void on_changed(struct wq_redis_cmd *cmd, int rc)
{
	static const char *const words[] = { "not_in_it", "unchanged", "changed" };
	struct wq_sequence_call *c = wq_sequence_call_of(cmd);
	struct many *m = many_of(c);
	size_t n = batch(m);

	if (rc != 0) {
		drop(c);
		wq_sequence_fail(c, rc, cmd->error);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int changed = wq_enrol_changed(cmd, i);

		m->changed += changed == 1;
		wq_jsonw_object(&m->w);
		wq_jsonw_put_str(&m->w, "asked", m->asked[m->done + i]);
		wq_jsonw_put_text(&m->w, "outcome", words[changed == 1 ? 2 : changed == 0 ? 1 : 0]);
		wq_jsonw_object_end(&m->w);
	}
	m->done += n;
	change_next(c);
}

static void change_next(struct wq_sequence_call *c)
{
	struct many *m = many_of(c);
	int rc;

	if (m->done == m->n) {
		finish(c, "changed");
		return;
	}
	rc = wq_enrol_change_start(&c->keys, &c->cmd, &m->change, batch(m), give_con, m,
	                           on_changed);
	if (rc < 0) {
		drop(c);
		wq_sequence_fail(c, rc, "");
	}
}

static void handle_change(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "contact", "contacts", "do", "reason", NULL };
	static const char *const whats[] = { "pause", "resume", "stop", "skip", "move" };
	struct wq_sequence_call *c = wq_sequence_begin_with_body(x, api, "id");
	yyjson_val *body = c ? yyjson_doc_get_root(c->doc) : NULL;
	struct wq_str what = wq_json_get_str(body, "do"), why = wq_json_get_str(body, "reason");
	struct many *m;

	if (!c || !take_contacts(c, false))
		return;
	m = many_of(c);
	if (!wq_api_members(x, body, members)) {
		(void)wq_sequence_leave(c);
		return;
	}
	for (size_t i = 0; i < WQ_COUNT(whats); i++)
		if (wq_str_is(what, whats[i]))
			m->change.what = whats[i];
	if (!m->change.what || why.n > WQ_SEQ_WHO_MAX_BYTES) {
		wq_reply_problem(
			wq_sequence_leave(c), 422, "invalid_change",
			m->change.what
				? "reason is longer than %d bytes"
				: "do is pause, resume, stop, skip or move (reason: up to %d bytes)",
			WQ_SEQ_WHO_MAX_BYTES);
		return;
	}
	m->change.seq = c->id;
	m->change.by = c->by;
	m->change.why = why;
	begin_answer(c);
	change_next(c);
}

/* clang-format off: read by column */
static const struct wq_route routes[] = {
	{ .method = WQ_POST, .pattern = "/api/sequences/:id/enrolments", .handle = handle_enrol,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .query = "{account?: string}",
	  .body_max_bytes = WQ_SEQ_MAX_BYTES,
	  .body = "EnrolmentWish",
	  .answer = "{data: EnrolmentOutcome[], enrolled: 0..}",
	  .example = "{\"contacts\":[\"+593991234567\"]}",
	  .summary = "people begin it: contacts by id or by phone, up to 1,000; what became of each" },
	{ .method = WQ_GET, .pattern = "/api/sequences/:id/enrolments", .handle = handle_list,
	  .access = WQ_API_FROM(WQ_ROLE_VIEWER),
	  .query = "{account?: string, state?: string, limit?: 1..200, cursor?: 0..}",
	  .answer = "{data: Enrolment[], next_cursor: string|null}",
	  .summary = "who is in it, in the order in which they began" },
	{ .method = WQ_POST, .pattern = "/api/sequences/:id/enrolments/change", .handle = handle_change,
	  .access = WQ_API_FROM(WQ_ROLE_AGENT), .query = "{account?: string}",
	  .body_max_bytes = WQ_SEQ_MAX_BYTES,
	  .body = "exact {contact?: string, contacts?: string[], do: 'pause'|'resume'|'stop'|'skip'|'move',"
	          " reason?: string}",
	  .answer = "{data: EnrolmentOutcome[], changed: 0..}",
	  .example = "{\"contact\":\"c0123456789abcdef0123\",\"do\":\"pause\",\"reason\":\"on holiday\"}",
	  .summary = "people in it are paused, go on, leave it, skip their next step, or get its newest version" },
};
/* clang-format on */

int wq_api_enrolments_routes(struct wq_api *a)
{
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_api_route(a, routes[i]);
	return rc;
}
