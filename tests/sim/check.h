/* SPDX-License-Identifier: MIT */
#pragma once
/* check.h — what must hold at every step, and at the end, as Redis has it.
 *
 *   ledger   each record moves along the ledger's edges alone; one open try to a recipient
 *   queues   each job is in exactly one state
 *   end      each message that was told to be in has ended, and as the referee saw it; each webhook that was taken has
 *            one job
 */
#include "sim/sim.h"

void sim_check_begin(void);
/* The ledger begins anew, from what Redis says now. */
void sim_check_rewound(void);
void sim_check_ledger(void);
void sim_check_queues(void);
/* Whether nothing is under way any more. */
bool sim_check_quiet(void);
void sim_check_end(void);
