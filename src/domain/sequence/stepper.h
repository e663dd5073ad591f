/* SPDX-License-Identifier: MIT */
#pragma once
/* stepper.h — steps that are due, as a kind of the due clock.
 *
 *   take ──► settle ──► add ──► clear ──► end
 *     │        └─ nothing is sent, or it cannot be added now ─► end
 *     └─ nothing is due ─► end
 *
 * Happy path  what is due is taken under a lease with all that is known of each contact; each is decided (decide.h),
 *             its message made (fill.h); one script writes records, entries for people, places and counts; then the
 *             jobs are added, and cleared from the account's list of jobs to be added.
 * Failures    a crash behind take: the lease ends, and another takes it.  Behind settle: the list names the jobs that
 *             are not in yet, and domain/send/tosend.h adds them; a job that is added twice is one.  Somebody wrote,
 *             paused or moved the contact meanwhile: settle finds another rev, and changes nothing.
 */
#include "base/metrics.h"
#include "base/zone.h"
#include "domain/due/due.h"
#include "queue/producer.h"

struct wq_stepper {
	/* in; borrowed */
	struct wq_loop *loop;
	struct wq_producer *producer;
	const struct wq_accounts *accounts;
	struct wq_str queue_base; /* wq_ref_base of the queue of outbound messages */
	int64_t keep_s;
	/* private */
	struct wq_zones zones; /* of hours */
	struct wq_metric steps, skipped, lost;
};
/* The first members are the caller's to set; `s` outlives the clock. */
void wq_stepper_add(struct wq_stepper *s, struct wq_due *due);
/* Once the clock is closed. */
void wq_stepper_fini(struct wq_stepper *s);
void wq_stepper_add_metrics(struct wq_stepper *s, struct wq_metrics *m);
