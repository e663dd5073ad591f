/* SPDX-License-Identifier: MIT */
/* log_test.c — what a line looks like, what it hides, and what happens when nobody takes it. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "support/test.h"

static char seen[2 * WQ_LOG_LINE_MAX_BYTES];

static void take(void *ctx, struct wq_str line)
{
	(void)ctx;
	snprintf(seen, sizeof(seen), "%.*s", WQ_STR_ARG(line));
}

static void begin(enum wq_log_format format, const char *role)
{
	struct wq_log_opts o = {
		.level = WQ_LOG_INFO, .format = format, .role = role, .sink = take
	};

	seen[0] = '\0';
	wq_log_setup(&o);
}

/* The line behind its time stamp. */
static const char *told(void)
{
	const char *level = strstr(seen, "level");

	return level ? level : seen;
}

WQ_TEST(logfmt_quotes_what_needs_it)
{
	begin(WQ_LOG_LOGFMT, "serve");
	wq_info("it_happened", WQ_S("plain", "a-b_c.d:e/f@g+h,i*"), WQ_S("spaced", "a b"),
	        WQ_S("empty", ""), WQ_I("minus", -3), WQ_U("large", UINT64_MAX), WQ_F("ratio", 0.5),
	        WQ_B("yes", true));
	WQ_CHECK_STR(
		"line", told(),
		"level=info role=serve event=it_happened plain=a-b_c.d:e/f@g+h,i* spaced=\"a b\" empty=\"\" "
		"minus=-3 large=18446744073709551615 ratio=0.500 yes=true\n");
}

WQ_TEST(hostile_bytes_never_break_a_line)
{
	static const char evil[] = "a\nlevel=error \"x\" \\ \x1b[31m \0 \xff\xc3\xa9";

	begin(WQ_LOG_LOGFMT, NULL);
	wq_info("evil", WQ_SL("text", wq_strn(evil, sizeof(evil) - 1)));
	WQ_CHECK_STR(
		"line", told(),
		"level=info event=evil text=\"a\\u000alevel=error \\\"x\\\" \\\\ \\u001b[31m \\u0000 "
		"\\u00ff\\u00c3\\u00a9\"\n");
}

WQ_TEST(json_lines_are_json)
{
	yyjson_doc *doc;

	begin(WQ_LOG_JSON, "dev");
	wq_warn("odd", WQ_S("text", "a \"b\"\n"), WQ_I("n", 7), WQ_B("no", false),
	        WQ_S("none", NULL));
	doc = wq_json_read(wq_strn(seen, strlen(seen) - 1), 4, NULL);
	WQ_CHECK("it reads", doc != NULL);
	WQ_CHECK_SLICE("event", wq_json_get_str(yyjson_doc_get_root(doc), "event"), "odd");
	WQ_CHECK_SLICE("text", wq_json_get_str(yyjson_doc_get_root(doc), "text"), "a \"b\"\n");
	WQ_CHECK_INT("n", wq_json_get_int(yyjson_doc_get_root(doc), "n", 0), 7);
	wq_json_free(doc);
}

WQ_TEST(secrets_phones_and_urls_are_masked)
{
	static const struct {
		const char *url, *want;
	} urls[] = {
		{ "redis://me:s3cret@h:1/2", "redis://h:1/2" },
		{ "https://h/p?access_token=x", "https://h/p" },
		{ "https://u:p@ss@h/p#f", "https://h/p" },
		{ "unix:///run/x.sock", "unix:///run/x.sock" },
		{ "h", "h" },
		{ "", "\"\"" },
		{ "http://", "http://" },
	};
	char want[128];

	begin(WQ_LOG_LOGFMT, NULL);
	wq_info("x", WQ_SECRET("token", "EAAG123"), WQ_SECRET("none", ""),
	        WQ_PHONE("to", wq_str("+593991234567")), WQ_PHONE("short", wq_str("1234567")));
	WQ_CHECK_STR("line", told(),
	             "level=info event=x token=*** none=\"\" to=***4567 short=***\n");
	for (size_t i = 0; i < WQ_COUNT(urls); i++) {
		wq_info("x", WQ_URL("url", urls[i].url));
		snprintf(want, sizeof(want), "level=info event=x url=%s\n", urls[i].want);
		WQ_CHECK_STR(urls[i].url, told(), want);
	}
}

