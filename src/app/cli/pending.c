/* SPDX-License-Identifier: MIT */
/* pending.c — lists, one entry, counts, and all changes but sending. */
#include "app/cli/pending.h"

#include <stdio.h>

#include "app/api/pending_view.h"
#include "app/cli/grid.h"
#include "app/cli/pending_cli.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/pending/listing.h"

enum { LOADED_MS = 5000, LOOK_MS = 20, MEMORY_MAX_BYTES = 33554432, ROWS_DEFAULT = 50 };

const struct wq_option wq_pending_options[] = {
	{ "json", NULL, "as JSON" },
	{ "account", "ID", "list, counts: of this account (list: all; counts: default)" },
	{ "contact", "ID", "list: of this contact, as c….ACCOUNT" },
	{ "reason", "WORD", "list: waits for this reason" },
	{ "sequence", "ID", "list: comes from this sequence" },
	{ "assigned", "NAME", "list: of contacts that are theirs" },
	{ "state", "open|taken", "list: in this state" },
	{ "by", "NAME", "list: taken by; otherwise who does it (terminal)" },
	{ "minutes", "N", "take: for how long (30)" },
	{ "note", "TEXT", "skip, done: why" },
	{ "text", "TEXT", "send: instead of its own message" },
	{ "message", "JSON", "send: likewise, as the API takes it" },
	{ "force", NULL, "send: although the window is closed, or the contact wants nothing more" },
	{ "limit", "N", "list: how many (50)" },
	{ NULL, NULL, NULL },
};

struct listing {
	struct wq_pending_cli p;
	struct wq_pending_listing l;
};

static struct wq_str option(const struct wq_pending_cli *p, const char *name)
{
	return wq_str(wq_args_option(p->c->args, name));
}

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

void wq_pending_cli_begin(struct wq_pending_cli *p, struct wq_queue_cli *c)
{
	*p = (struct wq_pending_cli){ .c = c, .code = WQ_EXIT_FAILED };
	wq_arena_init(&p->arena, MEMORY_MAX_BYTES);
}

void wq_pending_cli_end(struct wq_pending_cli *p)
{
	if (wq_accounts_part_close(&p->accounts, on_closed, &p->c->session))
		(void)wq_session_wait(&p->c->session, 0, "");
	wq_accounts_part_fini(&p->accounts);
	wq_arena_fini(&p->arena);
}

void wq_pending_cli_missing(void)
{
	fprintf(stderr, "willaq: there is no such entry\n");
}

bool wq_pending_cli_name(struct wq_pending_cli *p)
{
	p->by = option(p, "by");
	if (!p->by.p)
		p->by = wq_str("terminal");
	if (!wq_pending_by_is(p->by)) {
		fprintf(stderr, "willaq: --by says who it is, in 1 to %d bytes\n",
		        WQ_PENDING_BY_MAX_BYTES);
		p->code = WQ_EXIT_USAGE;
		return false;
	}
	if (wq_pending_id_read(wq_str(p->c->args->at[1]), &p->id, &p->account) &&
	    wq_send_keys_init(&p->keys, p->c->session.redis, p->account) == 0)
		return true;
	wq_pending_cli_missing();
	return false;
}

bool wq_pending_cli_accounts(struct wq_pending_cli *p)
{
	struct wq_session *s = &p->c->session;
	struct wq_accounts_opts o = { .loop = s->loop,
		                      .redis = s->redis,
		                      .prefix = wq_settings_text(s->settings, WQ_SET_PREFIX) };

	if (wq_accounts_part_build(&p->accounts, s->settings, &o) < 0)
		return false;
	for (unsigned ms = 0; !wq_accounts_loaded(p->accounts.accounts) && ms < LOADED_MS;
	     ms += LOOK_MS)
		wq_session_pause(s, LOOK_MS);
	if (wq_accounts_loaded(p->accounts.accounts))
		return true;
	fprintf(stderr, "willaq: Redis does not tell the accounts: try again\n");
	return false;
}

