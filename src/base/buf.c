/* SPDX-License-Identifier: MIT */
/* buf.c — bounded growing bytes. */
#include "base/buf.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

enum { FIRST_BYTES = 256 };

void wq_buf_init(struct wq_buf *b, size_t max_bytes)
{
	WQ_REQUIRE(max_bytes > 0);
	*b = (struct wq_buf){ .max = max_bytes };
}

void wq_buf_fini(struct wq_buf *b)
{
	wq_free(b->p);
	*b = (struct wq_buf){ .max = b->max };
}

void wq_buf_clear(struct wq_buf *b)
{
	b->n = 0;
}

int wq_buf_reserve(struct wq_buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : FIRST_BYTES;
	char *p;

	if (more <= b->cap - b->n)
		return 0;
	if (more > b->max - b->n)
		return WQ_ETOOBIG;
	while (cap - b->n < more)
		cap *= 2;
	if (cap > b->max)
		cap = b->max;
	p = wq_realloc(b->p, cap);
	if (!p)
		return WQ_RAISE(WQ_ENOMEM);
	b->p = p;
	b->cap = cap;
	return 0;
}

int wq_buf_add(struct wq_buf *b, const void *p, size_t n)
{
	int rc;

	if (n == 0)
		return 0;
	rc = wq_buf_reserve(b, n);
	if (rc < 0)
		return rc;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	return 0;
}

int wq_buf_add_str(struct wq_buf *b, struct wq_str s)
{
	return wq_buf_add(b, s.p, s.n);
}

int wq_buf_add_text(struct wq_buf *b, const char *text)
{
	return wq_buf_add(b, text, strlen(text));
}

int wq_buf_add_char(struct wq_buf *b, char c)
{
	return wq_buf_add(b, &c, 1);
}

int wq_buf_addf(struct wq_buf *b, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = wq_buf_vaddf(b, fmt, ap);
	va_end(ap);
	return rc;
}

int wq_buf_vaddf(struct wq_buf *b, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	int need, rc;

	va_copy(again, ap);
	need = vsnprintf(small, sizeof(small), fmt, ap);
	WQ_REQUIRE(need >= 0);
	if ((size_t)need < sizeof(small)) {
		va_end(again);
		return wq_buf_add(b, small, (size_t)need);
	}
	rc = wq_buf_reserve(b, (size_t)need + 1); /* vsnprintf writes its terminator too */
	if (rc == 0) {
		vsnprintf(b->p + b->n, (size_t)need + 1, fmt, again);
		b->n += (size_t)need;
	}
	va_end(again);
	return rc;
}

void wq_buf_consume(struct wq_buf *b, size_t n)
{
	WQ_REQUIRE(n <= b->n);
	b->n -= n;
	if (b->n > 0 && n > 0)
		memmove(b->p, b->p + n, b->n);
}

const char *wq_buf_text(struct wq_buf *b)
{
	if (wq_buf_reserve(b, 1) < 0)
		return NULL;
	b->p[b->n] = '\0';
	return b->p;
}
