/* SPDX-License-Identifier: MIT */
/* value_test.c — every type with what it takes and what it refuses; the table itself; suggestions. */
#include "app/settings/suggest.h"
#include "app/settings/value.h"
#include "base/log.h"
#include "support/test.h"

enum { TEXT_MAX_BYTES = 4096 };
enum { REFUSED = -1 };

static const struct wq_setting_def text = { .name = "t", .type = WQ_SETTING_TEXT, .preset = "" };
static const struct wq_setting_def needed = { .name = "n", .type = WQ_SETTING_TEXT, .preset = "x" };
static const struct wq_setting_def secret = { .name = "s",
	                                      .type = WQ_SETTING_SECRET,
	                                      .preset = "" };
static const struct wq_setting_def url = {
	.name = "u", .type = WQ_SETTING_URL, .preset = "", .choices = "http https"
};
static const struct wq_setting_def proxy = {
	.name = "p", .type = WQ_SETTING_URL, .preset = "", .bare_host = true
};
static const struct wq_setting_def flag = { .name = "b",
	                                    .type = WQ_SETTING_BOOL,
	                                    .preset = "false" };
static const struct wq_setting_def count = {
	.name = "c", .type = WQ_SETTING_COUNT, .min = 1, .max = 100, .preset = "1"
};
static const struct wq_setting_def port = {
	.name = "p", .type = WQ_SETTING_PORT, .max = 65535, .preset = "1"
};
static const struct wq_setting_def bytes = {
	.name = "z", .type = WQ_SETTING_BYTES, .min = 1024, .max = 1 << 30, .preset = "1k"
};
static const struct wq_setting_def seconds = {
	.name = "d", .type = WQ_SETTING_MS, .unit_ms = 1000, .max = 86400000, .preset = "1"
};
static const struct wq_setting_def millis = {
	.name = "m", .type = WQ_SETTING_MS, .unit_ms = 1, .max = 86400000, .preset = "1"
};
static const struct wq_setting_def percent = {
	.name = "f", .type = WQ_SETTING_PERCENT, .max = 1000000, .preset = "0"
};
static const struct wq_setting_def choice = {
	.name = "l", .type = WQ_SETTING_CHOICE, .choices = "error warn info", .preset = "info"
};

static const struct {
	const struct wq_setting_def *d;
	const char *text;
	int64_t want;
	const char *shown;
} typed[] = {
	{ &text, "a b", 0, "a b" },
	{ &text, "", 0, "" },
	{ &text, "\xc3\xa9", 0, "\xc3\xa9" },
	{ &text, "a\nb", REFUSED, NULL },
	{ &text, "a\x7f", REFUSED, NULL },
	{ &needed, "", REFUSED, NULL },
	{ &secret, "hunter2", 0, "***" },
	{ &secret, "", 0, "" },
	{ &secret, "a\nb", 0, "***" },
	{ &url, "http://h/x", 0, "http://h/x" },
	{ &url, "HTTPS://h", 0, "HTTPS://h" },
	{ &url, "https://u:p@h:1/x?y=z", 0, "https://***@h:1/x?***" },
	{ &url, "https://h/x@y", 0, "https://***@y" },
	{ &url, "ftp://h", REFUSED, NULL },
	{ &url, "h:80", REFUSED, NULL },
	{ &url, "http://h:0", REFUSED, NULL },
	{ &url, "http://h x", REFUSED, NULL },
	{ &proxy, "h:3128", 0, "h:3128" },
	{ &proxy, "u:p@h:3128", 0, "***@h:3128" },
	{ &proxy, "socks5://h:1080", 0, "socks5://h:1080" },
	{ &proxy, "h:x", REFUSED, NULL },
	{ &flag, "true", 1, "true" },
	{ &flag, "FALSE", 0, "false" },
	{ &flag, "yes", 1, "true" },
	{ &flag, "no", 0, "false" },
	{ &flag, "On", 1, "true" },
	{ &flag, "off", 0, "false" },
	{ &flag, "1", 1, "true" },
	{ &flag, "0", 0, "false" },
	{ &flag, "2", REFUSED, NULL },
	{ &flag, "", REFUSED, NULL },
	{ &flag, "t", REFUSED, NULL },
	{ &count, "1", 1, "1" },
	{ &count, "100", 100, "100" },
	{ &count, "007", 7, "7" },
	{ &count, "0", REFUSED, NULL },
	{ &count, "101", REFUSED, NULL },
	{ &count, "-1", REFUSED, NULL },
	{ &count, "1.5", REFUSED, NULL },
	{ &count, " 1", REFUSED, NULL },
	{ &count, "", REFUSED, NULL },
	{ &count, "99999999999999999999", REFUSED, NULL },
	{ &port, "0", 0, "0" },
	{ &port, "65535", 65535, "65535" },
	{ &port, "65536", REFUSED, NULL },
	{ &port, "tcp://h:1", REFUSED, NULL },
	{ &bytes, "1024", 1024, "1k" },
	{ &bytes, "1025", 1025, "1025" },
	{ &bytes, "1024b", 1024, "1k" },
	{ &bytes, "16k", 16384, "16k" },
	{ &bytes, "16KiB", 16384, "16k" },
	{ &bytes, "4M", 4 << 20, "4m" },
	{ &bytes, "1g", 1 << 30, "1g" },
	{ &bytes, "1gb", 1 << 30, "1g" },
	{ &bytes, "2g", REFUSED, NULL },
	{ &bytes, "1023", REFUSED, NULL },
	{ &bytes, "k", REFUSED, NULL },
	{ &bytes, "1.5m", REFUSED, NULL },
	{ &bytes, "9999999999999g", REFUSED, NULL },
	{ &bytes, "4x", REFUSED, NULL },
	{ &seconds, "0", 0, "0" },
	{ &seconds, "10", 10000, "10s" },
	{ &seconds, "1500ms", 1500, "1500ms" },
	{ &seconds, "90s", 90000, "90s" },
	{ &seconds, "120S", 120000, "2m" },
	{ &seconds, "1h", 3600000, "1h" },
	{ &seconds, "1d", 86400000, "1d" },
	{ &seconds, "2d", REFUSED, NULL },
	{ &seconds, "1w", REFUSED, NULL },
	{ &seconds, "1 s", REFUSED, NULL },
	{ &seconds, "99999999999999999d", REFUSED, NULL },
	{ &millis, "30000", 30000, "30s" },
	{ &millis, "250", 250, "250ms" },
	{ &millis, "1s", 1000, "1s" },
	{ &percent, "0", 0, "0" },
	{ &percent, "100", 1000000, "100" },
	{ &percent, "0.5", 5000, "0.5" },
	{ &percent, "12.25%", 122500, "12.25" },
	{ &percent, "0.0001", 1, "0.0001" },
	{ &percent, "100.0001", REFUSED, NULL },
	{ &percent, "0.00001", REFUSED, NULL },
	{ &percent, "1.", REFUSED, NULL },
	{ &percent, ".5", REFUSED, NULL },
	{ &percent, "%", REFUSED, NULL },
	{ &percent, "1e1", REFUSED, NULL },
	{ &percent, "nan", REFUSED, NULL },
	{ &percent, "-1", REFUSED, NULL },
	{ &choice, "error", 0, "error" },
	{ &choice, "INFO", 2, "INFO" },
	{ &choice, "inf", REFUSED, NULL },
	{ &choice, "error warn", REFUSED, NULL },
	{ &choice, "", REFUSED, NULL },
};

