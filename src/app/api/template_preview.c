/* SPDX-License-Identifier: MIT */
/* template_preview.c — what a text becomes, and what is wrong with one; nothing is kept. */
#include "app/api/template_call.h"
#include "base/err.h"

struct preview {
	struct wq_template_call_api *c;
	struct wq_template_found found;
	struct wq_template t;
	struct wq_zone *zone;
	yyjson_val *examples;
};

/* The source of the request, or the kind that it names.  False: answered. */
static bool take_text(struct preview *p, yyjson_val *root)
{
	struct wq_str kind = wq_json_get_str(root, "template"),
		      source = wq_json_get_str(root, "source"),
		      language = wq_json_get_str(root, "language");
	struct wq_template_problem problem;
	struct wq_template_found ours;
	int rc;

	if (!wq_templates_find(wq_accounts_templates(p->c->api->accounts), p->c->business,
	                       p->c->account, kind, language, &p->found) &&
	    !source.p) {
		wq_reply_problem(wq_template_call_leave(p->c), 404, "template_not_found",
		                 "there is no text of that kind");
		return false;
	}
	if (source.p) {
		p->found = (struct wq_template_found){
			WQ_TEMPLATE_ALL, language, source, { NULL, 0 }
		};
		if (wq_templates_find(NULL, kind, kind, kind, language, &ours))
			p->found.base = ours.source;
	}
	rc = wq_template_found_read(&p->found, &p->t, &p->c->arena, &problem);
	return rc == 0 || wq_template_call_refuse(p->c, rc, &problem);
}

static bool take_examples(struct preview *p, yyjson_val *root)
{
	struct wq_buf b;
	struct wq_jsonw w;
	bool wanted = false;
	int rc;

	if (!wq_api_flag(p->c->x, root, "examples", &wanted)) {
		(void)wq_template_call_leave(p->c);
		return false;
	}
	if (!wanted)
		return true;
	wq_buf_init(&b, 2 * WQ_TEMPLATE_SOURCE_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	rc = wq_template_examples(p->t.variables, &w);
	if (rc == 0)
		rc = wq_json_parse_in(&p->examples, wq_buf_str(&b), WQ_API_JSON_DEPTH_MAX,
		                      &p->c->arena);
	wq_buf_fini(&b);
	if (rc < 0)
		wq_template_call_fail(p->c, rc, "");
	return rc == 0;
}

static bool take_zone(struct preview *p, yyjson_val *root)
{
	struct wq_str name = wq_json_get_str(root, "timeZone");

	if (!name.n || wq_zone_open(&p->zone, NULL, name) == 0)
		return true;
	wq_reply_problem(wq_template_call_leave(p->c), 422, "invalid_parameter",
	                 "timeZone: there is none of that name; write it as America/Guayaquil");
	return false;
}

static size_t chars(struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static void answer(struct preview *p, struct wq_str text)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "text", text);
	wq_jsonw_put_int(&w, "chars", (int64_t)chars(text));
	wq_jsonw_put_str(&w, "language", p->found.language.p ? p->found.language : wq_str(""));
	wq_jsonw_put_text(&w, "of", wq_template_of_name(p->found.of));
	wq_jsonw_object_end(&w);
	wq_api_reply(wq_template_call_leave(p->c), 200, &w);
}

static void fill(struct preview *p, yyjson_val *root)
{
	struct wq_template_scope examples = wq_template_scope_json(p->examples, NULL),
				 given = wq_template_scope_json(wq_json_get(root, "variables"),
	                                                        &examples);
	struct wq_template_ask ask = { .language = wq_json_get_str(root, "language"),
		                       .scope = &given,
		                       .zone = p->zone,
		                       .currency = wq_json_get_str(root, "currency") };
	struct wq_template_problem problem;
	struct wq_str text;
	int rc;

	if (!ask.language.p)
		ask.language = p->found.language.p ? p->found.language : wq_str("");
	rc = wq_template_render(&p->t, &ask, &p->c->arena, &text, &problem);
	wq_zone_destroy(p->zone);
	if (rc == 0)
		answer(p, text);
	else
		(void)wq_template_call_refuse(p->c, rc, &problem);
}

void wq_template_preview_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "template", "source", "language", "account", "business",
		                               "currency", "timeZone", "variables", "examples", NULL };
	struct preview p = { .c = wq_template_call_begin(x, api, true) };
	yyjson_val *root;

	if (!p.c)
		return;
	root = p.c->body ? yyjson_doc_get_root(p.c->body) : NULL;
	if (!wq_api_members(x, root, members)) {
		(void)wq_template_call_leave(p.c);
		return;
	}
	if (wq_template_call_whose(p.c, wq_json_get_str(root, "account"),
	                           wq_json_get_str(root, "business")) &&
	    take_text(&p, root) && take_examples(&p, root) && take_zone(&p, root))
		fill(&p, root);
}

void wq_template_check_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "source", "kind", "language", NULL };
	struct wq_template_call_api *c = wq_template_call_begin(x, api, true);
	struct wq_template_problem p;
	struct wq_template_row row = { .base = { NULL, 0 } };
	struct wq_template t;
	struct wq_buf body;
	struct wq_jsonw w;
	yyjson_val *root;
	int rc;

	if (!c)
		return;
	root = c->body ? yyjson_doc_get_root(c->body) : NULL;
	if (!wq_api_members(x, root, members)) {
		(void)wq_template_call_leave(c);
		return;
	}
	row.own.source = wq_json_get_str(root, "source");
	if (!row.own.source.p) {
		wq_reply_problem(wq_template_call_leave(c), 422, "invalid_parameter",
		                 "source: the text to look at is missing");
		return;
	}
	rc = wq_template_check(&t, wq_json_get_str(root, "kind"), wq_json_get_str(root, "language"),
	                       row.own.source.p ? row.own.source : wq_str(""), &c->arena, &p);
	if (rc < 0) {
		wq_template_call_fail(c, rc, "");
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_bool(&w, "ok", rc == 0);
	wq_jsonw_key(&w, "problems");
	wq_jsonw_array(&w);
	if (rc > 0)
		wq_template_problem_write(&w, &p);
	wq_jsonw_array_end(&w);
	wq_jsonw_object_end(&w);
	wq_api_reply(wq_template_call_leave(c), 200, &w);
}
