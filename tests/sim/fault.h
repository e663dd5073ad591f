/* SPDX-License-Identifier: MIT */
#pragma once
/* fault.h — what goes wrong in a run: a plan made of the seed before it begins, so that any part of it can be left out.
 *
 * One row of the table in fault.c is one kind: how likely it is, and what does it.
 */
#include "sim/sim.h"

enum { SIM_FAULTS_MAX = 24 };

struct sim_fault {
	unsigned kind;      /* row of the table */
	uint64_t at_us;
	uint64_t seed;      /* of its own choices */
	struct sim_event event;
	struct sim_event over;
};

/* The plan of a run; `left_out`: a bit for each fault that is not to happen.  How many there are. */
unsigned sim_faults_begin(uint64_t left_out);
void sim_faults_end(void);
/* The producer was told that a message is in. */
void sim_faults_told(void);
/* "3 worker killed at 17.2 s" */
void sim_fault_text(unsigned i, char *out, size_t max);
