/* SPDX-License-Identifier: MIT */
/* version.c — the version, as text or JSON. */
#include "app/cli/version.h"

#include <stdio.h>

const struct wq_option wq_version_options[] = {
	{ .name = "json", .help = "as JSON" },
	{ .name = NULL },
};

enum wq_exit wq_version_run(const struct wq_settings *s, const struct wq_args *args)
{
	printf(wq_args_option(args, "json") ? "{\"version\":\"%s\"}\n" : "willaq %s\n", WQ_VERSION);
	return WQ_EXIT_DONE;
}
