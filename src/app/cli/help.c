/* SPDX-License-Identifier: MIT */
/* help.c — usage texts from the tables of commands and settings. */
#include "app/cli/help.h"

#include "app/settings/suggest.h"
#include "app/settings/table.h"
#include "app/settings/value.h"
#include "base/assert.h"

enum wq_exit wq_help_unknown(const char *name)
{
	const struct wq_command *c;
	struct wq_suggest s;
	struct wq_buf shown;

	wq_suggest_begin(&s, wq_str(name));
	for (size_t i = 0; (c = wq_command_at(i)); i++)
		wq_suggest_offer(&s, c->name, c->name);
	wq_buf_init(&shown, WQ_SETTING_MAX_BYTES);
	(void)wq_value_quote_text(wq_str(name), &shown);
	fprintf(stderr, "willaq: unknown command %.*s%s\n", WQ_STR_ARG(wq_buf_str(&shown)),
	        wq_suggest_remark(&s));
	wq_buf_fini(&shown);
	fprintf(stderr, "\"willaq help\" tells what there is\n");
	return WQ_EXIT_USAGE;
}

void wq_help_all(FILE *out)
{
	const struct wq_command *c;

	fprintf(out,
	        "willaq %s, a WhatsApp automation server\n\n"
	        "usage: willaq COMMAND [FLAGS] [ARGUMENTS]\n\ncommands\n",
	        WQ_VERSION);
	for (size_t i = 0; (c = wq_command_at(i)); i++)
		fprintf(out, "  %-12s %s\n", c->name, c->summary);
	fprintf(out, "\n\"willaq help COMMAND\" tells what a command takes\n");
}

/* "; also PORT" and "; or the file that WILLAQ_X_FILE names" */
static void print_names(const struct wq_setting_def *d)
{
	struct wq_setting_names n;
	bool first = true;

	wq_setting_names_begin(&n, d);
	for (; wq_setting_names_next(&n); first = false)
		printf("%s%s", first ? "" : ", ", n.name);
	if (wq_setting_has_twin(d))
		printf("; ..._FILE: a file that holds it");
}

static void print_setting(const struct wq_setting_def *d)
{
	static const char *const placeholders[] = {
		[WQ_SETTING_TEXT] = " TEXT",   [WQ_SETTING_PATH] = " PATH",
		[WQ_SETTING_SECRET] = " TEXT", [WQ_SETTING_URL] = " URL",
		[WQ_SETTING_BOOL] = "",        [WQ_SETTING_COUNT] = " NUMBER",
		[WQ_SETTING_PORT] = " PORT",   [WQ_SETTING_BYTES] = " SIZE",
		[WQ_SETTING_MS] = " TIME",     [WQ_SETTING_PERCENT] = " PERCENT",
		[WQ_SETTING_CHOICE] = " ",
	};

	printf("  --%s%s", d->name, placeholders[d->type]);
	if (d->type == WQ_SETTING_CHOICE)
		for (const char *p = d->choices; *p; p++)
			putchar(*p == ' ' ? '|' : *p);
	printf("\n      %s\n      default %s; ", d->help, *d->preset ? d->preset : "none");
	print_names(d);
	putchar('\n');
}

static void print_group(enum wq_setting_group group)
{
	printf("\n%s\n", wq_setting_group_title(group));
	for (unsigned id = 0; id < WQ_SET_COUNT; id++) {
		const struct wq_setting_def *d = wq_setting_def((enum wq_setting)id);

		if (d->group == group)
			print_setting(d);
	}
}

static void print_options(const struct wq_option *options)
{
	printf("\nFlags\n");
	for (const struct wq_option *o = options; o && o->name; o++)
		printf("  --%s%s%s\n      %s\n", o->name, o->value ? " " : "",
		       o->value ? o->value : "", o->help);
	printf("  -h, --help\n      this text\n");
}

enum wq_exit wq_help_command(const struct wq_command *c)
{
	printf("willaq %s: %s\n\nusage: willaq %s [FLAGS]%s%s\n", c->name, c->summary, c->name,
	       *c->usage ? " " : "", c->usage);
	print_options(c->options);
	for (unsigned group = 0; group < WQ_GROUP_COUNT; group++)
		if (c->groups & WQ_BIT(group))
			print_group((enum wq_setting_group)group);
	return WQ_EXIT_DONE;
}

enum wq_exit wq_help_run(const struct wq_settings *s, const struct wq_args *args)
{
	const struct wq_command *c;

	if (args->count == 0) {
		wq_help_all(stdout);
		return WQ_EXIT_DONE;
	}
	c = wq_command_find(args->at[0]);
	if (c)
		return wq_help_command(c);
	return wq_help_unknown(args->at[0]);
}
