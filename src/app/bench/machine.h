/* SPDX-License-Identifier: MIT */
#pragma once
/* machine.h — on what a result was measured. */

struct wq_bench_machine {
	char cpu[128];    /* its model; "" when the system does not tell */
	unsigned cores;   /* that this process may use */
	char system[128]; /* "Linux 6.1.0 x86_64" */
};
void wq_bench_machine_look(struct wq_bench_machine *m);