WQ_TEST(a_line_too_long_is_cut_and_still_closes)
{
	char *huge = malloc(3 * WQ_LOG_LINE_MAX_BYTES);
	yyjson_doc *doc;

	memset(huge, '\n', 3 * WQ_LOG_LINE_MAX_BYTES);
	begin(WQ_LOG_JSON, NULL);
	/* Every length around the bound, with more behind it: nothing may spill over, nothing may stay open. */
	for (size_t n = WQ_LOG_LINE_MAX_BYTES / 6 - 60; n < WQ_LOG_LINE_MAX_BYTES / 6 + 20; n++) {
		wq_info("long", WQ_SL("a", wq_strn(huge, n)), WQ_I("i", -1234567),
		        WQ_SL("b", wq_strn(huge, n)), WQ_S("c", "plain"), WQ_U("u", UINT64_MAX));
		WQ_CHECK("bounded", strlen(seen) <= WQ_LOG_LINE_MAX_BYTES);
		doc = wq_json_read(wq_strn(seen, strlen(seen) - 1), 4, NULL);
		WQ_CHECK("it reads", doc != NULL);
		wq_json_free(doc);
	}
	memset(huge, 'x', 3 * WQ_LOG_LINE_MAX_BYTES);
	for (size_t n = WQ_LOG_LINE_MAX_BYTES - 100; n < WQ_LOG_LINE_MAX_BYTES + 10; n++) {
		begin(WQ_LOG_LOGFMT, NULL);
		wq_info("long", WQ_SL("a", wq_strn(huge, n)), WQ_I("i", -1234567),
		        WQ_SL("b", wq_strn(huge, n)));
		WQ_CHECK("bounded", strlen(seen) <= WQ_LOG_LINE_MAX_BYTES);
		WQ_CHECK("ends", seen[strlen(seen) - 1] == '\n');
	}
	free(huge);
}

WQ_TEST(levels_are_kept)
{
	begin(WQ_LOG_LOGFMT, NULL);
	wq_debug("quiet");
	WQ_CHECK_STR("nothing", seen, "");
	wq_error("loud");
	WQ_CHECK_STR("error", told(), "level=error event=loud\n");
}

/* A reader that stands still must not stop us: lines are dropped, counted, and told of later. */
WQ_TEST(a_full_pipe_drops_and_counts)
{
	struct wq_log_opts o = { .level = WQ_LOG_INFO };
	uint64_t before = wq_log_dropped();
	char text[65536];
	int fds[2];
	ssize_t n;

	WQ_CHECK_INT("pipe", pipe2(fds, O_CLOEXEC), 0);
	fcntl(fds[1], F_SETPIPE_SZ, 4096);
	o.fd = fds[1];
	wq_log_setup(&o);
	for (int i = 0; i < 200; i++)
		wq_info("flood", WQ_I("i", i));
	WQ_CHECK("dropped", wq_log_dropped() > before);
	n = read(fds[0], text, sizeof(text));
	WQ_CHECK("some came", n > 0);
	wq_info("after");
	n = read(fds[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	WQ_CHECK("told", strstr(text, "event=after log_dropped="));
	close(fds[0]);
	close(fds[1]);
	begin(WQ_LOG_LOGFMT, NULL);
}

WQ_TEST_MAIN(WQ_CASE(logfmt_quotes_what_needs_it), WQ_CASE(hostile_bytes_never_break_a_line),
             WQ_CASE(json_lines_are_json), WQ_CASE(secrets_phones_and_urls_are_masked),
             WQ_CASE(a_line_too_long_is_cut_and_still_closes), WQ_CASE(levels_are_kept),
             WQ_CASE(a_full_pipe_drops_and_counts))
