/* SPDX-License-Identifier: MIT */
#pragma once
/* job_id.h — which ids a job may be given by its producer. */
#include "base/str.h"

/* NULL: it may; else a static sentence.  BullMQ's rules (no number, no "0:" in front, no colon but in three parts), and
 * one of ours: no id whose job would lie on a key of the queue itself. */
const char *wq_job_id_problem(struct wq_str id);

/* "8-4-4-4-12" hex digits of a random UUID, terminated.  0 or a raised error. */
enum { WQ_UUID_BYTES = 37 };
int wq_uuid_random(char out[WQ_UUID_BYTES]);
