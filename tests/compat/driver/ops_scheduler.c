/* SPDX-License-Identifier: MIT */
/* ops_scheduler.c — ops of schedulers. */
#include "driver/driver.h"

const struct driver_op driver_scheduler_ops[] = {
	{ NULL, NULL },
};
