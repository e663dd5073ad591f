/* SPDX-License-Identifier: MIT */
/* config.c — the settings as a table, as JSON, or as the reference page. */
#include "app/cli/config.h"

#include <stdio.h>
#include <unistd.h>

#include "app/settings/table.h"
#include "app/settings/value.h"
#include "base/err.h"
#include "base/json.h"

enum { PAGE_MAX_BYTES = 1 << 20 };

const struct wq_option wq_config_options[] = {
	{ .name = "json", .help = "as JSON" },
	{ .name = "markdown", .help = "the reference of all settings instead, as docs/settings.md has it" },
	{ .name = "verdicts-markdown", .help = "what is done about providers' errors, as docs/verdicts.md has it" },
	{ .name = NULL },
};

static void write_value(struct wq_jsonw *w, const struct wq_setting_def *d,
                        const struct wq_setting_value *v, struct wq_str shown)
{
	if (d->type == WQ_SETTING_BOOL)
		wq_jsonw_bool(w, v->number != 0);
	else if (d->type == WQ_SETTING_COUNT || d->type == WQ_SETTING_PORT)
		wq_jsonw_int(w, v->number);
	else if (shown.n == 0)
		wq_jsonw_null(w);
	else
		wq_jsonw_str(w, shown);
}

static int write_json(const struct wq_settings *s, struct wq_buf *out)
{
	struct wq_buf shown;
	struct wq_jsonw w;
	int rc = 0;

	wq_buf_init(&shown, PAGE_MAX_BYTES);
	wq_jsonw_begin(&w, out);
	wq_jsonw_array(&w);
	for (unsigned id = 0; rc == 0 && id < WQ_SET_COUNT; id++) {
		const struct wq_setting_def *d = wq_setting_def((enum wq_setting)id);

		wq_buf_clear(&shown);
		rc = wq_value_show(d, &s->values[id], &shown);
		wq_jsonw_object(&w);
		wq_jsonw_put_text(&w, "name", d->name);
		wq_jsonw_key(&w, "value");
		write_value(&w, d, &s->values[id], wq_buf_str(&shown));
		wq_jsonw_put_text(&w, "source", s->values[id].from);
		wq_jsonw_object_end(&w);
	}
	wq_jsonw_array_end(&w);
	wq_buf_fini(&shown);
	if (rc == 0)
		rc = wq_jsonw_end(&w);
	return rc == 0 ? wq_buf_add_char(out, '\n') : rc;
}

/* Control bytes become "?": a value from a file must not steer the terminal. */
static void defuse(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = '?';
}

static int write_row(const struct wq_setting_def *d, const struct wq_setting_value *v, bool bold,
                     struct wq_buf *out)
{
	size_t start, from;
	int rc = wq_buf_addf(out, "%s%-30s ", bold ? "\033[1m" : "", d->name);

	start = out->n;
	if (rc == 0)
		rc = wq_value_show(d, v, out);
	if (rc == 0 && out->n == start)
		rc = wq_buf_add_char(out, '-');
	if (rc == 0) {
		defuse(out->p + start, out->n - start);
		rc = wq_buf_addf(out, "%*s ",
		                 out->n - start < 30 ? (int)(30 - (out->n - start)) : 0, "");
	}
	from = out->n;
	if (rc == 0)
		rc = wq_buf_add_text(out, v->from);
	if (rc == 0) {
		defuse(out->p + from, out->n - from);
		rc = wq_buf_add_text(out, bold ? "\033[0m\n" : "\n");
	}
	return rc;
}

/* On a terminal, what is not a default stands out. */
static int write_table(const struct wq_settings *s, struct wq_buf *out)
{
	bool colours = isatty(STDOUT_FILENO) && wq_settings_bool(s, WQ_SET_COLOR);
	int rc = wq_buf_addf(out, "%-30s %-30s %s\n", "SETTING", "VALUE", "FROM");

	for (unsigned id = 0; rc == 0 && id < WQ_SET_COUNT; id++)
		rc = write_row(wq_setting_def((enum wq_setting)id), &s->values[id],
		               colours && s->values[id].given, out);
	return rc;
}

enum wq_exit wq_config_run(const struct wq_settings *s, const struct wq_args *args)
{
	struct wq_buf out;
	int rc;

	wq_buf_init(&out, PAGE_MAX_BYTES);
	if (wq_args_option(args, "markdown"))
		rc = wq_config_write_reference(&out);
	else if (wq_args_option(args, "verdicts-markdown"))
		rc = wq_config_write_verdicts(&out);
	else if (wq_args_option(args, "json"))
		rc = write_json(s, &out);
	else
		rc = write_table(s, &out);
	if (rc == 0)
		fwrite(out.p, 1, out.n, stdout);
	else
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
	wq_buf_fini(&out);
	return rc == 0 ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}
