/* SPDX-License-Identifier: MIT */
/* message_referee_test.c — what is read without a problem, the sandbox takes too: its checks of Meta's rules were
 * written apart from ours. */
#include "app/sandbox/check.h"
#include "message/cases.h"
#include "support/test.h"
#include "unit/app/sandbox/check_cases.h"

enum { BODY_BYTES = 1048576, DEPTH = 64 };

static unsigned asked;

static void write_recipient(struct wq_jsonw *w, const struct wq_message *m)
{
	wq_jsonw_key(w, m->recipient == WQ_RECIPIENT_USER ? "recipient" : "to");
	wq_jsonw_str(w, m->to);
	if (m->recipient == WQ_RECIPIENT_GROUP) {
		wq_jsonw_key(w, "recipient_type");
		wq_jsonw_text(w, "group");
	}
}

static void write_content(struct wq_jsonw *w, const struct wq_message *m)
{
	const char *kind = wq_message_kind_name(m->kind);

	if (!m->content) {
		wq_jsonw_key(w, "status");
		wq_jsonw_text(w, "read");
		wq_jsonw_key(w, "message_id");
		wq_jsonw_str(w, m->reply_to);
		return;
	}
	wq_jsonw_key(w, "type");
	wq_jsonw_text(w, kind);
	wq_jsonw_key(w, kind);
	wq_jsonw_value(w, m->content);
}

/* Evolution's addresses, its typing at no message, Twilio's templates. */
static bool is_anothers(const struct wq_message *m)
{
	return m->recipient == WQ_RECIPIENT_JID || (!m->content && !m->reply_to.p) ||
	       wq_str_starts(wq_json_get_str(m->content, "name"), "HX");
}

static void ask(const char *what, const struct message_case *t)
{
	struct wq_graph_message told;
	struct wq_graph_error why = { 0 };
	struct wq_buf body;
	struct wq_jsonw w;
	yyjson_doc *doc;

	if (is_anothers(&t->m))
		return;
	wq_buf_init(&body, BODY_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "messaging_product");
	wq_jsonw_text(&w, "whatsapp");
	if (t->m.to.p)
		write_recipient(&w, &t->m);
	write_content(&w, &t->m);
	wq_jsonw_object_end(&w);
	WQ_CHECK_INT(what, wq_jsonw_end(&w), 0);
	doc = wq_json_read(wq_buf_str(&body), DEPTH, NULL);
	if (!wq_graph_check(yyjson_doc_get_root(doc), &told, &why))
		WQ_CHECK_STR(what, why.details, "");
	asked++;
	wq_json_free(doc);
	wq_buf_fini(&body);
}

WQ_TEST(the_referee_takes_what_we_take)
{
	static const char *const files[] = { "shapes.txt",    "envelope.txt",    "contents.txt", "graph.txt",
		                             "templates.txt", "interactive.txt", "evolution.txt" };

	cases_on_good = ask;
	for (size_t i = 0; i < WQ_COUNT(files); i++)
		(void)cases_check(files[i]);
	WQ_CHECK("messages", asked > 120);
}

/* "@n@" in its bodies stands for n characters of two bytes each. */
static int read_its(const char *body, struct wq_message_problem *p)
{
	struct message_case t;
	struct wq_buf sign, text;
	const char *at = strchr(body, '@'), *end = at ? strchr(at + 1, '@') : NULL;
	int rc;

	wq_buf_init(&sign, BODY_BYTES);
	if (end)
		WQ_CHECK_INT("sign",
		             wq_buf_addf(&sign, "%.*s<<%.*s>>%s", (int)(at - body), body,
		                         (int)(end - at - 1), at + 1, end + 1),
		             0);
	else
		WQ_CHECK_INT("body", wq_buf_add_text(&sign, body), 0);
	cases_expand(wq_buf_str(&sign), &text);
	message_case_read(&t, wq_str("graph"), wq_buf_str(&text));
	rc = t.rc;
	*p = t.p;
	message_case_fini(&t);
	wq_buf_fini(&sign);
	wq_buf_fini(&text);
	return rc;
}

WQ_TEST(we_take_what_the_referee_takes)
{
	for (size_t i = 0; i < WQ_COUNT(good); i++) {
		struct wq_message_problem p;
		int rc = read_its(good[i].body, &p);

		if (rc != 0)
			print_error("%s: %s %s\n", good[i].what, p.field, p.what);
		WQ_CHECK_INT(good[i].what, rc, 0);
	}
}

WQ_TEST(we_refuse_what_the_referee_refuses)
{
	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		struct wq_message_problem p;

		/* A number is as good as the text of its digits: it leaves as that. */
		bool ours = strcmp(bad[i].what, "recipient is a number") == 0;

		WQ_CHECK_INT(bad[i].what, read_its(bad[i].body, &p), ours ? 0 : WQ_MESSAGE_INVALID);
	}
}

WQ_TEST_MAIN(WQ_CASE(the_referee_takes_what_we_take), WQ_CASE(we_take_what_the_referee_takes),
             WQ_CASE(we_refuse_what_the_referee_refuses))
