/* SPDX-License-Identifier: MIT */
#pragma once
/* chunk.h — the chunked transfer coding (RFC 9112, 7.1), taken apart without I/O and without leniency.
 *
 *   size CRLF bytes CRLF … "0" CRLF [trailer lines] CRLF
 *
 * A size is 1-8 hex digits and nothing else: no extension, no sign, no space.  Trailers must be well formed, must not
 * speak of framing or Host, are bounded (WQ_SERVER_TRAILERS_MAX_BYTES) and dropped.  Every line ends in CRLF.  Holds no
 * bytes and allocates nothing, so that a split between any two bytes changes nothing.
 */
#include <stdint.h>

#include "base/str.h"

enum wq_chunk_event {
	WQ_CHUNK_MORE,   /* the input is used up */
	WQ_CHUNK_SIZE,   /* a chunk of `left` bytes begins */
	WQ_CHUNK_BYTES,  /* *piece are bytes of the body */
	WQ_CHUNK_END,    /* behind the last CRLF */
	WQ_CHUNK_REFUSED /* broken; stays so */
};

struct wq_chunk {
	uint8_t at;        /* enum in chunk.c; 0: the start */
	uint8_t digits;    /* of the size so far */
	uint32_t left;     /* bytes of this chunk still to come */
	uint32_t trailers; /* bytes of trailer lines so far */
	uint8_t name_n;    /* bytes of a trailer's name so far, as long as it may be a forbidden one */
	uint8_t may_be;    /* which forbidden ones it may still become */
};

/* A zeroed struct is at the start.  Takes what it read off the front of *in; call again until MORE, END or REFUSED. */
enum wq_chunk_event wq_chunk_feed(struct wq_chunk *c, struct wq_str *in, struct wq_str *piece);
