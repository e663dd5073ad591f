/* SPDX-License-Identifier: MIT */
#pragma once
/* tag.h — the hash tag of our own keys beside queues of a prefix: what Redis Cluster hashes of it. */
#include "base/str.h"

/* What stands in the prefix's first braces, or all of it. */
static inline struct wq_str wq_tag_of(struct wq_str prefix)
{
	size_t open = wq_str_find(prefix, '{'), close;

	if (open == prefix.n)
		return prefix;
	prefix = wq_strn(prefix.p + open + 1, prefix.n - open - 1);
	close = wq_str_find(prefix, '}');
	return close > 0 && close < prefix.n ? wq_strn(prefix.p, close) : prefix;
}
