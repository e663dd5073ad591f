/* SPDX-License-Identifier: MIT */
/* queue_names.c — step by step through the keys, then sorted. */
#include "app/cli/queue_names.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

static int compare(const void *a, const void *b)
{
	const struct wq_str *x = a, *y = b;
	int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

static void sort(struct wq_queue_cli_names *all)
{
	size_t n = 0;

	qsort(all->at, all->n, sizeof(all->at[0]), compare);
	for (size_t i = 0; i < all->n; i++)
		if (n == 0 || !wq_str_eq(all->at[n - 1], all->at[i]))
			all->at[n++] = all->at[i];
	all->n = n;
}

/* False: out of memory, and a sentence was printed. */
static bool keep(struct wq_queue_cli_names *all, bool (*takes)(struct wq_str name),
                 const struct wq_queue_names *page)
{
	for (size_t i = 0; i < page->rows.n && all->n < WQ_QUEUE_CLI_NAMES_MAX; i++) {
		struct wq_str name = page->rows.at[i];
		char *copy;

		if (takes && !takes(name))
			continue;
		copy = wq_arena_copy(&all->arena, name);
		if (!copy) {
			fprintf(stderr, "willaq: %s\n", wq_err_text(WQ_ENOMEM));
			return false;
		}
		all->at[all->n++] = wq_strn(copy, name.n);
	}
	return true;
}

bool wq_queue_cli_find(struct wq_queue_cli *c, bool (*takes)(struct wq_str name),
                       struct wq_queue_cli_names *all)
{
	const char *prefix = wq_settings_text(c->session.settings, WQ_SET_PREFIX);
	struct wq_queue_names page = { .next = "" };
	char cursor[sizeof(page.next)] = "";
	bool ok;

	do {
		ok = wq_queue_cli_looked(c,
		                         wq_look_queues(&c->look, c->session.redis, wq_str(prefix),
		                                        wq_str(cursor), 0, &page)) &&
		     keep(all, takes, &page);
		snprintf(cursor, sizeof(cursor), "%s", page.next);
	} while (ok && cursor[0]);
	wq_queue_names_fini(&page);
	if (ok)
		sort(all);
	return ok;
}
