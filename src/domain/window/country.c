/* SPDX-License-Identifier: MIT */
/* country.c — calling codes; where several countries share one, what follows decides. */
#include "domain/window/country.h"

#include <stdint.h>
#include <string.h>

#include "base/assert.h"

/* clang-format off: read by column */
/* The longest code that a number begins with is its own; in order of the digits. */
static const struct row { const char *code, *iso; } rows[] = {
	{ "1", "US" }, { "20", "EG" }, { "211", "SS" }, { "212", "MA" }, { "213", "DZ" }, { "216", "TN" },
	{ "218", "LY" }, { "220", "GM" }, { "221", "SN" }, { "222", "MR" }, { "223", "ML" }, { "224", "GN" },
	{ "225", "CI" }, { "226", "BF" }, { "227", "NE" }, { "228", "TG" }, { "229", "BJ" }, { "230", "MU" },
	{ "231", "LR" }, { "232", "SL" }, { "233", "GH" }, { "234", "NG" }, { "235", "TD" }, { "236", "CF" },
	{ "237", "CM" }, { "238", "CV" }, { "239", "ST" }, { "240", "GQ" }, { "241", "GA" }, { "242", "CG" },
	{ "243", "CD" }, { "244", "AO" }, { "245", "GW" }, { "246", "IO" }, { "248", "SC" }, { "249", "SD" },
	{ "250", "RW" }, { "251", "ET" }, { "252", "SO" }, { "253", "DJ" }, { "254", "KE" }, { "255", "TZ" },
	{ "256", "UG" }, { "257", "BI" }, { "258", "MZ" }, { "260", "ZM" }, { "261", "MG" }, { "262", "RE" },
	{ "263", "ZW" }, { "264", "NA" }, { "265", "MW" }, { "266", "LS" }, { "267", "BW" }, { "268", "SZ" },
	{ "269", "KM" }, { "27", "ZA" }, { "290", "SH" }, { "291", "ER" }, { "297", "AW" }, { "298", "FO" },
	{ "299", "GL" }, { "30", "GR" }, { "31", "NL" }, { "32", "BE" }, { "33", "FR" }, { "34", "ES" },
	{ "350", "GI" }, { "351", "PT" }, { "352", "LU" }, { "353", "IE" }, { "354", "IS" }, { "355", "AL" },
	{ "356", "MT" }, { "357", "CY" }, { "358", "FI" }, { "359", "BG" }, { "36", "HU" }, { "370", "LT" },
	{ "371", "LV" }, { "372", "EE" }, { "373", "MD" }, { "374", "AM" }, { "375", "BY" }, { "376", "AD" },
	{ "377", "MC" }, { "378", "SM" }, { "379", "VA" }, { "380", "UA" }, { "381", "RS" }, { "382", "ME" },
	{ "383", "XK" }, { "385", "HR" }, { "386", "SI" }, { "387", "BA" }, { "389", "MK" }, { "39", "IT" },
	{ "40", "RO" }, { "41", "CH" }, { "420", "CZ" }, { "421", "SK" }, { "423", "LI" }, { "43", "AT" },
	{ "44", "GB" }, { "45", "DK" }, { "46", "SE" }, { "47", "NO" }, { "48", "PL" }, { "49", "DE" },
	{ "500", "FK" }, { "501", "BZ" }, { "502", "GT" }, { "503", "SV" }, { "504", "HN" }, { "505", "NI" },
	{ "506", "CR" }, { "507", "PA" }, { "508", "PM" }, { "509", "HT" }, { "51", "PE" }, { "52", "MX" },
	{ "53", "CU" }, { "54", "AR" }, { "55", "BR" }, { "56", "CL" }, { "57", "CO" }, { "58", "VE" },
	{ "590", "GP" }, { "591", "BO" }, { "592", "GY" }, { "593", "EC" }, { "594", "GF" }, { "595", "PY" },
	{ "596", "MQ" }, { "597", "SR" }, { "598", "UY" }, { "599", "CW" }, { "60", "MY" }, { "61", "AU" },
	{ "62", "ID" }, { "63", "PH" }, { "64", "NZ" }, { "65", "SG" }, { "66", "TH" }, { "670", "TL" },
	{ "672", "NF" }, { "673", "BN" }, { "674", "NR" }, { "675", "PG" }, { "676", "TO" }, { "677", "SB" },
	{ "678", "VU" }, { "679", "FJ" }, { "680", "PW" }, { "681", "WF" }, { "682", "CK" }, { "683", "NU" },
	{ "685", "WS" }, { "686", "KI" }, { "687", "NC" }, { "688", "TV" }, { "689", "PF" }, { "690", "TK" },
	{ "691", "FM" }, { "692", "MH" }, { "7", "RU" }, { "81", "JP" }, { "82", "KR" }, { "84", "VN" },
	{ "850", "KP" }, { "852", "HK" }, { "853", "MO" }, { "855", "KH" }, { "856", "LA" }, { "86", "CN" },
	{ "880", "BD" }, { "886", "TW" }, { "90", "TR" }, { "91", "IN" }, { "92", "PK" }, { "93", "AF" },
	{ "94", "LK" }, { "95", "MM" }, { "960", "MV" }, { "961", "LB" }, { "962", "JO" }, { "963", "SY" },
	{ "964", "IQ" }, { "965", "KW" }, { "966", "SA" }, { "967", "YE" }, { "968", "OM" }, { "970", "PS" },
	{ "971", "AE" }, { "972", "IL" }, { "973", "BH" }, { "974", "QA" }, { "975", "BT" }, { "976", "MN" },
	{ "977", "NP" }, { "98", "IR" }, { "992", "TJ" }, { "993", "TM" }, { "994", "AZ" }, { "995", "GE" },
	{ "996", "KG" }, { "998", "UZ" },
};
/* Of +1 what is not the United States, and of +7 what is not Russia: area codes. */
static const struct { const char *iso, *areas; } shared[] = {
	{ "CA",
	  " 1204 1226 1236 1249 1250 1257 1263 1289 1306 1343 1354 1365 1367 1368 1382 1387 1403 1416"
	  " 1418 1428 1431 1437 1438 1450 1460 1468 1474 1506 1514 1519 1537 1548 1579 1581 1584 1587"
	  " 1604 1613 1639 1647 1672 1683 1705 1709 1742 1753 1778 1780 1782 1807 1819 1825 1867 1873"
	  " 1879 1902 1905 1942 " },
	{ "AG", " 1268 " },
	{ "AI", " 1264 " },
	{ "AS", " 1684 " },
	{ "BB", " 1246 " },
	{ "BM", " 1441 " },
	{ "BS", " 1242 " },
	{ "DM", " 1767 " },
	{ "DO", " 1809 1829 1849 " },
	{ "GD", " 1473 " },
	{ "GU", " 1671 " },
	{ "JM", " 1658 1876 " },
	{ "KN", " 1869 " },
	{ "KY", " 1345 " },
	{ "LC", " 1758 " },
	{ "MP", " 1670 " },
	{ "MS", " 1664 " },
	{ "PR", " 1787 1939 " },
	{ "SX", " 1721 " },
	{ "TC", " 1649 " },
	{ "TT", " 1868 " },
	{ "VC", " 1784 " },
	{ "VG", " 1284 " },
	{ "VI", " 1340 " },
	{ "KZ",
	  " 7600 7700 7701 7702 7703 7704 7705 7706 7707 7708 7710 7711 7712 7713 7714 7715 7716 7717"
	  " 7718 7721 7722 7723 7724 7725 7726 7727 7728 7729 7747 7750 7751 7760 7761 7762 7763 7764"
	  " 7771 7775 7776 7777 7778 " },
};
/* clang-format on */

