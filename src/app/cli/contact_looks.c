/* SPDX-License-Identifier: MIT */
/* contact_looks.c — lists, one, what was said, notes, all of one. */
#include <stdio.h>

#include "app/cli/contact_cli.h"
#include "base/limits.h"

enum { ROWS_DEFAULT = 50 };

static struct wq_str word(void *ctx, const char *name)
{
	const struct wq_contact_cli *p = ctx;
	char option[32];

	snprintf(option, sizeof(option), "%s", name);
	for (char *c = option; *c; c++)
		*c = *c == '_' ? '-' : *c;
	return wq_str(wq_args_option(p->c->args, option));
}

static void add_row(struct wq_contact_cli *p, const struct wq_contact_row *r)
{
	struct wq_str phone = wq_contact_field(r->fields, "phone");
	char id[WQ_MESSAGE_ID_MAX_BYTES + 1];

	snprintf(id, sizeof(id), "%.*s.%.*s", WQ_STR_ARG(r->id), WQ_STR_ARG(p->account));
	wq_grid_text(&p->grid, id);
	wq_grid_str(&p->grid, wq_contact_field(r->fields, "name"));
	wq_grid_str(&p->grid, phone.n ? phone : wq_contact_field(r->fields, "user_id"));
	wq_grid_str(&p->grid, wq_str_trim(wq_contact_field(r->fields, "tags")));
	wq_grid_str(&p->grid, wq_contact_field(r->fields, "assigned"));
	wq_grid_count(&p->grid, (uint64_t)wq_contact_number(r->fields, "unread"));
	wq_grid_time(&p->grid, wq_contact_number(r->fields, "last"));
}

static void on_row(struct wq_contact_list *l, const struct wq_contact_row *r)
{
	struct wq_contact_cli *p = WQ_OWNER(l, struct wq_contact_cli, list);

	if (p->c->json)
		wq_view_contact(&p->c->w, r, p->account,
		                p->conversations ? WQ_CONTACT_CONVERSATION : WQ_CONTACT_IN_LIST,
		                wq_loop_wall_ms(p->c->session.loop));
	else
		add_row(p, r);
}

static void on_listed(struct wq_contact_list *l, int rc)
{
	wq_session_done(&WQ_OWNER(l, struct wq_contact_cli, list)->c->session, rc);
}

/* False: a sentence was printed. */
static bool read_query(struct wq_contact_cli *p)
{
	struct wq_str cursor = wq_contact_cli_option(p, "cursor");
	const char *why;

	p->query.by_last = p->conversations;
	why = wq_contact_query_read(&p->query, wq_loop_wall_ms(p->c->session.loop), word, p,
	                            &p->arena);
	p->list.limit = ROWS_DEFAULT;
	if (!why && cursor.n && !wq_contact_place_is(cursor, &p->query))
		why = "--cursor takes what the page before told";
	if (!wq_queue_cli_count(p->c, "limit", WQ_CONTACT_PAGE_MAX, &p->list.limit))
		return false;
	if (!why && p->list.limit == 0)
		why = "--limit: at least 1";
	if (why) {
		fprintf(stderr, "willaq: %s\n", why);
		return false;
	}
	snprintf(p->list.place, sizeof(p->list.place), "%.*s", WQ_STR_ARG(cursor));
	return true;
}

static enum wq_exit print_list(struct wq_contact_cli *p)
{
	struct wq_jsonw *w = &p->c->w;

	if (p->c->json) {
		wq_jsonw_array_end(w);
		wq_jsonw_key(w, "next_cursor");
		if (p->list.place[0])
			wq_jsonw_text(w, p->list.place);
		else
			wq_jsonw_null(w);
		wq_jsonw_object_end(w);
		return wq_queue_cli_print(p->c);
	}
	if (p->list.n)
		(void)wq_grid_print(&p->grid);
	else
		puts(p->list.place[0] ? "none among the first that were looked at"
		                      : "there are no such contacts");
	if (p->list.place[0])
		printf("(the next ones: --cursor '%s')\n", p->list.place);
	return WQ_EXIT_DONE;
}

static enum wq_exit list(struct wq_contact_cli *p)
{
	static const char *const head[] = { "ID",       "NAME",    "WHO", "TAGS",
		                            "ASSIGNED", ">UNREAD", "LAST" };
	enum wq_exit code = WQ_EXIT_FAILED;

	if (!read_query(p))
		return WQ_EXIT_USAGE;
	p->list.keys = &p->keys;
	p->list.query = &p->query;
	p->list.said = p->conversations && p->c->json;
	p->list.row = on_row;
	p->list.cb = on_listed;
	wq_grid_init(&p->grid, WQ_COUNT(head), head);
	wq_jsonw_object(&p->c->w);
	wq_jsonw_key(&p->c->w, "data");
	wq_jsonw_array(&p->c->w);
	if (wq_session_wait(&p->c->session, wq_contact_list_start(&p->list), p->list.cmd.error))
		code = print_list(p);
	wq_grid_fini(&p->grid);
	return code;
}

static enum wq_exit run_list(struct wq_queue_cli *c)
{
	struct wq_contact_cli p;
	enum wq_exit code = wq_contact_cli_begin(&p, c) ? list(&p) : WQ_EXIT_FAILED;

	wq_contact_cli_end(&p);
	return code;
}

static enum wq_exit run_conversations(struct wq_queue_cli *c)
{
	struct wq_contact_cli p;
	enum wq_exit code = WQ_EXIT_FAILED;

	if (wq_contact_cli_begin(&p, c)) {
		p.conversations = true;
		code = list(&p);
	}
	wq_contact_cli_end(&p);
	return code;
}

