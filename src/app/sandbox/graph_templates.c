/* SPDX-License-Identifier: MIT */
/* graph_templates.c — templates of a WABA, as Meta keeps them: made, reviewed after a moment, listed by pages, deleted.
 *
 *   POST   /vN/{waba}/message_templates            {"id","status":"PENDING","category"}; approved WQ_SANDBOX_REVIEW_MS
 *                                                  later, or rejected if its name begins with "reject"
 *   GET    /vN/{waba}/message_templates?limit&after&status&name
 *   DELETE /vN/{waba}/message_templates?name=…[&hsm_id=…]
 *   POST   /_sandbox/templates {"name","language","status"?,"reason"?,"quality"?}   what Meta decides, on order
 *
 * What is decided is told by a webhook, as Meta does.
 */
#include <inttypes.h>
#include <stdio.h>

#include "app/sandbox/control.h"
#include "app/sandbox/core.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

enum { PAGE_DEFAULT = 25, PAGE_MAX = 1000, NAME_CHARS = 512, LANGUAGE_CHARS = 15, WORD_CHARS = 31 };
#define DUPLICATE \
	"Content in This Language Already Exists: There is already content for this template."

struct wq_sandbox_template {
	struct wq_list link; /* of the sandbox: in the order in which they were made */
	char waba[33], id[24], name[NAME_CHARS + 1], language[LANGUAGE_CHARS + 1];
	char category[WORD_CHARS + 1], status[WORD_CHARS + 1], reason[WORD_CHARS + 1], quality[WORD_CHARS + 1];
	int64_t reviewed_ms; /* when what is PENDING is decided; 0: it is */
	struct wq_str components; /* JSON; behind the struct */
};

static struct wq_sandbox_template *of_link(struct wq_list *link)
{
	return WQ_OWNER(link, struct wq_sandbox_template, link);
}

static void copy(char *out, size_t max, struct wq_str s)
{
	snprintf(out, max, "%.*s", (int)(s.n < max ? s.n : max - 1), s.p ? s.p : "");
}

/* What was pending long enough is decided. */
static const char *status_of(const struct wq_sandbox *sb, struct wq_sandbox_template *t)
{
	bool refuse = wq_str_starts(wq_str(t->name), "reject");

	if (t->reviewed_ms == 0 || wq_loop_wall_ms(sb->loop) < t->reviewed_ms)
		return t->status;
	t->reviewed_ms = 0;
	copy(t->status, sizeof(t->status), wq_str(refuse ? "REJECTED" : "APPROVED"));
	copy(t->reason, sizeof(t->reason), wq_str(refuse ? "INVALID_FORMAT" : "NONE"));
	return t->status;
}

void wq_sandbox_templates_fini(struct wq_sandbox *sb)
{
	struct wq_list *link;

	while (sb->templates.next && (link = wq_list_pop(&sb->templates)))
		wq_free(of_link(link));
}

/* A webhook of one template; `field`: of Meta's. */
static void tell(struct wq_sandbox *sb, const struct wq_sandbox_template *t, const char *field,
                 const char *members, uint64_t delay_ms)
{
	struct wq_webhook h = { .kind = "template", .id = wq_str(t->id), .delay_ms = delay_ms };
	struct wq_buf body;
	int rc;

	wq_buf_init(&body, WQ_SANDBOX_WEBHOOK_MAX_BYTES);
	rc = wq_buf_addf(
		&body,
		"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"%s\",\"time\":%" PRId64
		",\"changes\":[{\"value\":{%s,\"message_template_id\":%s,"
		"\"message_template_name\":\"%s\",\"message_template_language\":\"%s\"},"
		"\"field\":\"%s\"}]}]}",
		t->waba, wq_loop_wall_ms(sb->loop) / 1000, members, t->id, t->name, t->language,
		field);
	h.body = wq_buf_str(&body);
	h.fault = wq_faults_webhook(&sb->faults, false);
	if (rc == 0)
		(void)wq_webhooks_add(sb->webhooks, &h);
	wq_buf_fini(&body);
}

