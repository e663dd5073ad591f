/* SPDX-License-Identifier: MIT */
/* provider_act.c — one request after the other, each answer kept before the next. */
#include "domain/template/provider_act.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/provider/core.h"

enum { LOOK, LOOKED, ASK, READ, KEEP, KEPT };
enum { MEMORY_MAX_BYTES = 1048576, ANSWER_MAX_BYTES = 4194304, DEPTH_MAX = 32, PAGE = 100 };
#define FIELDS "fields=id,name,language,status,category,quality_score,rejected_reason,components&limit=100"

static struct wq_provider_act *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_provider_act, flow);
}

static int keep(struct wq_provider_act *a, struct wq_str from, struct wq_str *to)
{
	char *copy = wq_arena_copy(&a->arena, from.p ? from : wq_str(""));

	*to = wq_strn(copy, from.n);
	return copy ? 0 : WQ_ENOMEM;
}

/* As the header has it: one copy, which is wiped. */
static int keep_token(struct wq_provider_act *a, struct wq_str secret)
{
	size_t max = secret.n + sizeof("Bearer ");
	char *text = wq_arena_alloc(&a->arena, max);

	if (!text)
		return WQ_ENOMEM;
	snprintf(text, max, "Bearer %.*s", WQ_STR_ARG(secret));
	a->token = wq_str(text);
	return 0;
}

static enum wq_flow_next over(struct wq_provider_act *a, enum wq_provider_did did)
{
	a->did = did;
	return wq_flow_end(&a->flow, 0);
}

/* Where it is asked, and what. */
static int make_request(struct wq_provider_act *a, struct wq_provider_request *out)
{
	static const char *const methods[] = { "GET", "POST", "DELETE" };
	struct wq_draft d;

	wq_draft_begin(&d, &a->arena, out);
	wq_draft_add(&d, a->base);
	wq_draft_add(&d, wq_str("/"));
	wq_draft_add_escaped(&d, a->waba);
	wq_draft_add(&d, wq_str("/message_templates"));
	if (a->doing == WQ_PROVIDER_SYNC) {
		wq_draft_add(&d, wq_str("?" FIELDS));
		wq_draft_add(&d, wq_str(a->after.n ? "&after=" : ""));
		wq_draft_add_escaped(&d, a->after);
	} else if (a->doing == WQ_PROVIDER_DELETE) {
		wq_draft_add(&d, wq_str("?name="));
		wq_draft_add_escaped(&d, a->name);
		wq_draft_add(&d, wq_str(*a->id ? "&hsm_id=" : ""));
		wq_draft_add_escaped(&d, wq_str(a->id));
	}
	wq_draft_url(&d, methods[a->doing]);
	if (a->doing == WQ_PROVIDER_CREATE) {
		wq_draft_json_begin(&d);
		wq_jsonw_value(&d.w, a->wish);
		wq_draft_json_end(&d);
	}
	return wq_draft_end(&d);
}

static void on_answer(struct wq_call *call, int rc)
{
	struct wq_provider_act *a = call->ctx;

	wq_flow_resume(&a->flow, rc);
}

static enum wq_flow_next run_ask(struct wq_flow *f)
{
	struct wq_provider_act *a = self(f);
	struct wq_provider_request r;
	int rc = make_request(a, &r);

	if (rc < 0)
		return wq_flow_end(f, rc);
	if (a->called)
		wq_call_fini(&a->call);
	a->called = true;
	a->call = (struct wq_call){ .method = r.method,
		                    .url = r.url,
		                    .headers_n = r.headers_n,
		                    .body = r.body,
		                    .timeout_ms = WQ_LETTER_REQUEST_MS,
		                    .response_max_bytes = ANSWER_MAX_BYTES,
		                    .guarded = a->guarded,
		                    .ctx = a };
	for (unsigned i = 0; i < r.headers_n; i++)
		a->call.headers[i] = r.headers[i];
	a->call.headers[a->call.headers_n++] = (struct wq_call_header){ "Authorization", a->token };
	return wq_flow_after(f, READ, wq_call_start(a->client, &a->call, on_answer));
}

