/* SPDX-License-Identifier: MIT */
#pragma once
/* form.h — a form's parameters, decoded; for the readers. */
#include "domain/inbound/core.h"

struct wq_inbound_form {
	struct wq_inbound_param *params; /* of the arena */
	size_t n;
};

/* 0, a condition, or WQ_ENOMEM (raised).  "%zz" stays as it is; what is not UTF-8 becomes U+FFFD. */
int wq_inbound_form_read(struct wq_inbound_run *run, struct wq_str text, struct wq_inbound_form *f);
/* Of one that is there twice the last; missing: p == NULL. */
struct wq_str wq_inbound_form_get(const struct wq_inbound_form *f, const char *name);
/* The same, where empty means missing. */
struct wq_str wq_inbound_form_said(const struct wq_inbound_form *f, const char *name);
