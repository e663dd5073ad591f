/* SPDX-License-Identifier: MIT */
#pragma once
/* number.h — numbers as Redis reads and writes them. */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define SIM_NUMBER_BYTES 40

/* The one way of writing an integer: no sign but "-", no zero in front, no space. */
bool sim_to_int(struct wq_str s, int64_t *out);
/* As strtod has it, whole, without spaces in front; not NaN. */
bool sim_to_double(struct wq_str s, double *out);
/* Both return how long it is; `out` has SIM_NUMBER_BYTES and is terminated. */
size_t sim_write_int(char *out, int64_t v);
size_t sim_write_double(char *out, double v);
