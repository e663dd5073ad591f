/* SPDX-License-Identifier: MIT */
/* queue.c — find the action, open what it needs, run it. */
#include "app/cli/queue.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/cli/grid.h"
#include "app/settings/table.h"
#include "app/settings/value.h"
#include "base/err.h"
#include "base/limits.h"

const struct wq_option wq_queue_options[] = {
	{ "json", NULL, "as JSON" },
	{ "yes", NULL, "drain, clean, obliterate: really delete" },
	{ "state", "STATE", "waiting, active, delayed, prioritized, waiting-children, completed or failed" },
	{ "limit", "N", "jobs: how many (50); clean: at most so many" },
	{ "from", "N", "jobs: from the N-th on" },
	{ "order", "asc|desc", "jobs: which end comes first" },
	{ "delayed", NULL, "drain: delayed jobs too" },
	{ "older-than", "TIME", "clean: only jobs that old, as 1h" },
	{ "force", NULL, "obliterate: even while jobs run" },
	{ "concurrency", "N", "limits: jobs that run at once, of all workers together; 0: any number" },
	{ "max", "N", "limits: jobs that start within --per; 0: any number" },
	{ "per", "TIME", "limits: the time of --max, as 1s" },
	{ "hold", "TIME", "limits: nothing starts for so long; 0 ends it" },
	{ "interval", "TIME", "watch: how often, 5s" },
	{ "times", "N", "watch: so many times, then end" },
	{ NULL, NULL, NULL },
};

const struct wq_option wq_job_options[] = {
	{ "json", NULL, "as JSON" },
	{ "yes", NULL, "remove: really delete" },
	{ "state", "STATE", "retry: completed or failed (failed)" },
	{ "children", NULL, "remove: with all jobs that it depends on" },
	{ "reset", NULL, "retry: its attempts count from 0 again" },
	{ "front", NULL, "priority: before all others of the same" },
	{ "limit", "N", "logs: how many rows (50)" },
	{ "from", "N", "logs: from the N-th on" },
	{ NULL, NULL, NULL },
};

bool wq_queue_cli_flag(const struct wq_queue_cli *c, const char *option)
{
	return wq_args_option(c->args, option) != NULL;
}

static bool number(struct wq_queue_cli *c, const char *option, enum wq_setting_type type,
                   uint64_t max, uint64_t *value)
{
	struct wq_setting_def d = {
		.name = option, .type = type, .max = (int64_t)max, .unit_ms = 1000
	};
	const char *text = wq_args_option(c->args, option), *why = NULL;
	int64_t n = 0;

	if (!text)
		return true;
	if (wq_value_parse(&d, wq_str(text), &n, &why) && n >= 0) {
		*value = (uint64_t)n;
		return true;
	}
	fprintf(stderr, "willaq: --%s takes %s, not \"%s\"\n", option,
	        type == WQ_SETTING_MS ? "a time, as 30s or 2h" : "a whole number", text);
	return false;
}

bool wq_queue_cli_count(struct wq_queue_cli *c, const char *option, uint64_t max, uint64_t *value)
{
	return number(c, option, WQ_SETTING_COUNT, max, value);
}

bool wq_queue_cli_ms(struct wq_queue_cli *c, const char *option, uint64_t *value)
{
	return number(c, option, WQ_SETTING_MS, INT32_MAX, value);
}

bool wq_queue_cli_state(struct wq_queue_cli *c, enum wq_job_state *state)
{
	const char *text = wq_args_option(c->args, "state");

	if (!text)
		return true;
	*state = wq_job_state_find(wq_str(text));
	if (*state != WQ_JOB_STATES)
		return true;
	fprintf(stderr,
	        "willaq: --state takes waiting, active, delayed, prioritized, waiting-children, completed or "
	        "failed, not \"%s\"\n",
	        text);
	return false;
}

static void on_look(struct wq_look *l, int rc)
{
	wq_session_done(l->user, rc);
}

static void on_inspect(struct wq_inspect *i, int rc)
{
	wq_session_done(i->user, rc);
}

bool wq_queue_cli_looked(struct wq_queue_cli *c, int started)
{
	return wq_session_wait(&c->session, started, c->look.cmd.error);
}

bool wq_queue_cli_changed(struct wq_queue_cli *c, int started)
{
	if (!wq_session_wait(&c->session, started, c->inspect.change.cmd.error))
		return false;
	if (c->inspect.code == WQ_CHANGE_DONE)
		return true;
	fprintf(stderr, "willaq: %s\n", wq_inspect_code_text(c->inspect.code));
	return false;
}

enum wq_exit wq_queue_cli_change(struct wq_queue_cli *c, int started, const char *what)
{
	if (!wq_queue_cli_changed(c, started))
		return WQ_EXIT_FAILED;
	if (c->id.n && c->inspect.n == 0) {
		fprintf(stderr, "willaq: %s\n", wq_inspect_code_text(WQ_CHANGE_MISSING));
		return WQ_EXIT_FAILED;
	}
	if (!c->json) {
		printf("%" PRIu64 " %s %s\n", c->inspect.n, c->inspect.n == 1 ? "job" : "jobs",
		       what);
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "changed", (int64_t)c->inspect.n);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c);
}

