/* SPDX-License-Identifier: MIT */
#pragma once
/* lapse.h — entries that ran out of time, as a kind of the due clock: what nobody cared for expires, what somebody took
 * and did not end is anybody's again. */
#include "domain/due/due.h"

void wq_pending_lapse_add(struct wq_due *due);
