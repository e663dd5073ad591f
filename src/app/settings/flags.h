/* SPDX-License-Identifier: MIT */
#pragma once
/* flags.h — the command line cut into settings, the command's own options, and arguments.
 *
 *   --name value, --name=value, --switch, --no-switch, --switch=false, -h, --help; -- ends the flags.
 * Given twice, the last counts; values of a list add up.
 */
#include "app/settings/problems.h"
#include "app/settings/table.h"

struct wq_flag {
	const char *text;  /* NULL: not given */
	bool is_file;      /* --name-file: text is the path of the file that holds the value */
	const char *shown; /* as people wrote it, without its value: "--no-color" */
};

struct wq_flags {
	struct wq_flag at[WQ_SET_COUNT];
};

/* `arena`: of lists that are put together. */
void wq_flags_parse(struct wq_flags *f, struct wq_args *args, const struct wq_settings_input *in,
                    struct wq_problems *problems, struct wq_arena *arena);
