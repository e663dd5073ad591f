/* SPDX-License-Identifier: MIT */
/* dead_send.c — the job as it was, out of its letter. */
#include "queue/dead_send.h"

#include "base/assert.h"
#include "base/limits.h"
#include "queue/dead_letters.h"

struct wq_str wq_dead_home(const struct wq_dead_letter *l, const struct wq_ref *dead)
{
	return l->queue.n ? l->queue : wq_dead_queue_of(dead->queue);
}

static void on_retried(struct wq_dead_retry *d, int rc)
{
	struct wq_dead_send *s = WQ_OWNER(d, struct wq_dead_send, retry);

	s->cb(s, rc);
}

/* Data, options and parent one behind the other; where the first two end. */
struct ends {
	size_t data, opts;
};

static int write_text(struct wq_dead_send *s, const struct wq_dead_letter *l, struct wq_str data,
                      struct ends *ends)
{
	int rc = data.p ? wq_buf_add_str(&s->text, data) : wq_dead_letter_data_add(l, &s->text);

	ends->data = s->text.n;
	if (rc == 0)
		rc = wq_dead_letter_opts_add(l, &s->text);
	ends->opts = s->text.n;
	return rc == 0 ? wq_dead_letter_parent_add(l, &s->text) : rc;
}

/* Letters may be written by anybody. */
static bool is_id(struct wq_str id)
{
	return id.n > 0 && id.n <= WQ_JOB_ID_MAX_BYTES && !wq_ref_is_own_key(id);
}

int wq_dead_send_start(struct wq_dead_send *s, struct wq_loop *loop, const struct wq_ref *dead,
                       const struct wq_dead_letter *l, struct wq_str data,
                       void (*cb)(struct wq_dead_send *s, int rc))
{
	struct ends ends = { 0 };
	int rc;

	wq_dead_send_fini(s);
	s->cb = cb;
	wq_buf_init(&s->text, WQ_DEAD_TEXT_MAX_BYTES);
	rc = wq_ref_init(&s->target, dead->redis, dead->prefix, wq_dead_home(l, dead), NULL);
	if (rc == 0)
		rc = write_text(s, l, data, &ends);
	if (rc < 0)
		return rc;
	s->retry.id = l->job->id;
	s->retry.seen = l->job->data;
	s->retry.job_id = is_id(l->id) ? l->id : wq_str("");
	s->retry.failed_at_ms = l->failed_at_ms;
	s->retry.name = l->job->name;
	s->retry.data = wq_strn(s->text.p, ends.data);
	s->retry.opts = wq_strn(s->text.p + ends.data, ends.opts - ends.data);
	s->retry.parent_key = l->parent_key;
	s->retry.parent = wq_strn(s->text.p + ends.opts, s->text.n - ends.opts);
	return wq_dead_retry_start(dead, &s->target, wq_loop_wall_ms(loop), &s->retry, on_retried);
}

void wq_dead_send_fini(struct wq_dead_send *s)
{
	wq_redis_forget(&s->retry.cmd);
	wq_buf_fini(&s->text);
	wq_ref_fini(&s->target);
}
