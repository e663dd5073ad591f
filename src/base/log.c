/* SPDX-License-Identifier: MIT */
/* log.c — a line is put together on the stack and written in one call, or dropped and counted. */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/limits.h"

static struct {
	struct wq_log_opts o;
	uint64_t dropped; /* in all */
	uint64_t untold;  /* since the last line that got out */
	uint64_t second;  /* the second that `lines` counts */
	unsigned lines;
} logger = { .o = { .level = WQ_LOG_INFO, .fd = 2 } };

/* Kept free for what closes a line that was cut: three dots, a quote, a brace, the line end. */
enum { CLOSING_BYTES = 8 };

struct line {
	char p[WQ_LOG_LINE_MAX_BYTES];
	size_t n;
	bool full;   /* nothing more goes in */
	bool broken; /* the field at hand did not fit and cannot be cut */
};

static const char *const level_names[] = { "error", "warn", "info", "debug", "trace" };

void wq_log_setup(const struct wq_log_opts *o)
{
	logger.o = *o;
}

bool wq_log_wants(enum wq_log_level level)
{
	return level <= logger.o.level;
}

uint64_t wq_log_dropped(void)
{
	return logger.dropped;
}

bool wq_log_level_from(struct wq_str name, enum wq_log_level *out)
{
	for (unsigned i = 0; i < WQ_COUNT(level_names); i++) {
		if (wq_str_is_nocase(name, level_names[i])) {
			*out = (enum wq_log_level)i;
			return true;
		}
	}
	return false;
}

static bool put(struct line *l, const char *p, size_t n)
{
	if (l->full || l->broken || l->n + n > sizeof(l->p) - CLOSING_BYTES) {
		l->broken = true;
		return false;
	}
	memcpy(l->p + l->n, p, n);
	l->n += n;
	return true;
}

static void put_text(struct line *l, const char *text)
{
	(void)put(l, text, strlen(text)); /* l->broken tells put_field */
}

/* Everything but printable ASCII becomes \uXXXX: valid in JSON, harmless on a terminal. */
static void put_escaped(struct line *l, struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char esc[8];
		bool fits;

		if (c == '"' || c == '\\')
			fits = put(l, (char[]){ '\\', (char)c }, 2);
		else if (c >= 0x20 && c < 0x7f)
			fits = put(l, (const char *)&c, 1);
		else
			fits = put(l, esc, (size_t)snprintf(esc, sizeof(esc), "\\u%04x", c));
		if (!fits) { /* a text may be cut: its reader sees the dots */
			memcpy(l->p + l->n, "...", 3);
			l->n += 3;
			l->full = true;
			l->broken = false;
			return;
		}
	}
}

static bool is_bare(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		             (c >= 'A' && c <= 'Z');

		if (!plain && !memchr("-_.:/@+,*", c, 9))
			return false;
	}
	return s.n > 0;
}

static void put_string(struct line *l, struct wq_str s)
{
	if (logger.o.format == WQ_LOG_LOGFMT && is_bare(s) &&
	    l->n + s.n < sizeof(l->p) - CLOSING_BYTES) {
		put(l, s.p, s.n);
		return;
	}
	if (!put(l, "\"", 1))
		return;
	put_escaped(l, s);
	l->p[l->n++] = '"'; /* a cut value still closes */
}

static void put_phone(struct line *l, struct wq_str s)
{
	char masked[] = "***0000";

	if (s.n < 8) {
		put_string(l, wq_str("***"));
		return;
	}
	memcpy(masked + 3, s.p + s.n - 4, 4);
	put_string(l, wq_str(masked));
}

/* scheme://user:pass@host/path?query → scheme://host/path */
static void put_url(struct line *l, struct wq_str s)
{
	char clean[512];
	size_t authority = 0, end = 0, at, n;

	for (size_t i = 0; i + 2 < s.n && authority == 0; i++)
		if (memcmp(s.p + i, "://", 3) == 0)
			authority = i + 3;
	for (end = authority; end < s.n && s.p[end] != '/' && s.p[end] != '?' && s.p[end] != '#';)
		end++;
	for (at = end; at > authority && s.p[at - 1] != '@';)
		at--;
	n = wq_str_find(s, '?');
	if (wq_str_find(s, '#') < n)
		n = wq_str_find(s, '#');
	n = n > at ? n - at : 0;
	if (authority + n > sizeof(clean))
		n = sizeof(clean) - (authority < sizeof(clean) ? authority : sizeof(clean));
	if (authority > sizeof(clean))
		authority = sizeof(clean);
	memcpy(clean, s.p ? s.p : "", authority);
	memcpy(clean + authority, s.n ? s.p + at : "", n);
	put_string(l, wq_strn(clean, authority + n));
}