static void take(char *out, size_t max, struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n + 1 < max; i++)
		out[n++] = wq_str_is_control(s, i) ? ' ' : s.p[i];
	out[n] = '\0';
	while (n > 0 && !wq_str_is_utf8(wq_strn(out, n)))
		out[--n] = '\0';
}

static enum wq_flow_next refused(struct wq_provider_act *a, yyjson_val *error)
{
	struct wq_str said = wq_json_get_str(error, "error_user_msg");

	if (!said.n)
		said = wq_json_get_str(wq_json_get(error, "error_data"), "details");
	if (!said.n)
		said = wq_json_get_str(error, "message");
	a->code = wq_json_get_int(error, "code", 0);
	take(a->why, sizeof(a->why), said);
	return over(a, a->call.status >= 400 && a->call.status < 500 && a->call.status != 429
	                       ? WQ_PROVIDER_REFUSED
	                       : WQ_PROVIDER_UNREACHABLE);
}

static enum wq_flow_next unreachable(struct wq_provider_act *a, int rc)
{
	if (rc == 0)
		snprintf(a->why, sizeof(a->why), "the provider answered with HTTP %d",
		         a->call.status);
	else
		snprintf(a->why, sizeof(a->why), "the provider cannot be asked: %s",
		         rc == WQ_EDENIED ? "its address is not public" : wq_err_text(rc));
	return over(a, WQ_PROVIDER_UNREACHABLE);
}

static enum wq_flow_next run_read(struct wq_flow *f)
{
	struct wq_provider_act *a = self(f);
	yyjson_val *root, *paging;
	int rc;

	if (f->last != 0)
		return unreachable(a, f->last);
	wq_json_free(a->doc);
	a->doc = NULL;
	rc = wq_json_parse(&a->doc, wq_buf_str(&a->call.body_in), DEPTH_MAX);
	if (rc == WQ_ENOMEM)
		return wq_flow_end(f, rc);
	root = yyjson_doc_get_root(a->doc);
	if (yyjson_is_obj(wq_json_get(root, "error")))
		return refused(a, wq_json_get(root, "error"));
	if (rc < 0 || a->call.status < 200 || a->call.status > 299)
		return unreachable(a, 0);
	paging = wq_json_get(root, "paging");
	a->more = a->doing == WQ_PROVIDER_SYNC && wq_json_get_str(paging, "next").n > 0;
	rc = a->more ? keep(a, wq_json_get_str(wq_json_get(paging, "cursors"), "after"), &a->after)
	             : 0;
	if (rc < 0)
		return wq_flow_end(f, rc);
	a->more = a->more && a->after.n > 0 && ++a->pages < WQ_PROVIDER_TEMPLATES_PAGES;
	return wq_flow_go(f, KEEP);
}

/* "NAME|LANGUAGE" */
static struct wq_str key_of(struct wq_provider_act *a, struct wq_str name, struct wq_str language)
{
	size_t max = name.n + language.n + 2;
	char *key = wq_arena_alloc(&a->arena, max);

	if (!key)
		return wq_str("");
	snprintf(key, max, "%.*s|%.*s", WQ_STR_ARG(name), WQ_STR_ARG(language));
	return wq_strn(key, max - 1);
}

/* As JSON text, in the arena; too large: as if it were not told. */
static struct wq_str json_of(struct wq_provider_act *a, yyjson_val *v)
{
	struct wq_str text = { "", 0 };
	struct wq_buf b;
	struct wq_jsonw w;
	char *copy;

