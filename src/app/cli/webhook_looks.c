/* SPDX-License-Identifier: MIT */
/* webhook_looks.c — list, show, body, stats. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "app/cli/webhook.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/weblog/replay.h"

enum { ROWS_DEFAULT = 50 };

struct listing {
	struct wq_webhook_log log;
	struct wq_webhook_walk walk;
	struct wq_grid grid;
	uint64_t limit, n;
};

static enum wq_webhook_wish list_row(struct wq_webhook_walk *w, const struct wq_webhook_row *r)
{
	struct listing *list = WQ_OWNER(w, struct listing, walk);
	struct wq_queue_cli *c = w->user;

	if (list->n == list->limit)
		return WQ_WEBHOOK_ENOUGH;
	list->n++;
	if (c->json)
		wq_view_webhook(&c->w, r, WQ_WEBHOOK_ROW);
	else
		wq_webhook_cli_row(&list->grid, r);
	return WQ_WEBHOOK_LEAVE;
}

static void tell_page(struct listing *list)
{
	char next[WQ_WEBHOOK_PLACE_MAX_BYTES];

	if (list->n)
		(void)wq_grid_print(&list->grid);
	else
		printf("no webhooks%s among %" PRIu64 "\n",
		       wq_webhook_filter_is_empty(&list->walk.filter) ? "" : " like that",
		       list->walk.seen);
	if (wq_webhook_place_ended(&list->walk.next))
		return;
	wq_webhook_place_show(&list->walk.next, next);
	printf("(the next ones: --cursor %s)\n", next);
}

/* False: a sentence was printed. */
static bool read_page(struct wq_queue_cli *c, struct listing *list)
{
	const char *cursor = wq_args_option(c->args, "cursor");

	if (!wq_webhook_cli_filter(c, &list->walk.filter) ||
	    !wq_queue_cli_count(c, "limit", WQ_API_PAGE_MAX, &list->limit))
		return false;
	list->walk.goes_on = cursor != NULL;
	if (cursor && !wq_webhook_place_parse(&list->walk.from, wq_str(cursor)))
		fprintf(stderr, "willaq: --cursor takes what the page before told\n");
	else if (list->limit == 0)
		fprintf(stderr, "willaq: --limit takes 1 to %d\n", WQ_API_PAGE_MAX);
	else
		return true;
	return false;
}

static enum wq_exit list(struct wq_queue_cli *c)
{
	struct listing list = { .limit = ROWS_DEFAULT };
	bool ok;

	if (!read_page(c, &list) || !wq_webhook_cli_log(c, &list.log))
		return WQ_EXIT_USAGE;
	list.walk.on_row = list_row;
	list.walk.look_max = WQ_API_DEAD_LOOKS;
	list.walk.oldest_first = wq_queue_cli_flag(c, "oldest");
	wq_webhook_cli_grid(&list.grid);
	wq_jsonw_object(&c->w);
	wq_jsonw_key(&c->w, "data");
	wq_jsonw_array(&c->w);
	ok = wq_webhook_cli_walk(c, &list.log, &list.walk);
	wq_jsonw_array_end(&c->w);
	wq_view_webhook_counts(&c->w, &list.walk);
	wq_view_webhook_next(&c->w, &list.walk.next);
	wq_jsonw_object_end(&c->w);
	if (ok && !c->json)
		tell_page(&list);
	wq_grid_fini(&list.grid);
	if (!ok)
		return WQ_EXIT_FAILED;
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

/* one webhook */

struct looking {
	struct wq_queue_cli *c;
	struct wq_webhook_log log;
	struct wq_webhook_page page;
};

static void on_one(struct wq_webhook_page *p, int rc)
{
	wq_session_done(&WQ_OWNER(p, struct looking, page)->c->session, rc);
}

/* NULL: a sentence was printed.  wq_webhook_page_fini in any case. */
static const struct wq_webhook_row *look(struct looking *l)
{
	struct wq_queue_cli *c = l->c;
	int rc;

	if (!wq_webhook_cli_log(c, &l->log))
		return NULL;
	rc = wq_webhook_log_one(&l->log, &l->page, wq_str(c->args->at[1]), on_one);
	if (rc != WQ_EINVAL && !wq_session_wait(&c->session, rc, l->page.cmd.error))
		return NULL;
	if (rc == 0 && l->page.n == 1)
		return &l->page.rows[0];
	fprintf(stderr, "willaq: %s\n", wq_webhook_replayed_text(WQ_REPLAY_MISSING));
	return NULL;
}

static void print_count(const char *name, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	wq_grid_field(name, wq_str(text));
}

static void print_row(const struct wq_webhook_row *r)
{
	wq_grid_field("webhook", wq_str(r->id));
	wq_grid_field_time("came", r->at_ms);
	wq_grid_field("outcome", wq_str(wq_webhook_outcome_name(wq_webhook_outcome_of(r))));
	wq_grid_field("peer", r->peer);
	if (r->refused) {
		print_count("status", r->status);
		wq_grid_field("code", r->code);
		wq_grid_field("path", r->path);
		print_count("left out", r->left_out);
		return;
	}
	wq_grid_field("provider", r->provider);
	wq_grid_field("kinds", r->kinds);
	wq_grid_field("account", r->account);
	wq_grid_field("business", r->business);
	wq_grid_field("ids", r->ids);
	print_count("new", r->fresh);
	print_count("known", r->known);
	print_count("bytes", r->body_bytes);
	wq_grid_field("type", wq_webhook_type(r));
	wq_grid_field("body", r->body.p ? r->body : wq_str("(too large to show)"));
}

static enum wq_exit show(struct wq_queue_cli *c)
{
	struct looking l = { .c = c };
	const struct wq_webhook_row *r = look(&l);
	enum wq_exit code = r ? WQ_EXIT_DONE : WQ_EXIT_FAILED;