static enum wq_exit run_show(struct wq_queue_cli *c)
{
	struct wq_contact_cli p;
	enum wq_exit code = wq_contact_cli_begin_one(&p, c) ? wq_contact_cli_show(&p)
	                                                    : WQ_EXIT_FAILED;

	wq_contact_cli_end(&p);
	return code;
}

static void add_said(struct wq_grid *g, const struct wq_contact_row *r)
{
	struct wq_str state = wq_contact_field(r->said, "state"),
		      text = wq_contact_field(r->said, "text");
	yyjson_doc *doc = NULL;
	yyjson_val *v;

	if (r->mark.p[0] == 'o' &&
	    wq_json_parse(&doc, wq_contact_field(r->said, "data"), WQ_JOB_JSON_DEPTH_MAX) == 0) {
		v = yyjson_doc_get_root(doc);
		text = wq_json_get_str(wq_json_get(v, "text"), "body");
		text = text.n ? text : wq_json_get_str(v, "type");
	}
	wq_grid_time(g, r->at_ms);
	wq_grid_text(g, r->mark.p[0] == 'i' ? "in" : r->mark.p[0] == 'o' ? "out" : "by hand");
	wq_grid_str(g, state);
	wq_grid_str(g, text.n ? text : wq_contact_field(r->said, "type"));
	wq_json_free(doc);
}

static void on_said(struct wq_redis_cmd *cmd, int rc)
{
	static const char *const head[] = { "WHEN", "WHO", "STATE", "WHAT" };
	struct wq_contact_cli *p = WQ_OWNER(cmd, struct wq_contact_cli, cmd);
	struct wq_contact_row row;
	bool more;
	int n = rc == 0 ? wq_contact_said_answer(cmd, &more) : -1;

	p->found = n >= 0;
	wq_grid_init(&p->grid, WQ_COUNT(head), head);
	if (p->c->json && p->found)
		wq_jsonw_array(&p->c->w);
	for (int i = 0; i < n; i++) {
		wq_contact_said_at(cmd, (size_t)i, &row);
		if (p->c->json)
			wq_view_said(&p->c->w, &row, p->account);
		else
			add_said(&p->grid, &row);
	}
	if (p->c->json && p->found)
		wq_jsonw_array_end(&p->c->w);
	else if (n > 0)
		(void)wq_grid_print(&p->grid);
	else if (n == 0)
		puts("nothing was said yet");
	wq_grid_fini(&p->grid);
	wq_session_done(&p->c->session, rc);
}

/* Waits for what says whether there is such a contact, and prints JSON. */
static enum wq_exit finish(struct wq_contact_cli *p, int started)
{
	if (!wq_session_wait(&p->c->session, started, p->cmd.error))
		return WQ_EXIT_FAILED;
	if (!p->found) {
		wq_contact_cli_missing();
		return WQ_EXIT_FAILED;
	}
	return p->c->json ? wq_queue_cli_print(p->c) : WQ_EXIT_DONE;
}

static enum wq_exit run_messages(struct wq_queue_cli *c)
{
	uint64_t limit = ROWS_DEFAULT;
	struct wq_contact_cli p;
	enum wq_exit code = WQ_EXIT_FAILED;

	if (!wq_queue_cli_count(c, "limit", WQ_CONTACT_PAGE_MAX, &limit))
		return WQ_EXIT_USAGE;
	if (wq_contact_cli_begin_one(&p, c))
		code = finish(&p, wq_contact_said_start(&p.keys, &p.cmd, p.id, wq_str(""),
		                                        wq_str(""), limit ? limit : 1, on_said));
	wq_contact_cli_end(&p);
	return code;
}

static void on_notes(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_cli *p = WQ_OWNER(cmd, struct wq_contact_cli, cmd);
	const struct wq_redis_value *notes = rc == 0 ? wq_contact_notes_answer(cmd) : NULL;

	p->found = notes != NULL;
	if (notes)
		(void)wq_view_notes(&p->c->w, notes);
	wq_session_done(&p->c->session, rc);
}

static enum wq_exit run_notes(struct wq_queue_cli *c)
{
	struct wq_contact_cli p;
	enum wq_exit code = WQ_EXIT_FAILED;

	c->json = true;
	if (wq_contact_cli_begin_one(&p, c))
		code = finish(&p, wq_contact_notes_start(&p.keys, &p.cmd, p.id, on_notes));
	wq_contact_cli_end(&p);
	return code;
}

static void on_extracted(struct wq_contact_extract *e, int rc)
{
	struct wq_contact_cli *p = WQ_OWNER(e, struct wq_contact_cli, extract);

	p->found = e->found;
	wq_session_done(&p->c->session, rc);
}

static enum wq_exit run_export(struct wq_queue_cli *c)
{
	struct wq_contact_cli p;
	enum wq_exit code = WQ_EXIT_FAILED;

	c->json = true;
	if (wq_contact_cli_begin_one(&p, c)) {
		p.extract = (struct wq_contact_extract){ .keys = &p.keys,
			                                 .id = p.id,
			                                 .account = p.account,
			                                 .w = &c->w,
			                                 .now_ms = wq_loop_wall_ms(c->session.loop),
			                                 .cb = on_extracted };
		code = finish(&p, wq_contact_extract_start(&p.extract));
	}
	wq_contact_cli_end(&p);
	return code;
}

const struct wq_queue_action wq_contact_looks[] = {
	{ "list", "", 0, 0, run_list, false },
	{ "conversations", "", 0, 0, run_conversations, false },
	{ "show", "ID", 1, 1, run_show, false },
	{ "messages", "ID", 1, 1, run_messages, false },
	{ "notes", "ID", 1, 1, run_notes, false },
	{ "export", "ID", 1, 1, run_export, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
