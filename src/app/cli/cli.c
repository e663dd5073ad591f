/* SPDX-License-Identifier: MIT */
/* cli.c — find the command, load its settings, run it; usage errors end with exit code 2.
 *
 *   argv ──► command ──► settings ──► log, time zone ──► run ──► exit code
 *              │            └─ anything wrong: all of it is told ─► 2
 *              └─ unknown: the nearest name is told ─► 2
 */
#include "app/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/cli/help.h"
#include "base/err.h"
#include "base/log.h"

enum { ERRORS_MAX_BYTES = 65536 };

static enum wq_exit tell_errors(const struct wq_command *c, int rc, const struct wq_buf *errors)
{
	struct wq_str rest = wq_buf_str(errors), line;

	while (wq_str_next(&rest, '\n', &line))
		if (line.n)
			fprintf(stderr, "willaq: %.*s\n", WQ_STR_ARG(line));
	if (rc == WQ_ENOMEM) {
		fprintf(stderr, "willaq: out of memory while reading the settings\n");
		return WQ_EXIT_FAILED;
	}
	fprintf(stderr, "\"willaq help %s\" tells what %s takes\n", c->name, c->name);
	return WQ_EXIT_USAGE;
}

/* What every command has from its settings before it runs. */
static void prepare(const struct wq_settings *s)
{
	struct wq_log_opts log = {
		.level = (enum wq_log_level)wq_settings_int(s, WQ_SET_LOG_LEVEL),
		.format = (enum wq_log_format)wq_settings_int(s, WQ_SET_LOG_FORMAT),
		.fd = STDERR_FILENO,
	};
	const char *zone = wq_settings_text(s, WQ_SET_TIMEZONE);

	wq_log_setup(&log);
	if (zone)
		setenv("TZ", zone, 1);
	tzset();
}

/* A full disk or a closed pipe behind stdout is a failure, not a result. */
static enum wq_exit flushed(enum wq_exit code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fprintf(stderr, "willaq: the output could not be written\n");
	return code == WQ_EXIT_DONE ? WQ_EXIT_FAILED : code;
}

static bool counts(const struct wq_command *c, const struct wq_args *args)
{
	if (args->count > c->args_max)
		fprintf(stderr,
		        c->args_max ? "willaq: too many arguments\n"
		                    : "willaq: %s takes no arguments\n",
		        c->name);
	else if (args->count < c->args_min)
		fprintf(stderr, "willaq: arguments are missing\n");
	else
		return true;
	fprintf(stderr, "usage: willaq %s [FLAGS] %s\n", c->name, c->usage);
	return false;
}

static enum wq_exit run(const struct wq_command *c, const struct wq_settings *s,
                        const struct wq_args *args)
{
	if (args->help)
		return flushed(wq_help_command(c));
	if (!counts(c, args))
		return WQ_EXIT_USAGE;
	prepare(s);
	return flushed(c->run(s, args));
}

/* A command without settings does not mind what the environment holds. */
static enum wq_exit load_and_run(const struct wq_command *c, int argc, char *const *argv,
                                 char *const *envp)
{
	struct wq_settings_input in = {
		.argc = argc,
		.argv = argv,
		.envp = c->groups ? envp : NULL,
		.command = c->name,
		.groups = c->groups,
		.options = c->options,
		.takers = wq_command_takers,
	};
	struct wq_settings s;
	struct wq_args args;
	struct wq_buf errors;
	enum wq_exit code;
	int rc;

	wq_buf_init(&errors, ERRORS_MAX_BYTES);
	rc = wq_settings_load(&s, &args, &in, &errors);
	code = rc < 0 ? tell_errors(c, rc, &errors) : run(c, &s, &args);
	wq_buf_fini(&errors);
	wq_settings_fini(&s);
	return code;
}

int wq_cli_main(int argc, char *const *argv, char *const *envp)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct wq_command *c;

	if (!name) {
		wq_help_all(stderr);
		return WQ_EXIT_USAGE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	else if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		name = "version";
	c = wq_command_find(name);
	if (c)
		return load_and_run(c, argc - 2, argv + 2, envp);
	if (name[0] != '-')
		return wq_help_unknown(name);
	fprintf(stderr, "willaq: the command comes first: willaq COMMAND [FLAGS]\n"
	                "\"willaq help\" tells what there is\n");
	return WQ_EXIT_USAGE;
}
