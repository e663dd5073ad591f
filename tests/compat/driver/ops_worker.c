/* SPDX-License-Identifier: MIT */
/* ops_worker.c — ops of a worker. */
#include "driver/driver.h"

const struct driver_op driver_worker_ops[] = {
	{ NULL, NULL },
};

int driver_soak(const char *config)
{
	(void)config;
	return 1;
}
