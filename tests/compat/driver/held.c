/* SPDX-License-Identifier: MIT */
/* held.c — a list, for there are few. */
#include "driver/held.h"

#include <stdlib.h>
#include <string.h>

#include "driver/driver.h"

static struct held *all;

static struct held *find(struct wq_str base, struct wq_str id)
{
	for (struct held *h = all; h; h = h->next)
		if (wq_str_is(base, h->base) && wq_str_eq(id, h->job->id))
			return h;
	return NULL;
}

struct held *held_keep(struct wq_str base, struct wq_job *job, int64_t place)
{
	struct held *h = find(base, job->id);

	if (!h) {
		h = calloc(1, sizeof(*h));
		if (!h)
			driver_die("memory", 0);
		h->base = strndup(base.p, base.n);
		h->next = all;
		all = h;
	}
	wq_job_free(h->job);
	h->job = job;
	h->place = place;
	return h;
}

struct held *held_find(struct wq_str base, struct wq_str id)
{
	struct held *h = find(base, id);

	if (!h)
		driver_die("no such job was fetched", 0);
	return h;
}

bool held_moved(struct wq_str base, struct wq_str id, int64_t place)
{
	struct held *h = find(base, id);

	if (h)
		h->place = place;
	return h;
}

void held_clear(void)
{
	while (all) {
		struct held *h = all;

		all = h->next;
		wq_job_free(h->job);
		free(h->base);
		free(h);
	}
}
