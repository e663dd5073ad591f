/* SPDX-License-Identifier: MIT */
/* dead_looks.c — list, groups, show. */
#include <inttypes.h>
#include <stdio.h>

#include "app/api/queue_view.h"
#include "app/cli/dead.h"
#include "app/cli/grid.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

enum { LETTERS_DEFAULT = 50 };

void wq_dead_cli_grid(struct wq_grid *g)
{
	static const char *const head[WQ_DEAD_COLUMNS] = { "ID", "JOB", "NAME", "FAILED",
		                                           ">TRIES", "ACCOUNT", "REASON" };

	wq_grid_init(g, WQ_DEAD_COLUMNS, head);
}

void wq_dead_cli_row(struct wq_grid *g, const struct wq_dead_letter *l)
{
	wq_grid_str(g, l->job->id);
	wq_grid_str(g, l->id);
	wq_grid_str(g, l->job->name);
	wq_grid_time(g, l->failed_at_ms);
	wq_grid_count(g, l->attempts_made > 0 ? (uint64_t)l->attempts_made : 0);
	wq_grid_str(g, l->account);
	wq_grid_str(g, l->reason);
}

struct listing {
	struct wq_dead_walk walk;
	struct wq_grid grid;
	uint64_t limit, n;
};

static enum wq_dead_wish list_letter(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	struct listing *list = WQ_OWNER(w, struct listing, walk);
	struct wq_queue_cli *c = w->user;

	if (list->n == list->limit)
		return WQ_DEAD_ENOUGH;
	list->n++;
	if (c->json)
		wq_view_letter(&c->w, l, &c->ref, WQ_DEAD_ROW);
	else
		wq_dead_cli_row(&list->grid, l);
	return WQ_DEAD_LEAVE;
}

static void tell_page(const struct wq_queue_cli *c, struct listing *list)
{
	char name[WQ_GRID_CELL_MAX_BYTES];

	if (list->n)
		(void)wq_grid_print(&list->grid);
	else
		printf("no dead letters%s in %s\n",
		       wq_dead_filter_is_empty(&list->walk.filter) ? "" : " like that",
		       wq_grid_clean(c->ref.queue, name, sizeof(name)));
	if (list->walk.next)
		printf("(%" PRIu64 " in all; the next ones: --from %" PRIu64 ")\n",
		       list->walk.total, list->walk.next);
}

static enum wq_exit list_letters(struct wq_queue_cli *c)
{
	struct listing list = { .limit = LETTERS_DEFAULT };
	bool ok;

	if (!wq_dead_cli_filter(c, &list.walk.filter) ||
	    !wq_queue_cli_count(c, "from", UINT32_MAX, &list.walk.from) ||
	    !wq_queue_cli_count(c, "limit", WQ_LOOK_PAGE_MAX, &list.limit))
		return WQ_EXIT_USAGE;
	if (list.limit == 0) {
		fprintf(stderr, "willaq: --limit takes 1 to %d\n", WQ_LOOK_PAGE_MAX);
		return WQ_EXIT_USAGE;
	}
	list.walk.on_letter = list_letter;
	wq_dead_cli_grid(&list.grid);
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "data");
	wq_jsonw_array(&c->w);
	ok = wq_dead_cli_walk(c, &list.walk);
	wq_jsonw_array_end(&c->w);
	wq_view_dead_counts(&c->w, &list.walk);
	wq_view_next(&c->w, list.walk.next);
	wq_jsonw_object_end(&c->w);
	if (ok && !c->json)
		tell_page(c, &list);
	wq_grid_fini(&list.grid);
	if (!ok)
		return WQ_EXIT_FAILED;
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

static enum wq_exit list(struct wq_queue_cli *c)
{
	return c->args->count > 1 ? list_letters(c) : wq_dead_cli_queues(c);
}

/* groups */

struct grouping {
	struct wq_dead_walk walk;
	struct wq_dead_groups groups;
};

static enum wq_dead_wish group_letter(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	wq_dead_groups_add(&WQ_OWNER(w, struct grouping, walk)->groups, l);
	return WQ_DEAD_LEAVE;
}

