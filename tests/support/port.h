/* SPDX-License-Identifier: MIT */
#pragma once
/* port.h — a port for a program of a test. */
#include <stdint.h>

/* On 127.0.0.1, by the rule of support/ports.mjs: nobody else's until this process ends. */
uint16_t wq_free_port(void);
