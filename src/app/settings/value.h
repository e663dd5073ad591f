/* SPDX-License-Identifier: MIT */
#pragma once
/* value.h — a setting's text to its number and back; pure. */
#include "app/settings/table.h"

/* False: not accepted; *why is a static sentence or NULL, when wq_value_accepts says all there is to say. */
bool wq_value_parse(const struct wq_setting_def *d, struct wq_str text, int64_t *number,
                    const char **why);
/* "a port from 0 to 65535" */
int wq_value_accepts(const struct wq_setting_def *d, struct wq_buf *out);
/* The value as people may see it: "***" for a secret, a URL without what may be one. */
int wq_value_show(const struct wq_setting_def *d, const struct wq_setting_value *v,
                  struct wq_buf *out);
/* What was written and refused, in quotes, without secrets, control bytes and excess. */
int wq_value_quote(const struct wq_setting_def *d, struct wq_str text, struct wq_buf *out);
/* A name or a path that somebody wrote, in quotes, escaped and cut. */
int wq_value_quote_text(struct wq_str text, struct wq_buf *out);
/* A URL with "***" instead of user and password, and of the query. */
int wq_value_add_url(struct wq_str url, struct wq_buf *out);
