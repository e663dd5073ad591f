/* SPDX-License-Identifier: MIT */
#pragma once
/* sources.h — how much each source may send: one bucket for all its requests, and one for those that nobody signed.
 *
 *   admit ──► OK ──► the request is looked at ──► wq_sources_signed, or wq_sources_unsigned
 *     ├─► MANY      beyond what a source may send in all
 *     └─► UNSIGNED  beyond what it may send unsigned, and nothing signed came from it within WQ_SOURCE_GOOD_MS
 *
 * Source   an IPv4 address, or the first 64 bits of an IPv6 address.
 * Signed   traffic of a source whose webhooks are signed is never refused for what is unsigned between them: behind
 *          a proxy all of the world may be one source.
 * Bounded  WQ_SOURCES_MAX; beyond, the one that has been silent for longest is forgotten, and begins anew.
 * Buckets  hold what may come in one second, and are full at the beginning.
 */
#include <stdbool.h>

#include "base/list.h"
#include "base/map.h"
#include "base/str.h"

struct wq_source_limits {
	uint32_t per_second;          /* requests in all; 0: no limit */
	uint32_t unsigned_per_second; /* 0: no limit */
};

struct wq_sources {
	struct wq_source_limits limits;
	struct wq_map map;
	struct wq_list order;   /* the longest silent first */
	struct wq_source *list; /* owned; NULL: there is no limit */
	size_t n;
};

/* 0 or WQ_ENOMEM (raised). */
int wq_sources_init(struct wq_sources *s, const struct wq_source_limits *limits);
/* Twice is fine, zeroed is fine. */
void wq_sources_fini(struct wq_sources *s);

enum wq_source_verdict { WQ_SOURCE_OK, WQ_SOURCE_MANY, WQ_SOURCE_UNSIGNED };
/* A request from "192.0.2.1:4711", "192.0.2.1", "[2001:db8::1]:4711" or "2001:db8::1"; any other text is a source by
 * its first bytes.  *retry_s: when one may come again. */
enum wq_source_verdict wq_sources_admit(struct wq_sources *s, struct wq_str peer, uint64_t now_us,
                                        uint32_t *retry_s);
/* What it turned out to be. */
void wq_sources_signed(struct wq_sources *s, struct wq_str peer, uint64_t now_us);
void wq_sources_unsigned(struct wq_sources *s, struct wq_str peer, uint64_t now_us);
/* Of the values of X-Forwarded-For, in order, the `nth` address from the end; p == NULL: there are not so many. */
struct wq_str wq_source_forwarded(const struct wq_str *values, size_t n, unsigned nth);
