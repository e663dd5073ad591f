/* SPDX-License-Identifier: MIT */
#pragma once
/* sequence_world.h — people in a sequence of account "c" on virtual time: due clock, steps and what looks after jobs
 * that did not come are the real ones, on a real Redis.
 *
 * People    c1 and c2, whose windows are open, and c3, whose is closed: what it should get waits for a person of ours.
 * Sequence  "s", of two steps: at once, and `later_ms` behind the first.
 */
#include "domain/send/tosend.h"
#include "domain/sequence/stepper.h"
#include "send_world.h"

struct sequence_world {
	struct wq_producer *producer;
	struct wq_ref ref;
	struct wq_due *due;
	struct wq_stepper stepper;
	struct wq_tosend tosend;
};
extern struct sequence_world seqw;

/* On an empty database; all begin now. */
void sequence_world_scene(int64_t later_ms);
/* 0, or what a part of it could not be made for; close it in any case. */
int sequence_world_open(void);
void sequence_world_close(void);
/* "sent=2 jobs=2 twice=0 left=1 active=3 completed=0 due=3 tosend=0": messages made, those of them that are in the
 * queue, steps that were made more than once, entries for people, and where people are. */
const char *sequence_world_summary(void);
extern const char sequence_world_through[]; /* all is done, each once */