WQ_TEST(value_types)
{
	for (size_t i = 0; i < WQ_COUNT(typed); i++) {
		struct wq_setting_value v = { .text = typed[i].text };
		const char *why;
		bool ok = wq_value_parse(typed[i].d, wq_str(v.text), &v.number, &why);
		struct wq_buf shown;

		WQ_CHECK_INT(typed[i].text, ok, typed[i].want != REFUSED);
		if (!ok)
			continue;
		WQ_CHECK_INT(typed[i].text, v.number, typed[i].want);
		wq_buf_init(&shown, TEXT_MAX_BYTES);
		WQ_CHECK_INT(typed[i].text, wq_value_show(typed[i].d, &v, &shown), 0);
		WQ_CHECK_SLICE(typed[i].text, wq_buf_str(&shown), typed[i].shown);
		wq_buf_fini(&shown);
	}
}

WQ_TEST(value_accepts_says_what)
{
	static const struct {
		const struct wq_setting_def *d;
		const char *want;
	} cases[] = {
		{ &flag, "true or false" },
		{ &count, "a whole number from 1 to 100" },
		{ &port, "a port from 0 to 65535" },
		{ &bytes, "a size from 1k to 1g (bytes, or with k, m, g)" },
		{ &seconds, "a time from 0 to 1d (seconds, or with ms, s, m, h, d)" },
		{ &millis, "a time from 0 to 1d (milliseconds, or with ms, s, m, h, d)" },
		{ &percent, "a percentage from 0 to 100" },
		{ &choice, "error, warn or info" },
		{ &url, "a URL that starts with http:// or https://" },
		{ &proxy, "a URL" },
		{ &text, "text without control characters" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_buf b;

		wq_buf_init(&b, TEXT_MAX_BYTES);
		WQ_CHECK_INT(cases[i].want, wq_value_accepts(cases[i].d, &b), 0);
		WQ_CHECK_SLICE(cases[i].want, wq_buf_str(&b), cases[i].want);
		wq_buf_fini(&b);
	}
}

WQ_TEST(value_quotes_for_terminals)
{
	static const struct {
		const struct wq_setting_def *d;
		const char *text, *want;
	} cases[] = {
		{ &text, "a\x1b[2J\n", "\"a\\x1b[2J\\x0a\"" }, { &text, "\xff", "\"\\xff\"" },
		{ &text, "\xc3\xa9", "\"\xc3\xa9\"" },         { &secret, "hunter2", "the value" },
		{ &url, "http://u:p@h", "\"http://***@h\"" },
	};
	char rest[200];
	struct wq_buf b;

	wq_buf_init(&b, TEXT_MAX_BYTES);
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		wq_buf_clear(&b);
		WQ_CHECK_INT(cases[i].text, wq_value_quote(cases[i].d, wq_str(cases[i].text), &b),
		             0);
		WQ_CHECK_SLICE(cases[i].text, wq_buf_str(&b), cases[i].want);
	}
	wq_buf_clear(&b);
	memset(rest, 'x', sizeof(rest));
	rest[119] = '\xc3'; /* the cut falls into a character */
	rest[120] = '\xa9';
	WQ_CHECK_INT("long", wq_value_quote(&text, wq_strn(rest, sizeof(rest)), &b), 0);
	WQ_CHECK_INT("cut before the character", b.n, 1 + 119 + strlen("…\""));
	wq_buf_fini(&b);
}