enum wq_exit wq_queue_cli_print(struct wq_queue_cli *c)
{
	int rc = wq_jsonw_end(&c->w);

	if (rc < 0) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
		return WQ_EXIT_FAILED;
	}
	(void)wq_grid_json(stdout, wq_buf_str(&c->out)); /* a failure is told at the end, of all output */
	putchar('\n');
	return WQ_EXIT_DONE;
}

bool wq_queue_cli_confirmed(struct wq_queue_cli *c, const char *what)
{
	if (wq_queue_cli_flag(c, "yes"))
		return true;
	fprintf(stderr, "willaq: would delete %s: say --yes to do it\n", what);
	return false;
}

static bool open_queue(struct wq_queue_cli *c, const struct wq_queue_command *command,
                       const char *name)
{
	const struct wq_settings *s = c->session.settings;
	const char *why = NULL;
	int rc = command->open(&c->ref, c->session.redis,
	                       wq_str(wq_settings_text(s, WQ_SET_PREFIX)), wq_str(name), &why);

	if (rc < 0)
		fprintf(stderr, "willaq: %s\n", why ? why : wq_err_text(rc));
	return rc == 0;
}

static void on_check(struct wq_queue_check *check, int rc)
{
	wq_session_done(&WQ_OWNER(check, struct wq_queue_cli, check)->session, rc);
}

bool wq_queue_cli_may_change(struct wq_queue_cli *c)
{
	if (!wq_session_wait(&c->session, wq_queue_check_start(&c->check, &c->ref, on_check),
	                     "its client is not allowed enough"))
		return false;
	if (c->check.refused)
		fprintf(stderr, "willaq: %s\n", c->check.why);
	else if (c->check.warning[0])
		fprintf(stderr, "willaq: warning: %s\n", c->check.warning);
	return !c->check.refused;
}

static enum wq_exit perform(struct wq_queue_cli *c, const struct wq_queue_command *command,
                            const struct wq_queue_action *a)
{
	const struct wq_args *args = c->args;

	if (args->count > 1 && command->open && !open_queue(c, command, args->at[1]))
		return WQ_EXIT_USAGE;
	if (args->count > 2)
		c->id = wq_str(args->at[2]);
	wq_look_init(&c->look, args->count > 1 ? &c->ref : NULL, on_look);
	wq_inspect_init(&c->inspect, c->session.loop, &c->ref, on_inspect);
	c->look.user = &c->session;
	c->inspect.user = &c->session;
	c->json = wq_queue_cli_flag(c, "json");
	wq_buf_init(&c->out, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&c->w, &c->out);
	return a->changes && !wq_queue_cli_may_change(c) ? WQ_EXIT_FAILED : a->run(c);
}

static enum wq_exit run_action(const struct wq_queue_command *command,
                               const struct wq_queue_action *a, const struct wq_settings *s,
                               const struct wq_args *args)
{
	struct wq_queue_cli c = { .args = args };
	enum wq_exit code = WQ_EXIT_FAILED;

	if (args->count - 1 < a->args_min || args->count - 1 > a->args_max) {
		fprintf(stderr, "willaq: %s\nusage: willaq %s %s%s%s\n",
		        args->count - 1 < a->args_min ? "arguments are missing"
		                                      : "too many arguments",
		        command->name, a->name, *a->usage ? " " : "", a->usage);
		return WQ_EXIT_USAGE;
	}
	if (wq_session_open(&c.session, s))
		code = perform(&c, command, a);
	wq_buf_fini(&c.out);
	wq_ref_fini(&c.ref);
	wq_session_close(&c.session);
	return code;
}

enum wq_exit wq_queue_command_run(const struct wq_queue_command *command,
                                  const struct wq_settings *s, const struct wq_args *args)
{
	for (size_t i = 0; command->tables[i]; i++)
		for (const struct wq_queue_action *a = command->tables[i]; a->name; a++)
			if (strcmp(a->name, args->at[0]) == 0)
				return run_action(command, a, s, args);
	fprintf(stderr, "willaq: %s knows no \"%s\"; there are", command->name, args->at[0]);
	for (size_t i = 0; command->tables[i]; i++)
		for (const struct wq_queue_action *a = command->tables[i]; a->name; a++)
			fprintf(stderr, " %s", a->name);
	fputc('\n', stderr);
	return WQ_EXIT_USAGE;
}

enum wq_exit wq_queue_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { wq_queue_looks, wq_queue_adds,
		                                                wq_queue_changes, NULL };
	static const struct wq_queue_command command = { "queue", tables, wq_ref_init };

	return wq_queue_command_run(&command, s, args);
}

enum wq_exit wq_job_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { wq_job_actions, NULL };
	static const struct wq_queue_command command = { "job", tables, wq_ref_init };

	return wq_queue_command_run(&command, s, args);
}
