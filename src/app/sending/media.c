/* SPDX-License-Identifier: MIT */
/* media.c — settings to a fetcher and a producer. */
#include "app/sending/media.h"

#include "app/node.h"
#include "app/settings/settings.h"

int wq_media_part_build(struct wq_media_part *p, struct wq_node *n,
                        const struct wq_accounts *accounts, struct wq_str queue)
{
	const struct wq_settings *s = n->settings;
	const struct wq_media_fetcher_opts o = {
		.bytes_max = (int64_t)wq_settings_bytes(s, WQ_SET_MEDIA_MAX),
		.keep_ms = (int64_t)wq_settings_ms(s, WQ_SET_MEDIA_AGE),
		.private_too = wq_settings_bool(s, WQ_SET_MEDIA_PRIVATE),
		.dir = wq_settings_text(s, WQ_SET_MEDIA_DIR)
	};
	int rc;

	if (!o.dir || !o.dir[0])
		return 0;
	rc = wq_ref_init(&p->ref, n->redis, wq_str(wq_settings_text(s, WQ_SET_PREFIX)), queue,
	                 NULL);
	if (rc == 0)
		rc = wq_media_fetcher_create(&p->fetcher, n->loop, n->client, n->redis, accounts,
		                             &o);
	if (rc == 0)
		rc = wq_producer_create(&p->producer, n->loop, n->redis);
	if (rc == 0)
		wq_media_fetcher_add_metrics(p->fetcher, &n->metrics);
	return rc;
}

static void on_fetcher_closed(void *ctx)
{
	struct wq_media_part *p = ctx;

	wq_ref_fini(&p->ref);
	p->done(p->ctx);
}

static void on_producer_closed(void *ctx)
{
	struct wq_media_part *p = ctx;
	struct wq_media_fetcher *fetcher = p->fetcher;

	p->fetcher = NULL;
	wq_media_fetcher_close(fetcher, on_fetcher_closed, p);
}

bool wq_media_part_close(struct wq_media_part *p, void (*done)(void *ctx), void *ctx)
{
	struct wq_producer *producer = p->producer;

	if (!p->fetcher)
		return false;
	p->producer = NULL;
	p->done = done;
	p->ctx = ctx;
	if (producer)
		wq_producer_close(producer, on_producer_closed, p);
	else
		on_producer_closed(p);
	return true;
}
