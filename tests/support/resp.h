/* SPDX-License-Identifier: MIT */
#pragma once
/* resp.h — one command to a redis-server over a connection of its own, blocking, and none of our code in between: what
 * redis-cli prints, without a process. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words are separated by spaces.  `out`: texts as they are, numbers, nothing for a nil, a line for each element; false:
 * nobody answered. */
bool wq_resp_ask(uint16_t port, const char *words, char *out, size_t max);
