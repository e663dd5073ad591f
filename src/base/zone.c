/* SPDX-License-Identifier: MIT */
/* zone.c — the questions a zone answers; files are zone_open.c's. */
#include "base/zone.h"

#include "base/calendar.h"
#include "base/zone_file.h"

enum { SECOND_MS = 1000, HOUR_MS = 3600000 };

static const int64_t max_s = WQ_TIME_MAX_MS / SECOND_MS;

static int64_t to_ms(int64_t s)
{
	if (s < -max_s)
		return INT64_MIN;
	return s > max_s ? INT64_MAX : s * SECOND_MS;
}

/* How many changes lie at or before that second. */
static size_t changes_until(const struct wq_zone *z, int64_t s)
{
	size_t low = 0, high = z->changes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->at_s[mid] <= s)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct wq_zone_stretch stretch_at(const struct wq_zone *z, int64_t s)
{
	size_t n = changes_until(z, s);
	struct wq_zone_stretch out = { INT64_MIN, INT64_MAX, z->offsets_s[0] };

	if (n == z->changes && z->has_rule) {
		out = wq_zone_rule_at(&z->rule, s);
		if (n > 0 && out.from_s < z->at_s[n - 1])
			out.from_s = z->at_s[n - 1];
		return out;
	}
	if (n > 0) {
		out.from_s = z->at_s[n - 1];
		out.offset_s = z->offsets_s[z->kinds[n - 1]];
	}
	if (n < z->changes)
		out.until_s = z->at_s[n];
	return out;
}

struct wq_zone_span wq_zone_span_at(const struct wq_zone *z, int64_t utc_ms)
{
	int64_t s = wq_floor_div(utc_ms, SECOND_MS);
	struct wq_zone_stretch t = stretch_at(z, s < -max_s ? -max_s : s > max_s ? max_s : s);

	return (struct wq_zone_span){ to_ms(t.from_s), to_ms(t.until_s),
		                      (int64_t)t.offset_s * SECOND_MS };
}

void wq_zone_local(const struct wq_zone *z, int64_t utc_ms, struct wq_local *out)
{
	int64_t offset = wq_zone_span_at(z, utc_ms).offset_ms;
	int64_t local, days, rest;
	struct wq_date date;

	if (utc_ms > WQ_TIME_MAX_MS || utc_ms < -WQ_TIME_MAX_MS)
		utc_ms = utc_ms < 0 ? -WQ_TIME_MAX_MS : WQ_TIME_MAX_MS;
	local = utc_ms + offset;
	days = wq_floor_div(local, WQ_DAY_MS);
	rest = local - days * WQ_DAY_MS;
	date = wq_date_from_days(days);
	*out = (struct wq_local){ .year = date.year,
		                  .month = date.month,
		                  .day = date.day,
		                  .hour = (int)(rest / HOUR_MS),
		                  .minute = (int)(rest / 60000 % 60),
		                  .second = (int)(rest / SECOND_MS % 60),
		                  .ms = (int)(rest % SECOND_MS),
		                  .weekday = wq_days_weekday(days),
		                  .offset_ms = offset };
}

static int64_t local_ms(const struct wq_local *l)
{
	int64_t day = wq_date_to_days((struct wq_date){ l->year, l->month, 1 }) + l->day - 1;

	return day * WQ_DAY_MS +
	       (((int64_t)l->hour * 60 + l->minute) * 60 + l->second) * SECOND_MS + l->ms;
}

/* Walks the spans in which the moment may lie: no offset exceeds 26 hours, and a span that is shorter than an hour is
 * not worth telling apart. */
enum wq_zone_fit wq_zone_utc(const struct wq_zone *z, const struct wq_local *local,
                             int64_t utc[static 2])
{
	enum { REACH_MS = 26 * HOUR_MS, SPANS_MAX = 52 };
	int64_t want = local_ms(local), gap[2] = { want, want };
	struct wq_zone_span span = wq_zone_span_at(z, want - REACH_MS), next;
	size_t found = 0;

	for (size_t i = 0; i < SPANS_MAX; i++, span = next) {
		int64_t t = want - span.offset_ms;

		if (t >= span.from_ms && t < span.until_ms && found < 2)
			utc[found++] = t;
		if (span.until_ms == INT64_MAX || span.until_ms > want + REACH_MS)
			break;
		next = wq_zone_span_at(z, span.until_ms);
		if (t >= span.until_ms && want - next.offset_ms < next.from_ms) {
			gap[0] = want - next.offset_ms;
			gap[1] = t;
		}
	}
	if (found == 0) {
		utc[0] = gap[0];
		utc[1] = gap[1];
		return WQ_ZONE_NEVER;
	}
	if (found == 1)
		utc[1] = utc[0];
	return found == 1 ? WQ_ZONE_ONCE : WQ_ZONE_TWICE;
}
