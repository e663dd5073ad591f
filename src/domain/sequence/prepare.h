/* SPDX-License-Identifier: MIT */
#pragma once
/* prepare.h — from a definition as somebody wrote it to what is stored of it. */
#include "domain/sequence/definition.h"
#include "store/sequence.h"

/* Fills spec, head, steps, name, print, on_answer and again of `put`; all of it in the arena.  Members of `root` that
 * are not the definition's (id, account, state …), as an export has them, are named in `beside`, which ends with NULL.
 * As wq_sequence_read. */
int wq_sequence_prepare(struct wq_seq_put *put, yyjson_val *root, const char *const *beside,
                        struct wq_arena *a, struct wq_sequence_problem *p);
/* `old` with the members of `change` in place of its own; null takes one away.  p == NULL: no memory. */
struct wq_str wq_sequence_merge(struct wq_str old, yyjson_val *change, const char *const *beside,
                                struct wq_arena *a);
