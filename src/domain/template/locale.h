/* SPDX-License-Identifier: MIT */
#pragma once
/* locale.h — how a language writes dates, numbers, money and phones; for src/domain/template alone.
 *
 * es, en and de, each with what its countries do otherwise; any other language counts as en.  libc's locale is neither
 * read nor set.  Writers append to a buffer and return what it returns.
 */
#include "base/buf.h"
#include "base/zone.h"

enum wq_locale_language { WQ_LOCALE_EN, WQ_LOCALE_ES, WQ_LOCALE_DE, WQ_LOCALE_LANGUAGES };

struct wq_locale {
	enum wq_locale_language language;
	char code[3], country[3];   /* lower and upper case; "": not said */
	const char *group, *decimal; /* between thousands; before decimals */
	bool symbol_last;           /* "125.000 €" */
	bool half_day;              /* 4:30 pm */
	bool month_first;           /* November 21, 2026 */
};

/* Of "es", "es_EC", "es-EC", in any case. */
struct wq_locale wq_locale_of(struct wq_str language);

/* A moment as people give it: a local time, and whether there is a time of day. */
struct wq_moment {
	struct wq_local local;
	bool has_time;
};
/* As template.h says of dates; `zone` NULL: as it was written. */
bool wq_moment_read(struct wq_str text, const struct wq_zone *zone, struct wq_moment *out);
bool wq_moment_of_ms(int64_t ms, const struct wq_zone *zone, struct wq_moment *out);
/* "short", "medium", "long", "day", "weekday", "month", "year", "time", "datetime"; false: there is no such one. */
bool wq_moment_has_style(struct wq_str style, bool *needs_time);
int wq_locale_date(const struct wq_locale *l, const struct wq_moment *m, struct wq_str style,
                   struct wq_buf *out);

bool wq_number_read(struct wq_str text, double *out);
/* decimals < 0: as many as it has, up to two. */
int wq_locale_number(const struct wq_locale *l, double v, int decimals, struct wq_buf *out);
int wq_locale_money(const struct wq_locale *l, double v, struct wq_str currency, int decimals,
                    struct wq_buf *out);
/* Which of the forms one, other: 0 or 1. */
unsigned wq_locale_plural(const struct wq_locale *l, double v);
/* "+593 99 123 4567"; false: it is none. */
bool wq_phone_is(struct wq_str text);
int wq_locale_phone(struct wq_str text, struct wq_buf *out);
const char *wq_locale_and(const struct wq_locale *l);
const char *wq_locale_bool(const struct wq_locale *l, bool v);

/* case.c: letters of Latin, Greek and Cyrillic. */
int wq_text_upper(struct wq_str text, struct wq_buf *out);
int wq_text_lower(struct wq_str text, struct wq_buf *out);
/* The first letter of the text, or of each word. */
int wq_text_capital(struct wq_str text, bool words, struct wq_buf *out);
