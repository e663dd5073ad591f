/* SPDX-License-Identifier: MIT */
/* dead_groups.c — one line of the reason, its numbers as '#'. */
#include "queue/dead_groups.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cut to what a group can hold, not inside a character. */
static void shape(struct wq_str reason, char out[WQ_DEAD_GROUP_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < reason.n && reason.p[i] != '\n' && n < WQ_DEAD_GROUP_BYTES - 1;
	     i++) {
		if (!is_digit(reason.p[i]))
			out[n++] = reason.p[i];
		else if (!n || out[n - 1] != '#')
			out[n++] = '#';
	}
	out[n] = '\0';
	while (n > 0 && !wq_str_is_utf8(wq_strn(out, n)))
		out[--n] = '\0';
}

static struct wq_dead_group *find(struct wq_dead_groups *g, const char *reason)
{
	for (unsigned i = 0; i < g->n; i++)
		if (strcmp(g->at[i].reason, reason) == 0)
			return &g->at[i];
	return NULL;
}

static struct wq_dead_group *make(struct wq_dead_groups *g, const char *reason, struct wq_str id)
{
	struct wq_dead_group *one = &g->at[g->n++];

	*one = (struct wq_dead_group){ .n = 0 };
	memcpy(one->reason, reason, WQ_DEAD_GROUP_BYTES);
	memcpy(one->example, id.p, id.n < WQ_DEAD_EXAMPLE_BYTES ? id.n : WQ_DEAD_EXAMPLE_BYTES - 1);
	return one;
}

void wq_dead_groups_add(struct wq_dead_groups *g, const struct wq_dead_letter *l)
{
	char reason[WQ_DEAD_GROUP_BYTES] = "";
	struct wq_dead_group *one;

	shape(l->reason, reason);
	one = find(g, reason);
	if (!one && g->n == WQ_DEAD_GROUPS_MAX) {
		g->others++;
		return;
	}
	if (!one)
		one = make(g, reason, l->job->id);
	if (!one->n || l->failed_at_ms < one->first_ms)
		one->first_ms = l->failed_at_ms;
	if (!one->n || l->failed_at_ms > one->last_ms)
		one->last_ms = l->failed_at_ms;
	one->n++;
}

static int by_size(const void *a, const void *b)
{
	const struct wq_dead_group *x = a, *y = b;

	return x->n < y->n ? 1 : x->n > y->n ? -1 : strcmp(x->reason, y->reason);
}

void wq_dead_groups_sort(struct wq_dead_groups *g)
{
	qsort(g->at, g->n, sizeof(g->at[0]), by_size);
}
