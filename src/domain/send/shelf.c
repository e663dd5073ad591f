/* SPDX-License-Identifier: MIT */
/* shelf.c — what a file is joined to, turns, and the end of it all. */
#include "domain/send/shelf.h"

#include "base/assert.h"
#include "base/base64.h"
#include "base/err.h"
#include "domain/send/fetch.h"
#include "domain/send/upload.h"

static void on_next(struct wq_post *p)
{
	struct wq_shelf *s = WQ_OWNER(p, struct wq_shelf, next);
	struct wq_list *l;
	void (*told)(void *ctx) = s->on_empty;

	while (s->turns_taken < WQ_FILES_AT_ONCE && (l = wq_list_pop(&s->turns))) {
		struct wq_shelf_turn *t = WQ_OWNER(l, struct wq_shelf_turn, link);

		s->turns_taken++;
		t->given(t);
	}
	if (s->closing && told && wq_list_empty(&s->fetching) && wq_list_empty(&s->uploading)) {
		s->on_empty = NULL;
		told(s->ctx);
	}
}

static struct wq_metric counter(const char *labels)
{
	return (struct wq_metric){ .name = "willaq_media_files_total",
		                   .help = "files of outbound messages, by what was done with them",
		                   .labels = labels,
		                   .type = WQ_COUNTER };
}

int wq_shelf_init(struct wq_shelf *s, struct wq_loop *l, struct wq_client *client,
                  struct wq_redis *redis, const struct wq_accounts *accounts,
                  const struct wq_shelf_opts *o)
{
	int rc;

	*s = (struct wq_shelf){
		.loop = l, .client = client, .redis = redis, .accounts = accounts, .o = *o
	};
	wq_list_init(&s->fetching);
	wq_list_init(&s->uploading);
	wq_list_init(&s->turns);
	wq_post_init(&s->next, l, on_next);
	s->uploads_n = counter("what=\"uploaded\"");
	s->fetches_n = counter("what=\"fetched\"");
	s->reused_n = counter("what=\"reused\"");
	rc = wq_map_init(&s->fetches);
	return rc == 0 ? wq_map_init(&s->uploads) : rc;
}

void wq_shelf_add_metrics(struct wq_shelf *s, struct wq_metrics *m)
{
	wq_metrics_add(m, &s->uploads_n);
	wq_metrics_add(m, &s->fetches_n);
	wq_metrics_add(m, &s->reused_n);
}

void wq_shelf_close(struct wq_shelf *s, void (*on_empty)(void *ctx), void *ctx)
{
	s->closing = true;
	s->on_empty = on_empty;
	s->ctx = ctx;
	wq_fetches_cancel(s);
	wq_uploads_cancel(s);
	wq_post_send(&s->next);
}

void wq_shelf_fini(struct wq_shelf *s)
{
	WQ_REQUIRE(s->turns_taken == 0);
	wq_post_cancel(&s->next);
	wq_map_fini(&s->fetches);
	wq_map_fini(&s->uploads);
}

void wq_shelf_one_gone(struct wq_shelf *s)
{
	if (s->closing)
		wq_post_send(&s->next);
}

void wq_shelf_wait(struct wq_shelf *s, struct wq_shelf_turn *t)
{
	wq_list_push(&s->turns, &t->link);
	wq_post_send(&s->next);
}

void wq_shelf_leave(struct wq_shelf_turn *t)
{
	wq_list_remove(&t->link);
}

void wq_shelf_give_back(struct wq_shelf *s)
{
	WQ_REQUIRE(s->turns_taken > 0);
	s->turns_taken--;
	wq_post_send(&s->next);
}

void wq_filing_tell(struct wq_list *waiters, const struct wq_filing_result *r)
{
	struct wq_list *l;

	while ((l = wq_list_pop(waiters))) {
		struct wq_filing *w = WQ_OWNER(l, struct wq_filing, link);

		w->told(w, r);
	}
}

void wq_filing_forget(struct wq_filing *w)
{
	wq_list_remove(&w->link);
}

static int decode(struct wq_buf *out, struct wq_str base64)
{
	size_t max = base64.n / 4 * 3 + 3;
	int rc, n;

	wq_buf_init(out, max);
	rc = wq_buf_reserve(out, max);
	if (rc < 0)
		return rc;
	n = wq_base64_decode(base64, out->p, max);
	if (n < 0)
		return WQ_EPARSE;
	out->n = (size_t)n;
	return 0;
}

int wq_shelf_file(struct wq_shelf *s, struct wq_desk *d, const struct wq_file *f,
                  struct wq_filing *w)
{
	struct wq_buf bytes;
	int rc;

	if (f->from == WQ_FILE_LINK)
		return wq_fetch_join(s, d, f, w);
	rc = decode(&bytes, f->at);
	if (rc < 0) {
		wq_buf_fini(&bytes);
		return rc;
	}
	return wq_upload_join(s, d, &bytes, f->type.p ? f->type : wq_str(""),
	                      f->name.p ? f->name : wq_str(""), false, w);
}