void wq_pending_cli_conflict(struct wq_str state, struct wq_str by)
{
	char who[WQ_PENDING_BY_MAX_BYTES * 2];

	wq_grid_clean(by, who, sizeof(who));
	if (wq_str_is(state, "taken"))
		fprintf(stderr, "willaq: %s has taken it\n", who);
	else if (wq_str_is(state, "open"))
		fprintf(stderr, "willaq: nobody has taken it\n");
	else
		fprintf(stderr, "willaq: it waits no more: %.*s%s%s\n", WQ_STR_ARG(state),
		        by.n ? " by " : "", who);
}

/* list */

static void add_row(struct wq_grid *g, const struct wq_pending_row *row)
{
	const struct wq_pending *p = &row->p;
	char id[WQ_GRID_CELL_MAX_BYTES];

	snprintf(id, sizeof(id), "%.*s.%.*s", WQ_STR_ARG(p->id), WQ_STR_ARG(row->account));
	wq_grid_text(g, id);
	wq_grid_count(g, (uint64_t)p->priority);
	wq_grid_str(g, p->why);
	wq_grid_time(g, p->made_ms);
	wq_grid_str(g, p->name.n ? p->name : p->phone);
	wq_grid_str(g, p->by);
	wq_grid_str(g, p->text.n ? p->text : p->note);
}

static void print_rows(const struct wq_pending_listing *l)
{
	static const char *const head[] = { "ID",  ">PRIORITY", "REASON", "SINCE",
		                            "CONTACT", "TAKEN BY", "TEXT" };
	struct wq_grid g;

	if (l->n == 0) {
		puts(l->more ? "nothing among the first that were looked at" : "nothing waits");
		return;
	}
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; i < l->n; i++)
		add_row(&g, &l->rows[i]);
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	if (l->more)
		puts("there is more: --limit");
}

static void on_listed(struct wq_pending_listing *l, int rc)
{
	struct listing *all = WQ_OWNER(l, struct listing, l);
	struct wq_queue_cli *c = all->p.c;

	if (rc == 0 && c->json) {
		wq_jsonw_array(&c->w);
		for (size_t i = 0; i < l->n; i++)
			wq_view_pending(&c->w, &l->rows[i].p, l->rows[i].account,
			                wq_loop_wall_ms(c->session.loop));
		wq_jsonw_array_end(&c->w);
	} else if (rc == 0) {
		print_rows(l);
	}
	wq_session_done(&c->session, rc);
}

/* Those that are asked for, in the arena.  False: a sentence was printed. */
static bool choose_accounts(struct listing *all)
{
	struct wq_pending_cli *p = &all->p;
	struct wq_str one = option(p, "account"), *ids;
	const struct wq_account *a;
	const void *at = NULL;
	size_t n = 0;

	if (!one.n && !wq_pending_cli_accounts(p))
		return false;
	ids = wq_arena_alloc(&p->arena, WQ_PENDING_ACCOUNTS_MAX * sizeof(*ids));
	if (ids && one.n)
		ids[n++] = one;
	while (ids && !one.n && n < WQ_PENDING_ACCOUNTS_MAX &&
	       (a = wq_accounts_next(p->accounts.accounts, &at)))
		ids[n++] = wq_strn(wq_arena_copy(&p->arena, a->id), a->id.n);
	/* What carries everything where no account is known. */
	if (ids && n == 0)
		ids[n++] = wq_str("default");
	all->l.accounts = ids;
	all->l.accounts_n = n;
	return ids != NULL;
}

static bool fill_wish(struct listing *all)
{
	struct wq_pending_wish *wish = &all->l.wish;
	struct wq_pending_cli *p = &all->p;
	size_t dot;

	*wish = (struct wq_pending_wish){ .contact = option(p, "contact"),
		                          .why = option(p, "reason"),
		                          .sequence = option(p, "sequence"),
		                          .by = option(p, "by"),
		                          .assigned = option(p, "assigned"),
		                          .state = option(p, "state"),
		                          .count = ROWS_DEFAULT };
	dot = wq_str_find(wish->contact, '.');
	wish->contact.n = dot;
	if (!wq_queue_cli_count(p->c, "limit", WQ_PENDING_PAGE_MAX, &wish->count))
		return false;
	if (wish->count > 0)
		return true;
	fprintf(stderr, "willaq: --limit: at least 1\n");
	return false;
}

