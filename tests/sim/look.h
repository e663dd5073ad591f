/* SPDX-License-Identifier: MIT */
#pragma once
/* look.h — what Redis holds, seen past every fault.  Texts are good until the next look. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIM_LOOK_TEXT_BYTES = 96 };

/* One record of the ledger. */
struct sim_record {
	char id[SIM_LOOK_TEXT_BYTES], led[16], to[SIM_LOOK_TEXT_BYTES];
	long att;
	long long next_ms; /* not looked at again before; 0: at once */
};
/* *at: 0 in front of the first; false: there are no more. */
bool sim_look_record(uint32_t *at, struct sim_record *r);

extern const char *const sim_queues[3];
/* What is wrong with its jobs; "": each is in one state. */
const char *sim_look_queue(const char *queue);
bool sim_look_locked(const char *queue, const char *id);
/* Jobs of all queues that have not ended. */
size_t sim_look_waiting(void);
/* "<id/status>" of every job that came from a webhook. */
const char *sim_look_updates(void);