	if (r && c->json) {
		wq_view_webhook(&c->w, r, WQ_WEBHOOK_FULL);
		code = wq_queue_cli_print(c);
	} else if (r) {
		print_row(r);
	}
	wq_webhook_page_fini(&l.page);
	return code;
}

/* As they came; but what others sent does not steer a terminal. */
static void print_bytes(struct wq_str s)
{
	bool people = isatty(STDOUT_FILENO);

	for (size_t i = 0; i < s.n; i++) {
		unsigned char b = (unsigned char)s.p[i];

		putchar(people && (b < 0x20 || b == 0x7f) && b != '\n' ? '?' : b);
	}
	if (people)
		putchar('\n');
}

static enum wq_exit body(struct wq_queue_cli *c)
{
	struct looking l = { .c = c };
	const struct wq_webhook_row *r = look(&l);
	bool ok = r && !r->refused && r->body.p && r->body_bytes;

	if (ok)
		print_bytes(r->body);
	else if (r)
		fprintf(stderr, "willaq: %s\n",
		        wq_webhook_replayed_text(r->body.p ? WQ_REPLAY_NO_BODY
		                                           : WQ_REPLAY_TOO_LARGE));
	wq_webhook_page_fini(&l.page);
	return ok ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}

/* counts */

struct counting {
	struct wq_queue_cli *c;
	struct wq_webhook_log log;
	struct wq_webhook_stats stats;
	struct wq_webhook_walk walk;
	struct wq_webhook_tally tally;
};

static void print_stats(const struct wq_webhook_stats *s)
{
	uint32_t status;
	uint64_t n;

	print_count("kept", s->kept);
	print_count("kept of refused", s->refused_kept);
	wq_grid_field_time("oldest", s->oldest_ms);
	wq_grid_field_time("newest", s->newest_ms);
	print_count("came", wq_webhook_stats_count(s, "posts"));
	print_count("updates", wq_webhook_stats_count(s, "updates"));
	print_count("known before", wq_webhook_stats_count(s, "known"));
	print_count("replayed", wq_webhook_stats_count(s, "again_posts"));
	for (size_t i = 0; wq_webhook_stats_refused(s, i, &status, &n); i++) {
		char name[32];

		snprintf(name, sizeof(name), "refused %" PRIu32, status);
		print_count(name, n);
	}
}

static void on_stats(struct wq_webhook_stats *s, int rc)
{
	struct counting *k = WQ_OWNER(s, struct counting, stats);

	if (rc == 0 && k->c->json)
		wq_view_webhook_stats(&k->c->w, s);
	else if (rc == 0)
		print_stats(s);
	wq_session_done(&k->c->session, rc);
}

static enum wq_webhook_wish tally_row(struct wq_webhook_walk *w, const struct wq_webhook_row *r)
{
	wq_webhook_tally_add(&WQ_OWNER(w, struct counting, walk)->tally, r);
	return WQ_WEBHOOK_LEAVE;
}

static void print_tally(const struct counting *k)
{
	printf("of the newest %" PRIu64 ":\n", k->walk.seen);
	for (unsigned i = WQ_WEBHOOK_ACCEPTED; i < WQ_WEBHOOK_OUTCOMES; i++)
		print_count(wq_webhook_outcome_name((enum wq_webhook_outcome)i), k->tally.n[i]);
}

static enum wq_exit stats(struct wq_queue_cli *c)
{
	struct counting k = { .c = c };

	if (!wq_webhook_cli_filter(c, &k.walk.filter) || !wq_webhook_cli_log(c, &k.log))
		return WQ_EXIT_USAGE;
	wq_jsonw_object(&c->w);
	if (!wq_session_wait(&c->session, wq_webhook_stats_start(&k.log, &k.stats, on_stats),
	                     k.stats.cmd.error))
		return WQ_EXIT_FAILED;
	k.walk.on_row = tally_row;
	k.walk.look_max = WQ_WEBHOOK_PAGE_LOOKS;
	if (!wq_webhook_cli_walk(c, &k.log, &k.walk))
		return WQ_EXIT_FAILED;
	if (!c->json) {
		print_tally(&k);
		return WQ_EXIT_DONE;
	}
	wq_view_webhook_tally(&c->w, &k.tally, &k.walk);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c);
}

#define FILTER "[--id TEXT] [--account ID] [--kind KIND] [--outcome NAME] [--since WHEN] [--until WHEN]"

const struct wq_queue_action wq_webhook_looks[] = {
	{ "list", FILTER " [--limit N] [--cursor TEXT] [--oldest]", 0, 0, list, false },
	{ "show", "ID", 1, 1, show, false },
	{ "body", "ID", 1, 1, body, false },
	{ "stats", FILTER, 0, 0, stats, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