	if (!yyjson_is_arr(v))
		return text;
	wq_buf_init(&b, WQ_LETTER_DATA_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_value(&w, v);
	copy = wq_jsonw_end(&w) == 0 ? wq_arena_copy(&a->arena, wq_buf_str(&b)) : NULL;
	if (copy)
		text = wq_strn(copy, b.n);
	wq_buf_fini(&b);
	return text;
}

static bool is_good(yyjson_val *t)
{
	struct wq_str name = wq_json_get_str(t, "name"), language = wq_json_get_str(t, "language");

	return name.n > 0 && name.n <= WQ_WA_TEMPLATE_NAME_MAX_CHARS && language.n > 0 &&
	       language.n <= WQ_WA_LANGUAGE_MAX_CHARS && wq_str_find(name, '|') == name.n;
}

/* The i-th good one of the page. */
static void give_listed(void *ctx, size_t i, struct wq_provider_template *out)
{
	struct wq_provider_act *a = ctx;
	yyjson_val *t, *quality;
	size_t at, n;

	*out = (struct wq_provider_template){ .name = wq_str("") };
	yyjson_arr_foreach(wq_json_get(yyjson_doc_get_root(a->doc), "data"), at, n, t)
	{
		if (!is_good(t) || i-- > 0)
			continue;
		quality = wq_json_get(t, "quality_score");
		*out = (struct wq_provider_template){
			.name = key_of(a, wq_json_get_str(t, "name"),
			               wq_json_get_str(t, "language")),
			.id = wq_json_get_str(t, "id"),
			.status = wq_json_get_str(t, "status"),
			.category = wq_json_get_str(t, "category"),
			.quality = yyjson_is_obj(quality) ? wq_json_get_str(quality, "score")
			                                  : wq_json_str(quality),
			.reason = wq_json_get_str(t, "rejected_reason"),
			.components = json_of(a, wq_json_get(t, "components")),
		};
		return;
	}
}

static size_t listed(struct wq_provider_act *a)
{
	yyjson_val *t;
	size_t at, n, good = 0;

	yyjson_arr_foreach(wq_json_get(yyjson_doc_get_root(a->doc), "data"), at, n, t)
	{
		good += is_good(t);
	}
	return good < WQ_PROVIDER_TEMPLATES_BATCH ? good : WQ_PROVIDER_TEMPLATES_BATCH;
}

static void give_made(void *ctx, size_t i, struct wq_provider_template *out)
{
	struct wq_provider_act *a = ctx;

	(void)i;
	*out = (struct wq_provider_template){ .name = key_of(a, a->name, a->language),
		                              .id = wq_str(a->id),
		                              .status = wq_str(a->status),
		                              .category = wq_str(a->category),
		                              .components = json_of(a, wq_json_get(a->wish,
		                                                                   "components")) };
}

static void on_kept(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_provider_act *a = WQ_OWNER(cmd, struct wq_provider_act, cmd);
	bool more = false;

	a->error = cmd->error;
	if (rc == 0)
		a->known = (size_t)wq_ptpl_put_answer(cmd, &more);
	a->ended = a->ended && !more;
	wq_flow_resume(&a->flow, rc);
}

static int keep_sync(struct wq_provider_act *a)
{
	struct wq_ptpl_put put = { .now_ms = wq_loop_wall_ms(a->loop),
		                   .mark_ms = a->mark_ms,
		                   .last = !a->more,
		                   .n = a->doc ? listed(a) : 0,
		                   .item = give_listed,
		                   .ctx = a };

	a->ended = !a->more;
	return wq_ptpl_put_start(&a->keys, &a->cmd, &put, on_kept);
}

static int keep_made(struct wq_provider_act *a)
{
	yyjson_val *root = yyjson_doc_get_root(a->doc);
	struct wq_ptpl_put put = { .now_ms = wq_loop_wall_ms(a->loop),
		                   .n = 1,
		                   .item = give_made,
		                   .ctx = a };
	struct wq_str category = wq_json_get_str(root, "category");

	take(a->id, sizeof(a->id), wq_json_get_str(root, "id"));
	take(a->status, sizeof(a->status), wq_json_get_str(root, "status"));
	take(a->category, sizeof(a->category),
	     category.n ? category : wq_json_get_str(a->wish, "category"));
	a->ended = true;
	return wq_ptpl_put_start(&a->keys, &a->cmd, &put, on_kept);
}

static enum wq_flow_next run_keep(struct wq_flow *f)
{
	struct wq_provider_act *a = self(f);
	int rc;

