/* SPDX-License-Identifier: MIT */
#pragma once
/* command.h — what a command of the program is.  The table of them is commands.c; to add one: an entry there. */
#include <stddef.h>

#include "app/settings/settings.h"

/* Exit codes of every command. */
enum wq_exit { WQ_EXIT_DONE = 0, WQ_EXIT_FAILED = 1, WQ_EXIT_USAGE = 2 };

struct wq_command {
	const char *name;
	const char *summary;             /* one line, without a full stop */
	const char *usage;               /* of its arguments: "[COMMAND]"; "": it takes none */
	unsigned args_min, args_max;
	uint32_t groups;                 /* WQ_BIT() of each enum wq_setting_group; 0: reads no settings at all */
	const struct wq_option *options; /* its own, beside the settings; NULL: none */
	/* Runs it to its end.  The log and the time zone are set up; args->count is within its bounds.
	 * Writes its result to stdout, what went wrong to stderr. */
	enum wq_exit (*run)(const struct wq_settings *s, const struct wq_args *args);
};

/* In the order in which people are shown them; NULL behind the last. */
const struct wq_command *wq_command_at(size_t i);
/* NULL: there is none of that name. */
const struct wq_command *wq_command_find(const char *name);
/* Appends the names of the commands that take one of the groups: "serve, dev". */
void wq_command_takers(uint32_t groups, struct wq_buf *out);
