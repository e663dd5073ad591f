/* SPDX-License-Identifier: MIT */
#pragma once
/* config.h — `willaq config`: every setting, its value and its source, secrets hidden; and docs/settings.md,
 * docs/verdicts.md. */
#include "app/cli/command.h"

extern const struct wq_option wq_config_options[];
enum wq_exit wq_config_run(const struct wq_settings *s, const struct wq_args *args);

/* Appends what docs/settings.md holds (reference.c); 0 or the failure of an append. */
int wq_config_write_reference(struct wq_buf *out);
/* The same for docs/verdicts.md (verdicts.c). */
int wq_config_write_verdicts(struct wq_buf *out);
