/* SPDX-License-Identifier: MIT */
/* parse_test.c — what the parser makes of bytes, however they are cut. */
#include "base/alloc.h"
#include "io/server/parse.h"
#include "support/smuggling.h"
#include "support/test.h"

enum { HEAD_MAX = 16384, BODY_MAX = 1048576 };

struct reading {
	struct wq_parse parse;
	char text[4096]; /* the transcript */
	size_t n;
	bool ended;
};
static struct reading r;

static void begin(size_t head_max, uint64_t body_max)
{
	r.n = 0;
	r.text[0] = '\0';
	r.ended = false;
	wq_parse_init(&r.parse, head_max, body_max);
}

static void add(const char *text, size_t n)
{
	WQ_CHECK("the transcript has room", r.n + n < sizeof(r.text));
	memcpy(r.text + r.n, text, n);
	r.n += n;
	r.text[r.n] = '\0';
}

static char body[BODY_MAX];
static size_t body_n;

static void note_request(void)
{
	struct wq_str target = r.parse.target;
	char line[128];
	int n;

	target.n = target.n < 64 ? target.n : 64;
	n = snprintf(line, sizeof(line), "%s %.*s [", wq_method_name(r.parse.method),
	             WQ_STR_ARG(target));

	add(line, (size_t)n);
	add(body, body_n < 64 ? body_n : 64);
	add("] ", 2);
	r.ended = !r.parse.keep_alive;
	wq_parse_reset(&r.parse);
	body_n = 0;
}

/* A copy of its own size, so that a read beyond its end is seen. */
static void feed(struct wq_str bytes)
{
	char *copy = wq_alloc(bytes.n + 1), status[16];
	struct wq_str in = wq_strn(copy, bytes.n), piece;

	memcpy(copy, bytes.p, bytes.n);
	while (!r.ended) {
		switch (wq_parse_feed(&r.parse, &in, &piece)) {
		case WQ_PARSE_BODY:
			memcpy(body + body_n, piece.p, piece.n);
			body_n += piece.n;
			break;
		case WQ_PARSE_END:
			note_request();
			break;
		case WQ_PARSE_REFUSED:
			add(status, (size_t)snprintf(status, sizeof(status), "%d", r.parse.status));
			WQ_CHECK("it says why", r.parse.why != NULL);
			r.ended = true;
			break;
		case WQ_PARSE_MORE:
			WQ_CHECK_INT("all was read", in.n, 0);
			wq_free(copy);
			return;
		default:
			break;
		}
	}
	wq_free(copy);
}

static void end(void)
{
	body_n = 0;
	wq_parse_fini(&r.parse);
}

static const char *read_whole(struct wq_str bytes)
{
	begin(HEAD_MAX, BODY_MAX);
	feed(bytes);
	end();
	return r.text;
}

static const char *read_cut(struct wq_str bytes, size_t at)
{
	begin(HEAD_MAX, BODY_MAX);
	feed(wq_strn(bytes.p, at));
	feed(wq_strn(bytes.p + at, bytes.n - at));
	end();
	return r.text;
}

static const char *read_bytewise(struct wq_str bytes)
{
	begin(HEAD_MAX, BODY_MAX);
	for (size_t i = 0; i < bytes.n; i++)
		feed(wq_strn(bytes.p + i, 1));
	end();
	return r.text;
}

WQ_TEST(smuggling_is_refused_or_read_the_same_in_every_split)
{
	WQ_CHECK("48 at least", WQ_COUNT(wq_smugglings) >= 48);
	for (size_t i = 0; i < WQ_COUNT(wq_smugglings); i++) {
		const struct wq_smuggling *s = &wq_smugglings[i];

		WQ_CHECK_STR(s->what, read_whole(s->bytes), s->want);
		WQ_CHECK_STR(s->what, read_bytewise(s->bytes), s->want);
		for (size_t at = 1; at < s->bytes.n; at++)
			WQ_CHECK_STR(s->what, read_cut(s->bytes, at), s->want);
	}
}

/* Repeats text until there are n bytes. */
static struct wq_str filled(const char *head, char fill, size_t n, const char *tail)
{
	static char bytes[65536];
	size_t head_n = strlen(head), tail_n = strlen(tail);

	WQ_CHECK("the test's own room", head_n + n + tail_n <= sizeof(bytes));
	memcpy(bytes, head, head_n);
	memset(bytes + head_n, fill, n);
	memcpy(bytes + head_n + n, tail, tail_n);
	return wq_strn(bytes, head_n + n + tail_n);
}

static const char *status_of(struct wq_str bytes)
{
	const char *text = read_whole(bytes);
	char whole[64];

	if (r.n > 8)
		return "accepted";
	snprintf(whole, sizeof(whole), "%.63s", text);
	WQ_CHECK_STR("the same byte by byte", read_bytewise(bytes), whole);
	return r.text;
}

WQ_TEST(bounds_of_the_head)
{
	const char *target = " HTTP/1.1\r\nHost: a\r\n\r\n";

	WQ_CHECK_STR("a long target",
	             status_of(filled("GET /", 'a', WQ_SERVER_TARGET_MAX_BYTES - 1, target)),
	             "accepted");
	WQ_CHECK_STR("one byte more",
	             status_of(filled("GET /", 'a', WQ_SERVER_TARGET_MAX_BYTES, target)), "414");
	WQ_CHECK_STR("a target without end", status_of(filled("GET /", 'a', 60000, "")), "414");
	WQ_CHECK_STR("a method without end", status_of(filled("", 'A', 60000, "")), "431");
	WQ_CHECK_STR("a header without end",
	             status_of(filled("GET / HTTP/1.1\r\nX: ", 'a', 60000, "")), "431");
	WQ_CHECK_STR("a head that just fits",
	             status_of(filled("GET / HTTP/1.1\r\nHost: a\r\nX: ", 'a', HEAD_MAX - 32,
	                              "\r\n\r\n")),
	             "accepted");
	WQ_CHECK_STR("a head that just does not",
	             status_of(filled("GET / HTTP/1.1\r\nHost: a\r\nX: ", 'a', HEAD_MAX - 31,
	                              "\r\n\r\n")),
	             "431");
}

