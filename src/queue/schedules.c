/* SPDX-License-Identifier: MIT */
/* schedules.c — patterns and zones, read for producers and workers alike. */
#include <stdio.h>

#include "base/err.h"
#include "queue/scheduler.h"

void wq_schedules_init(struct wq_schedules *s, const char *timezone)
{
	*s = (struct wq_schedules){ .dialect = WQ_CRON_PARSER_4 };
	wq_zones_init(&s->zones, NULL);
	if (timezone && *timezone)
		snprintf(s->timezone, sizeof(s->timezone), "%s", timezone);
	else
		wq_zone_system_name(s->timezone);
}

void wq_schedules_fini(struct wq_schedules *s)
{
	wq_zones_fini(&s->zones);
}

void wq_schedules_set_major(struct wq_schedules *s, unsigned major)
{
	s->dialect = major >= 6 ? WQ_CRON_PARSER_5 : WQ_CRON_PARSER_4;
}

const struct wq_zone *wq_schedules_zone(struct wq_schedules *s)
{
	const struct wq_zone *zone = NULL;

	int rc = wq_zones_get(&s->zones, wq_str(s->timezone), &zone);

	if (rc < 0 && rc != WQ_ENOMEM)
		wq_zones_get(&s->zones, wq_str("UTC"), &zone);
	return zone;
}

/* Who wrote the pattern may have had the other reader. */
static int read_pattern(const struct wq_schedules *s, struct wq_cron *c, struct wq_str pattern,
                        struct wq_str seed, const char **why)
{
	enum wq_cron_dialect other = s->dialect == WQ_CRON_PARSER_4 ? WQ_CRON_PARSER_5
	                                                            : WQ_CRON_PARSER_4;
	const char *again;

	if (wq_cron_parse(c, s->dialect, pattern, seed, why) == 0)
		return 0;
	return wq_cron_parse(c, other, pattern, seed, &again);
}

int wq_schedules_next(struct wq_schedules *s, struct wq_str pattern, struct wq_str tz,
                      struct wq_str seed, int64_t after_ms, int64_t end_ms, int64_t *at_ms,
                      const char **why)
{
	const struct wq_zone *zone;
	struct wq_cron c;
	int rc;

	rc = read_pattern(s, &c, pattern, seed, why);
	if (rc < 0)
		return rc;
	if (tz.n > 0) {
		rc = wq_zones_get(&s->zones, tz, &zone);
		if (rc < 0) {
			*why = "there is no time zone of that name";
			return rc;
		}
	} else {
		zone = wq_schedules_zone(s);
		if (!zone)
			return WQ_ENOMEM;
	}
	return wq_cron_next(&c, zone, after_ms, end_ms ? end_ms : INT64_MAX, at_ms);
}
