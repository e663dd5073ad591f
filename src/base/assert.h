/* SPDX-License-Identifier: MIT */
#pragma once
/* assert.h — checks that stay on in every build.
 *
 * WQ_REQUIRE is for the caller's bugs: it tells what did not hold, and aborts.  Bytes of a peer, a full
 * disk or a missing allocation are never a reason to be here.
 */

#include <stddef.h>
#include <stdint.h>

#define WQ_REQUIRE(cond) ((cond) ? (void)0 : wq_require_failed(#cond, __FILE__, __LINE__, __func__))

#define WQ_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WQ_BIT(n)       (1u << (n))

/* The struct that embeds `member` at `ptr`. */
#define WQ_OWNER(ptr, type, member) ((type *)((uintptr_t)(ptr)-offsetof(type, member)))

_Noreturn void wq_require_failed(const char *cond, const char *file, int line, const char *func);