static const char *area(struct wq_str digits)
{
	enum { AREA_BYTES = 4 };
	char word[AREA_BYTES + 3];

	if (digits.n < AREA_BYTES)
		return NULL;
	word[0] = word[AREA_BYTES + 1] = ' ';
	memcpy(word + 1, digits.p, AREA_BYTES);
	word[AREA_BYTES + 2] = '\0';
	for (size_t i = 0; i < WQ_COUNT(shared); i++)
		if (strstr(shared[i].areas, word))
			return shared[i].iso;
	return NULL;
}

static const char *by_code(struct wq_str digits)
{
	const char *best = NULL;
	size_t best_n = 0;

	if (digits.n && (digits.p[0] == '1' || digits.p[0] == '7'))
		best = area(digits);
	for (size_t i = 0; i < WQ_COUNT(rows) && !(best && !best_n); i++) {
		size_t n = strlen(rows[i].code);

		if (n > best_n && wq_str_starts(digits, rows[i].code)) {
			best = rows[i].iso;
			best_n = n;
		}
	}
	return best;
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

void wq_country_of(struct wq_str name, char out[WQ_COUNTRY_BYTES])
{
	const char *iso = NULL;

	out[0] = '\0';
	if (name.n > 3 && is_letter(name.p[0]) && is_letter(name.p[1]) && name.p[2] == '.')
		iso = name.p;
	else if (name.n > 1 && name.p[0] == '+')
		iso = by_code(wq_strn(name.p + 1, name.n - 1));
	if (!iso)
		return;
	memcpy(out, iso, 2);
	out[2] = '\0';
}