static enum wq_exit list(struct wq_queue_cli *c)
{
	struct listing all;
	int rc;

	wq_pending_cli_begin(&all.p, c);
	all.l = (struct wq_pending_listing){ .loop = c->session.loop,
		                             .redis = c->session.redis,
		                             .arena = &all.p.arena,
		                             .cb = on_listed };
	if (!fill_wish(&all)) {
		all.p.code = WQ_EXIT_USAGE;
	} else if (choose_accounts(&all)) {
		rc = wq_pending_listing_start(&all.l);
		if (wq_session_wait(&c->session, rc, all.l.error))
			all.p.code = c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
	}
	wq_pending_cli_end(&all.p);
	return all.p.code;
}

/* one */

static void print_one(const struct wq_pending *e, struct wq_str account)
{
	char text[WQ_GRID_CELL_MAX_BYTES];

	snprintf(text, sizeof(text), "%.*s.%.*s", WQ_STR_ARG(e->id), WQ_STR_ARG(account));
	wq_grid_field("id", wq_str(text));
	wq_grid_field("state", e->state);
	wq_grid_field("reason", e->why);
	snprintf(text, sizeof(text), "%d", (int)e->priority);
	wq_grid_field("priority", wq_str(text));
	snprintf(text, sizeof(text), "%.*s.%.*s", WQ_STR_ARG(e->contact), WQ_STR_ARG(account));
	wq_grid_field("contact", wq_str(text));
	wq_grid_field("name", e->name);
	wq_grid_field("phone", e->phone);
	wq_grid_field_time("window until", e->window_ms);
	wq_grid_field("text", e->text);
	wq_grid_field("message", e->data);
	wq_grid_field("note", e->note);
	wq_grid_field("sequence", e->sequence);
	wq_grid_field("by", e->by);
	wq_grid_field("sent as", e->message);
	wq_grid_field_time("since", e->made_ms);
	wq_grid_field_time("expires", e->ends_ms);
	wq_grid_field_time("taken until", e->lease_ms);
}

static void on_answer(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_pending_cli *p = WQ_OWNER(cmd, struct wq_pending_cli, cmd);
	struct wq_queue_cli *c = p->c;
	struct wq_pending e;
	int answer = rc == 0 ? wq_pending_answer(cmd, &e) : WQ_EPROTO;

	if (answer == WQ_PENDING_MISSING)
		wq_pending_cli_missing();
	else if (answer == WQ_PENDING_NOT)
		wq_pending_cli_conflict(e.state, e.by);
	else if (answer == WQ_PENDING_DONE)
		p->code = WQ_EXIT_DONE;
	if (answer == WQ_PENDING_DONE && c->json)
		wq_view_pending(&c->w, &e, p->account, wq_loop_wall_ms(c->session.loop));
	else if (answer == WQ_PENDING_DONE)
		print_one(&e, p->account);
	wq_session_done(&c->session, rc == 0 && answer == WQ_EPROTO ? WQ_EPROTO : rc);
}

static enum wq_exit finish(struct wq_pending_cli *p, int started)
{
	if (!wq_session_wait(&p->c->session, started, p->cmd.error))
		p->code = WQ_EXIT_FAILED;
	else if (p->code == WQ_EXIT_DONE && p->c->json)
		p->code = wq_queue_cli_print(p->c);
	wq_pending_cli_end(p);
	return p->code;
}

static enum wq_exit show(struct wq_queue_cli *c)
{
	struct wq_pending_cli p;

	wq_pending_cli_begin(&p, c);
	if (wq_pending_cli_name(&p))
		return finish(&p, wq_pending_show_start(&p.keys, &p.cmd, p.id, on_answer));
	wq_pending_cli_end(&p);
	return p.code;
}

