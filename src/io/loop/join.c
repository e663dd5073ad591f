/* SPDX-License-Identifier: MIT */
/* join.c — a counter and a post. */
#include "io/loop/join.h"

#include "base/assert.h"

static void on_post(struct wq_post *p)
{
	struct wq_join *j = WQ_OWNER(p, struct wq_join, post);

	j->cb(j, j->rc);
}

static void close_one(struct wq_join *j)
{
	WQ_REQUIRE(j->open > 0);
	if (--j->open == 0)
		wq_post_send(
			&j->post); /* even the last one to finish may do so inside wq_join_wait */
}

void wq_join_begin(struct wq_join *j, struct wq_loop *l, void (*cb)(struct wq_join *j, int rc))
{
	*j = (struct wq_join){ .cb = cb, .open = 1 };
	wq_post_init(&j->post, l, on_post);
}

void wq_join_add(struct wq_join *j, int started)
{
	WQ_REQUIRE(started <= 0);
	if (started == 0)
		j->open++;
	else if (j->rc == 0)
		j->rc = started;
}

void wq_join_done(struct wq_join *j, int rc)
{
	if (rc < 0 && j->rc == 0)
		j->rc = rc;
	close_one(j);
}

int wq_join_wait(struct wq_join *j)
{
	close_one(j);
	return 0;
}
