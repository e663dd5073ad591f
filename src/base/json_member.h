/* SPDX-License-Identifier: MIT */
#pragma once
/* json_member.h — where a member of an object stands in its text, for who wants bytes as they were written. */
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct wq_json_member {
	size_t from;         /* of its key's quote */
	size_t to;           /* of the ',' or '}' behind its value */
	struct wq_str value; /* without the space around it */
};

/* `object` is text that was read and is an object; of several members of that key it is the last.  Keys are compared as
 * they are written: one with an escape in it is not found.  False: there is none. */
bool wq_json_member_find(struct wq_str object, const char *key, struct wq_json_member *m);