static void print_groups(const struct wq_dead_groups *all)
{
	static const char *const head[] = { ">LETTERS", "FIRST", "LAST", "EXAMPLE", "REASON" };
	struct wq_grid g;

	wq_grid_init(&g, WQ_COUNT(head), head);
	for (unsigned i = 0; i < all->n; i++) {
		wq_grid_count(&g, all->at[i].n);
		wq_grid_time(&g, all->at[i].first_ms);
		wq_grid_time(&g, all->at[i].last_ms);
		wq_grid_text(&g, all->at[i].example);
		wq_grid_text(&g, all->at[i].reason);
	}
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	if (all->others)
		printf("(and %" PRIu64 " letters of further errors)\n", all->others);
}

static enum wq_exit group_letters(struct wq_queue_cli *c, struct grouping *g)
{
	if (!wq_dead_cli_filter(c, &g->walk.filter))
		return WQ_EXIT_USAGE;
	g->walk.on_letter = group_letter;
	if (!wq_dead_cli_walk(c, &g->walk))
		return WQ_EXIT_FAILED;
	wq_dead_groups_sort(&g->groups);
	if (!c->json) {
		print_groups(&g->groups);
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "data");
	wq_view_dead_groups(&c->w, &g->groups);
	wq_jsonw_put_int(&c->w, "others", (int64_t)g->groups.others);
	wq_view_dead_counts(&c->w, &g->walk);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c);
}

static enum wq_exit groups(struct wq_queue_cli *c)
{
	struct grouping *g = wq_zalloc(sizeof(*g));
	enum wq_exit code;

	if (!g) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(WQ_ENOMEM));
		return WQ_EXIT_FAILED;
	}
	code = group_letters(c, g);
	wq_free(g);
	return code;
}

/* one letter */

/* Each line of each trace by itself. */
static void print_traces(yyjson_val *traces)
{
	const char *title = "stacktrace";
	size_t i, max;
	yyjson_val *trace;

	yyjson_arr_foreach(traces, i, max, trace)
	{
		struct wq_str rest = wq_json_str(trace), line;

		while (rest.p && wq_str_next(&rest, '\n', &line)) {
			wq_grid_field(title, line);
			title = "";
		}
	}
}

static void print_json(const char *title, const struct wq_dead_letter *l,
                       int (*add)(const struct wq_dead_letter *l, struct wq_buf *out))
{
	struct wq_buf text;

	wq_buf_init(&text, WQ_DEAD_TEXT_MAX_BYTES);
	if (add(l, &text) == 0)
		wq_grid_field(title, wq_buf_str(&text));
	wq_buf_fini(&text);
}

static void print_letter(const struct wq_dead_letter *l, const struct wq_ref *dead)
{
	char text[32];

	wq_grid_field("letter", l->job->id);
	wq_grid_field("queue", wq_dead_home(l, dead));
	wq_grid_field("job", l->id);
	wq_grid_field("name", l->job->name);
	wq_grid_field_time("failed", l->failed_at_ms);
	snprintf(text, sizeof(text), "%" PRId64, l->attempts_made);
	wq_grid_field("attempts", wq_str(text));
	wq_grid_field("account", l->account);
	wq_grid_field("reason", l->reason);
	print_traces(l->stacktrace);
	if (l->job->data.p)
		print_json("data", l, wq_dead_letter_data_add);
	else
		wq_grid_field("data", wq_str("(too large to show)"));
	print_json("opts", l, wq_dead_letter_opts_add);
}

static enum wq_exit show(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_DONE;
	struct wq_dead_one one;

	if (!wq_dead_cli_one(c, &one, WQ_DEAD_READ, wq_strn(NULL, 0))) {
		code = WQ_EXIT_FAILED;
	} else if (c->json) {
		wq_view_letter(&c->w, &one.letter, &c->ref, WQ_DEAD_FULL);
		code = wq_queue_cli_print(c);
	} else {
		print_letter(&one.letter, &c->ref);
	}
	wq_dead_one_fini(&one);
	return code;
}

const struct wq_queue_action wq_dead_looks[] = {
	{ "list", "[QUEUE [--error TEXT] [--name NAME] [--account ID] [--since WHEN] [--until WHEN]]", 0, 1,
	  list, false },
	{ "groups", "QUEUE [--error TEXT …]", 1, 1, groups, false },
	{ "show", "QUEUE ID", 2, 2, show, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