static enum wq_exit change(struct wq_queue_cli *c, const char *act)
{
	uint64_t minutes = WQ_PENDING_LEASE_MS / 60000;
	struct wq_pending_change wish = { .act = act };
	struct wq_pending_cli p;

	if (!wq_queue_cli_count(c, "minutes", WQ_PENDING_LEASE_MAX_MIN, &minutes))
		return WQ_EXIT_USAGE;
	wq_pending_cli_begin(&p, c);
	wish.note = option(&p, "note");
	if (wish.note.n > WQ_PENDING_NOTE_MAX_BYTES) {
		fprintf(stderr, "willaq: --note is longer than %d bytes\n",
		        WQ_PENDING_NOTE_MAX_BYTES);
		p.code = WQ_EXIT_USAGE;
	} else if (wq_pending_cli_name(&p)) {
		wish.id = p.id;
		wish.by = p.by;
		wish.lease_ms = (int64_t)(minutes ? minutes : 1) * 60000;
		return finish(&p, wq_pending_change_start(&p.keys, &p.cmd, 0, &wish, on_answer));
	}
	wq_pending_cli_end(&p);
	return p.code;
}

static enum wq_exit take(struct wq_queue_cli *c)
{
	return change(c, "take");
}

static enum wq_exit release(struct wq_queue_cli *c)
{
	return change(c, "release");
}

static enum wq_exit skip(struct wq_queue_cli *c)
{
	return change(c, "skipped");
}

static enum wq_exit done(struct wq_queue_cli *c)
{
	return change(c, "done");
}

/* counts */

static void print_counts(const struct wq_redis_cmd *cmd)
{
	static const char *const head[] = { "REASON", ">WAITING" };
	struct wq_pending_counts n;
	struct wq_str why;
	struct wq_grid g;
	int64_t count;

	wq_pending_counts_answer(cmd, &n);
	printf("%lld wait, %lld of them taken\n", (long long)n.total, (long long)n.taken);
	if (n.oldest_ms)
		wq_grid_field_time("the oldest since", n.oldest_ms);
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; wq_pending_counts_why(cmd, i, &why, &count); i++) {
		wq_grid_str(&g, why);
		wq_grid_count(&g, (uint64_t)count);
	}
	if (n.total)
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
}

static void on_counted(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_pending_cli *p = WQ_OWNER(cmd, struct wq_pending_cli, cmd);

	if (rc == 0) {
		p->code = WQ_EXIT_DONE;
		if (p->c->json)
			wq_view_pending_counts(&p->c->w, cmd);
		else
			print_counts(cmd);
	}
	wq_session_done(&p->c->session, rc);
}

static enum wq_exit counts(struct wq_queue_cli *c)
{
	struct wq_pending_cli p;
	struct wq_str account;

	wq_pending_cli_begin(&p, c);
	account = option(&p, "account");
	if (wq_send_keys_init(&p.keys, c->session.redis, account.n ? account : wq_str("default")) ==
	    0)
		return finish(&p, wq_pending_counts_start(&p.keys, &p.cmd, on_counted));
	fprintf(stderr, "willaq: --account: there is none of that name\n");
	wq_pending_cli_end(&p);
	return WQ_EXIT_FAILED;
}

static const struct wq_queue_action actions[] = {
	{ "list", "[--account ID] [--reason WORD] [--limit N]", 0, 0, list, false },
	{ "show", "ID", 1, 1, show, false },
	{ "counts", "[--account ID]", 0, 0, counts, false },
	{ "take", "ID [--by NAME] [--minutes N]", 1, 1, take, false },
	{ "release", "ID [--by NAME]", 1, 1, release, false },
	{ "send", "ID [--by NAME] [--text TEXT | --message JSON] [--force]", 1, 1,
	  wq_pending_cli_send, false },
	{ "skip", "ID [--by NAME] [--note TEXT]", 1, 1, skip, false },
	{ "done", "ID [--by NAME] [--note TEXT]", 1, 1, done, false },
	{ NULL, NULL, 0, 0, NULL, false },
};

enum wq_exit wq_pending_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { actions, NULL };
	static const struct wq_queue_command command = { "pending", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}
