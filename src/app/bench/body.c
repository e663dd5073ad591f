/* SPDX-License-Identifier: MIT */
/* body.c — a source cut at its words, and put together again. */
#include "app/bench/body.h"

#include "base/assert.h"
#include "base/err.h"

enum { NUMBER_DIGITS = 12, PERSON_DIGITS = 8, AT_DIGITS = 10 };

static const char *const words[] = { "n", "person", "at", "status", "pad" };

/* 's' of <status>; 0: it is none of those that change. */
static char word_of(struct wq_str name)
{
	for (size_t i = 0; i < WQ_COUNT(words); i++)
		if (wq_str_is(name, words[i]))
			return i == 4 ? '_' : words[i][0];
	return 0;
}

static int end_piece(struct wq_bench_body *t, size_t *from, char word)
{
	if (t->pieces_n == WQ_BENCH_PIECES_MAX)
		return WQ_ETOOBIG;
	t->pieces[t->pieces_n++] = (struct wq_bench_piece){ t->plain.n - *from, word };
	*from = t->plain.n;
	return 0;
}

static int add_given(struct wq_bench_body *t, struct wq_str name,
                     const struct wq_bench_given *given, size_t given_n)
{
	for (size_t i = 0; i < given_n; i++)
		if (wq_str_is(name, given[i].name))
			return wq_buf_add_str(&t->plain, given[i].value);
	return WQ_EINVAL;
}

int wq_bench_body_init(struct wq_bench_body *t, const char *source, const char *const *statuses,
                       const struct wq_bench_given *given, size_t given_n)
{
	struct wq_str rest = wq_str(source);
	size_t from = 0;
	int rc = 0;

	*t = (struct wq_bench_body){ .statuses = statuses };
	wq_buf_init(&t->plain, WQ_BENCH_PLAIN_MAX_BYTES);
	while (rc == 0 && rest.n) {
		size_t open = wq_str_find(rest, '<'), shut;
		struct wq_str name;
		char word;

		rc = wq_buf_add(&t->plain, rest.p, open);
		rest = wq_strn(rest.p + open, rest.n - open);
		if (rc < 0 || !rest.n)
			break;
		shut = wq_str_find(rest, '>');
		name = wq_strn(rest.p + 1, shut - 1);
		rest = wq_strn(rest.p + shut + 1, rest.n - shut - 1);
		word = word_of(name);
		rc = word ? end_piece(t, &from, word) : add_given(t, name, given, given_n);
	}
	return rc < 0 ? rc : end_piece(t, &from, 0);
}

void wq_bench_body_fini(struct wq_bench_body *t)
{
	wq_buf_fini(&t->plain);
	t->pieces_n = 0;
}

static const char *status_of(const struct wq_bench_body *t, const struct wq_bench_item *i)
{
	return t->statuses[i->status < WQ_BENCH_STATUS_COUNT ? i->status : 0];
}

static size_t width(const struct wq_bench_body *t, char word)
{
	static const struct wq_bench_item none;

	switch (word) {
	case 'n':
		return NUMBER_DIGITS;
	case 'p':
		return PERSON_DIGITS;
	case 'a':
		return AT_DIGITS;
	case 's':
		return strlen(status_of(t, &none));
	default:
		return 0;
	}
}

size_t wq_bench_body_least(const struct wq_bench_body *t)
{
	size_t n = t->plain.n;

	for (unsigned i = 0; i < t->pieces_n; i++)
		n += width(t, t->pieces[i].word);
	return n;
}

bool wq_bench_body_stretch(struct wq_bench_body *t, size_t bytes)
{
	size_t least = wq_bench_body_least(t);

	t->pad = bytes > least ? bytes - least : 0;
	return bytes >= least;
}

static char *put_digits(char *p, uint64_t value, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; value /= 10)
		p[i] = (char)('0' + value % 10);
	return p + digits;
}

static char *put_word(const struct wq_bench_body *t, char word, const struct wq_bench_item *i,
                      char *p)
{
	const char *status;

	switch (word) {
	case 'n':
		return put_digits(p, i->n, NUMBER_DIGITS);
	case 'p':
		return put_digits(p, i->person, PERSON_DIGITS);
	case 'a':
		return put_digits(p, (uint64_t)i->at_s, AT_DIGITS);
	case 's':
		status = status_of(t, i);
		memcpy(p, status, strlen(status));
		return p + strlen(status);
	default:
		memset(p, 'x', t->pad);
		return p + t->pad;
	}
}

int wq_bench_body_write(const struct wq_bench_body *t, const struct wq_bench_item *i,
                        struct wq_buf *out)
{
	enum { STATUS_MAX_BYTES = 32 };
	size_t most = wq_bench_body_least(t) + t->pieces_n * STATUS_MAX_BYTES + t->pad;
	const char *from = t->plain.p;
	int rc = wq_buf_reserve(out, most);
	char *p;

	if (rc < 0)
		return rc;
	p = out->p + out->n;
	for (unsigned at = 0; at < t->pieces_n; at++) {
		const struct wq_bench_piece *piece = &t->pieces[at];

		memcpy(p, from, piece->n);
		from += piece->n;
		p += piece->n;
		if (piece->word)
			p = put_word(t, piece->word, i, p);
	}
	out->n = (size_t)(p - out->p);
	return 0;
}
