/* SPDX-License-Identifier: MIT */
/* reference.c — docs/settings.md from the table of settings. */
#include "app/cli/config.h"
#include "app/settings/table.h"
#include "app/settings/value.h"
#include "base/assert.h"

static const char intro[] =
	"# Settings\n"
	"\n"
	"This page is printed by `willaq config --markdown`; `willaq config` shows what is in force and where it\n"
	"came from.\n"
	"\n"
	"Flags beat the environment, which beats the `.env` file, which beats the defaults. The file is `.env` in\n"
	"the working directory, or what `--env-file` or `WILLAQ_ENV_FILE` names; its lines are `NAME=value`, values\n"
	"may stand in quotes, nothing is expanded. A variable that is empty counts as not set. Among the variables\n"
	"of a setting the first of those listed wins.\n"
	"\n"
	"- A switch is turned on by `--name` and off by `--no-name`, or written as `--name=true`; its variable takes\n"
	"  `true`, `false`, `yes`, `no`, `on`, `off`, `1`, `0`.\n"
	"- Times take `ms`, `s`, `m`, `h`, `d`; a bare number counts seconds, where nothing else is said.\n"
	"- Sizes are bytes, or take `k`, `m`, `g` (1024 each).\n"
	"- A secret, and what may hold one, can be given in a file:\n"
	"  `WILLAQ_WEBHOOK_SECRET_FILE=/run/secrets/webhook` or `--webhook-secret-file`, and so for every name of a\n"
	"  setting that is marked *file*. One newline at its end is left out.\n"
	"- Without a URL of Redis, `REDIS_HOST`, `REDIS_PORT`, `REDIS_USERNAME`, `REDIS_PASSWORD` (also\n"
	"  `REDIS_PASSWORD_FILE`), `REDIS_DB` and `REDIS_TLS` are put together into one.\n"
	"- A flag or a `WILLAQ_` variable that names no setting is an error.\n";

/* Texts of ours: the only byte that a table minds is the bar. */
static int add_cell(struct wq_buf *out, const char *text)
{
	int rc = 0;

	for (; rc == 0 && *text; text++)
		rc = *text == '|' ? wq_buf_add_text(out, "\\|") : wq_buf_add_char(out, *text);
	return rc;
}

static int add_variables(struct wq_buf *out, const struct wq_setting_def *d)
{
	struct wq_setting_names n;
	bool first = true;
	int rc = 0;

	wq_setting_names_begin(&n, d);
	for (; rc == 0 && wq_setting_names_next(&n); first = false)
		rc = wq_buf_addf(out, "%s`%s`%s", first ? "" : ", ", n.name,
		                 n.inverse ? " (inverse)" : "");
	if (rc == 0 && wq_setting_has_twin(d))
		rc = wq_buf_add_text(out, " *file*");
	return rc;
}

static int add_row(struct wq_buf *out, const struct wq_setting_def *d)
{
	int rc = wq_buf_addf(out, "| `--%s` | ", d->name);

	if (rc == 0)
		rc = add_variables(out, d);
	if (rc == 0)
		rc = *d->preset ? wq_buf_addf(out, " | `%s` | ", d->preset)
		                : wq_buf_add_text(out, " | | ");
	if (rc == 0)
		rc = add_cell(out, d->help);
	if (rc == 0)
		rc = wq_buf_add_text(out, " | ");
	if (rc == 0)
		rc = wq_value_accepts(d, out);
	return rc == 0 ? wq_buf_add_text(out, " |\n") : rc;
}

static int add_group(struct wq_buf *out, enum wq_setting_group group)
{
	struct wq_buf who;
	int rc;

	wq_buf_init(&who, WQ_SETTING_MAX_BYTES);
	wq_command_takers(WQ_BIT(group), &who);
	rc = wq_buf_addf(out,
	                 "\n## %s\n\nTaken by %.*s.\n\n| flag | variables | default | what it is | "
	                 "accepts |\n|---|---|---|---|---|\n",
	                 wq_setting_group_title(group), WQ_STR_ARG(wq_buf_str(&who)));
	wq_buf_fini(&who);
	for (unsigned id = 0; rc == 0 && id < WQ_SET_COUNT; id++) {
		const struct wq_setting_def *d = wq_setting_def((enum wq_setting)id);

		if (d->group == group)
			rc = add_row(out, d);
	}
	return rc;
}

int wq_config_write_reference(struct wq_buf *out)
{
	int rc = wq_buf_add_text(out, intro);

	for (unsigned group = 0; rc == 0 && group < WQ_GROUP_COUNT; group++)
		rc = add_group(out, (enum wq_setting_group)group);
	return rc;
}
