/* SPDX-License-Identifier: MIT */
/* contact_issues.c — contacts who do not get what is sent, a verdict taken back, and the figures of an account. */
#include "app/cli/contact_issues.h"

#include <stdio.h>

#include "app/api/block_view.h"
#include "app/cli/grid.h"
#include "base/assert.h"
#include "base/limits.h"

enum { ROWS_DEFAULT = 50 };
static const char default_account[] = "default";

struct issues_cli {
	struct wq_queue_cli *c;
	struct wq_str account;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	int answer;
};

static struct issues_cli *cli_of(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct issues_cli, cmd);
}

/* False: a sentence was printed. */
static bool begin(struct issues_cli *i, struct wq_queue_cli *c, struct wq_str account)
{
	*i = (struct issues_cli){ .c = c, .account = account };
	if (wq_send_keys_init(&i->keys, c->session.redis, account) == 0)
		return true;
	fprintf(stderr, "willaq: there is no account of such an id\n");
	return false;
}

static struct wq_str account_of(const struct wq_queue_cli *c)
{
	const char *given = wq_args_option(c->args, "account");

	return wq_str(given ? given : default_account);
}

static void add_row(struct wq_grid *g, const struct issues_cli *i,
                    const struct wq_block_issue *issue)
{
	char id[WQ_GRID_CELL_MAX_BYTES];

	snprintf(id, sizeof(id), "%.*s.%.*s", WQ_STR_ARG(issue->id), WQ_STR_ARG(i->account));
	wq_grid_text(g, id);
	wq_grid_str(g, issue->state);
	wq_grid_count(g, (uint64_t)issue->undelivered);
	wq_grid_time(g, issue->at_ms);
	wq_grid_str(g, issue->name);
	wq_grid_str(g, issue->phone.n ? issue->phone : issue->user_id);
	wq_grid_str(g, issue->assigned);
}

static void print_table(const struct issues_cli *i, const struct wq_redis_cmd *cmd)
{
	static const char *const head[] = { "CONTACT", "STATE", ">UNDELIVERED", "SINCE",
		                            "NAME",    "PHONE", "ASSIGNED" };
	struct wq_block_issue issue;
	struct wq_grid g;

	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t n = 0; n < wq_block_list_count(cmd); n++) {
		wq_block_list_at(cmd, n, &issue);
		add_row(&g, i, &issue);
	}
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct issues_cli *i = cli_of(cmd);
	size_t n = rc == 0 ? wq_block_list_count(cmd) : 0;
	struct wq_block_issue issue;

	for (size_t at = 0; at < n && i->c->json; at++) {
		wq_block_list_at(cmd, at, &issue);
		wq_view_issue(&i->c->w, i->account, &issue);
	}
	if (rc == 0 && !i->c->json && n == 0)
		puts("there are no delivery issues");
	else if (rc == 0 && !i->c->json)
		print_table(i, cmd);
	wq_session_done(&i->c->session, rc);
}

static enum wq_exit list(struct wq_queue_cli *c)
{
	const char *state = wq_args_option(c->args, "state");
	struct wq_str of = wq_str(state ? state : "");
	uint64_t limit = ROWS_DEFAULT;
	struct issues_cli i;
	int rc;

	if (of.n && !wq_str_is(of, "watched") && !wq_str_is(of, "probable") &&
	    !wq_str_is(of, "confirmed")) {
		fprintf(stderr, "willaq: --state is watched, probable or confirmed\n");
		return WQ_EXIT_USAGE;
	}
	if (!wq_queue_cli_count(c, "limit", WQ_API_PAGE_MAX, &limit) ||
	    !begin(&i, c, account_of(c)))
		return WQ_EXIT_USAGE;
	wq_jsonw_array(&c->w);
	rc = wq_block_list_start(&i.keys, &i.cmd, of, (struct wq_block_place){ 0 }, limit,
	                         on_listed);
	if (!wq_session_wait(&c->session, rc, i.cmd.error))
		return WQ_EXIT_FAILED;
	wq_jsonw_array_end(&c->w);
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

static void on_undone(struct wq_redis_cmd *cmd, int rc)
{
	struct issues_cli *i = cli_of(cmd);

	i->answer = rc == 0 ? wq_block_undo_answer(cmd) : 0;
	wq_session_done(&i->c->session, rc == 0 && i->answer < -1 ? i->answer : rc);
}

static enum wq_exit unblock(struct wq_queue_cli *c)
{
	const char *reason = wq_args_option(c->args, "reason");
	struct wq_str id = wq_str(c->args->at[1]), contact, account, why;
	struct issues_cli i;
	int rc;

	why = wq_str(reason ? reason : "a person took it back");
	if (why.n > WQ_BLOCK_REASON_MAX_BYTES || !wq_block_id_read(id, &contact, &account)) {
		fprintf(stderr, "willaq: %s\n",
		        why.n > WQ_BLOCK_REASON_MAX_BYTES ? "--reason is too long"
		                                          : "a contact's id is as c01ab….ACCOUNT");
		return WQ_EXIT_USAGE;
	}
	if (!begin(&i, c, account))
		return WQ_EXIT_USAGE;
	rc = wq_block_undo_start(&i.keys, &i.cmd, 0, contact, why, on_undone);
	if (!wq_session_wait(&c->session, rc, i.cmd.error))
		return WQ_EXIT_FAILED;
	if (i.answer < 0) {
		fprintf(stderr, "willaq: there is no such contact\n");
		return WQ_EXIT_FAILED;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "changed", i.answer);
	wq_jsonw_object_end(&c->w);
	if (c->json)
		return wq_queue_cli_print(c);
	puts(i.answer ? "it gets messages again" : "there was no doubt of it");
	return WQ_EXIT_DONE;
}

static void on_rates(struct wq_redis_cmd *cmd, int rc)
{
	struct issues_cli *i = cli_of(cmd);
	struct wq_block_rates rates;

	if (rc == 0) {
		wq_block_rates_answer(cmd, &rates);
		wq_view_block_rates(&i->c->w, i->account, &rates);
	}
	wq_session_done(&i->c->session, rc);
}

static enum wq_exit delivery(struct wq_queue_cli *c)
{
	struct issues_cli i;

	if (!begin(&i, c, account_of(c)))
		return WQ_EXIT_USAGE;
	if (!wq_session_wait(&c->session, wq_block_rates_start(&i.keys, &i.cmd, 0, on_rates),
	                     i.cmd.error))
		return WQ_EXIT_FAILED;
	return wq_queue_cli_print(c);
}

const struct wq_queue_action wq_contact_issue_actions[] = {
	{ "issues", "[--account ID] [--state watched|probable|confirmed] [--limit N]", 0, 0, list, false },
	{ "unblock", "ID [--reason TEXT]", 1, 1, unblock, false },
	{ "delivery", "[--account ID]", 0, 0, delivery, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
