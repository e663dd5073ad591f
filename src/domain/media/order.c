/* SPDX-License-Identifier: MIT */
/* order.c — what a job says, and how often it is tried. */
#include "domain/media/order.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

bool wq_media_order_is(const struct wq_inbound *u)
{
	static const char *const kinds[] = { "image", "video", "audio", "document", "sticker" };

	if (u->kind != WQ_INBOUND_MESSAGE || u->provider != WQ_PROVIDER_CLOUD ||
	    !u->message.media_id.n || u->message.media_id.n > WQ_INBOUND_FILE_ID_MAX_BYTES)
		return false;
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (wq_str_is(u->message.type, kinds[i]))
			return true;
	return false;
}

static int write_data(struct wq_buf *b, const struct wq_inbound *u, struct wq_str account,
                      struct wq_str ref)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, b);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "account", account);
	wq_jsonw_put_str(&w, "ref", ref);
	wq_jsonw_put_str(&w, "kind", u->message.type);
	wq_jsonw_put_str(&w, "id", u->message.media_id);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

int wq_media_order(struct wq_arena *a, const struct wq_inbound *u, struct wq_str account,
                   struct wq_str ref, struct wq_str base, struct wq_add_item *out)
{
	enum { ID_BYTES = WQ_ACCOUNT_ID_MAX_BYTES + 64, OPTS_BYTES = ID_BYTES + 256 };
	char id[ID_BYTES], opts[OPTS_BYTES];
	char *own_id, *own_opts, *own_data = NULL;
	struct wq_buf b;
	int rc;

	(void)snprintf(id, sizeof(id), "%.*s-%.*s", WQ_STR_ARG(account), WQ_STR_ARG(ref));
	(void)snprintf(opts, sizeof(opts),
	               "{\"attempts\":%d,\"backoff\":{\"type\":\"exponential\",\"delay\":%d},"
	               "\"jobId\":\"%s\",\"removeOnComplete\":%d,\"removeOnFail\":%d}",
	               WQ_INBOUND_FILE_TRIES, WQ_INBOUND_FILE_BACKOFF_MS, id, WQ_LETTER_JOBS_KEPT,
	               WQ_LETTER_JOBS_KEPT);
	wq_buf_init(&b, WQ_LETTER_DATA_MAX_BYTES);
	rc = write_data(&b, u, account, ref);
	own_id = wq_arena_copy(a, wq_str(id));
	own_opts = wq_arena_copy(a, wq_str(opts));
	if (rc == 0)
		own_data = wq_arena_copy(a, wq_buf_str(&b));
	wq_buf_fini(&b);
	if (rc < 0 || !own_id || !own_opts || !own_data)
		return rc < 0 ? rc : WQ_ENOMEM;
	*out = (struct wq_add_item){ .base = base,
		                     .id = wq_str(own_id),
		                     .name = wq_str("fetch-media"),
		                     .data = wq_str(own_data),
		                     .opts = wq_str(own_opts) };
	return 0;
}
