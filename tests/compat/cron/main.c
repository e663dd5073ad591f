/* SPDX-License-Identifier: MIT */
/* main.c — our reading of cron patterns behind lines of text, for tests/compat/cron.test.mjs.
 *
 *   → 5 TAB Europe/Berlin TAB 1774742400000 TAB 3 TAB 30 2 * * *
 *   ← 1774747800000 1774830600000 1774917000000     or "refused"; a search that ends without a moment adds "never"
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "queue/cron.h"

enum { LINE_MAX_BYTES = WQ_CRON_MAX_BYTES * 4, TIMES_MAX = 1000 };

static void answer(struct wq_zones *zones, char *line)
{
	struct wq_str rest = wq_strn(line, strcspn(line, "\n")), part[4];
	const char *why;
	const struct wq_zone *zone;
	struct wq_cron c;
	int64_t at;
	uint64_t n = 0;

	for (size_t i = 0; i < 4; i++)
		wq_str_next(&rest, '\t', &part[i]);
	at = strtoll(part[2].p, NULL, 10);
	if (wq_zones_get(zones, part[1], &zone) < 0 || !wq_str_to_u64(part[3], TIMES_MAX, &n))
		exit(EXIT_FAILURE);
	if (wq_cron_parse(&c, wq_str_is(part[0], "4") ? WQ_CRON_PARSER_4 : WQ_CRON_PARSER_5, rest,
	                  wq_str("seed"), &why) < 0) {
		puts("refused");
		return;
	}
	for (uint64_t i = 0; i < n; i++) {
		if (wq_cron_next(&c, zone, at, INT64_MAX, &at) != 0) {
			printf("%snever", i ? " " : "");
			break;
		}
		printf("%s%" PRId64, i ? " " : "", at);
	}
	putchar('\n');
}

int main(void)
{
	static char line[LINE_MAX_BYTES];
	struct wq_zones zones = { 0 };

	while (fgets(line, sizeof(line), stdin))
		answer(&zones, line);
	wq_zones_fini(&zones);
	return EXIT_SUCCESS;
}
