/* SPDX-License-Identifier: MIT */
/* contact.c — which account and which contact is meant; one that is shown; the table. */
#include "app/cli/contact.h"

#include <errno.h>
#include <stdio.h>

#include "app/cli/can_send.h"
#include "app/cli/contact_cli.h"
#include "app/cli/contact_issues.h"
#include "base/err.h"
#include "domain/send/submit.h"
#include "store/account.h"

enum { MEMORY_MAX_BYTES = 16777216, ACCOUNTS_LOOKED_AT = 2 };

const struct wq_option wq_contact_options[] = {
	{ "json", NULL, "as JSON" },
	{ "account", "ID", "of this account (the only one; issues, delivery: default)" },
	{ "limit", "N", "list, conversations, messages, issues: how many (50)" },
	{ "cursor", "PLACE", "list, conversations: where the page before ended" },
	{ "q", "WORDS", "list: whose words begin so" },
	{ "tag", "TAG,…", "list: with all of these; tag: to give" },
	{ "not-tag", "TAG,…", "list: with none of these; tag: to take away" },
	{ "attribute", "NAME=VALUE,…", "list: with all of these" },
	{ "assigned", "WHO", "list: looked after by, or none" },
	{ "unread", "true|false", "list: with something unread" },
	{ "opted-out", "true|false", "list: that want nothing more" },
	{ "blocked", "true|false", "list: that seem to have blocked us" },
	{ "window", "open|closed", "list: that may be written to freely" },
	{ "sort", "made|last", "list: by when they were made, or by what happened last" },
	{ "reason", "TEXT", "opt-out, opt-in, erase, unblock: why" },
	{ "upsert", NULL, "create: or change the one that has one of its names" },
	{ "format", "csv|jsonl", "import: of the file (by its name)" },
	{ "dry-run", NULL, "import: only tell what is wrong" },
	{ "yes", NULL, "erase: really" },
	{ "state", "STATE", "issues: watched, probable or confirmed alone" },
	{ "category", "CATEGORY", "can-send: of a template: marketing, utility or authentication" },
	{ "template", NULL, "can-send: a template, not free text" },
	{ "force", NULL, "can-send: even where the gate would hold it" },
	{ "no-window", NULL, "can-send: the account knows no windows, as those of Evolution" },
	{ NULL, NULL, NULL },
};

struct wq_str wq_contact_cli_option(const struct wq_contact_cli *p, const char *name)
{
	return wq_str(wq_args_option(p->c->args, name));
}

void wq_contact_cli_missing(void)
{
	fprintf(stderr, "willaq: there is no such contact\n");
}

bool wq_contact_cli_read(const char *name, size_t max, struct wq_buf *out)
{
	enum { STEP = 65536 };
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	size_t n = 1;
	int rc = 0;

	wq_buf_init(out, max + STEP);
	if (!f) {
		fprintf(stderr, "willaq: %s cannot be read: %s\n", name, strerror(errno));
		return false;
	}
	while (n > 0 && rc == 0) {
		rc = wq_buf_reserve(out, STEP);
		n = rc == 0 ? fread(out->p + out->n, 1, STEP, f) : 0;
		out->n += n;
	}
	if (f != stdin)
		fclose(f);
	rc = rc == 0 && out->n > max ? WQ_ETOOBIG : rc;
	if (rc < 0)
		fprintf(stderr, "willaq: %s is larger than %zu bytes\n", name, max);
	return rc == 0;
}

static void on_accounts(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_cli *p = WQ_OWNER(cmd, struct wq_contact_cli, cmd);
	struct wq_account_seen seen;

	p->found = rc == 0 && wq_registry_list_count(cmd) <= 1;
	p->account = wq_str("default");
	if (p->found && wq_registry_list_count(cmd) == 1) {
		wq_account_list_at(cmd, 0, &seen);
		p->account = wq_strn(wq_arena_copy(&p->arena, seen.id), seen.id.n);
	}
	wq_session_done(&p->c->session, rc);
}

/* The only one that there is. */
static bool only_account(struct wq_contact_cli *p)
{
	struct wq_registry_list l = { .count = ACCOUNTS_LOOKED_AT };
	struct wq_account_keys keys;
	int rc;

	wq_account_keys_init(&keys, p->c->session.redis,
	                     wq_str(wq_settings_text(p->c->session.settings, WQ_SET_PREFIX)));
	rc = wq_registry_list_start(&keys.acc, &p->cmd, &l, on_accounts);
	if (!wq_session_wait(&p->c->session, rc, p->cmd.error))
		return false;
	if (!p->found)
		fprintf(stderr, "willaq: there are several accounts: say which, by --account\n");
	return p->found && p->account.p;
}

static bool use_account(struct wq_contact_cli *p)
{
	if (wq_send_keys_init(&p->keys, p->c->session.redis, p->account) == 0)
		return true;
	fprintf(stderr, "willaq: there is no such account\n");
	return false;
}

static void init(struct wq_contact_cli *p, struct wq_queue_cli *c)
{
	*p = (struct wq_contact_cli){ .c = c };
	wq_arena_init(&p->arena, MEMORY_MAX_BYTES);
}

bool wq_contact_cli_begin(struct wq_contact_cli *p, struct wq_queue_cli *c)
{
	init(p, c);
	p->account = wq_contact_cli_option(p, "account");
	return (p->account.n || only_account(p)) && use_account(p);
}

