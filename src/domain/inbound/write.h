/* SPDX-License-Identifier: MIT */
#pragma once
/* write.h — small things that the writers share; for them only. */
#include "base/json.h"

/* A member, if there is something to say. */
void wq_write_str(struct wq_jsonw *w, const char *key, struct wq_str s);
void wq_write_time(struct wq_jsonw *w, const char *key, int64_t ms);
void wq_write_true(struct wq_jsonw *w, const char *key, bool v);
/* Slices of one struct, as a table. */
struct wq_write_slice {
	const char *key;
	size_t at; /* offsetof */
};
void wq_write_slices(struct wq_jsonw *w, const void *from, const struct wq_write_slice *t,
                     size_t n);
