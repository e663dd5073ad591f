/* SPDX-License-Identifier: MIT */
#pragma once
/* fault.h — runs a scenario again and again, with the first, the second, … allocation failing, until it ran through
 * without meeting the failure.  Fails when a run leaves an allocation behind, or when `runs_max` were not enough. */
#include <stdint.h>

/* For the next sweep: blocks that one run may leave behind, because a library is known to lose them. */
void wq_fault_allow(uint64_t blocks);

struct wq_fault_result {
	unsigned runs; /* scenarios with one failing allocation each */
};

/* `run` must cope with any outcome; it asserts what has to hold even then. */
struct wq_fault_result wq_fault_sweep(const char *what, void (*run)(void), unsigned runs_max);

/* One line that tests/faults reads: what a test of a row of the fault table did and found, an object in JSON. */
void wq_fault_told(const char *row, const char *json, ...) __attribute__((format(printf, 2, 3)));
