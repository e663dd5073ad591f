/* SPDX-License-Identifier: MIT */
/* quiet.c — times of the day, and the night that a moment lies in. */
#include "domain/account/quiet.h"

#include <stdio.h>

#include "base/err.h"
#include "domain/account/account.h"

static int wrong(struct wq_account_problem *p, const char *field, const char *what)
{
	snprintf(p->field, sizeof(p->field), "%s", field);
	snprintf(p->what, sizeof(p->what), "%s", what);
	return WQ_ACCOUNT_INVALID;
}

/* "HH:MM" to minutes; -1: it is not. */
static int minutes(struct wq_str s)
{
	uint64_t h;
	uint64_t m;

	if (s.n != 5 || s.p[2] != ':' || !wq_str_to_u64(wq_strn(s.p, 2), 23, &h) ||
	    !wq_str_to_u64(wq_strn(s.p + 3, 2), 59, &m))
		return -1;
	return (int)(h * 60 + m);
}

int wq_quiet_read(struct wq_quiet *out, yyjson_val *v, struct wq_account_problem *p)
{
	*out = (struct wq_quiet){ .from_min = 0 };
	if (!v)
		return 0;
	if (!yyjson_is_obj(v))
		return wrong(p, "quiet", "must be an object with from, until and zone");
	out->from_min = minutes(wq_json_get_str(v, "from"));
	out->until_min = minutes(wq_json_get_str(v, "until"));
	out->zone = wq_json_get_str(v, "zone");
	if (out->from_min < 0)
		return wrong(p, "quiet.from", "must be a time of the day: 21:00");
	if (out->until_min < 0)
		return wrong(p, "quiet.until", "must be a time of the day: 08:00");
	if (out->from_min == out->until_min)
		return wrong(p, "quiet.until",
		             "is that of quiet.from: leave quiet out to have no such hours");
	if (!out->zone.n || out->zone.n > WQ_ZONE_NAME_MAX_BYTES)
		return wrong(p, "quiet.zone", "must be the name of a time zone: America/Guayaquil");
	return 0;
}

bool wq_quiet_any(const struct wq_quiet *q)
{
	return q->from_min != q->until_min;
}

int wq_quiet_open(const struct wq_quiet *q, struct wq_zone **out, struct wq_account_problem *p)
{
	int rc = wq_zone_open(out, NULL, q->zone);

	if (rc == WQ_ENOENT || rc == WQ_EPARSE)
		return wrong(p, "quiet.zone", "must be the name of a time zone: America/Guayaquil");
	return rc;
}

int64_t wq_quiet_end_ms(const struct wq_quiet *q, const struct wq_zone *zone, int64_t now_ms)
{
	bool over_night = q->from_min > q->until_min;
	struct wq_local l;
	enum wq_zone_fit fit;
	int64_t utc[2];
	int at_min;

	wq_zone_local(zone, now_ms, &l);
	at_min = l.hour * 60 + l.minute;
	if (over_night ? at_min < q->from_min && at_min >= q->until_min
	               : at_min < q->from_min || at_min >= q->until_min)
		return 0;
	l.day += over_night && at_min >= q->from_min;
	l.hour = q->until_min / 60;
	l.minute = q->until_min % 60;
	l.second = l.ms = 0;
	fit = wq_zone_utc(zone, &l, utc);
	return fit != WQ_ZONE_NEVER && utc[0] > now_ms ? utc[0] : utc[1];
}
