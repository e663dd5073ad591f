/* SPDX-License-Identifier: MIT */
#pragma once
/* zone.h — time zones by their IANA names: what a clock there shows, and when a clock there shows something.
 *
 *   struct wq_zone *z;
 *   if (wq_zone_open(&z, NULL, wq_str("Europe/Berlin")) == 0) {
 *           wq_zone_local(z, now_ms, &local);
 *           wq_zone_destroy(z);
 *   }
 *
 * A zone is read from its TZif file at once and never changes afterwards; libc's TZ is neither read nor set.
 * "UTC", "GMT" and "utc+5:30" need no file; what TZ may hold besides is understood: ":Europe/Berlin", "/etc/localtime",
 * "CET-1CEST,M3.5.0,M10.5.0/3".  Opening reads a file of a few KB and belongs where names first arrive,
 * not in a loop; wq_zones keeps what was opened.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

struct wq_zone;

/* `dir` holds the files; NULL: where the system has them.  0; WQ_ENOENT (not raised: names come from people): no zone
 * of that name; WQ_EPARSE (raised): its file is broken; WQ_ENOMEM. */
int wq_zone_open(struct wq_zone **out, const char *dir, struct wq_str name);
void wq_zone_destroy(struct wq_zone *z);
/* As it was asked for. */
const char *wq_zone_name(const struct wq_zone *z);
/* A zone that differs from UTC by so many seconds at all times. */
int wq_zone_fixed(struct wq_zone **out, int32_t offset_s);
/* The name that stands in the system's link to its own zone ("Europe/Berlin"), or "UTC"; terminated. */
void wq_zone_system_name(char name[static WQ_ZONE_NAME_MAX_BYTES + 1]);
/* The known name that is nearest to a wrong one; false: none is near. */
bool wq_zone_nearest(const char *dir, struct wq_str name,
                     char nearest[static WQ_ZONE_NAME_MAX_BYTES + 1]);

/* The time around a moment during which the offset is the same. */
struct wq_zone_span {
	int64_t from_ms, until_ms; /* from <= moment < until; INT64_MIN, INT64_MAX: no change known */
	int64_t offset_ms;         /* local time - UTC */
};
/* Moments beyond +-WQ_TIME_MAX_MS count as that. */
struct wq_zone_span wq_zone_span_at(const struct wq_zone *z, int64_t utc_ms);

struct wq_local {
	int64_t year;
	int month, day, hour, minute, second, ms;
	int weekday;      /* 0 is Sunday; not read by wq_zone_utc */
	int64_t offset_ms; /* likewise */
};
void wq_zone_local(const struct wq_zone *z, int64_t utc_ms, struct wq_local *out);

enum wq_zone_fit {
	WQ_ZONE_ONCE,  /* utc[0] == utc[1] */
	WQ_ZONE_TWICE, /* clocks go back: utc[0] is the first time, utc[1] the second */
	/* Clocks skip it: utc[1] is as if they had not yet gone forward (what most people mean: an hour later on the
	 * new clock), utc[0] as if they had already. */
	WQ_ZONE_NEVER,
};
/* Fields may lie outside their ranges (day 32, hour -1) and are carried, except the month. */
enum wq_zone_fit wq_zone_utc(const struct wq_zone *z, const struct wq_local *local,
                             int64_t utc[static 2]);

/* Zones that were opened; zeroed it is empty. */
struct wq_zones {
	const char *dir;
	struct wq_zone *slots[WQ_ZONES_MAX]; /* owned; the last asked for is first */
};
void wq_zones_init(struct wq_zones *zs, const char *dir);
void wq_zones_fini(struct wq_zones *zs);
/* Opens it unless it is open; *out is borrowed and good until the next call.  Returns as wq_zone_open. */
int wq_zones_get(struct wq_zones *zs, struct wq_str name, const struct wq_zone **out);
