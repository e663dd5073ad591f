/* SPDX-License-Identifier: MIT */
/* graph_media.c — upload; and what a look-up is for: to be shown, to fetch the file, to delete it.
 *
 *   look up ──► show
 *      ├──────► fetch the file
 *      └──────► delete        (an id that is no file's is never deleted)
 */
#include "app/facade/graph_media.h"

#include <stdio.h>

#include "app/facade/account.h"
#include "app/facade/graph_pass.h"
#include "base/err.h"
#include "base/limits.h"

enum { ANSWER_MAX_BYTES = 16384, ID_MAX_DIGITS = 32, HOST_MAX_BYTES = 255 };

static bool is_digits(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n <= ID_MAX_DIGITS;
}

static bool is_form(struct wq_exchange *x)
{
	static const char form[] = "multipart/form-data";
	struct wq_str type = wq_exchange_header(x, "Content-Type");

	return type.n >= sizeof(form) - 1 &&
	       wq_str_is_nocase(wq_strn(type.p, sizeof(form) - 1), form);
}

static void on_passed(struct wq_call *call, int rc)
{
	if (rc != 0)
		wq_graph_pass_fail(wq_graph_pass_of(call), rc);
	else
		wq_graph_pass_relay(wq_graph_pass_of(call));
}

void wq_graph_upload_handle(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_graph_pass *p;
	const char *url;

	if (!wq_graph_facade_enter(x) ||
	    !wq_graph_facade_account(x, api, wq_exchange_param(x, "phone_number_id"), &account))
		return;
	if (!is_form(x) || wq_exchange_request(x)->body.n == 0) {
		wq_reply_problem(x, 400, WQ_GRAPH_MISSING,
		                 "file is missing: the body is a multipart/form-data with "
		                 "messaging_product, type and file");
		return;
	}
	p = wq_graph_pass_begin(x, api, account);
	url = p ? wq_graph_pass_url(p, p->number, "/media") : NULL;
	if (url)
		wq_graph_pass_start(p, "POST", url, wq_exchange_request(x)->body, ANSWER_MAX_BYTES,
		                    on_passed);
}

/* Whose file it is: the number's that is named, else of whom the caller's business sends by.  False: answered. */
static bool find_account(struct wq_exchange *x, struct wq_api *api, const struct wq_account **out)
{
	struct wq_str number = wq_exchange_query(x, "phone_number_id");
	int found;

	if (number.p)
		return wq_graph_facade_account(x, api, number, out);
	found = wq_accounts_find(api->accounts, wq_api_caller(x)->business, number, out);
	if (found == WQ_ACCOUNT_NOT_LOADED)
		wq_api_reply_redis(x, WQ_EAWAY, "");
	else if (found != 0)
		wq_reply_problem(x, 400, WQ_GRAPH_MISSING,
		                 "phone_number_id is missing: nothing else tells whose file it is");
	return found == 0;
}

/* The account's token goes there: https, or what the account itself is spoken to by. */
static bool is_address(const struct wq_graph_pass *p, struct wq_str url)
{
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~')
			return false;
	return wq_str_starts(url, "https://") ||
	       (wq_str_starts(url, "http://") && wq_str_starts(wq_str(p->base_url), "http://"));
}

static void on_looked_up(struct wq_call *call, int rc)
{
	struct wq_graph_pass *p = wq_graph_pass_of(call);
	yyjson_doc *doc = NULL;
	struct wq_str url;

	if (rc != 0) {
		wq_graph_pass_fail(p, rc);
		return;
	}
	doc = wq_json_read(wq_buf_str(&call->body_in), WQ_API_JSON_DEPTH_MAX, NULL);
	url = wq_json_get_str(yyjson_doc_get_root(doc), "url");
	if (call->status == 200 && url.n > 0 && is_address(p, url))
		p->found(p, yyjson_doc_get_root(doc));
	else if (call->status >= 200 && call->status < 300)
		wq_reply_problem(wq_graph_pass_leave(p), 400, WQ_GRAPH_NO_SUCH,
		                 "what has the id in the path is no file");
	else
		wq_graph_pass_relay(p);
	wq_json_free(doc);
}

static void look_up(struct wq_exchange *x, struct wq_api *api, const char *param,
                    void (*found)(struct wq_graph_pass *p, yyjson_val *found))
{
	const struct wq_account *account;
	struct wq_graph_pass *p;
	const char *url;

	if (!is_digits(wq_exchange_param(x, param))) {
		wq_reply_problem(x, 400, WQ_GRAPH_NO_SUCH, "no file has the id in the path");
		return;
	}
	if (!find_account(x, api, &account))
		return;
	p = wq_graph_pass_begin(x, api, account);
	if (!p)
		return;
	p->id = wq_exchange_param(x, param);
	p->found = found;
	url = wq_graph_pass_url(p, p->id, "");
	if (url)
		wq_graph_pass_start(p, "GET", url, wq_strn(NULL, 0), ANSWER_MAX_BYTES,
		                    on_looked_up);
}