static void tell_status(struct wq_sandbox *sb, const struct wq_sandbox_template *t,
                        const char *status, const char *reason, uint64_t delay_ms)
{
	char members[160];

	snprintf(members, sizeof(members), "\"event\":\"%s\",\"reason\":\"%s\"", status,
	         *reason ? reason : "NONE");
	tell(sb, t, "message_template_status_update", members, delay_ms);
}

static struct wq_sandbox_template *find(struct wq_sandbox *sb, struct wq_str waba,
                                        struct wq_str name, struct wq_str language)
{
	for (struct wq_list *l = sb->templates.next; l != &sb->templates; l = l->next) {
		struct wq_sandbox_template *t = of_link(l);

		if ((!waba.n || wq_str_is(waba, t->waba)) && wq_str_is(name, t->name) &&
		    (!language.n || wq_str_is(language, t->language)))
			return t;
	}
	return NULL;
}

static void write_one(struct wq_sandbox *sb, struct wq_sandbox_template *t, struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "name", t->name);
	wq_jsonw_put_text(w, "language", t->language);
	wq_jsonw_put_text(w, "status", status_of(sb, t));
	wq_jsonw_put_text(w, "category", t->category);
	wq_jsonw_put_text(w, "rejected_reason", *t->reason ? t->reason : "NONE");
	wq_jsonw_key(w, "quality_score");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "score", *t->quality ? t->quality : "UNKNOWN");
	wq_jsonw_object_end(w);
	wq_jsonw_key(w, "components");
	wq_jsonw_raw(w, t->components);
	wq_jsonw_put_text(w, "id", t->id);
	wq_jsonw_object_end(w);
}

static bool wanted(struct wq_sandbox *sb, struct wq_exchange *x, struct wq_sandbox_template *t)
{
	struct wq_str status = wq_exchange_query(x, "status"), name = wq_exchange_query(x, "name");

	return wq_str_is(wq_exchange_param(x, "id"), t->waba) &&
	       (!status.n || wq_str_is(status, status_of(sb, t))) &&
	       (!name.n || wq_str_is(name, t->name));
}

static void write_paging(struct wq_jsonw *w, const char *last, bool more)
{
	if (!*last)
		return;
	wq_jsonw_key(w, "paging");
	wq_jsonw_object(w);
	wq_jsonw_key(w, "cursors");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "before", last);
	wq_jsonw_put_text(w, "after", last);
	wq_jsonw_object_end(w);
	if (more)
		wq_jsonw_put_text(w, "next", "https://graph.facebook.com/next");
	wq_jsonw_object_end(w);
}

/* The cursor is the id of the last one of a page. */
static void handle_list(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_str after = wq_exchange_query(x, "after");
	uint64_t limit = PAGE_DEFAULT, n = 0;
	bool begun = !after.n, more = false;
	const char *last = "";
	struct wq_buf body;
	struct wq_jsonw w;

	if (!wq_graph_enter(sb, x))
		return;
	if (wq_exchange_query(x, "limit").n)
		(void)wq_str_to_u64(wq_exchange_query(x, "limit"), PAGE_MAX, &limit);
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "data");
	wq_jsonw_array(&w);
	for (struct wq_list *l = sb->templates.next; l != &sb->templates && !more; l = l->next) {
		struct wq_sandbox_template *t = of_link(l);

		if (begun && wanted(sb, x, t)) {
			more = n == limit;
			if (!more)
				write_one(sb, t, &w);
			last = more ? last : t->id;
			n++;
		}
		begun = begun || wq_str_is(after, t->id);
	}
	wq_jsonw_array_end(&w);
	write_paging(&w, last, more);
	wq_jsonw_object_end(&w);
	if (begun) {
		wq_graph_answer(x, &body, wq_jsonw_end(&w));
		return;
	}
	wq_buf_fini(&body);
	wq_graph_refuse(sb, x, 131059, "The cursor is not one of this list.");
}

