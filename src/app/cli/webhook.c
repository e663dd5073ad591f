/* SPDX-License-Identifier: MIT */
/* webhook.c — what all of it shares: options, filter, walk, rows. */
#include "app/cli/webhook.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/webhook_filter.h"
#include "base/err.h"
#include "base/limits.h"

const struct wq_option wq_webhook_options[] = {
	{ "json", NULL, "as JSON" },
	{ "id", "TEXT", "webhooks with this in the ids of their messages, or anywhere in their body" },
	{ "account", "ID", "webhooks of this phone number id, or of this business in their path" },
	{ "kind", "KIND", "webhooks that brought such: messages, statuses, events, other" },
	{ "provider", "NAME", "cloud, evolution or twilio" },
	{ "outcome", "NAME", "accepted, duplicate, partly, none or refused" },
	{ "since", "WHEN", "webhooks that came then or later: a date, or how long ago, as 2h" },
	{ "until", "WHEN", "webhooks that came before: a date, or how long ago, as 7d" },
	{ "limit", "N", "list: how many (50)" },
	{ "cursor", "TEXT", "list: behind the page that told it" },
	{ "oldest", NULL, "list: the oldest first" },
	{ "all", NULL, "replay: all webhooks, where no filter is named" },
	{ "rate", "N", "replay: webhooks a second; 0: as fast as it goes" },
	{ "dry-run", NULL, "replay: tell what would be done" },
	{ "yes", NULL, "replay: do it without asking" },
	{ "to", "URL", "replay: post the bytes there, signed with the first --webhook-secret" },
	{ NULL, NULL, NULL },
};

enum wq_exit wq_webhook_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { wq_webhook_looks, wq_webhook_replays,
		                                                NULL };
	static const struct wq_queue_command command = { "webhook", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}

bool wq_webhook_cli_log(struct wq_queue_cli *c, struct wq_webhook_log *log)
{
	const char *prefix = wq_settings_text(c->session.settings, WQ_SET_PREFIX);

	if (wq_webhook_log_init(log, c->session.redis, wq_str(prefix)) == 0)
		return true;
	fprintf(stderr, "willaq: --prefix takes 1 to %d bytes\n", WQ_QUEUE_NAME_MAX_BYTES);
	return false;
}

bool wq_webhook_cli_filter(struct wq_queue_cli *c, struct wq_webhook_filter *f)
{
	int64_t now = wq_loop_wall_ms(c->session.loop);
	const char *why;

	for (size_t i = 0; wq_webhook_filter_members[i]; i++) {
		const char *member = wq_webhook_filter_members[i];
		const char *text = wq_args_option(c->args, member);

		if (!text || !wq_webhook_filter_set(f, member, wq_str(text), now))
			continue;
		fprintf(stderr, "willaq: --%s takes %s, not \"%s\"\n", member,
		        wq_webhook_filter_problem(member), text);
		return false;
	}
	why = wq_webhook_filter_judge(f);
	if (why)
		fprintf(stderr, "willaq: %s\n", why);
	return !why;
}

static void on_walked(struct wq_webhook_walk *w, int rc)
{
	wq_session_done(&((struct wq_queue_cli *)w->user)->session, rc);
}

bool wq_webhook_cli_walk(struct wq_queue_cli *c, const struct wq_webhook_log *log,
                         struct wq_webhook_walk *walk)
{
	int rc;

	walk->user = c;
	walk->on_end = on_walked;
	rc = wq_session_run(&c->session, wq_webhook_walk_start(walk, c->session.loop, log));
	if (rc != 0 && rc != WQ_ECANCELED)
		wq_session_tell(&c->session, rc, walk->error);
	wq_webhook_walk_forget(walk);
	return rc == 0;
}

void wq_webhook_cli_grid(struct wq_grid *g)
{
	static const char *const head[] = { "ID",      "CAME", "OUTCOME", "PROVIDER", "KINDS",
		                            "ACCOUNT", ">NEW", ">KNOWN",  ">BYTES",   "IDS" };

	wq_grid_init(g, WQ_COUNT(head), head);
}

void wq_webhook_cli_row(struct wq_grid *g, const struct wq_webhook_row *r)
{
	char refusal[WQ_GRID_CELL_MAX_BYTES];

	snprintf(refusal, sizeof(refusal), "%" PRIu32 " %.*s", r->status, WQ_STR_ARG(r->code));
	wq_grid_text(g, r->id);
	wq_grid_time(g, r->at_ms);
	wq_grid_text(g, wq_webhook_outcome_name(wq_webhook_outcome_of(r)));
	wq_grid_str(g, r->provider);
	wq_grid_str(g, r->refused ? wq_str(refusal) : r->kinds);
	wq_grid_str(g, r->account);
	wq_grid_count(g, r->fresh);
	wq_grid_count(g, r->known);
	wq_grid_count(g, r->body_bytes);
	wq_grid_str(g, r->refused ? r->path : r->ids);
}
