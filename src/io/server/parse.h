/* SPDX-License-Identifier: MIT */
#pragma once
/* parse.h — bytes of a peer to one request, without I/O.
 *
 * Feed it bytes in any pieces; it tells HEAD once, BODY for each piece of the body, then END; or REFUSED with the
 * status to answer, after which the connection has to end, for where the next request begins is anybody's guess.  What
 * it tells does not depend on how the bytes were cut, but for the cutting of the body's pieces.
 *
 * A head is gathered whole (its slices stay where they are until reset), checked line by line as it comes, read by
 * llhttp without any leniency, and judged by its fields: Host, Content-Length, Transfer-Encoding, Expect.  Where the
 * body ends is decided here and by chunk.h alone. Strict beyond RFC 9112: no obs-fold, no absolute-form target, no
 * empty Host, no chunk extensions, one Content-Length without any list, at most one empty line in front.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"
#include "io/server/chunk.h"
#include "io/server/route.h"

enum wq_parse_event { WQ_PARSE_MORE, WQ_PARSE_HEAD, WQ_PARSE_BODY, WQ_PARSE_END, WQ_PARSE_REFUSED };

/* Offsets into the head: no pointer moves while it grows. */
struct wq_field {
	uint32_t name, name_n, value, value_n; /* the value without spaces around it */
};

struct wq_parse {
	struct wq_buf head; /* owned; kept over wq_parse_reset */
	uint64_t body_max;  /* may be lowered or raised when HEAD was told, by wq_parse_allow */

	/* From HEAD on: */
	enum wq_method method;
	struct wq_str target; /* a slice of head */
	bool http10;
	bool keep_alive, closes; /* what Connection says; the latter wins */
	bool expects_continue;
	bool chunked;
	uint64_t length; /* of the body, when it is not chunked */
	unsigned fields_n;

	/* After REFUSED: */
	int status;
	const char *why; /* static sentence */

	/* Its own: */
	uint8_t at;
	bool blank;        /* the one empty line in front was there */
	uint8_t hosts, lengths, codings; /* fields of that kind seen */
	uint32_t scanned;  /* bytes of head already looked at */
	uint32_t line;     /* length of the request line */
	uint32_t target_at, target_n; /* where the target stands in the head */
	uint8_t spaces;    /* in the request line so far */
	uint64_t body_n;   /* bytes of the body told so far */
	struct wq_chunk chunk;
	struct wq_field fields[WQ_SERVER_HEADERS_MAX];
};

void wq_parse_init(struct wq_parse *p, size_t head_max_bytes, uint64_t body_max_bytes);
void wq_parse_fini(struct wq_parse *p);
/* Ready for the next request; keeps a head buffer of modest size. */
void wq_parse_reset(struct wq_parse *p);

/* Takes what it read off the front of *in; never beyond the end of this request.  Call again until MORE, END or
 * REFUSED. */
enum wq_parse_event wq_parse_feed(struct wq_parse *p, struct wq_str *in, struct wq_str *piece);
/* Between HEAD and the first BODY: another bound for the body; false: it is too large, REFUSED comes next. */
bool wq_parse_allow(struct wq_parse *p, uint64_t body_max_bytes);
/* The request, or its refusal, is complete. */
bool wq_parse_done(const struct wq_parse *p);
/* Nothing of a request was read yet. */
bool wq_parse_fresh(const struct wq_parse *p);
/* The head is read and bytes of a body are awaited. */
bool wq_parse_in_body(const struct wq_parse *p);

struct wq_str wq_parse_name(const struct wq_parse *p, unsigned i);
struct wq_str wq_parse_value(const struct wq_parse *p, unsigned i);
