/* SPDX-License-Identifier: MIT */
/* subscription.c — `willaq subscription`: straight to Redis, no server needed. */
#include "app/cli/subscription.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/api/subscription_call.h"
#include "app/cli/grid.h"
#include "app/cli/session.h"
#include "base/assert.h"
#include "base/limits.h"

const struct wq_option wq_subscription_options[] = {
	{ "json", NULL, "as JSON" },
	{ NULL, NULL, NULL },
};

struct cli {
	struct wq_session session;
	const struct wq_args *args;
	struct wq_sub_keys keys;
	struct wq_redis_cmd cmd;
	bool json, one, found;
};

static struct cli *cli_of(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct cli, cmd);
}

static void add_row(struct wq_grid *g, const struct wq_sub_seen *s)
{
	struct wq_subscription sub;
	const char *why;

	wq_grid_str(g, s->id);
	wq_grid_str(g, s->state);
	(void)wq_subscription_init(&sub, s->spec, &why);
	wq_grid_str(g, sub.to);
	wq_grid_count(g, s->ok);
	wq_grid_count(g, s->waiting);
	wq_grid_time(g, s->ok_at_ms);
	wq_grid_time(g, s->failing_ms);
	wq_subscription_fini(&sub);
}

static void print_table(const struct wq_redis_cmd *cmd)
{
	static const char *const head[] = { "ID",       "STATE",     "TO",           ">DELIVERED",
		                            ">WAITING", "DELIVERED", "FAILING SINCE" };
	struct wq_sub_seen seen;
	struct wq_grid g;

	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; i < wq_sub_list_count(cmd); i++) {
		wq_sub_list_at(cmd, i, &seen);
		add_row(&g, &seen);
	}
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
}

static void print_json(const struct cli *c, const struct wq_redis_cmd *cmd)
{
	struct wq_sub_seen seen;
	struct wq_buf out;
	struct wq_jsonw w;

	wq_buf_init(&out, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &out);
	if (!c->one)
		wq_jsonw_array(&w);
	for (size_t i = 0; i < wq_sub_list_count(cmd); i++) {
		wq_sub_list_at(cmd, i, &seen);
		wq_view_subscription(&w, &seen, NULL);
	}
	if (!c->one)
		wq_jsonw_array_end(&w);
	if (wq_jsonw_end(&w) == 0)
		printf("%.*s\n", WQ_STR_ARG(wq_buf_str(&out)));
	wq_buf_fini(&out);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct cli *c = cli_of(cmd);

	c->found = rc == 0 && wq_sub_list_count(cmd) > 0;
	if (rc == 0 && (c->json ? c->found || !c->one : c->found)) {
		if (c->json)
			print_json(c, cmd);
		else
			print_table(cmd);
	}
	wq_session_done(&c->session, rc);
}

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct cli *c = cli_of(cmd);

	c->found = rc == 0 && wq_sub_put_answer(cmd) > 0;
	wq_session_done(&c->session, rc);
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct cli *c = cli_of(cmd);

	c->found = rc == 0 && wq_sub_remove_answer(cmd) > 0;
	wq_session_done(&c->session, rc);
}

static int start(struct cli *c, const char *action, struct wq_str id)
{
	struct wq_sub_put put = { .id = id, .rev = -1, .now_ms = wq_loop_wall_ms(c->session.loop) };

	if (strcmp(action, "remove") == 0)
		return wq_sub_remove_start(&c->keys, &c->cmd, id, on_removed);
	if (strcmp(action, "pause") == 0 || strcmp(action, "resume") == 0) {
		bool pauses = action[0] == 'p';

		put.state = wq_str(pauses ? "paused" : "active");
		put.why = wq_str(pauses ? "paused" : "");
		return wq_sub_put_start(&c->keys, &c->cmd, &put, on_put);
	}
	return wq_sub_list_start(&c->keys, &c->cmd, id, 0, WQ_SUBSCRIPTIONS_MAX, on_listed);
}

static bool is_action(const char *action, bool with_id)
{
	static const char *const with[] = { "show", "pause", "resume", "remove" };

	if (!with_id)
		return strcmp(action, "list") == 0;
	for (size_t i = 0; i < WQ_COUNT(with); i++)
		if (strcmp(action, with[i]) == 0)
			return true;
	return false;
}

static enum wq_exit run(struct cli *c, const char *action, const char *id)
{
	wq_sub_keys_init(&c->keys, c->session.redis,
	                 wq_str(wq_settings_text(c->session.settings, WQ_SET_PREFIX)));
	if (!wq_session_wait(&c->session, start(c, action, wq_str(id)), c->cmd.error))
		return WQ_EXIT_FAILED;
	if (!c->found && c->one) {
		fprintf(stderr, "willaq: there is no subscription %s\n", id);
		return WQ_EXIT_FAILED;
	}
	if (!c->found && !c->json)
		puts("there are no subscriptions");
	return WQ_EXIT_DONE;
}

enum wq_exit wq_subscription_run(const struct wq_settings *s, const struct wq_args *args)
{
	struct cli c = { .args = args, .json = wq_args_option(args, "json") != NULL };
	const char *action = args->at[0], *id = args->count > 1 ? args->at[1] : "";
	enum wq_exit code = WQ_EXIT_FAILED;

	c.one = args->count > 1;
	if (!is_action(action, c.one) || strlen(id) > WQ_SUB_ID_MAX_BYTES) {
		fprintf(stderr,
		        "willaq: subscription takes list, or show, pause, resume, remove and an id\n");
		return WQ_EXIT_USAGE;
	}
	if (wq_session_open(&c.session, s))
		code = run(&c, action, id);
	wq_session_close(&c.session);
	return code;
}