/* Each entry is there, says what it must, has names that no other has, and a default that it would accept itself. */
WQ_TEST(table_is_sound)
{
	for (unsigned id = 0; id < WQ_SET_COUNT; id++) {
		const struct wq_setting_def *d = wq_setting_def((enum wq_setting)id);
		const char *why;
		int64_t number;

		WQ_CHECK("has a name", d->name != NULL);
		WQ_CHECK(d->name, d->help && *d->help && d->help[strlen(d->help) - 1] != '.');
		WQ_CHECK(d->name, d->preset && wq_value_parse(d, wq_str(d->preset), &number, &why));
		WQ_CHECK_INT(d->name, wq_setting_find(wq_str(d->name)), id);
		WQ_CHECK(d->name, d->type != WQ_SETTING_MS || d->unit_ms > 0);
		WQ_CHECK(d->name, d->type != WQ_SETTING_CHOICE || d->choices);
	}
	WQ_CHECK_INT("no other", wq_setting_find(wq_str("no-such")), WQ_SET_COUNT);
}

static bool has_variable(const struct wq_setting_def *d, const char *name)
{
	struct wq_setting_names n;

	wq_setting_names_begin(&n, d);
	while (wq_setting_names_next(&n))
		if (strcmp(n.name, name) == 0)
			return true;
	return false;
}

WQ_TEST(table_variables_are_unique)
{
	for (unsigned id = 0; id < WQ_SET_COUNT; id++) {
		struct wq_setting_names n;
		bool own = true;

		wq_setting_names_begin(&n, wq_setting_def((enum wq_setting)id));
		for (; wq_setting_names_next(&n); own = false) {
			WQ_CHECK(n.name, own == wq_str_starts(wq_str(n.name), "WILLAQ_"));
			for (unsigned other = id + 1; other < WQ_SET_COUNT; other++)
				WQ_CHECK(n.name,
				         !has_variable(wq_setting_def((enum wq_setting)other),
				                       n.name));
		}
	}
	WQ_CHECK("derived", has_variable(wq_setting_def(WQ_SET_REDIS_URL), "WILLAQ_REDIS_URL"));
	WQ_CHECK("other", has_variable(wq_setting_def(WQ_SET_COLOR), "NO_COLOR"));
}

/* The index of a choice is used as the number of a level. */
WQ_TEST(table_log_levels_are_the_logs)
{
	struct wq_str rest = wq_str(wq_setting_def(WQ_SET_LOG_LEVEL)->choices), word;
	unsigned i = 0;

	for (; wq_str_next(&rest, ' ', &word); i++) {
		enum wq_log_level level;

		WQ_CHECK("known to the log", wq_log_level_from(word, &level));
		WQ_CHECK_INT("same number", level, i);
	}
	WQ_CHECK_INT("all", i, WQ_LOG_TRACE + 1);
	WQ_CHECK_STR("formats", wq_setting_def(WQ_SET_LOG_FORMAT)->choices, "logfmt json");
}

WQ_TEST(suggestions)
{
	static const struct {
		const char *wrong, *want;
	} cases[] = {
		{ "prot", "port" },
		{ "redis-ulr", "redis-url" },
		{ "redis", "redis-url" },
		{ "Redis_Url", "redis-url" },
		{ "hosts", "host" },
		{ "webhook-secret-key", "webhook-secret" },
		{ "xyzzyxyzzy", "" },
		{ "", "" },
		{ "p", "" },
	};
	static const char *const names[] = { "host", "port", "redis-url", "redis-ca-file",
		                             "webhook-secret" };

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_suggest s;

		wq_suggest_begin(&s, wq_str(cases[i].wrong));
		for (size_t j = 0; j < WQ_COUNT(names); j++)
			wq_suggest_offer(&s, names[j], names[j]);
		WQ_CHECK_STR(cases[i].wrong, s.best, cases[i].want);
	}
}

WQ_TEST_MAIN(WQ_CASE(value_types), WQ_CASE(value_accepts_says_what),
             WQ_CASE(value_quotes_for_terminals), WQ_CASE(table_is_sound),
             WQ_CASE(table_variables_are_unique), WQ_CASE(table_log_levels_are_the_logs),
             WQ_CASE(suggestions))
