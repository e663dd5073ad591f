/* SPDX-License-Identifier: MIT */
/* ops_inspector.c — ops of a inspector. */
#include "driver/driver.h"

const struct driver_op driver_inspector_ops[] = {
	{ NULL, NULL },
};
