/* SPDX-License-Identifier: MIT */
/* dead_filter.c — its five members. */
#include "app/api/dead_filter.h"

#include <string.h>

#include "app/api/filter.h"
#include "app/api/moment.h"
#include "base/limits.h"

const char *const wq_dead_filter_members[] = { "error", "name", "account", "since", "until", NULL };

const char *wq_dead_filter_set(struct wq_dead_filter *f, const char *member, struct wq_str text,
                               int64_t now_ms)
{
	struct wq_str *texts[] = { &f->error, &f->name, &f->account };
	int64_t *moments[] = { &f->since_ms, &f->until_ms };

	for (size_t i = 0; wq_dead_filter_members[i]; i++) {
		if (strcmp(wq_dead_filter_members[i], member) != 0)
			continue;
		if (i < 3)
			*texts[i] = text;
		else if (!wq_moment_parse(text, now_ms, moments[i - 3]))
			return member;
		return text.n > 0 && text.n <= WQ_DEAD_FILTER_MAX_BYTES ? NULL : member;
	}
	return member;
}

const char *wq_dead_filter_problem(const char *member)
{
	bool moment = strcmp(member, "since") == 0 || strcmp(member, "until") == 0;

	return moment ? wq_moment_form : "a text, not an empty one";
}

static const char *set(void *filter, const char *member, struct wq_str text, int64_t now_ms)
{
	return wq_dead_filter_set(filter, member, text, now_ms);
}

static const char *judge(const void *filter)
{
	const struct wq_dead_filter *f = filter;

	return !f->since_ms || !f->until_ms || f->since_ms < f->until_ms
	               ? NULL
	               : "since must be before until";
}

static const struct wq_filter_kind kind = {
	.members = wq_dead_filter_members,
	.numbers_from = 2,
	.set = set,
	.problem = wq_dead_filter_problem,
	.judge = judge,
};

bool wq_dead_filter_of_query(struct wq_exchange *x, int64_t now_ms, struct wq_dead_filter *f)
{
	return wq_filter_of_query(x, &kind, now_ms, f);
}

bool wq_dead_filter_of_body(struct wq_exchange *x, yyjson_val *body, int64_t now_ms,
                            struct wq_dead_filter *f)
{
	return wq_filter_of_body(x, &kind, body, now_ms, f);
}
