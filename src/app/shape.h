/* SPDX-License-Identifier: MIT */
#pragma once
/* shape.h — what JSON may look like, in TypeScript's notation, told as JSON Schema.
 *
 *   string  boolean  integer  number  null  any
 *   0..  1..1000                     integers within bounds
 *   'asc'|'desc'  string|null        one of these
 *   Job  Job[]  (Job|null)[]         a shape that has a name; lists
 *   {id: string, delay?: 0..}        an object; it may have more members
 *   exact {id: string}               an object that has none but these
 *
 * Shapes are texts of our own: one that cannot be read is a bug of ours, and WQ_EINVAL.
 */
#include <stdbool.h>

#include "base/json.h"
#include "base/str.h"

struct wq_shape_member {
	struct wq_str name;
	struct wq_str shape;
	bool optional;
};

/* The JSON Schema, as one value.  0; WQ_EINVAL, raised. */
int wq_shape_write(struct wq_jsonw *w, struct wq_str shape);
/* What stands between the braces of an object's shape; empty: that is no object. */
struct wq_str wq_shape_members(struct wq_str shape);
/* Takes the next one off the front of *members.  False: there is none, or (members->p is left) it cannot be read. */
bool wq_shape_next(struct wq_str *members, struct wq_shape_member *m);
/* Whether it names the shape `name`. */
bool wq_shape_mentions(struct wq_str shape, struct wq_str name);