/* NULL: out of memory, or it is too large. */
static struct wq_sandbox_template *make(struct wq_sandbox *sb, yyjson_val *root)
{
	struct wq_sandbox_template *t = NULL;
	struct wq_buf b;
	struct wq_jsonw w;

	wq_buf_init(&b, WQ_SANDBOX_MESSAGE_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_value(&w, wq_json_get(root, "components"));
	if (wq_jsonw_end(&w) == 0)
		t = wq_zalloc(sizeof(*t) + b.n);
	if (t) {
		memcpy(t + 1, b.p, b.n);
		t->components = wq_strn((char *)(t + 1), b.n);
		copy(t->name, sizeof(t->name), wq_json_get_str(root, "name"));
		copy(t->language, sizeof(t->language), wq_json_get_str(root, "language"));
		copy(t->category, sizeof(t->category), wq_json_get_str(root, "category"));
		copy(t->status, sizeof(t->status), wq_str("PENDING"));
		t->reviewed_ms = wq_loop_wall_ms(sb->loop) + WQ_SANDBOX_REVIEW_MS;
		snprintf(t->id, sizeof(t->id), "%" PRIu64,
		         600000000000000 + (uint64_t)++sb->templates_made);
	}
	wq_buf_fini(&b);
	return t;
}

static bool is_name(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    s.p[i] != '_')
			return false;
	return s.n > 0 && s.n <= NAME_CHARS;
}

static bool is_language(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
		    s.p[i] != '_')
			return false;
	return s.n >= 2 && s.n <= LANGUAGE_CHARS;
}

/* NULL: it is good. */
static const char *problem(struct wq_sandbox *sb, struct wq_str waba, yyjson_val *root)
{
	struct wq_str name = wq_json_get_str(root, "name"),
		      category = wq_json_get_str(root, "category");
	struct wq_str language = wq_json_get_str(root, "language");

	if (!is_name(name))
		return "Param name must be lower case letters, digits and underscores.";
	if (!is_language(language))
		return "Param language must be one of the supported languages.";
	if (!wq_str_is(category, "MARKETING") && !wq_str_is(category, "UTILITY") &&
	    !wq_str_is(category, "AUTHENTICATION"))
		return "Param category must be one of {UTILITY, MARKETING, AUTHENTICATION}.";
	if (yyjson_arr_size(wq_json_get(root, "components")) == 0)
		return "Param components must be a non-empty array.";
	return find(sb, waba, name, language) ? DUPLICATE : NULL;
}

static void answer_made(struct wq_exchange *x, const struct wq_sandbox_template *t)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, WQ_SANDBOX_MESSAGE_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "id", t->id);
	wq_jsonw_put_text(&w, "status", t->status);
	wq_jsonw_put_text(&w, "category", t->category);
	wq_jsonw_object_end(&w);
	wq_graph_answer(x, &body, wq_jsonw_end(&w));
}

static void handle_make(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_sandbox_template *t;
	yyjson_doc *doc;
	const char *why;
	bool refused;

	if (!wq_graph_enter(sb, x))
		return;
	doc = wq_json_read(wq_exchange_request(x)->body, WQ_API_JSON_DEPTH_MAX, NULL);
	why = problem(sb, wq_exchange_param(x, "id"), yyjson_doc_get_root(doc));
	if (!why && sb->templates_held >= WQ_SANDBOX_TEMPLATES_MAX)
		why = "The limit of templates of this account was reached.";
	t = why ? NULL : make(sb, yyjson_doc_get_root(doc));
	wq_json_free(doc);
	if (!t) {
		wq_graph_refuse(sb, x, why ? 100 : 1, "%s", why ? why : "out of memory");
		return;
	}
	copy(t->waba, sizeof(t->waba), wq_exchange_param(x, "id"));
	wq_list_push(&sb->templates, &t->link);
	sb->templates_held++;
	answer_made(x, t);
	refused = wq_str_starts(wq_str(t->name), "reject");
	tell_status(sb, t, refused ? "REJECTED" : "APPROVED", refused ? "INVALID_FORMAT" : "NONE",
	            WQ_SANDBOX_REVIEW_MS);
}

