/* SPDX-License-Identifier: MIT */
#pragma once
/* contact_extract.h — all that is kept of one person as one JSON object, for himself or for whoever asks by law.
 *
 *   contact ──► notes ──► pages of what was said … ──► end
 */
#include "app/api/contact_view.h"
#include "io/loop/loop.h"

struct wq_contact_extract {
	/* in; borrowed until the end */
	const struct wq_send_keys *keys;
	struct wq_str id, account;
	struct wq_jsonw *w;
	int64_t now_ms;
	void (*cb)(struct wq_contact_extract *e, int rc);
	/* out, in cb */
	bool found;
	const char *error;
	/* private */
	struct wq_redis_cmd cmd;
	char score[24], mark[WQ_PROVIDER_ID_MAX_BYTES + WQ_MESSAGE_ID_MAX_BYTES];
};

/* 0, and cb runs once, from the loop; < 0 as wq_redis_start. */
int wq_contact_extract_start(struct wq_contact_extract *e);
