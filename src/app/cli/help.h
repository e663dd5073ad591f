/* SPDX-License-Identifier: MIT */
#pragma once
/* help.h — `willaq help`, and what --help of a command tells. */
#include <stdio.h>

#include "app/cli/command.h"

enum wq_exit wq_help_run(const struct wq_settings *s, const struct wq_args *args);
/* All commands, a line each. */
void wq_help_all(FILE *out);
/* One command with its settings, to stdout. */
enum wq_exit wq_help_command(const struct wq_command *c);
/* Tells that there is no such command, and which one is near, on stderr; WQ_EXIT_USAGE. */
enum wq_exit wq_help_unknown(const char *name);
