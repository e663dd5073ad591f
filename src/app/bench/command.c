/* SPDX-License-Identifier: MIT */
/* command.c — the table of kinds. */
#include "app/bench/command.h"

#include <stdio.h>

#include "base/assert.h"

static const struct {
	const char *name;
	enum wq_exit (*run)(const struct wq_settings *s, const struct wq_args *args);
} kinds[] = {
	{ "queue", wq_bench_queue },
	{ "send", wq_bench_send },
	{ "webhook", wq_bench_webhook },
};

static enum wq_exit usage(const char *why)
{
	fprintf(stderr, "willaq: %s; there are", why);
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		fprintf(stderr, " %s", kinds[i].name);
	fprintf(stderr, " compare\n");
	return WQ_EXIT_USAGE;
}

static enum wq_exit compare(const struct wq_args *args, const char *a, const char *b,
                            unsigned count)
{
	if (args->count == count)
		return wq_bench_compare(a, b);
	fprintf(stderr,
	        "willaq: compare takes two files of --json: willaq bench compare BEFORE AFTER\n");
	return WQ_EXIT_USAGE;
}

enum wq_exit wq_bench_command_run(const struct wq_settings *s, const struct wq_args *args)
{
	const char *before = wq_args_option(args, "compare");
	char why[128];

	if (before)
		return compare(args, before, args->at[0], 1);
	if (!args->count)
		return usage("bench needs to know what to load");
	if (strcmp(args->at[0], "compare") == 0)
		return compare(args, args->at[1], args->at[2], 3);
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (strcmp(kinds[i].name, args->at[0]) == 0) {
			if (args->count == 1)
				return kinds[i].run(s, args);
			fprintf(stderr, "willaq: bench %s takes no arguments beside its flags\n",
			        kinds[i].name);
			return WQ_EXIT_USAGE;
		}
	snprintf(why, sizeof(why), "bench knows no \"%.60s\"", args->at[0]);
	return usage(why);
}
