/* SPDX-License-Identifier: MIT */
#pragma once
/* buf.h — growing bytes with a bound declared at birth.
 *
 * The owner embeds struct wq_buf and calls wq_buf_fini (twice is fine, zeroed is fine).
 * After any failed append the content is as it was.  Appends return 0, WQ_ENOMEM (raised) or WQ_ETOOBIG (not
 * raised: the bound was there to be met; the caller decides whether that is an error).
 */
#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

struct wq_buf {
	char *p; /* owned; NULL while empty */
	size_t n, cap, max;
};

void wq_buf_init(struct wq_buf *b, size_t max_bytes);
void wq_buf_fini(struct wq_buf *b);
/* Empties it and keeps the memory. */
void wq_buf_clear(struct wq_buf *b);
/* Room for `more` bytes behind b->n; the caller may write there and add to b->n. */
int wq_buf_reserve(struct wq_buf *b, size_t more);
int wq_buf_add(struct wq_buf *b, const void *p, size_t n);
int wq_buf_add_str(struct wq_buf *b, struct wq_str s);
int wq_buf_add_text(struct wq_buf *b, const char *text);
int wq_buf_add_char(struct wq_buf *b, char c);
int wq_buf_addf(struct wq_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int wq_buf_vaddf(struct wq_buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Takes n bytes off the front. */
void wq_buf_consume(struct wq_buf *b, size_t n);
/* The content as a terminated string, valid until the next append; NULL when out of memory or at the bound. */
const char *wq_buf_text(struct wq_buf *b);

static inline struct wq_str wq_buf_str(const struct wq_buf *b)
{
	return wq_strn(b->p, b->n);
}
