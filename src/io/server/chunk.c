/* SPDX-License-Identifier: MIT */
/* chunk.c — one small state machine over bytes. */
#include "io/server/chunk.h"

#include "base/assert.h"
#include "base/limits.h"
#include "io/server/grammar.h"

enum { SIZE_DIGITS_MAX = 8 };

enum {
	SIZE,
	SIZE_LF,
	BYTES,
	BYTES_CR,
	BYTES_LF,
	LINE,       /* start of a trailer line, or of the CRLF that ends all */
	LINE_NAME,  /* in a trailer's name */
	LINE_VALUE, /* behind its colon */
	LINE_LF,
	END_LF,
	ENDED,
	BROKEN
};

/* Lower case.  Dropped with the rest they would do no harm here, but whoever let them through may have read them. */
static const char *const forbidden[] = { "content-length", "transfer-encoding", "host" };

/* Letter by letter, for a name may come in any pieces. */
static void follow_name(struct wq_chunk *c, char byte)
{
	char lower = byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;

	for (unsigned i = 0; i < WQ_COUNT(forbidden); i++)
		if ((c->may_be & WQ_BIT(i)) && forbidden[i][c->name_n] != lower)
			c->may_be &= (uint8_t)~WQ_BIT(i);
	c->name_n += c->may_be != 0;
}

static bool is_forbidden(const struct wq_chunk *c)
{
	for (unsigned i = 0; i < WQ_COUNT(forbidden); i++)
		if ((c->may_be & WQ_BIT(i)) && forbidden[i][c->name_n] == '\0')
			return true;
	return false;
}

static uint8_t after_size(struct wq_chunk *c, char byte)
{
	int digit = wq_hex_digit(byte);

	if (byte == '\r' && c->digits > 0)
		return SIZE_LF;
	if (digit < 0 || c->digits == SIZE_DIGITS_MAX)
		return BROKEN;
	c->digits++;
	c->left = c->left << 4 | (uint32_t)digit;
	return SIZE;
}

static uint8_t after_trailer(struct wq_chunk *c, char byte)
{
	if (++c->trailers > WQ_SERVER_TRAILERS_MAX_BYTES)
		return BROKEN;
	if (c->at == LINE_VALUE && byte == '\r')
		return LINE_LF;
	if (c->at == LINE_VALUE)
		return wq_is_value_byte(byte) ? LINE_VALUE : BROKEN;
	if (c->at == LINE_NAME && byte == ':')
		return is_forbidden(c) ? BROKEN : LINE_VALUE;
	if (c->at == LINE) {
		c->name_n = 0;
		c->may_be = WQ_BIT(WQ_COUNT(forbidden)) - 1;
	}
	follow_name(c, byte);
	return wq_is_token_byte(byte) ? LINE_NAME : BROKEN;
}

static uint8_t after(struct wq_chunk *c, char byte)
{
	switch (c->at) {
	case SIZE:
		return after_size(c, byte);
	case SIZE_LF:
		if (byte != '\n')
			return BROKEN;
		c->digits = 0;
		return c->left > 0 ? BYTES : LINE;
	case BYTES_CR:
		return byte == '\r' ? BYTES_LF : BROKEN;
	case BYTES_LF:
		return byte == '\n' ? SIZE : BROKEN;
	case LINE:
		return byte == '\r' ? END_LF : after_trailer(c, byte);
	case LINE_NAME:
	case LINE_VALUE:
		return after_trailer(c, byte);
	case LINE_LF:
		return byte == '\n' ? LINE : BROKEN;
	case END_LF:
		return byte == '\n' ? ENDED : BROKEN;
	default:
		return c->at;
	}
}

static enum wq_chunk_event take_bytes(struct wq_chunk *c, struct wq_str *in, struct wq_str *piece)
{
	size_t n = in->n < c->left ? in->n : c->left;

	*piece = wq_strn(in->p, n);
	*in = wq_strn(in->p + n, in->n - n);
	c->left -= (uint32_t)n;
	if (c->left == 0)
		c->at = BYTES_CR;
	return WQ_CHUNK_BYTES;
}

enum wq_chunk_event wq_chunk_feed(struct wq_chunk *c, struct wq_str *in, struct wq_str *piece)
{
	while (in->n > 0 && c->at != ENDED && c->at != BROKEN) {
		bool sized = c->at == SIZE_LF;

		if (c->at == BYTES)
			return take_bytes(c, in, piece);
		c->at = after(c, in->p[0]);
		if (c->at == BROKEN)
			break;
		*in = wq_strn(in->p + 1, in->n - 1);
		if (sized && c->at == BYTES)
			return WQ_CHUNK_SIZE;
	}
	if (c->at == BROKEN)
		return WQ_CHUNK_REFUSED;
	return c->at == ENDED ? WQ_CHUNK_END : WQ_CHUNK_MORE;
}
