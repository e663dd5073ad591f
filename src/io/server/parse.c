/* SPDX-License-Identifier: MIT */
/* parse.c — the head line by line, then the body by its length or its chunks.
 *
 *   start ─► line ─► fields ─► head ─┬─► (no body) ────────► done
 *                                    ├─► length ───────────► done
 *                                    └─► chunks ───────────► done
 *   any of them ─► refused
 */
#include "io/server/parse.h"

#include "base/assert.h"
#include "io/server/grammar.h"
#include "io/server/head.h"

enum { HEAD_KEPT_MAX_BYTES = 4096, GATHER_BYTES = 512 };

enum {
	START,      /* before the first byte of the request line */
	START_LF,   /* in the empty line in front */
	LINE,       /* in the request line */
	LINE_LF,    /* behind its CR */
	FIELD,      /* at the start of a field line, or of the CRLF that ends the head */
	FIELD_IN,   /* in a field line */
	FIELD_LF,   /* behind its CR */
	END_LF,     /* behind the CR of the empty line */
	HEAD_THERE, /* told; the body is not begun */
	LENGTH,
	CHUNKS,
	DONE,
	REFUSED
};

void wq_parse_init(struct wq_parse *p, size_t head_max_bytes, uint64_t body_max_bytes)
{
	p->head = (struct wq_buf){ .p = NULL };
	wq_buf_init(&p->head, head_max_bytes);
	p->body_max = body_max_bytes;
	wq_parse_reset(p);
}

void wq_parse_fini(struct wq_parse *p)
{
	wq_buf_fini(&p->head);
}

void wq_parse_reset(struct wq_parse *p)
{
	if (p->head.cap > HEAD_KEPT_MAX_BYTES)
		wq_buf_fini(&p->head);
	wq_buf_clear(&p->head);
	p->at = START;
	p->target = wq_strn(NULL, 0);
	p->http10 = p->keep_alive = p->expects_continue = p->closes = p->chunked = p->blank = false;
	p->hosts = p->lengths = p->codings = p->spaces = 0;
	p->scanned = p->line = p->target_at = p->target_n = 0;
	p->length = p->body_n = 0;
	p->fields_n = 0;
	p->status = 0;
	p->why = NULL;
	p->chunk = (struct wq_chunk){ .at = 0 };
}

static enum wq_parse_event refuse(struct wq_parse *p, int status, const char *why)
{
	p->at = REFUSED;
	p->status = status;
	p->why = why;
	return WQ_PARSE_REFUSED;
}

static uint8_t broken(struct wq_parse *p, int status, const char *why)
{
	refuse(p, status, why);
	return REFUSED;
}

static uint8_t in_line(struct wq_parse *p, char byte)
{
	if (byte == '\r') {
		p->line = p->scanned;
		return LINE_LF;
	}
	if (byte < 0x20 || byte >= 0x7f)
		return broken(p, 400, "The request line holds a byte that it must not.");
	if (byte == ' ')
		p->spaces += p->spaces < 3;
	else if (p->spaces == 1 && ++p->target_n > WQ_SERVER_TARGET_MAX_BYTES)
		return broken(p, 414, "The request target is too long.");
	return LINE;
}

static uint8_t field_starts(struct wq_parse *p, char byte)
{
	if (byte == '\r')
		return END_LF;
	if (!wq_is_token_byte(byte))
		return broken(p, 400, "A header line starts with a byte that it must not.");
	if (p->fields_n++ == WQ_SERVER_HEADERS_MAX)
		return broken(p, 431, "There are too many header lines.");
	return FIELD_IN;
}

static uint8_t in_field(struct wq_parse *p, char byte)
{
	if (wq_is_value_byte(byte))
		return FIELD_IN;
	if (byte == '\r')
		return FIELD_LF;
	return broken(p, 400, "A header line holds a byte that it must not.");
}

static uint8_t after_lf(struct wq_parse *p, char byte, uint8_t next)
{
	if (byte != '\n')
		return broken(p, 400, "Lines end in CR LF.");
	if (p->at == LINE_LF && !wq_head_judge_line(p))
		return REFUSED;
	return next;
}

static uint8_t after(struct wq_parse *p, char byte)
{
	switch (p->at) {
	case LINE:
		return in_line(p, byte);
	case LINE_LF:
	case FIELD_LF:
		return after_lf(p, byte, FIELD);
	case FIELD:
		return field_starts(p, byte);
	case FIELD_IN:
		return in_field(p, byte);
	default:
		return after_lf(p, byte, HEAD_THERE);
	}
}

/* Most of a head is values: their bytes are passed over in one go. */
static uint32_t skip_value(const char *head, uint32_t at, uint32_t n)
{
	while (at < n && wq_is_value_byte(head[at]))
		at++;
	return at;
}

/* Looks at what was gathered and not yet looked at. */
static void scan(struct wq_parse *p)
{
	const char *head = p->head.p;
	uint32_t n = (uint32_t)p->head.n;

	while (p->scanned < n && p->at < HEAD_THERE) {
		if (p->at == FIELD_IN) {
			p->scanned = skip_value(head, p->scanned, n);
			if (p->scanned == n)
				return;
		}
		p->at = after(p, head[p->scanned]);
		p->scanned++;
	}
}

