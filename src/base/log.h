/* SPDX-License-Identifier: MIT */
#pragma once
/* log.h — one line per fact: an event name and key=value fields, as logfmt or JSON, on stderr.
 *
 *   wq_info("listening", WQ_S("url", url), WQ_I("port", port));
 *
 * Values are escaped here: bytes of a peer never break a line or reach a terminal raw.
 * WQ_SECRET shows only that something is there; WQ_PHONE shows the last four digits; WQ_URL leaves out user,
 * password and query.  Message bodies and tokens are not logged at all, by nobody.
 * A line that stderr cannot take at once is dropped and counted, never waited for; so are lines beyond
 * WQ_LOG_LINES_PER_SECOND.  Allocates nothing.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum wq_log_level { WQ_LOG_ERROR, WQ_LOG_WARN, WQ_LOG_INFO, WQ_LOG_DEBUG, WQ_LOG_TRACE };
enum wq_log_format { WQ_LOG_LOGFMT, WQ_LOG_JSON };

struct wq_kv {
	const char *key; /* NULL ends the list */
	enum {
		WQ_KV_STR,
		WQ_KV_INT,
		WQ_KV_UINT,
		WQ_KV_FLOAT,
		WQ_KV_BOOL,
		WQ_KV_SECRET,
		WQ_KV_PHONE,
		WQ_KV_URL
	} type;
	union {
		struct wq_str s;
		int64_t i;
		uint64_t u;
		double f;
	};
};

#define WQ_S(k, text)      ((struct wq_kv){ .key = (k), .type = WQ_KV_STR, .s = wq_str(text) })
#define WQ_SL(k, slice)    ((struct wq_kv){ .key = (k), .type = WQ_KV_STR, .s = (slice) })
#define WQ_I(k, v)         ((struct wq_kv){ .key = (k), .type = WQ_KV_INT, .i = (v) })
#define WQ_U(k, v)         ((struct wq_kv){ .key = (k), .type = WQ_KV_UINT, .u = (v) })
#define WQ_F(k, v)         ((struct wq_kv){ .key = (k), .type = WQ_KV_FLOAT, .f = (v) })
#define WQ_B(k, v)         ((struct wq_kv){ .key = (k), .type = WQ_KV_BOOL, .i = (v) })
#define WQ_SECRET(k, text) ((struct wq_kv){ .key = (k), .type = WQ_KV_SECRET, .s = wq_str(text) })
#define WQ_PHONE(k, slice) ((struct wq_kv){ .key = (k), .type = WQ_KV_PHONE, .s = (slice) })
#define WQ_URL(k, text)    ((struct wq_kv){ .key = (k), .type = WQ_KV_URL, .s = wq_str(text) })

#define WQ_FIELDS(...)       ((const struct wq_kv[]){ __VA_ARGS__ __VA_OPT__(, ){ .key = NULL } })
#define wq_error(event, ...) wq_log_line(WQ_LOG_ERROR, (event), WQ_FIELDS(__VA_ARGS__))
#define wq_warn(event, ...)  wq_log_line(WQ_LOG_WARN, (event), WQ_FIELDS(__VA_ARGS__))
#define wq_info(event, ...)  wq_log_line(WQ_LOG_INFO, (event), WQ_FIELDS(__VA_ARGS__))
#define wq_debug(event, ...)                                                                     \
	(wq_log_wants(WQ_LOG_DEBUG) ? wq_log_line(WQ_LOG_DEBUG, (event), WQ_FIELDS(__VA_ARGS__)) \
	                            : (void)0)

struct wq_log_opts {
	enum wq_log_level level;
	enum wq_log_format format;
	int fd;           /* where lines go; 2 by default */
	const char *role; /* field `role` on every line; NULL: left out; not copied */
	/* Tests: gets every line instead of the descriptor. */
	void (*sink)(void *ctx, struct wq_str line);
	void *sink_ctx;
};

void wq_log_setup(const struct wq_log_opts *o);
bool wq_log_wants(enum wq_log_level level);
void wq_log_line(enum wq_log_level level, const char *event, const struct wq_kv *fields);
/* Lines lost since the start, for the metric. */
uint64_t wq_log_dropped(void);
/* Parses "error", "warn", "info", "debug", "trace"; false for anything else. */
bool wq_log_level_from(struct wq_str name, enum wq_log_level *out);