/* Where the file is fetched from with a key of ours. */
static void write_address(struct wq_jsonw *w, const struct wq_graph_pass *p)
{
	struct wq_str host = wq_exchange_header(p->x, "Host");
	bool tls = wq_str_is(wq_exchange_header(p->x, "X-Forwarded-Proto"), "https");
	struct wq_str version = wq_exchange_param(p->x, "version");
	char url[HOST_MAX_BYTES + 256];

	(void)snprintf(url, sizeof(url), "%s://%.*s/v%.*s/%.*s/file?phone_number_id=%.*s",
	               tls ? "https" : "http",
	               (int)(host.n < HOST_MAX_BYTES ? host.n : HOST_MAX_BYTES),
	               host.p ? host.p : "", WQ_STR_ARG(version), WQ_STR_ARG(p->id),
	               WQ_STR_ARG(p->number));
	wq_jsonw_text(w, url);
}

static void show(struct wq_graph_pass *p, yyjson_val *found)
{
	struct wq_buf body;
	struct wq_jsonw w;
	yyjson_val *key, *v;
	size_t i, n;

	wq_buf_init(&body, 2 * ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	yyjson_obj_foreach(found, i, n, key, v)
	{
		wq_jsonw_key_str(&w, wq_json_str(key));
		if (wq_str_is(wq_json_str(key), "url"))
			write_address(&w, p);
		else
			wq_jsonw_value(&w, v);
	}
	wq_jsonw_object_end(&w);
	wq_api_reply(wq_graph_pass_leave(p), 200, &w);
}

/* Never as a page of ours. */
static void on_fetched(struct wq_call *call, int rc)
{
	struct wq_graph_pass *p = wq_graph_pass_of(call);
	struct wq_buf bytes = call->body_in;
	struct wq_str type = wq_call_header_in(call, "Content-Type");
	const char *kept = wq_arena_copy(wq_exchange_arena(p->x),
	                                 type.p ? type : wq_str("application/octet-stream"));

	if (rc != 0) {
		wq_graph_pass_fail(p, rc);
		return;
	}
	if (call->status != 200 || !kept) {
		wq_graph_pass_relay(p);
		return;
	}
	call->body_in = (struct wq_buf){ .p = NULL };
	wq_reply_header(p->x, "Content-Disposition", wq_str("attachment"));
	wq_reply(wq_graph_pass_leave(p), 200, kept, wq_buf_str(&bytes));
	wq_buf_fini(&bytes);
}

static void fetch(struct wq_graph_pass *p, yyjson_val *found)
{
	const char *url = wq_arena_copy(wq_exchange_arena(p->x), wq_json_get_str(found, "url"));

	if (!url)
		wq_graph_pass_fail(p, WQ_ENOMEM);
	else
		wq_graph_pass_start(p, "GET", url, wq_strn(NULL, 0), WQ_FACADE_FILE_MAX_BYTES,
		                    on_fetched);
}

static void remove_it(struct wq_graph_pass *p, yyjson_val *found)
{
	const char *url = wq_graph_pass_url(p, p->id, "");

	(void)found;
	if (url)
		wq_graph_pass_start(p, "DELETE", url, wq_strn(NULL, 0), ANSWER_MAX_BYTES,
		                    on_passed);
}

static void text(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.n)
		return;
	wq_jsonw_put_str(w, key, s);
}

static void show_number(struct wq_exchange *x, const struct wq_account *a)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	text(&w, "id", a->number);
	text(&w, "display_phone_number", a->display);
	text(&w, "verified_name", a->name);
	text(&w, "quality_rating", a->quality.n ? a->quality : wq_str("UNKNOWN"));
	text(&w, "messaging_limit_tier", a->tier);
	text(&w, "status", wq_str(a->state == WQ_ACCOUNT_ACTIVE ? "CONNECTED" : "DISCONNECTED"));
	wq_jsonw_object_end(&w);
	wq_api_reply(x, 200, &w);
}

void wq_graph_object_handle(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;

	if (!wq_graph_facade_enter(x))
		return;
	if (wq_facade_account(x, api, wq_exchange_param(x, "id"), &account) == 0)
		show_number(x, account);
	else
		look_up(x, api, "id", show);
}

void wq_graph_file_handle(struct wq_exchange *x, void *api)
{
	if (wq_graph_facade_enter(x))
		look_up(x, api, "media_id", fetch);
}

void wq_graph_delete_handle(struct wq_exchange *x, void *api)
{
	if (wq_graph_facade_enter(x))
		look_up(x, api, "id", remove_it);
}
