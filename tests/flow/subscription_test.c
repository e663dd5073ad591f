/* SPDX-License-Identifier: MIT */
/* subscription_test.c — days of a life: each attempt at its moment, pauses, ends, and secrets that change. */
#include <stdlib.h>

#include "base/hmac.h"
#include "domain/subscription/change.h"
#include "lane_world.h"
#include "support/test.h"

#define HOURS(n) ((int64_t)(n)*3600 * 1000)
#define OLD      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OLD_HEX  "31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0"
#define NEW      "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static const struct wq_peer_step
	good[] = { { .answer = "HTTP/1.1 204 No Content\r\n\r\n" } },
	bad[] = { { .answer = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n" } },
	gone[] = { { .answer = "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n" } };

static struct wq_redisd server;
static struct lane_world w;

static void answers(const struct wq_peer_step *steps)
{
	w.calls.peer.steps = steps;
	w.calls.peer.steps_n = 1;
	w.calls.peer.at = 0;
}

static unsigned notes_wanted;

static bool enough_notes(void *ctx)
{
	return ((struct lane_world *)ctx)->notes_n >= notes_wanted;
}

static void until_notes(unsigned n)
{
	notes_wanted = n;
	lane_world_until(&w, enough_notes, "attempts");
}

static bool nothing_waits(void *ctx)
{
	(void)ctx;
	return w.lanes[0].lane == NULL;
}

/* from the answer of one attempt to the next, at least; a tenth more at most, and what a look takes */
static const int64_t schedule[] = { 5000,     300000,   1800000,   HOURS(2), HOURS(5),
	                            HOURS(10), HOURS(14), HOURS(20), HOURS(24) };

WQ_TEST(an_event_is_tried_ten_times_over_three_days_then_given_up)
{
	const char *row;

	lane_world_begin(&w, &server, bad, 1);
	lane_world_open(&w, "a", 0, "");
	lane_world_event(&w, 1);
	until_notes(10);
	for (unsigned i = 0; i < WQ_COUNT(schedule); i++) {
		int64_t gap = w.notes[i + 1].at_ms - w.notes[i].at_ms;

		WQ_CHECK_INT("again", w.notes[i].kind, WQ_RETRY_AGAIN);
		WQ_CHECK("not before its time", gap >= schedule[i]);
		WQ_CHECK("soon behind it", gap <= schedule[i] + schedule[i] / 10 + 2000);
	}
	WQ_CHECK_INT("then no more", w.notes[9].kind, WQ_RETRY_GIVEN_UP);
	lane_world_pass(&w, HOURS(30));
	WQ_CHECK_INT("really", w.notes_n, 10);
	WQ_CHECK_INT("posts", w.calls.peer.requests_n, 10);
	WQ_CHECK_STR("nothing waits", lane_world_ask(&w, "EXISTS wq:{bull}:sub:due:a"), "0");
	WQ_CHECK_STR("it is behind", lane_world_ask(&w, "HGET wq:{bull}:sub:of:a cursor"),
	             "1700000000001-0");
	row = lane_world_ask(&w, "XREVRANGE wq:{bull}:sub:log:a + - COUNT 1");
	WQ_CHECK("people are told", strstr(row, "given up") && strstr(row, "500"));
	WQ_CHECK_STR("it goes on", lane_world_ask(&w, "HGET wq:{bull}:sub:of:a state"), "active");

	/* Five days without one good answer are the end of it. */
	lane_world_event(&w, 2);
	lane_world_until(&w, nothing_waits, "it is disabled");
	WQ_CHECK("not before five days", lane_world_ms(&w) >= HOURS(120));
	WQ_CHECK("and soon behind", lane_world_ms(&w) < HOURS(120 + 30));
	WQ_CHECK_STR("state", lane_world_ask(&w, "HGET wq:{bull}:sub:of:a state"), "disabled");
	WQ_CHECK_STR("why", lane_world_ask(&w, "HGET wq:{bull}:sub:of:a why"), "failing");
	row = lane_world_ask(&w, "XREVRANGE wq:{bull}:sub:events + - COUNT 1");
	WQ_CHECK("and it is an event",
	         strstr(row, "system-subscription.disabled") && strstr(row, "\"failing\""));
	WQ_CHECK_STR("what waits is kept", lane_world_ask(&w, "ZCARD wq:{bull}:sub:due:a"), "1");
	lane_world_end(&w);
}

WQ_TEST(a_good_answer_in_between_begins_anew)
{
	lane_world_begin(&w, &server, bad, 1);
	lane_world_open(&w, "a", 0, "");
	lane_world_event(&w, 1);
	until_notes(5);
	WQ_CHECK("failing", atoll(lane_world_ask(&w, "HGET wq:{bull}:sub:of:a failing")) > 0);
	answers(good);
	until_notes(6);
	lane_world_pass(&w, 1000);
	WQ_CHECK_INT("taken", w.notes[5].kind, WQ_RETRY_TAKEN);
	WQ_CHECK_STR("failing no more", lane_world_ask(&w, "HEXISTS wq:{bull}:sub:of:a failing"),
	             "0");
	WQ_CHECK_STR("nothing waits", lane_world_ask(&w, "EXISTS wq:{bull}:sub:due:a"), "0");
	WQ_CHECK_INT("the same post",
	             wq_peer_count(&w.calls.peer, "webhook-id: evt_1700000000001-0"), 6);
	lane_world_end(&w);
}

/* From the fifth failure on: 5 s, 10 s, 20 s … 5 min, and one trial each time. */
WQ_TEST(a_breaker_opens_half_opens_and_closes)
{
	int64_t pause = 5000;

	lane_world_begin(&w, &server, bad, 1);
	lane_world_open(&w, "a", 0, "");
	for (unsigned i = 1; i <= 60; i++)
		lane_world_event(&w, i);
	until_notes(14);
	WQ_CHECK("five at once", w.notes[4].at_ms - w.notes[0].at_ms < 1000);
	for (unsigned i = 5; i<14; i++, pause = pause> 150000 ? 300000 : pause * 2) {
		int64_t gap = w.notes[i].at_ms - w.notes[i - 1].at_ms;

		WQ_CHECK("left alone", gap >= pause);
		WQ_CHECK("not longer", gap <= pause + 2000);
	}
	WQ_CHECK_INT("told once", w.paused, 1);
	WQ_CHECK_INT("not yet", w.recovered, 0);
	answers(good);
	until_notes(14 + 60);
	WQ_CHECK("one trial, then all of the rest",
	         w.notes[14 + 50].at_ms - w.notes[14].at_ms < 2000);
	WQ_CHECK_INT("told", w.recovered, 1);
	lane_world_end(&w);
}

WQ_TEST(gone_is_gone)
{
	lane_world_begin(&w, &server, gone, 1);
	lane_world_open(&w, "a", 0, "");
	lane_world_event(&w, 1);
	lane_world_event(&w, 2);
	lane_world_until(&w, nothing_waits, "it is disabled");
	WQ_CHECK_INT("one post", w.calls.peer.requests_n, 1);
	WQ_CHECK_STR("state", lane_world_ask(&w, "HGET wq:{bull}:sub:of:a state"), "disabled");
	WQ_CHECK_STR("nothing is lost to who resumes it",
	             lane_world_ask(&w, "HGET wq:{bull}:sub:of:a cursor"), "0-0");
	lane_world_end(&w);
}

static bool good_one_has_all(void *ctx)
{
	(void)ctx;
	return wq_peer_count(&w.calls.peer, "POST /b ") == 50;
}

WQ_TEST(a_dead_endpoint_holds_up_nobody)
{
	int64_t from_ms;

	lane_world_begin(&w, &server, good, 1);
	from_ms = lane_world_ms(&w);
	lane_world_open(&w, "a", 1, ""); /* nobody listens on port 1 */
	lane_world_open(&w, "b", 0, "");
	for (unsigned i = 1; i <= 50; i++)
		lane_world_event(&w, i);
	lane_world_until(&w, good_one_has_all, "the good one has all");
	WQ_CHECK("in no time", lane_world_ms(&w) - from_ms < 5000);
	WQ_CHECK("while the dead one is tried", lane_world_note(&w, "a", 0) != NULL);
	lane_world_end(&w);
}

WQ_TEST(strict_order_waits_for_ever)
{
	lane_world_begin(&w, &server, bad, 1);
	lane_world_open(&w, "a", 0, ",\"order\":\"strict\"");
	lane_world_event(&w, 1);
	lane_world_event(&w, 2);
	until_notes(40);
	WQ_CHECK_INT("nothing overtakes", wq_peer_count(&w.calls.peer, "evt_1700000000002-0"), 0);
	for (unsigned i = 0; i < 40; i++)
		WQ_CHECK_INT("again", w.notes[i].kind, WQ_RETRY_AGAIN);
	WQ_CHECK("a minute each at last", w.notes[39].at_ms - w.notes[38].at_ms <= 68000);
	answers(good);
	until_notes(42);
	WQ_CHECK_INT("in order", wq_peer_count(&w.calls.peer, "evt_1700000000002-0"), 1);
	lane_world_end(&w);
}

/* secrets: the convention, read from its text and not from our signer */

static void base64(const unsigned char *p, size_t n, char *out)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned b = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) |
		             (i + 2 < n ? p[i + 2] : 0);

		*out++ = letters[b >> 18];
		*out++ = letters[b >> 12 & 63];
		*out++ = i + 1 < n ? letters[b >> 6 & 63] : '=';
		*out++ = i + 2 < n ? letters[b & 63] : '=';
	}
	*out = '\0';
}