static const char *with_headers(unsigned n)
{
	static char bytes[16384];
	size_t at = (size_t)snprintf(bytes, sizeof(bytes), "GET / HTTP/1.1\r\nHost: a\r\n");

	for (unsigned i = 1; i < n; i++)
		at += (size_t)snprintf(bytes + at, sizeof(bytes) - at, "X-%u: %u\r\n", i, i);
	at += (size_t)snprintf(bytes + at, sizeof(bytes) - at, "\r\n");
	return status_of(wq_strn(bytes, at));
}

WQ_TEST(bounds_of_header_lines)
{
	WQ_CHECK_STR("as many as may be", with_headers(WQ_SERVER_HEADERS_MAX), "accepted");
	WQ_CHECK_STR("one more", with_headers(WQ_SERVER_HEADERS_MAX + 1), "431");
}

WQ_TEST(bounds_of_trailers)
{
	const char *head =
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ";

	WQ_CHECK_STR("many bytes",
	             status_of(filled(head, 'x', WQ_SERVER_TRAILERS_MAX_BYTES - 8, "\r\n\r\n")),
	             "accepted");
	WQ_CHECK_STR("too many",
	             status_of(filled(head, 'x', WQ_SERVER_TRAILERS_MAX_BYTES, "\r\n\r\n")), "400");
}

static int refusal(uint64_t body_max, const char *text)
{
	struct wq_str in = wq_str(text), piece;
	enum wq_parse_event e;
	int status;

	begin(HEAD_MAX, body_max);
	do
		e = wq_parse_feed(&r.parse, &in, &piece);
	while (e != WQ_PARSE_MORE && e != WQ_PARSE_END && e != WQ_PARSE_REFUSED);
	status = e == WQ_PARSE_REFUSED ? r.parse.status : 0;
	WQ_CHECK_INT("refused stays refused",
	             e == WQ_PARSE_REFUSED &&
	                     wq_parse_feed(&r.parse, &in, &piece) != WQ_PARSE_REFUSED,
	             0);
	end();
	return status;
}

WQ_TEST(bounds_of_the_body)
{
	WQ_CHECK_INT("decided by the length alone",
	             refusal(4, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"), 413);
	WQ_CHECK_INT("just as long",
	             refusal(5, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"), 0);
	WQ_CHECK_INT("decided by the size of a chunk, before its bytes",
	             refusal(9, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	                        "5\r\nhello\r\n5\r\n"),
	             413);
	WQ_CHECK_INT("chunks just as long",
	             refusal(10, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	                         "5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n"),
	             0);
}

WQ_TEST(a_head_is_told_before_its_body)
{
	struct wq_str
		in = WQ_STR(
			"POST /a?b=c HTTP/1.1\r\nHost: a:80\r\nX-One:  1 \t\r\nX-Two:\r\n"
			"Content-Length: 3\r\nExpect: 100-Continue\r\nConnection: x, Close\r\n\r\nabc"),
		piece = WQ_STR("");

	begin(HEAD_MAX, 1);
	WQ_CHECK("fresh", wq_parse_fresh(&r.parse));
	WQ_CHECK_INT("head", wq_parse_feed(&r.parse, &in, &piece), WQ_PARSE_HEAD);
	WQ_CHECK_SLICE("target", r.parse.target, "/a?b=c");
	WQ_CHECK_INT("fields", r.parse.fields_n, 6);
	WQ_CHECK_SLICE("name", wq_parse_name(&r.parse, 1), "X-One");
	WQ_CHECK_SLICE("value", wq_parse_value(&r.parse, 1), "1");
	WQ_CHECK_SLICE("no value", wq_parse_value(&r.parse, 2), "");
	WQ_CHECK("closes", !r.parse.keep_alive);
	WQ_CHECK("waits", r.parse.expects_continue);
	WQ_CHECK("not allowed", !wq_parse_allow(&r.parse, 2));
	WQ_CHECK("allowed", wq_parse_allow(&r.parse, 3));
	WQ_CHECK("in the body", wq_parse_in_body(&r.parse));
	WQ_CHECK_INT("body", wq_parse_feed(&r.parse, &in, &piece), WQ_PARSE_BODY);
	WQ_CHECK_SLICE("piece", piece, "abc");
	WQ_CHECK_INT("end", wq_parse_feed(&r.parse, &in, &piece), WQ_PARSE_END);
	WQ_CHECK("done", wq_parse_done(&r.parse));
	end();
}

WQ_TEST(no_memory_is_a_refusal)
{
	struct wq_str in = WQ_STR("GET / HTTP/1.1\r\n"), piece;

	begin(HEAD_MAX, 1);
	wq_alloc_fail_after(0);
	WQ_CHECK_INT("refused", wq_parse_feed(&r.parse, &in, &piece), WQ_PARSE_REFUSED);
	wq_alloc_fail_after(UINT64_MAX);
	WQ_CHECK_INT("503", r.parse.status, 503);
	end();
}

WQ_TEST_MAIN(WQ_CASE(smuggling_is_refused_or_read_the_same_in_every_split),
             WQ_CASE(bounds_of_the_head), WQ_CASE(bounds_of_header_lines),
             WQ_CASE(bounds_of_trailers), WQ_CASE(bounds_of_the_body),
             WQ_CASE(a_head_is_told_before_its_body), WQ_CASE(no_memory_is_a_refusal))