static void handle_delete(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_str name = wq_exchange_query(x, "name"), id = wq_exchange_query(x, "hsm_id");
	struct wq_list *l, *next;
	unsigned n = 0;

	if (!wq_graph_enter(sb, x))
		return;
	for (l = sb->templates.next; l != &sb->templates; l = next) {
		struct wq_sandbox_template *t = of_link(l);

		next = l->next;
		if (!wq_str_is(wq_exchange_param(x, "id"), t->waba) || !wq_str_is(name, t->name) ||
		    (id.n && !wq_str_is(id, t->id)))
			continue;
		wq_list_remove(&t->link);
		wq_free(t);
		sb->templates_held--;
		n++;
	}
	if (n)
		wq_graph_succeed(x);
	else
		wq_graph_refuse(sb, x, 100, "Message template does not exist.");
}

static void decide(struct wq_sandbox *sb, struct wq_sandbox_template *t, yyjson_val *root)
{
	struct wq_str status = wq_json_get_str(root, "status");
	struct wq_str quality = wq_json_get_str(root, "quality");
	char members[160];

	(void)status_of(sb, t);
	if (status.n) {
		t->reviewed_ms = 0;
		copy(t->status, sizeof(t->status), status);
		copy(t->reason, sizeof(t->reason), wq_json_get_str(root, "reason"));
		tell_status(sb, t, t->status, t->reason, 0);
	}
	if (quality.n) {
		snprintf(members, sizeof(members),
		         "\"previous_quality_score\":\"%s\",\"new_quality_score\":\"%.*s\"",
		         *t->quality ? t->quality : "UNKNOWN",
		         (int)(quality.n < 31 ? quality.n : 31), quality.p);
		copy(t->quality, sizeof(t->quality), quality);
		tell(sb, t, "message_template_quality_update", members, 0);
	}
}

static bool is_word(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && s.p[i] != '_')
			return false;
	return s.n <= WORD_CHARS;
}

static void handle_decide(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_sandbox_template *t;
	yyjson_doc *doc = wq_control_read(x);
	yyjson_val *root = yyjson_doc_get_root(doc);

	if (!doc)
		return;
	t = find(sb, wq_str(""), wq_json_get_str(root, "name"), wq_json_get_str(root, "language"));
	if (!t)
		wq_reply_problem(x, 404, "not_found", "There is no such template.");
	else if (!is_word(wq_json_get_str(root, "status")) ||
	         !is_word(wq_json_get_str(root, "reason")) ||
	         !is_word(wq_json_get_str(root, "quality")))
		wq_reply_problem(x, 400, "bad_template",
		                 "status, reason and quality are words in capitals.");
	else {
		decide(sb, t, root);
		wq_reply_json(x, 200, wq_str("{\"success\":true}"));
	}
	wq_json_free(doc);
}

int wq_graph_templates_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_GET, .pattern = "/v:version/:id/message_templates", .handle = handle_list,
		  .summary = "Templates of a WABA" },
		{ .method = WQ_POST, .pattern = "/v:version/:id/message_templates", .handle = handle_make,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .summary = "Make a template; it is reviewed" },
		{ .method = WQ_DELETE, .pattern = "/v:version/:id/message_templates", .handle = handle_delete,
		  .summary = "Delete a template" },
		{ .method = WQ_POST, .pattern = "/_sandbox/templates", .handle = handle_decide,
		  .summary = "What Meta decides of a template" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
