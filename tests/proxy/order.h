/* SPDX-License-Identifier: MIT */
#pragma once
/* order.h — one line of what the proxy is told, read.
 *
 *   [new|old] [up|down|both] FAULT [pct P] [times N]
 *
 * `new` befalls connections to come, `old` those that are there, neither word both.  Directions: `up` is what the
 * client says, `down` what the server says; without one it is both.  README.md lists the faults.
 */
#include <stdbool.h>
#include <stdint.h>

enum { UP, DOWN, DIRECTIONS };

enum fault_kind {
	LATENCY, /* a: ms, b: at most so many more */
	BANDWIDTH, /* a: bytes a second */
	SLICE, /* a: bytes at a time, b: microseconds between two */
	BLACKHOLE, /* held up */
	LOSE, /* read and thrown away */
	LIMIT, /* a: bytes, what follows is held up */
	RESET, /* a: after so many bytes, if b; at once, if not */
	CUT, /* the same, with a FIN */
	SLOW_CLOSE, /* a: ms that an end is passed on later */
	TIMEOUT, /* a: held up, and cut after so many ms */
	HALF_OPEN, /* the server's side is gone, or not there yet, and the client is told nothing */
	FAULTS
};

struct fault {
	bool on;
	uint64_t a, b;
	unsigned pct; /* of the connections */
	uint64_t times; /* connections it may still befall */
	unsigned serial; /* of the order it came by: both directions of one are thrown for once */
};

enum order_verb { ORDER_FAULT, ORDER_PASS, ORDER_REFUSE, ORDER_TO, ORDER_STATS, ORDER_WAIT };

enum { ORDER_TO_MAX_BYTES = 64 };

struct order {
	enum order_verb verb;
	bool direction[DIRECTIONS];
	bool coming, there; /* which connections */
	enum fault_kind kind;
	struct fault fault;
	char to[ORDER_TO_MAX_BYTES];
	uint64_t ms; /* WAIT */
	uint64_t at_ms; /* carried out so much later */
};

/* NULL, or why it is none; static text. */
const char *order_read(struct order *out, const char *line);