bool wq_contact_cli_begin_one(struct wq_contact_cli *p, struct wq_queue_cli *c)
{
	struct wq_str id = wq_str(c->args->at[1]);

	init(p, c);
	p->account = wq_submit_account_of(id);
	if (!p->account.p || id.p[0] != 'c') {
		fprintf(stderr,
		        "willaq: a contact is named by its id, as c….ACCOUNT: `willaq contact "
		        "list` tells it\n");
		return false;
	}
	p->id = wq_strn(id.p, id.n - p->account.n - 1);
	return use_account(p);
}

void wq_contact_cli_end(struct wq_contact_cli *p)
{
	wq_json_free(p->body);
	wq_arena_fini(&p->arena);
}

static void field(const struct wq_redis_value *f, const char *name, const char *of)
{
	wq_grid_field(name, wq_contact_field(f, of));
}

static void print_one(struct wq_contact_cli *p, const struct wq_contact_row *r)
{
	static const char *const moments[][2] = { { "window until", "window" }, { "free until", "fep" },
		                                  { "wants nothing since", "optout" },
		                                  { "created", "made" }, { "last", "last" } };
	size_t n = wq_redis_count(r->fields);
	char id[WQ_MESSAGE_ID_MAX_BYTES + 1];

	snprintf(id, sizeof(id), "%.*s.%.*s", WQ_STR_ARG(r->id), WQ_STR_ARG(p->account));
	wq_grid_field("id", wq_str(id));
	for (int t = 0; t < WQ_CONTACT_TEXTS; t++)
		field(r->fields, wq_contact_text_names[t], wq_contact_text_fields[t]);
	wq_grid_field("tags", wq_str_trim(wq_contact_field(r->fields, "tags")));
	for (size_t i = 0; i + 1 < n; i += 2) {
		struct wq_str name = wq_redis_str(wq_redis_at(r->fields, i));

		if (wq_str_starts(name, "a:"))
			wq_grid_field(wq_arena_copy(&p->arena, wq_strn(name.p + 2, name.n - 2)),
			              wq_redis_str(wq_redis_at(r->fields, i + 1)));
	}
	field(r->fields, "unread", "unread");
	field(r->fields, "why", "optout_why");
	for (size_t i = 0; i < WQ_COUNT(moments); i++)
		wq_grid_field_time(moments[i][0], wq_contact_number(r->fields, moments[i][1]));
	wq_grid_field("sequence", r->sequence);
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_cli *p = WQ_OWNER(cmd, struct wq_contact_cli, cmd);
	struct wq_contact_row row;

	p->found = rc == 0 && wq_contact_show_answer(cmd, &row);
	if (p->found && p->c->json)
		wq_view_contact(&p->c->w, &row, p->account, WQ_CONTACT_WHOLE,
		                wq_loop_wall_ms(p->c->session.loop));
	else if (p->found)
		print_one(p, &row);
	wq_session_done(&p->c->session, rc);
}

enum wq_exit wq_contact_cli_show(struct wq_contact_cli *p)
{
	int rc = wq_contact_show_start(&p->keys, &p->cmd, p->id, wq_str(""), on_shown);

	if (!wq_session_wait(&p->c->session, rc, p->cmd.error))
		return WQ_EXIT_FAILED;
	if (!p->found) {
		wq_contact_cli_missing();
		return WQ_EXIT_FAILED;
	}
	return p->c->json ? wq_queue_cli_print(p->c) : WQ_EXIT_DONE;
}

static void on_changed(struct wq_contact_change *ch, int rc)
{
	wq_session_done(&WQ_OWNER(ch, struct wq_contact_cli, change)->c->session, rc);
}

static void tell_refusal(const struct wq_contact_cli *p)
{
	const struct wq_contact_change *ch = &p->change;

	if (ch->answer == WQ_CONTACT_MISSING)
		wq_contact_cli_missing();
	else if (ch->answer == WQ_CONTACT_TAKEN || ch->answer == WQ_CONTACT_TWO)
		fprintf(stderr, "willaq: %s.%.*s has one of these names\n", ch->of,
		        WQ_STR_ARG(p->account));
	else if (ch->answer == WQ_CONTACT_TOO_MANY)
		fprintf(stderr, "willaq: it would have too many %s\n", ch->of);
	else
		fprintf(stderr, "willaq: it has changed meanwhile: try again\n");
}

enum wq_exit wq_contact_cli_change(struct wq_contact_cli *p, bool upsert)
{
	p->change = (struct wq_contact_change){ .loop = p->c->session.loop,
		                                .keys = &p->keys,
		                                .wish = &p->wish,
		                                .id = p->id,
		                                .upsert = upsert,
		                                .cb = on_changed };
	wq_contact_change_start(&p->change);
	if (!wq_session_wait(&p->c->session, 0, p->change.cmd.error))
		return WQ_EXIT_FAILED;
	if (p->change.answer != WQ_CONTACT_MADE && p->change.answer != WQ_CONTACT_CHANGED) {
		tell_refusal(p);
		return WQ_EXIT_FAILED;
	}
	p->id = wq_str(p->change.of);
	return wq_contact_cli_show(p);
}

enum wq_exit wq_contact_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = {
		wq_contact_looks,
		wq_contact_changes,
		wq_contact_issue_actions,
		wq_contact_can_actions,
		NULL,
	};
	static const struct wq_queue_command command = { "contact", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}
