/* SPDX-License-Identifier: MIT */
#pragma once
/* answer.h — bytes of a server to one answer, by llhttp without any leniency, without I/O.
 *
 * Fed bytes in any pieces.  The first `keep_max` bytes of the body are kept; head and body are bounded.  Interim
 * answers (100, 103) are read over.  The owner embeds it; fini may run twice.
 */
#include <llhttp.h>
#include <stdbool.h>

#include "base/buf.h"

struct wq_load_answer {
	llhttp_t parser;
	struct wq_buf body;
	size_t keep_max;
	uint64_t bytes; /* of this answer so far, head and all */
	int status;     /* once it is whole */
	bool keeps;     /* the connection may be used again */
	bool whole, in_body;
	int rc; /* why it cannot be read */
};

void wq_load_answer_init(struct wq_load_answer *a, size_t keep_max);
void wq_load_answer_fini(struct wq_load_answer *a);
/* Ready for the next one. */
void wq_load_answer_reset(struct wq_load_answer *a);

enum { WQ_LOAD_ANSWER_MORE = 0, WQ_LOAD_ANSWER_WHOLE = 1 };
/* WQ_LOAD_ANSWER_MORE or _WHOLE; WQ_EPROTO or WQ_ETOOBIG with *why (static), or WQ_ENOMEM (raised). */
int wq_load_answer_feed(struct wq_load_answer *a, const char *p, size_t n, const char **why);
/* The server closed: _WHOLE for a body that ends so, else WQ_ELOST. */
int wq_load_answer_end(struct wq_load_answer *a);
