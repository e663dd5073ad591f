/* SPDX-License-Identifier: MIT */
/* media_guard_test.c — a message's file is fetched from nowhere that only we can reach: R21, with names and redirects.
 *
 * The referee is the peer.  tests/system/media.test.mjs asks the whole program, with every spelling of an address.
 */
#include "base/err.h"
#include "domain/send/fetch.h"
#include "support/calls.h"
#include "support/test.h"

static const struct wq_peer_step moved[] = {
	{ .answer = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n" }
};
static struct wq_ns_name names[] = {
	{ .name = "loop.test", .a = { "127.0.0.1" }, .aaaa = "::1", .ttl = 60 },
	{ .name = "mapped.test", .a = { "127.0.0.1" }, .aaaa = "::ffff:127.0.0.1", .ttl = 60 },
	{ .name = "alias.test", .a = { "127.0.0.1" }, .cname = "loop.test", .ttl = 60 },
	{ .name = "private.test", .a = { "10.0.0.1" }, .aaaa = "fd00::1", .ttl = 60 },
	{ .name = "metadata.test", .a = { "169.254.169.254" }, .ttl = 60 },
	{ .name = "rebind.test", .a = { "8.8.8.8", "127.0.0.1" }, .ttl = 5 },
};
static struct wq_ns_name *const rebind = &names[WQ_COUNT(names) - 1];
static const char *const urls[] = {
	"http://loop.test:PORT/a.png",     "http://mapped.test:PORT/a.png",
	"http://alias.test:PORT/a.png",    "http://private.test:PORT/a.png",
	"http://metadata.test:PORT/a.png", "https://loop.test:PORT/a.png",
	"http://LOOP.test.:PORT/a.png",    "http://x@loop.test:PORT/a.png",
	"http://127.0.0.1:PORT/a.png",     "http://0x7f.1:PORT/a.png",
	"http://[::ffff:7f00:1]:PORT/a.png", "http://localhost:PORT/a.png",
};

static struct wq_calls w;
static struct wq_shelf shelf;
static struct wq_desk desk = { .id = "a" };
static struct wq_filing filing;
static struct wq_filing_result result;
static bool told, empty;

static void on_told(struct wq_filing *f, const struct wq_filing_result *r)
{
	(void)f;
	result = *r;
	told = true;
}

static bool is_set(void *flag)
{
	return *(const bool *)flag;
}

static void on_empty(void *ctx)
{
	(void)ctx;
	empty = true;
}

static void open_world(bool virtual_time, bool private_too)
{
	const struct wq_shelf_opts o = { .private_too = private_too };

	for (size_t i = 0; i < WQ_COUNT(names); i++)
		names[i].asked = 0;
	wq_calls_prepare(&w, virtual_time);
	wq_calls_open(&w, moved, 1, names, WQ_COUNT(names));
	WQ_CHECK_INT("shelf", wq_shelf_init(&shelf, w.loop, w.client, NULL, NULL, &o), 0);
}

static void close_world(void)
{
	empty = false;
	wq_shelf_close(&shelf, on_empty, NULL);
	wq_calls_wait(&w, is_set, &empty, "the shelf is empty");
	wq_shelf_fini(&shelf);
	wq_calls_end(&w);
}

static void start(const char *url)
{
	struct wq_asked a;
	struct wq_file f = { .kind = WQ_MESSAGE_IMAGE,
		             .from = WQ_FILE_LINK,
		             .links = WQ_LINKS_UPLOAD };

	wq_calls_url(&w, &a, url);
	f.at = wq_str(a.url);
	told = false;
	filing.told = on_told;
	WQ_CHECK_INT(url, wq_shelf_file(&shelf, &desk, &f, &filing), 0);
}

static void refused(const char *url)
{
	wq_calls_wait(&w, is_set, &told, url);
	WQ_CHECK_INT(url, result.end, WQ_FILING_WRONG);
	WQ_CHECK(url, wq_str_starts(wq_str(result.why), "leads to an address that is not public"));
}

WQ_TEST(names_that_lead_to_us)
{
	open_world(false, false);
	for (size_t i = 0; i < WQ_COUNT(urls); i++) {
		start(urls[i]);
		refused(urls[i]);
	}
	WQ_CHECK_INT("not one connection", w.peer.connections, 0);
	close_world();
}

static bool is_asked(void *ctx)
{
	(void)ctx;
	return w.peer.requests_n == 1;
}

/* The first address may be reached, and leads to one that may not. */
WQ_TEST(a_redirect_is_no_way_in)
{
	open_world(false, true);
	start("http://loop.test:PORT/a.png");
	wq_calls_wait(&w, is_asked, NULL, "the first address is asked");
	shelf.o.private_too = false;
	refused("the second address");
	WQ_CHECK_INT("one connection", w.peer.connections, 1);
	WQ_CHECK_INT("one request", w.peer.requests_n, 1);
	close_world();
}

WQ_TEST(redirects_end)
{
	open_world(false, true);
	start("http://loop.test:PORT/a.png");
	wq_calls_wait(&w, is_set, &told, "told");
	WQ_CHECK_INT("given up", result.end, WQ_FILING_WRONG);
	WQ_CHECK_STR("why", result.why, "could not be fetched: it answered 302");
	WQ_CHECK_INT("requests", w.peer.requests_n, 1 + WQ_FILE_HOPS_MAX);
	close_world();
}

static struct wq_resolve looked;
static bool looked_up, later;
static struct wq_timer timer;

static void on_looked(struct wq_resolve *q, int rc)
{
	(void)q;
	WQ_CHECK_INT("looked up", rc, 0);
	looked_up = true;
}

static void on_later(struct wq_timer *t)
{
	(void)t;
	later = true;
}

/* Public when it is looked at, ours when it is used. */
WQ_TEST(a_name_that_changes_its_mind)
{
	looked_up = later = false;
	open_world(true, false);
	WQ_CHECK_INT("start",
	             wq_resolve_start(w.resolver, &looked, wq_str("rebind.test"), on_looked), 0);
	wq_calls_wait(&w, is_set, &looked_up, "looked up");
	wq_timer_init(&timer, w.loop, on_later);
	wq_timer_start(&timer, 6000);
	wq_calls_wait(&w, is_set, &later, "the answer's time is over");
	start("http://rebind.test:PORT/a.png");
	refused("rebind.test");
	WQ_CHECK_INT("asked again", rebind->asked, 2);
	WQ_CHECK_INT("not one connection", w.peer.connections, 0);
	close_world();
}

static const struct {
	const char *what, *said, *bytes, *type;
	enum wq_message_kind kind;
	bool fits;
} types[] = {
	{ "as said", "image/png", "\xff\xd8\xff", "image/png", WQ_MESSAGE_IMAGE, true },
	{ "its parameters go", "image/jpeg; q=1", "", "image/jpeg", WQ_MESSAGE_IMAGE, true },
	{ "but for a codec", "audio/ogg; codecs=opus", "", "audio/ogg; codecs=opus", WQ_MESSAGE_AUDIO, true },
	{ "nothing said", "", "\xff\xd8\xff\xe0", "image/jpeg", WQ_MESSAGE_IMAGE, true },
	{ "as good as nothing", "application/octet-stream", "RIFFabcdWEBPVP8", "image/webp", WQ_MESSAGE_STICKER, true },
	{ "too short to tell", "", "RIFFabcd", "", WQ_MESSAGE_STICKER, false },
	{ "a video", "", "abcdftypisom", "video/mp4", WQ_MESSAGE_VIDEO, true },
	{ "a video is no image", "video/mp4", "", "video/mp4", WQ_MESSAGE_IMAGE, false },
	{ "a page", "text/html", "<html>", "text/html", WQ_MESSAGE_IMAGE, false },
	{ "a document", "", "%PDF-1.7", "application/pdf", WQ_MESSAGE_DOCUMENT, true },
	{ "nobody can say", "", "?", "", WQ_MESSAGE_DOCUMENT, false },
	{ "a picture that moves", "image/gif", "GIF89a", "image/gif", WQ_MESSAGE_IMAGE, false },
};

WQ_TEST(types_of_files)
{
	for (size_t i = 0; i < WQ_COUNT(types); i++) {
		struct wq_str type = wq_fetch_type(wq_str(types[i].said), wq_str(types[i].bytes));

		WQ_CHECK(types[i].what, wq_str_is(type, types[i].type));
		WQ_CHECK_INT(types[i].what, wq_fetch_fits(types[i].kind, type), types[i].fits);
	}
}

WQ_TEST_MAIN(WQ_CASE(names_that_lead_to_us), WQ_CASE(a_redirect_is_no_way_in),
             WQ_CASE(redirects_end), WQ_CASE(a_name_that_changes_its_mind), WQ_CASE(types_of_files))