static void put_value(struct line *l, const struct wq_kv *kv)
{
	char number[32];

	switch (kv->type) {
	case WQ_KV_STR:
		put_string(l, kv->s);
		return;
	case WQ_KV_INT:
		snprintf(number, sizeof(number), "%lld", (long long)kv->i);
		break;
	case WQ_KV_UINT:
		snprintf(number, sizeof(number), "%llu", (unsigned long long)kv->u);
		break;
	case WQ_KV_FLOAT:
		snprintf(number, sizeof(number), "%.3f", kv->f);
		break;
	case WQ_KV_BOOL:
		snprintf(number, sizeof(number), "%s", kv->i ? "true" : "false");
		break;
	case WQ_KV_SECRET:
		put_string(l, wq_str(kv->s.n > 0 ? "***" : ""));
		return;
	case WQ_KV_PHONE:
		put_phone(l, kv->s);
		return;
	case WQ_KV_URL:
		put_url(l, kv->s);
		return;
	}
	put_text(l, number);
}

/* A field goes in whole, or cut if it is a text, or not at all. */
static void put_field(struct line *l, const struct wq_kv *kv)
{
	size_t start = l->n;

	if (l->full)
		return;
	if (logger.o.format == WQ_LOG_JSON) {
		put_text(l, l->n > 1 ? ",\"" : "\"");
		put_text(l, kv->key);
		put_text(l, "\":");
	} else {
		put_text(l, l->n > 0 ? " " : "");
		put_text(l, kv->key);
		put_text(l, "=");
	}
	put_value(l, kv);
	if (l->broken) {
		l->n = start;
		l->full = true;
	}
}

static void put_time(struct line *l)
{
	int64_t ms = wq_clock_system()->wall_ms(wq_clock_system());
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	char text[40], with_ms[48];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(with_ms, sizeof(with_ms), "%s.%03dZ", text, (int)(ms % 1000));
	put_field(l, &WQ_S("ts", with_ms));
}

static bool over_rate(void)
{
	uint64_t second = wq_clock_system()->mono_us(wq_clock_system()) / 1000000;

	if (second != logger.second) {
		logger.second = second;
		logger.lines = 0;
	}
	return ++logger.lines > WQ_LOG_LINES_PER_SECOND;
}

/* A full pipe would stop the loop; ask first.  A line is at most PIPE_BUF long, so it leaves whole or not at all. */
static bool deliver(struct line *l)
{
	struct pollfd ready = { .fd = logger.o.fd, .events = POLLOUT };
	ssize_t n;

	if (logger.o.sink) {
		logger.o.sink(logger.o.sink_ctx, wq_strn(l->p, l->n));
		return true;
	}
	if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT))
		return false;
	do
		n = write(logger.o.fd, l->p, l->n);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)l->n;
}

void wq_log_line(enum wq_log_level level, const char *event, const struct wq_kv *fields)
{
	struct line l;

	l.n = 0;
	l.full = l.broken = false;
	if (!wq_log_wants(level))
		return;
	if (!logger.o.sink && over_rate()) {
		logger.dropped++;
		logger.untold++;
		return;
	}
	if (logger.o.format == WQ_LOG_JSON)
		put_text(&l, "{");
	put_time(&l);
	put_field(&l, &WQ_S("level", level_names[level]));
	if (logger.o.role)
		put_field(&l, &WQ_S("role", logger.o.role));
	put_field(&l, &WQ_S("event", event));
	if (logger.untold > 0)
		put_field(&l, &WQ_U("log_dropped", logger.untold));
	for (; fields->key; fields++)
		put_field(&l, fields);
	if (logger.o.format == WQ_LOG_JSON)
		l.p[l.n++] = '}';
	l.p[l.n++] = '\n';
	if (deliver(&l)) {
		logger.untold = 0;
	} else {
		logger.dropped++;
		logger.untold++;
	}
}
