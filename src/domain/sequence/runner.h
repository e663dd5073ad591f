/* SPDX-License-Identifier: MIT */
#pragma once
/* runner.h — changes of many contacts in sequences, a batch at a time, as a kind of the due clock: whoever looks next
 * goes on where the last one stopped. */
#include "domain/due/due.h"

void wq_sequence_runner_add(struct wq_due *due);
