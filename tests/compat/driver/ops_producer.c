/* SPDX-License-Identifier: MIT */
/* ops_producer.c — ops of a producer. */
#include "driver/driver.h"

const struct driver_op driver_producer_ops[] = {
	{ NULL, NULL },
};
