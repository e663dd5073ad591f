/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_check.h — reads a webhook twice and requires what must hold whatever its bytes are.
 *
 *   conditions  0, or one of those that are documented, and then there was no update
 *   updates     never more than allowed; each has a digest, and its key and times are within their bounds
 *   jobs        JSON with the members that every job has; the full form is JSON too
 *   again       the same bytes give the same updates with the same keys (of a condition: it is read once)
 */
#include "base/buf.h"
#include "domain/inbound/job.h"
#include "domain/inbound/reader.h"

enum { WQ_WEBHOOK_CHECK_TEXT = 512, WQ_WEBHOOK_CHECK_KINDS = 1024 };

/* What came out.  Zeroed by wq_webhook_check_init; used for one webhook after the other. */
struct wq_webhook_check {
	struct wq_inbound_reader reader;
	size_t n;
	char kinds[WQ_WEBHOOK_CHECK_KINDS]; /* with spaces between, as many as there is room for */
	/* of the last one, cut */
	char text[WQ_WEBHOOK_CHECK_TEXT], id[WQ_WEBHOOK_CHECK_TEXT];
	char conversation[WQ_WEBHOOK_CHECK_TEXT], field[WQ_WEBHOOK_CHECK_TEXT];
	size_t text_n, id_n;
	int64_t time_ms;
	enum wq_message_state state;
	int64_t error;
	/* private */
	uint64_t sum;
	struct wq_buf out;
};

void wq_webhook_check_init(struct wq_webhook_check *c);
void wq_webhook_check_fini(struct wq_webhook_check *c);

typedef int (*wq_webhook_read_fn)(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                                  wq_on_inbound on_update, void *user);
/* What the reader returned. */
int wq_webhook_check(struct wq_webhook_check *c, wq_webhook_read_fn read, struct wq_str body);
