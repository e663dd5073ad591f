/* SPDX-License-Identifier: MIT */
#pragma once
/* grammar.h — which bytes HTTP/1.1 allows where (RFC 9110, 5.5 and 5.6; RFC 9112, 3). */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

extern const uint8_t wq_grammar[256];

enum {
	WQ_BYTE_TOKEN = 1,  /* of a method or a header's name */
	WQ_BYTE_VALUE = 2,  /* of a header's value: visible, space, tab, beyond ASCII */
	WQ_BYTE_TARGET = 4, /* of a request target: visible ASCII without '#' */
	WQ_BYTE_HOST = 8,   /* of a Host value */
	WQ_BYTE_ID = 16     /* of a request id */
};

static inline bool wq_is_token_byte(char c)
{
	return wq_grammar[(uint8_t)c] & WQ_BYTE_TOKEN;
}

static inline bool wq_is_value_byte(char c)
{
	return wq_grammar[(uint8_t)c] & WQ_BYTE_VALUE;
}

/* -1: none. */
static inline int wq_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Every byte is of the class; true for an empty slice. */
static inline bool wq_all_of(struct wq_str s, uint8_t byte_class)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(wq_grammar[(uint8_t)s.p[i]] & byte_class))
			return false;
	return true;
}

/* Resolves %XX (and + as a space, if `plus`) into out, which has room for in.n bytes; how many were written, or -1 for
 * a broken escape or an escaped NUL. */
long wq_unescape(struct wq_str in, bool plus, char *out);