/* The value of a header of a request, terminated. */
static const char *header(const struct wq_peer_request *r, const char *name, char out[300])
{
	const char *at = strstr(r->text, name);
	size_t n;

	WQ_CHECK(name, at != NULL);
	at += strlen(name) + 2;
	n = strcspn(at, "\r");
	WQ_CHECK(name, n < 300);
	memcpy(out, at, n);
	out[n] = '\0';
	return out;
}

static unsigned char key_old[24], key_new[32];

/* How often the key's signature is among those of the request. */
static unsigned signed_by(const struct wq_peer_request *r, const unsigned char *key, size_t key_n)
{
	struct wq_hmac_key *k = wq_hmac_key_create(wq_strn((const char *)key, key_n));
	char id[300], timestamp[300], signatures[300], text[WQ_PEER_REQUEST_BYTES + 700],
		want[64] = "v1,";
	unsigned char sum[WQ_SHA256_BYTES];
	unsigned n = 0;

	snprintf(text, sizeof(text), "%s.%s.%s", header(r, "webhook-id", id),
	         header(r, "webhook-timestamp", timestamp), strstr(r->text, "\r\n\r\n") + 4);
	WQ_CHECK_INT("sum", wq_hmac(k, wq_str(text), sum), 0);
	base64(sum, sizeof(sum), want + 3);
	for (const char *at = header(r, "webhook-signature", signatures); (at = strstr(at, want));
	     at += 3)
		n++;
	wq_hmac_key_destroy(k);
	return n;
}

