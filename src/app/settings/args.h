/* SPDX-License-Identifier: MIT */
#pragma once
/* args.h — what a command is told beyond settings: its own options and its arguments.  Borrowed from argv. */
#include <stdbool.h>

#include "base/limits.h"

struct wq_option {
	const char *name;  /* "json"; NULL ends a list */
	/* What to call its value in the help: "PATH"; NULL: a switch; "[PATH]": it may lack one, and in front of the
	 * first argument has it behind a = only. */
	const char *value;
	const char *help;
};

struct wq_args {
	const char *at[WQ_ARGS_MAX];
	unsigned count;
	bool help; /* --help or -h was among them */
	/* private */
	const struct wq_option *options;
	const char *values[WQ_OPTIONS_MAX];
};

/* The value of an option, "" for a switch; NULL: it was not given. */
const char *wq_args_option(const struct wq_args *a, const char *name);
