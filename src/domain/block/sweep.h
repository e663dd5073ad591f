/* SPDX-License-Identifier: MIT */
#pragma once
/* sweep.h — messages that should have arrived by now, as a kind of the due clock: looked at, judged, settled.
 *
 *   look ──► judge ──► settled        one batch of one account
 *     └─ nothing is due ─► end
 *
 * A message is looked at once, 72 to 78 hours after it was `sent`, with all others of its six hours: a sweep costs what
 * is due in it.  Contacts to whom something arrived are believed within a second, by the same look.
 * Crash  the look changes nothing but what is proved; a settlement is one script, and finds done what another did.
 */
#include "base/metrics.h"
#include "domain/due/due.h"

struct wq_block_sweeper {
	struct wq_loop *loop; /* borrowed */
	/* The clock of moments beside the loop's own, which nobody sets. */
	int64_t base_ms, ahead_ms, ahead_at_ms;
	struct wq_metric probable, confirmed, reversed, held;
};
/* `s` outlives the clock. */
void wq_block_sweeper_init(struct wq_block_sweeper *s, struct wq_loop *l, struct wq_due *due);
void wq_block_sweeper_add_metrics(struct wq_block_sweeper *s, struct wq_metrics *m);
