/* SPDX-License-Identifier: MIT */
#pragma once
/* str.h — a borrowed slice of bytes, and what one does with it.
 *
 * A slice owns nothing and is not terminated; it lives as long as what it points into.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct wq_str {
	const char *p;
	size_t n;
};

/* For printf's "%.*s". */
#define WQ_STR_ARG(s) (int)(s).n, (s).p
/* A literal as a slice, also in a static initialiser. */
#define WQ_STR(literal)                        \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

static inline struct wq_str wq_str(const char *text)
{
	return (struct wq_str){ text, text ? strlen(text) : 0 };
}

static inline struct wq_str wq_strn(const char *p, size_t n)
{
	return (struct wq_str){ p, n };
}

bool wq_str_eq(struct wq_str a, struct wq_str b);
bool wq_str_is(struct wq_str a, const char *text);
/* ASCII letters only, never the locale. */
bool wq_str_is_nocase(struct wq_str a, const char *text);
bool wq_str_starts(struct wq_str a, const char *prefix);
bool wq_str_ends(struct wq_str a, const char *suffix);
/* The slice without spaces and tabs at its ends. */
struct wq_str wq_str_trim(struct wq_str a);
/* Index of the first `c`, or a.n. */
size_t wq_str_find(struct wq_str a, char c);
/* Takes the part before the next `sep` off the front of *rest and stores it in *part; false when *rest was
 * used up.  "a,,b" gives "a", "", "b"; "" gives one empty part. */
bool wq_str_next(struct wq_str *rest, char sep, struct wq_str *part);

/* Decimal digits only, no sign, no space, nothing behind: false for anything else or beyond `max`. */
bool wq_str_to_u64(struct wq_str a, uint64_t max, uint64_t *out);
/* True for well-formed UTF-8 (no surrogates, no overlong forms). */
bool wq_str_is_utf8(struct wq_str a);
/* Whether the byte at `i` is part of a control character: C0, DEL or C1, the last alone or as UTF-8 has it. */
bool wq_str_is_control(struct wq_str a, size_t i);
/* How many edits (insert, delete, replace, swap of neighbours) turn a into b; inputs beyond 64 bytes count as far
 * apart. */
unsigned wq_str_distance(struct wq_str a, struct wq_str b);
