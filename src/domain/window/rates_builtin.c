/* SPDX-License-Identifier: MIT */
/* rates_builtin.c — list prices by market, in US dollars, from 1 July 2025 (since when each message is charged by
 * itself) with the changes known since: to decide by, not to bill by; docs/windows.md says how they are replaced. */
#include "base/assert.h"
#include "domain/window/rates_core.h"

#define JUL_2025 INT64_C(1751328000000)
#define OCT_2025 INT64_C(1759276800000)
#define JAN_2026 INT64_C(1767225600000)

const char wq_rates_builtin_date[] = "2026-01-01";

/* clang-format off: read by column */
/* In micros; -1: not changed by this row. */
static const struct market {
	int64_t from_ms;
	const char *countries;
	int marketing, utility, authentication;
} markets[] = {
	{ JUL_2025, "*",    60400,  7700,  7700 },
	{ JUL_2025, " AR ", 61800, 28900, 28900 },
	{ JUL_2025, " BR ", 62500,  6800,  6800 },
	{ JUL_2025, " CL ", 88900, 20000, 20000 },
	{ JUL_2025, " CO ", 12500,   200,   200 },
	{ JUL_2025, " EG ", 107300, 5200,  5200 },
	{ JUL_2025, " FR ", 143200, 30000, 30000 },
	{ JUL_2025, " DE ", 136500, 55000, 55000 },
	{ JUL_2025, " IN ", 10700,  1400,  1400 },
	{ JUL_2025, " ID ", 41100, 25000, 25000 },
	{ JUL_2025, " IL ", 35300,  5300,  5300 },
	{ JUL_2025, " IT ", 69100, 30000, 30000 },
	{ JUL_2025, " MY ", 86000, 14000, 14000 },
	{ JUL_2025, " MX ", 43600,  8500,  8500 },
	{ JUL_2025, " NL ", 159700, 50000, 50000 },
	{ JUL_2025, " NG ", 51600,  6700,  6700 },
	{ JUL_2025, " PK ", 47300,  5400,  5400 },
	{ JUL_2025, " PE ", 70300, 20000, 20000 },
	{ JUL_2025, " RU ", 80200, 40000, 40000 },
	{ JUL_2025, " SA ", 45500, 11500, 11500 },
	{ JUL_2025, " ZA ", 37900,  7600,  7600 },
	{ JUL_2025, " ES ", 61500, 20000, 20000 },
	{ JUL_2025, " TR ", 10900,  5300,  5300 },
	{ JUL_2025, " AE ", 38400, 15700, 15700 },
	{ JUL_2025, " GB ", 52900, 22000, 22000 },
	{ JUL_2025, " US CA ", 25000, 4000, 4000 },
	{ JUL_2025, /* the rest of Africa */
	  " AO BF BI BJ BW CD CF CG CI CM DZ EH ER ET GA GH GM GN GW KE LR LS LY MA MG ML MR MW MZ NA"
	  " NE RW SD SL SN SO SS SZ TD TG TN TZ UG ZM ", 22500, 4000, 4000 },
	{ JUL_2025, /* the rest of Asia and the Pacific */
	  " AF AU BD CN HK JP KH LA LK MN MO NP NZ PG PH SG TH TJ TM TW UZ VN ", 73200, 11300, 11300 },
	{ JUL_2025, /* the rest of Central and Eastern Europe */
	  " AL AM AZ BA BG BY CZ EE GE GR HR HU KG KZ LT LV MD ME MK PL RO RS SI SK UA XK ", 86000, 21200, 21200 },
	{ JUL_2025, /* the rest of Latin America */
	  " AG AI AW BB BM BO BQ BS BZ CR CU CW DM DO EC FK GD GF GP GT GY HN HT JM KN KY LC MQ MS NI"
	  " PA PR PY SR SV SX TC TT UY VC VE VG VI ", 74000, 11300, 11300 },
	{ JUL_2025, /* the rest of the Middle East */
	  " BH IQ JO KW LB OM PS QA YE ", 34100, 9100, 9100 },
	{ JUL_2025, /* the rest of Western Europe */
	  " AD AT BE CH CY DK FI FO GI GL IE IS LI LU MC MT NO PT SE SM VA ", 59200, 17100, 17100 },
	{ OCT_2025, " AE ", 49900,    -1,    -1 },
	{ OCT_2025, " AR ",    -1, 26000, 26000 },
	{ OCT_2025, " CO ",    -1,   800,   800 },
	{ OCT_2025, " EG ",    -1,  3600,  3600 },
	{ OCT_2025, " MX ", 30500,    -1,    -1 },
	{ OCT_2025, " SA ",    -1, 10700, 10700 },
	{ OCT_2025, " ZW ", 22500,  4000,  4000 },
	{ JAN_2026, " EG ", 64400,    -1,    -1 },
	{ JAN_2026, " FR ", 85900,    -1,    -1 },
	{ JAN_2026, " IN ", 11800,    -1,    -1 },
	{ JAN_2026, " US CA ", -1,  3400,  3400 },
};

/* What holds everywhere. */
static const struct wq_rate everywhere[] = {
	{ .from_ms = JUL_2025, .countries = "*", .category = WQ_RATE_SERVICE,
	  .in_window = WQ_RATE_EITHER, .free_entry = WQ_RATE_EITHER },
	{ .from_ms = JUL_2025, .countries = "*", .category = WQ_RATE_UTILITY,
	  .in_window = 1, .free_entry = WQ_RATE_EITHER },
	{ .from_ms = JUL_2025, .countries = "*", .category = WQ_RATE_MARKETING,
	  .in_window = WQ_RATE_EITHER, .free_entry = 1 },
	{ .from_ms = JUL_2025, .countries = "*", .category = WQ_RATE_UTILITY,
	  .in_window = WQ_RATE_EITHER, .free_entry = 1 },
	{ .from_ms = JUL_2025, .countries = "*", .category = WQ_RATE_AUTHENTICATION,
	  .in_window = WQ_RATE_EITHER, .free_entry = 1 },
};
/* clang-format on */

bool wq_rates_builtin_at(size_t i, struct wq_rate *out)
{
	enum { CATEGORIES = WQ_RATE_AUTHENTICATION + 1 };
	const struct market *m;
	int micros;

	if (i < WQ_COUNT(everywhere)) {
		*out = everywhere[i];
		return true;
	}
	i -= WQ_COUNT(everywhere);
	if (i >= WQ_COUNT(markets) * CATEGORIES)
		return false;
	m = &markets[i / CATEGORIES];
	micros = i % CATEGORIES == WQ_RATE_MARKETING ? m->marketing
	         : i % CATEGORIES == WQ_RATE_UTILITY ? m->utility
	                                             : m->authentication;
	*out = (struct wq_rate){ .from_ms = m->from_ms,
		                 /* Nothing is of no country. */
		                 .countries = micros < 0 ? "" : m->countries,
		                 .category = (enum wq_rate_category)(i % CATEGORIES),
		                 .in_window = WQ_RATE_EITHER,
		                 .free_entry = WQ_RATE_EITHER,
		                 .micros = micros };
	return true;
}
