/* SPDX-License-Identifier: MIT */
/* contact_import.c — a file of contacts in one request. */
#include "domain/contact/import.h"

#include "app/api/contact_call.h"

static void tell(struct wq_contact_call *c, const struct wq_contact_import_told *t, bool dry)
{
	struct wq_jsonw *w = &c->w;

	wq_jsonw_begin(w, &c->out);
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "lines", (int64_t)t->lines);
	wq_jsonw_put_int(w, "created", (int64_t)t->made);
	wq_jsonw_put_int(w, "updated", (int64_t)t->changed);
	wq_jsonw_put_int(w, "refused", (int64_t)t->refused);
	wq_jsonw_put_bool(w, "dry_run", dry);
	wq_jsonw_key(w, "first_refusal");
	if (t->where[0])
		wq_jsonw_text(w, t->where);
	else
		wq_jsonw_null(w);
	wq_jsonw_object_end(w);
	wq_contact_call_reply(c);
}

static void on_imported(struct wq_contact_import *i, int rc)
{
	struct wq_contact_call *c = wq_contact_import_ctx(i);
	struct wq_contact_import_told t = *wq_contact_import_told(i);

	wq_contact_import_destroy(i);
	if (rc != 0)
		wq_contact_call_fail(c, rc, t.error);
	else if (t.wrong)
		wq_reply_problem(wq_contact_call_end(c), 422, "invalid_line",
		                 "%s; %llu of %llu lines are wrong, and nothing was changed",
		                 t.where, (unsigned long long)t.wrong, (unsigned long long)t.lines);
	else
		tell(c, &t, c->dry);
}

void wq_contact_import_handle(struct wq_exchange *x, void *api)
{
	struct wq_str format = wq_exchange_query(x, "format");
	struct wq_contact_import *i;
	struct wq_contact_import_opts o;
	struct wq_contact_call *c;
	bool dry = false;
	int rc;

	if (!wq_api_query_flag(x, "dry_run", &dry))
		return;
	if (!wq_str_is(format, "csv") && !wq_str_is(format, "jsonl")) {
		wq_reply_problem(x, 400, "invalid_parameter", "format is csv or jsonl");
		return;
	}
	c = wq_contact_call_begin(x, api, NULL);
	if (!c)
		return;
	c->dry = dry;
	o = (struct wq_contact_import_opts){ .loop = c->api->loop,
		                             .keys = &c->keys,
		                             .text = wq_exchange_request(x)->body,
		                             .csv = wq_str_is(format, "csv"),
		                             .dry = dry,
		                             .cb = on_imported,
		                             .ctx = c };
	rc = wq_contact_import_create(&i, &o);
	wq_contact_call_started(c, rc);
}
