/* SPDX-License-Identifier: MIT */
/* provider_mappings.c — a kind of ours, in a language, is said by an approved template: checked when it is mapped. */
#include <stdio.h>
#include <string.h>

#include "app/api/provider_call.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/template/mapped.h"
#include "domain/template/provider_definition.h"

static bool is_kind(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", s.p[i]))
			return false;
	return s.n > 0 && s.n <= WQ_TEMPLATE_KIND_MAX_BYTES;
}

static void write_mapping(struct wq_jsonw *w, struct wq_str kind, struct wq_str language,
                          struct wq_str data)
{
	yyjson_doc *doc = wq_json_read(data, WQ_JOB_JSON_DEPTH_MAX, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc), *list = wq_json_get(root, "parameters");

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "kind", kind);
	wq_jsonw_put_str(w, "language", language);
	wq_jsonw_key(w, "template");
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "name", wq_json_get_str(root, "name"));
	wq_jsonw_put_str(w, "language", wq_json_get_str(root, "language"));
	wq_jsonw_object_end(w);
	wq_jsonw_key(w, "parameters");
	if (list) {
		wq_jsonw_value(w, list);
	} else {
		wq_jsonw_array(w);
		wq_jsonw_array_end(w);
	}
	wq_jsonw_object_end(w);
	wq_json_free(doc);
}

static void fail(struct wq_provider_call *c, int rc, const char *error)
{
	wq_api_reply_redis(wq_provider_call_leave(c), rc, error);
}

static void on_told(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_provider_call *c = WQ_OWNER(cmd, struct wq_provider_call, cmd);
	struct wq_str kind, language, data;
	struct wq_buf body;
	struct wq_jsonw w;

	if (rc != 0) {
		fail(c, rc, cmd->error);
		return;
	}
	wq_api_list_begin(&w, &body);
	for (size_t i = 0; wq_ptpl_use_at(cmd, i, &kind, &language, &data); i++)
		write_mapping(&w, kind, language, data);
	wq_api_list_end(&w, NULL);
	wq_api_reply(wq_provider_call_leave(c), 200, &w);
}

void wq_provider_mappings_handle(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_provider_call *c = wq_provider_call_begin(x, api, &account);
	int rc = c ? wq_ptpl_use_start(&c->keys, &c->cmd, wq_str(""), wq_str(""), wq_str(""),
	                               on_told)
	           : 0;

	if (rc < 0)
		fail(c, rc, "");
}

static void on_mapped(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_provider_call *c = WQ_OWNER(cmd, struct wq_provider_call, cmd);
	struct wq_buf body;
	struct wq_jsonw w;

	if (rc != 0) {
		fail(c, rc, cmd->error);
	} else if (wq_ptpl_use_full(cmd)) {
		wq_reply_problem(wq_provider_call_leave(c), 409, "too_many",
		                 "there are %d mappings, and no more can be",
		                 WQ_PROVIDER_MAPPINGS_MAX);
	} else if (!c->data.n) {
		wq_reply_json(wq_provider_call_leave(c), 200, wq_str("{\"changed\":1}"));
	} else {
		wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
		wq_jsonw_begin(&w, &body);
		write_mapping(&w, c->kind, c->language, c->data);
		wq_api_reply(wq_provider_call_leave(c), 200, &w);
	}
}

static void put(struct wq_provider_call *c)
{
	int rc = wq_ptpl_use_start(&c->keys, &c->cmd, c->kind, c->language, c->data, on_mapped);

	if (rc < 0)
		fail(c, rc, "");
}

static bool refuse(struct wq_provider_call *c, const char *what)
{
	wq_reply_problem(wq_provider_call_leave(c), 422, "invalid_mapping", "%s", what);
	return false;
}

static void on_seen(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_provider_call *c = WQ_OWNER(cmd, struct wq_provider_call, cmd);
	yyjson_val *root = yyjson_doc_get_root(c->body);
	struct wq_provider_template t;
	struct wq_message_problem p;

	if (rc != 0) {
		fail(c, rc, cmd->error);
		return;
	}
	if (!wq_ptpl_show_at(cmd, 0, &t)) {
		wq_reply_problem(wq_provider_call_leave(c), 404, "template_not_found",
		                 "no such template is known: sync first");
		return;
	}
	if (wq_mapped_check(&t, yyjson_arr_size(wq_json_get(root, "parameters")), &p) != 0)
		(void)refuse(c, p.what);
	else
		put(c);
}

