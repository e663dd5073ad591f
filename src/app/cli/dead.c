/* SPDX-License-Identifier: MIT */
/* dead.c — what all of it shares: options, filter, walk, one letter; and the list of queues. */
#include "app/cli/dead.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/dead_filter.h"
#include "app/cli/grid.h"
#include "app/cli/queue_names.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

const struct wq_option wq_dead_options[] = {
	{ "json", NULL, "as JSON" },
	{ "error", "TEXT", "letters whose reason has this in it, in capitals or not" },
	{ "name", "NAME", "letters of jobs of this name" },
	{ "account", "ID", "letters whose data name this business or account" },
	{ "since", "WHEN", "letters that failed then or later: a date, or how long ago, as 2h" },
	{ "until", "WHEN", "letters that failed before: a date, or how long ago, as 7d" },
	{ "all", NULL, "retry, clean: all letters, where no filter is named" },
	{ "limit", "N", "list: how many (50)" },
	{ "from", "N", "list: from the N-th letter on" },
	{ "rate", "N", "retry, clean: letters a second; 0: as fast as it goes" },
	{ "dry-run", NULL, "retry, clean, import: tell what would be done" },
	{ "yes", NULL, "retry, clean, remove: do it without asking" },
	{ "data", "JSON", "edit, retry of one: the job's data as they shall be, @FILE of a file, @- from stdin" },
	{ "format", "jsonl|csv", "export: a line of JSON for each letter (jsonl), or a table" },
	{ "out", "FILE", "export: into this file" },
	{ NULL, NULL, NULL },
};

enum wq_exit wq_dead_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { wq_dead_looks, wq_dead_changes,
		                                                wq_dead_exports, wq_dead_imports, NULL };
	static const struct wq_queue_command command = { "dlq", tables, wq_dead_ref_init };

	return wq_queue_command_run(&command, s, args);
}

bool wq_dead_cli_filter(struct wq_queue_cli *c, struct wq_dead_filter *f)
{
	int64_t now = wq_loop_wall_ms(c->session.loop);

	for (size_t i = 0; wq_dead_filter_members[i]; i++) {
		const char *member = wq_dead_filter_members[i];
		const char *text = wq_args_option(c->args, member);

		if (!text || !wq_dead_filter_set(f, member, wq_str(text), now))
			continue;
		fprintf(stderr, "willaq: --%s takes %s, not \"%s\"\n", member,
		        wq_dead_filter_problem(member), text);
		return false;
	}
	if (!f->since_ms || !f->until_ms || f->since_ms < f->until_ms)
		return true;
	fprintf(stderr, "willaq: --since must be before --until\n");
	return false;
}

static void on_walked(struct wq_dead_walk *w, int rc)
{
	wq_session_done(&((struct wq_queue_cli *)w->user)->session, rc);
}

bool wq_dead_cli_walk(struct wq_queue_cli *c, struct wq_dead_walk *walk)
{
	int rc;

	walk->user = c;
	walk->on_end = on_walked;
	rc = wq_session_run(&c->session, wq_dead_walk_start(walk, c->session.loop, &c->ref));
	if (rc != 0 && rc != WQ_ECANCELED)
		wq_session_tell(&c->session, rc, walk->error);
	wq_dead_walk_forget(walk);
	return rc == 0;
}

static void on_one(struct wq_dead_one *o, int rc)
{
	wq_session_done(o->user, rc);
}

bool wq_dead_cli_one(struct wq_queue_cli *c, struct wq_dead_one *o, enum wq_dead_act act,
                     struct wq_str data)
{
	int rc;

	wq_dead_one_init(o, c->session.loop, &c->ref, on_one);
	o->user = &c->session;
	if (act == WQ_DEAD_READ)
		rc = wq_dead_one_read(o, c->id);
	else
		rc = act == WQ_DEAD_EDIT ? wq_dead_one_edit(o, c->id, data)
		                         : wq_dead_one_retry(o, c->id, data);
	rc = wq_session_run(&c->session, rc);
	if (rc != 0) {
		wq_session_tell(&c->session, rc, o->error);
		return false;
	}
	if (o->code == WQ_DEAD_DONE || (act == WQ_DEAD_READ && o->code == WQ_DEAD_TOO_LARGE))
		return true;
	fprintf(stderr, "willaq: %s\n", wq_dead_code_text(o->code));
	return false;
}

/* queues */

static const char *const queue_head[] = { "QUEUE",      ">LETTERS", ">LAST HOUR",
	                                  ">LAST DAY", "OLDEST",   "NEWEST" };

struct counting {
	struct wq_queue_cli *c;
	struct wq_dead_growth growth;
};

static void on_growth(struct wq_dead_growth *g, int rc)
{
	wq_session_done(&WQ_OWNER(g, struct counting, growth)->c->session, rc);
}

/* One queue by its name, into the table or the JSON; false: a sentence was printed. */
static bool count(struct wq_queue_cli *c, struct wq_str name, struct wq_grid *g)
{
	struct counting counting = { .c = c };
	const struct wq_dead_growth *n = &counting.growth;
	const char *prefix = wq_settings_text(c->session.settings, WQ_SET_PREFIX);
	struct wq_ref ref;
	bool ok;
	int rc = wq_ref_init(&ref, c->session.redis, wq_str(prefix), name, NULL);

	if (rc == 0)
		rc = wq_dead_growth_start(&ref, wq_loop_wall_ms(c->session.loop), &counting.growth,
		                          on_growth);
	ok = wq_session_wait(&c->session, rc, n->cmd.error);
	if (ok && c->json) {
		wq_view_dead_queue(&c->w, &ref, n);
	} else if (ok) {
		wq_grid_str(g, wq_dead_queue_of(name));
		wq_grid_count(g, n->letters);
		wq_grid_count(g, n->hour);
		wq_grid_count(g, n->day);
		wq_grid_time(g, n->oldest_ms);
		wq_grid_time(g, n->newest_ms);
	}
	wq_ref_fini(&ref);
	return ok;
}

static bool count_all(struct wq_queue_cli *c, const struct wq_queue_cli_names *all)
{
	struct wq_grid g;
	bool ok = true;

	wq_grid_init(&g, WQ_COUNT(queue_head), queue_head);
	wq_jsonw_array(&c->w);
	for (size_t i = 0; ok && i < all->n; i++)
		ok = count(c, all->at[i], &g);
	wq_jsonw_array_end(&c->w);
	if (ok && !c->json && all->n)
		(void)wq_grid_print(&g);
	else if (ok && !c->json)
		puts("no queue has dead letters");
	wq_grid_fini(&g);
	return ok;
}

enum wq_exit wq_dead_cli_queues(struct wq_queue_cli *c)
{
	struct wq_queue_cli_names *all = wq_zalloc(sizeof(*all));
	bool ok;

	if (!all) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(WQ_ENOMEM));
		return WQ_EXIT_FAILED;
	}
	wq_arena_init(&all->arena, WQ_LOOK_ROWS_MAX_BYTES);
	ok = wq_queue_cli_find(c, wq_dead_is_queue, all) && count_all(c, all);
	wq_arena_fini(&all->arena);
	wq_free(all);
	if (!ok)
		return WQ_EXIT_FAILED;
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}