WQ_TEST(a_secret_that_changes_leaves_no_post_unverifiable)
{
	struct wq_subscription s;
	struct wq_buf old, asked, spec;
	const char *why;
	char more[1500];

	WQ_CHECK("the bytes of OLD", wq_hex_decode(wq_str(OLD_HEX), key_old, sizeof(key_old)));
	for (unsigned i = 0; i < sizeof(key_new); i++)
		key_new[i] = (unsigned char)i;
	lane_world_begin(&w, &server, good, 1);
	wq_buf_init(&old, 4096);
	wq_buf_init(&asked, 4096);
	wq_buf_init(&spec, 4096);
	WQ_CHECK_INT("made",
	             wq_subscription_judge(&old, wq_str("a"),
	                                   wq_str("{\"url\":\"http://x/\",\"secret\":\"" OLD "\"}"),
	                                   &w.ring, &why),
	             0);
	WQ_CHECK_INT("read", wq_subscription_init(&s, wq_str("a"), wq_buf_str(&old), &why), 0);
	WQ_CHECK_INT("rotated",
	             wq_subscription_rotate(&asked, &s, wq_str(NEW), 1700000000000LL + HOURS(24)),
	             0);
	WQ_CHECK_INT("kept",
	             wq_subscription_judge(&spec, wq_str("a"), wq_buf_str(&asked), &w.ring, &why),
	             0);
	snprintf(more, sizeof(more), ",%.*s", (int)(spec.n - strlen("{\"url\":\"http://x/\",}")),
	         spec.p + strlen("{\"url\":\"http://x/\","));
	lane_world_open(&w, "a", 0, more);
	lane_world_event(&w, 1);
	until_notes(1);
	lane_world_pass(&w, HOURS(24) - 60000);
	lane_world_event(&w, 2);
	until_notes(2);
	lane_world_pass(&w, 120000);
	lane_world_event(&w, 3);
	until_notes(3);
	for (unsigned i = 0; i < 3; i++) {
		const struct wq_peer_request *r = &w.calls.peer.requests[i];

		WQ_CHECK_INT("by the new one, always", signed_by(r, key_new, sizeof(key_new)), 1);
		WQ_CHECK_INT("by the old one, for a day", signed_by(r, key_old, sizeof(key_old)),
		             i < 2);
	}
	wq_subscription_fini(&s);
	wq_buf_fini(&old);
	wq_buf_fini(&asked);
	wq_buf_fini(&spec);
	lane_world_end(&w);
}

WQ_TEST(a_secret_that_does_not_open_holds_all_and_loses_nothing)
{
	lane_world_begin(&w, &server, good, 1);
	lane_world_open(
		&w, "a", 0,
		",\"secrets\":[\"v1:0123456789abcdef:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"]");
	lane_world_event(&w, 1);
	lane_world_event(&w, 2);
	until_notes(60);
	for (unsigned i = 0; i < 60; i++)
		WQ_CHECK_INT("held", w.notes[i].kind, WQ_RETRY_HELD);
	WQ_CHECK("once a minute", lane_world_ms(&w) >= 58 * 60000);
	WQ_CHECK_INT("not one post", w.calls.peer.requests_n, 0);
	WQ_CHECK_INT("its endpoint has nothing to do with it", w.paused, 0);
	lane_world_end(&w);
}

static int begin_all(void **state)
{
	(void)state;
	wq_redisd_start(&server, NULL);
	return 0;
}

static int end_all(void **state)
{
	(void)state;
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(an_event_is_tried_ten_times_over_three_days_then_given_up),
		WQ_CASE(a_good_answer_in_between_begins_anew),
		WQ_CASE(a_breaker_opens_half_opens_and_closes),
		WQ_CASE(gone_is_gone),
		WQ_CASE(a_dead_endpoint_holds_up_nobody),
		WQ_CASE(strict_order_waits_for_ever),
		WQ_CASE(a_secret_that_changes_leaves_no_post_unverifiable),
		WQ_CASE(a_secret_that_does_not_open_holds_all_and_loses_nothing),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
