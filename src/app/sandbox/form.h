/* SPDX-License-Identifier: MIT */
#pragma once
/* form.h — parameters as a form has them (application/x-www-form-urlencoded), read and written. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct wq_form_param {
	struct wq_str name, value; /* decoded */
};
struct wq_form {
	struct wq_form_param *params; /* of the arena */
	size_t n;
};

/* 0, WQ_EPARSE (a broken escape, or what is not UTF-8; not raised), WQ_ETOOBIG (more than WQ_SANDBOX_PARAMS_MAX; not
 * raised), WQ_ENOMEM. */
int wq_form_read(struct wq_arena *a, struct wq_str text, struct wq_form *out);
/* The first of that name; p == NULL: missing. */
struct wq_str wq_form_get(const struct wq_form *f, const char *name);
/* Appends NAME=VALUE, and what stands between two of them.  As wq_buf_add. */
int wq_form_add(struct wq_buf *out, const char *name, struct wq_str value);