/* Skips the empty line that some clients send behind a request. */
static enum wq_parse_event start(struct wq_parse *p, struct wq_str *in)
{
	while (in->n > 0 && p->at < LINE) {
		if (p->at == START && (in->p[0] != '\r' || p->blank)) {
			p->at = LINE;
			break;
		}
		if (p->at == START_LF && in->p[0] != '\n')
			return refuse(p, 400, "Lines end in CR LF.");
		p->blank = true;
		p->at = p->at == START ? START_LF : START;
		*in = wq_strn(in->p + 1, in->n - 1);
	}
	return WQ_PARSE_MORE;
}

/* Gathers and looks at a little at a time, for most of what comes with a head is its body. */
static enum wq_parse_event gather(struct wq_parse *p, struct wq_str *in)
{
	while (in->n > 0 && p->at < HEAD_THERE) {
		size_t before = p->head.n, room = p->head.max - before, n = in->n;

		n = n < GATHER_BYTES ? n : GATHER_BYTES;
		n = n < room ? n : room;
		if (n == 0)
			return refuse(p, 431, "The head of the request is too large.");
		if (wq_buf_add(&p->head, in->p, n) < 0)
			return refuse(p, 503, "Out of memory.");
		scan(p);
		p->head.n = p->scanned;
		n = p->head.n - before;
		*in = wq_strn(in->p + n, in->n - n);
	}
	if (p->at == REFUSED)
		return WQ_PARSE_REFUSED;
	return p->at == HEAD_THERE ? WQ_PARSE_HEAD : WQ_PARSE_MORE;
}

static enum wq_parse_event head(struct wq_parse *p, struct wq_str *in)
{
	enum wq_parse_event event = gather(p, in);

	if (event != WQ_PARSE_HEAD)
		return event;
	p->fields_n = 0;
	if (!wq_head_read(p)) {
		p->at = REFUSED;
		return WQ_PARSE_REFUSED;
	}
	p->target = wq_strn(p->head.p + p->target_at, p->target_n);
	return WQ_PARSE_HEAD;
}

static enum wq_parse_event too_large(struct wq_parse *p)
{
	return refuse(p, 413, "The body of the request is too large.");
}

static enum wq_parse_event begin_body(struct wq_parse *p)
{
	if (p->chunked) {
		p->at = CHUNKS;
		return WQ_PARSE_MORE;
	}
	if (p->length > p->body_max)
		return too_large(p);
	p->at = p->length > 0 ? LENGTH : DONE;
	return p->at == DONE ? WQ_PARSE_END : WQ_PARSE_MORE;
}

static enum wq_parse_event by_length(struct wq_parse *p, struct wq_str *in, struct wq_str *piece)
{
	uint64_t left = p->length - p->body_n;
	size_t n = in->n < left ? in->n : (size_t)left;

	if (left == 0) {
		p->at = DONE;
		return WQ_PARSE_END;
	}
	if (n == 0)
		return WQ_PARSE_MORE;
	*piece = wq_strn(in->p, n);
	*in = wq_strn(in->p + n, in->n - n);
	p->body_n += n;
	return WQ_PARSE_BODY;
}

static enum wq_parse_event by_chunks(struct wq_parse *p, struct wq_str *in, struct wq_str *piece)
{
	for (;;) {
		switch (wq_chunk_feed(&p->chunk, in, piece)) {
		case WQ_CHUNK_SIZE:
			if (p->chunk.left > p->body_max - p->body_n)
				return too_large(p);
			p->body_n += p->chunk.left;
			break;
		case WQ_CHUNK_BYTES:
			return WQ_PARSE_BODY;
		case WQ_CHUNK_END:
			p->at = DONE;
			return WQ_PARSE_END;
		case WQ_CHUNK_REFUSED:
			return refuse(p, 400, "The chunks of the body are malformed.");
		case WQ_CHUNK_MORE:
			return WQ_PARSE_MORE;
		}
	}
}

enum wq_parse_event wq_parse_feed(struct wq_parse *p, struct wq_str *in, struct wq_str *piece)
{
	enum wq_parse_event event = WQ_PARSE_MORE;

	if (p->at < LINE)
		event = start(p, in);
	if (p->at >= LINE && p->at < HEAD_THERE)
		return in->n > 0 ? head(p, in) : WQ_PARSE_MORE;
	if (p->at == HEAD_THERE)
		event = begin_body(p);
	switch (p->at) {
	case LENGTH:
		return by_length(p, in, piece);
	case CHUNKS:
		return by_chunks(p, in, piece);
	case DONE:
		return WQ_PARSE_END;
	case REFUSED:
		return WQ_PARSE_REFUSED;
	default:
		return event;
	}
}

bool wq_parse_allow(struct wq_parse *p, uint64_t body_max_bytes)
{
	WQ_REQUIRE(p->at == HEAD_THERE);
	p->body_max = body_max_bytes;
	return p->chunked || p->length <= body_max_bytes;
}

bool wq_parse_done(const struct wq_parse *p)
{
	return p->at >= DONE;
}

bool wq_parse_fresh(const struct wq_parse *p)
{
	return p->at < LINE;
}

bool wq_parse_in_body(const struct wq_parse *p)
{
	if (p->at == HEAD_THERE)
		return p->chunked || p->length > 0;
	return p->at == LENGTH || p->at == CHUNKS;
}

struct wq_str wq_parse_name(const struct wq_parse *p, unsigned i)
{
	return wq_strn(p->head.p + p->fields[i].name, p->fields[i].name_n);
}

struct wq_str wq_parse_value(const struct wq_parse *p, unsigned i)
{
	return wq_strn(p->head.p + p->fields[i].value, p->fields[i].value_n);
}