/* Each names a variable, or gives a text of its own.  False: answered. */
static bool check_parameters(struct wq_provider_call *c, yyjson_val *list)
{
	yyjson_val *v;
	size_t i, n;

	if (list && (!yyjson_is_arr(list) || yyjson_arr_size(list) > WQ_WA_PARAMETERS_MAX))
		return refuse(c, "parameters is a list of the variables' names");
	yyjson_arr_foreach(list, i, n, v)
	{
		if (!wq_json_str(v).n || wq_json_str(v).n > WQ_PROVIDER_MAPPED_MAX_BYTES)
			return refuse(c, "parameters is a list of the variables' names");
	}
	return true;
}

/* What is kept: the template's name and language, and the variables in their order. */
static int write_data(struct wq_provider_call *c, struct wq_str name, struct wq_str language,
                      yyjson_val *parameters)
{
	struct wq_buf b;
	struct wq_jsonw w;
	char *copy;
	int rc;

	wq_buf_init(&b, WQ_LETTER_DATA_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "name", name);
	wq_jsonw_put_str(&w, "language", language);
	if (parameters) {
		wq_jsonw_key(&w, "parameters");
		wq_jsonw_value(&w, parameters);
	}
	wq_jsonw_object_end(&w);
	rc = wq_jsonw_end(&w);
	copy = rc == 0 ? wq_arena_copy(wq_exchange_arena(c->x), wq_buf_str(&b)) : NULL;
	c->data = wq_strn(copy, b.n);
	wq_buf_fini(&b);
	return copy ? 0 : WQ_ENOMEM;
}

/* Of the path.  False: answered. */
static bool take_kind(struct wq_provider_call *c)
{
	c->kind = wq_exchange_param(c->x, "kind");
	c->language = wq_exchange_param(c->x, "language");
	if (is_kind(c->kind) && wq_provider_language_is(c->language))
		return true;
	wq_reply_problem(wq_provider_call_leave(c), 404, "kind_not_found",
	                 "a kind is a word of a-z 0-9 _ -, a language is as es or en_US");
	return false;
}

void wq_provider_map_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "name", "language", "parameters", NULL };
	const struct wq_account *account;
	struct wq_provider_call *c = wq_provider_call_begin(x, api, &account);
	struct wq_str name, language, key;
	yyjson_val *root;
	char *text;
	int rc;

	if (!c || !wq_api_body(x, &c->body))
		return;
	root = yyjson_doc_get_root(c->body);
	if (!wq_api_members(x, root, members)) {
		(void)wq_provider_call_leave(c);
		return;
	}
	if (!check_parameters(c, wq_json_get(root, "parameters")))
		return;
	name = wq_json_get_str(root, "name");
	language = wq_json_get_str(root, "language");
	if (!wq_provider_template_name_is(name) ||
	    (wq_json_get(root, "language") && !wq_provider_language_is(language))) {
		(void)refuse(c, "name and language are those of a template at the provider");
		return;
	}
	if (!take_kind(c))
		return;
	language = language.n ? language : c->language;
	rc = write_data(c, name, language, wq_json_get(root, "parameters"));
	text = wq_arena_alloc(wq_exchange_arena(x), name.n + language.n + 2);
	if (rc < 0 || !text) {
		fail(c, WQ_ENOMEM, "");
		return;
	}
	snprintf(text, name.n + language.n + 2, "%.*s|%.*s", WQ_STR_ARG(name),
	         WQ_STR_ARG(language));
	key = wq_str(text);
	rc = wq_ptpl_show_start(&c->keys, &c->cmd, 1, &key, on_seen);
	if (rc < 0)
		fail(c, rc, "");
}

void wq_provider_unmap_handle(struct wq_exchange *x, void *api)
{
	const struct wq_account *account;
	struct wq_provider_call *c = wq_provider_call_begin(x, api, &account);

	if (c && take_kind(c))
		put(c);
}