	if (a->doing == WQ_PROVIDER_SYNC) {
		rc = keep_sync(a);
	} else if (a->doing == WQ_PROVIDER_CREATE) {
		rc = keep_made(a);
	} else {
		a->ended = true;
		rc = wq_ptpl_drop_start(&a->keys, &a->cmd, a->name, a->language, on_kept);
	}
	return wq_flow_after(f, KEPT, rc);
}

/* Pages that follow, then what is gone, as often as there is more of it. */
static enum wq_flow_next run_kept(struct wq_flow *f)
{
	struct wq_provider_act *a = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	if (a->ended)
		return over(a, WQ_PROVIDER_DID_IT);
	wq_json_free(a->doc);
	a->doc = NULL;
	return wq_flow_go(f, a->more ? ASK : KEEP);
}

static void on_looked(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_provider_act *a = WQ_OWNER(cmd, struct wq_provider_act, cmd);
	struct wq_provider_template t;

	a->error = cmd->error;
	if (rc == 0 && wq_ptpl_show_at(cmd, 0, &t))
		take(a->id, sizeof(a->id), t.id);
	wq_flow_resume(&a->flow, rc);
}

/* One language of several is deleted by its id. */
static enum wq_flow_next run_look(struct wq_flow *f)
{
	struct wq_provider_act *a = self(f);
	struct wq_str name;

	if (a->doing != WQ_PROVIDER_DELETE || !a->language.n)
		return wq_flow_go(f, ASK);
	name = key_of(a, a->name, a->language);
	return wq_flow_after(f, LOOKED, wq_ptpl_show_start(&a->keys, &a->cmd, 1, &name, on_looked));
}

static enum wq_flow_next run_looked(struct wq_flow *f)
{
	struct wq_provider_act *a = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	return *a->id ? wq_flow_go(f, ASK) : over(a, WQ_PROVIDER_UNKNOWN);
}

static const struct wq_flow_step steps[] = {
	[LOOK] = { "look", run_look, NULL, WQ_BIT(LOOKED) | WQ_BIT(ASK) },
	[LOOKED] = { "looked", run_looked, NULL, WQ_BIT(ASK) },
	[ASK] = { "ask", run_ask, NULL, WQ_BIT(READ) },
	[READ] = { "read", run_read, NULL, WQ_BIT(KEEP) },
	[KEEP] = { "keep", run_keep, NULL, WQ_BIT(KEPT) },
	[KEPT] = { "kept", run_kept, NULL, WQ_BIT(ASK) | WQ_BIT(KEEP) },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_provider_act *a = self(f);

	a->cb(a, rc);
}

/* What a step that has no account has to answer: the flow ends with its first step. */
static enum wq_flow_next run_none(struct wq_flow *f)
{
	return over(self(f), WQ_PROVIDER_NO_WABA);
}

static const struct wq_flow_step none[] = { { "none", run_none, NULL, 0 } };

int wq_provider_act_start(struct wq_provider_act *a)
{
	const struct wq_account *of = a->account;
	bool able = of->provider == WQ_PROVIDER_CLOUD && of->portfolio.n > 0 && of->secret.n > 0;
	int rc = wq_send_keys_init(&a->keys, a->redis, of->id);

	wq_arena_init(&a->arena, 16 * MEMORY_MAX_BYTES);
	a->error = "";
	a->guarded = of->guarded;
	a->mark_ms = wq_loop_wall_ms(a->loop);
	if (a->doing == WQ_PROVIDER_CREATE) {
		a->name = wq_json_get_str(a->wish, "name");
		a->language = wq_json_get_str(a->wish, "language");
	}
	if (rc == 0)
		rc = keep(a, of->base_url, &a->base);
	if (rc == 0)
		rc = keep(a, of->portfolio, &a->waba);
	if (rc == 0)
		rc = keep_token(a, of->secret);
	if (rc < 0)
		return rc;
	wq_flow_init(&a->flow, a->loop, able ? steps : none, on_end);
	wq_flow_start(&a->flow);
	return 0;
}

void wq_provider_act_fini(struct wq_provider_act *a)
{
	if (a->called)
		wq_call_fini(&a->call);
	a->called = false;
	if (a->token.n)
		wq_wipe((char *)(uintptr_t)a->token.p, a->token.n);
	a->token.n = 0;
	wq_json_free(a->doc);
	a->doc = NULL;
	wq_arena_fini(&a->arena);
}
