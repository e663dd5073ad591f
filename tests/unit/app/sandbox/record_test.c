/* SPDX-License-Identifier: MIT */
/* record_test.c — exact counts, exact duplicates, bounded memory. */
#include "app/sandbox/record.h"

#include <stdio.h>

#include "app/sandbox/fingerprints.h"
#include "base/alloc.h"
#include "base/limits.h"
#include "support/fault.h"
#include "support/test.h"

static struct wq_record_entry entry(const char *to, const char *opaque, const char *body)
{
	return (struct wq_record_entry){ .outcome = WQ_OUTCOME_ACCEPTED,
		                         .accepted = true,
		                         .status = 200,
		                         .number = wq_str("1"),
		                         .to = wq_str(to),
		                         .opaque = wq_str(opaque),
		                         .body = wq_str(body),
		                         .type = wq_str("text"),
		                         .id = wq_str("wamid.x") };
}

static bool add(struct wq_record *r, const char *to, const char *opaque, const char *body)
{
	struct wq_record_entry e = entry(to, opaque, body);

	wq_record_add(r, &e);
	return e.duplicate;
}

WQ_TEST(finds_duplicates)
{
	struct wq_record *r;
	struct wq_record_entry e;

	WQ_CHECK_INT("create", wq_record_create(&r), 0);
	WQ_CHECK("new", !add(r, "5931", "key1", "a"));
	WQ_CHECK("same key, other body", add(r, "5931", "key1", "b"));
	WQ_CHECK("other key, same body", !add(r, "5931", "key2", "a"));
	WQ_CHECK("other recipient", !add(r, "5932", "key1", "a"));
	WQ_CHECK("no key", !add(r, "5931", NULL, "a"));
	WQ_CHECK("no key, same body", add(r, "5931", NULL, "a"));
	WQ_CHECK("no key, other body", !add(r, "5931", NULL, "c"));
	e = entry("5939", "key9", "z");
	e.accepted = false;
	e.outcome = WQ_OUTCOME_RESET_BEFORE;
	wq_record_add(r, &e);
	WQ_CHECK("not accepted before", !add(r, "5939", "key9", "z"));
	WQ_CHECK_INT("posts", wq_record_counts(r)->posts, 9);
	WQ_CHECK_INT("accepted", wq_record_counts(r)->accepted, 8);
	WQ_CHECK_INT("duplicates", wq_record_counts(r)->duplicates, 2);
	WQ_CHECK_INT("by outcome", wq_record_counts(r)->outcomes[WQ_OUTCOME_RESET_BEFORE], 1);
	wq_record_destroy(r);
}

WQ_TEST(keeps_what_it_is_given)
{
	struct wq_record *r;
	const struct wq_record_entry *e;
	char body[] = "{\"a\":1}";

	WQ_CHECK_INT("create", wq_record_create(&r), 0);
	add(r, "5931", NULL, body);
	memset(body, 'x', sizeof(body) - 1);
	e = wq_record_at(r, 1);
	WQ_CHECK("there", e != NULL);
	WQ_CHECK_SLICE("a copy", e->body, "{\"a\":1}");
	WQ_CHECK("no key", !e->opaque.p);
	WQ_CHECK_SLICE("to", e->to, "5931");
	WQ_CHECK("nothing before", !wq_record_at(r, 0));
	WQ_CHECK("nothing behind", !wq_record_at(r, 2));
	wq_record_destroy(r);
}

WQ_TEST(accepts_late)
{
	struct wq_record *r;
	struct wq_record_entry hung = entry("5931", "k", "a");

	WQ_CHECK_INT("create", wq_record_create(&r), 0);
	hung.accepted = false;
	hung.outcome = WQ_OUTCOME_HANG_THEN_ACCEPT;
	wq_record_add(r, &hung);
	WQ_CHECK("sent again meanwhile", !add(r, "5931", "k", "a"));
	WQ_CHECK("then it comes through", wq_record_accept_late(r, hung.seq, &hung));
	WQ_CHECK("told",
	         wq_record_at(r, hung.seq)->accepted && wq_record_at(r, hung.seq)->duplicate);
	WQ_CHECK_INT("accepted", wq_record_counts(r)->accepted, 2);
	WQ_CHECK_INT("posts", wq_record_counts(r)->posts, 2);
	wq_record_destroy(r);
}

WQ_TEST(drops_the_oldest)
{
	struct wq_record *r;
	const uint64_t n = WQ_SANDBOX_RECORDS_MAX + 1000;
	char key[32];

	WQ_CHECK_INT("create", wq_record_create(&r), 0);
	for (uint64_t i = 0; i < n; i++) {
		(void)snprintf(key, sizeof(key), "%llu", (unsigned long long)i);
		WQ_CHECK("new", !add(r, "5931", key, "a"));
	}
	WQ_CHECK_INT("kept", wq_record_kept(r), WQ_SANDBOX_RECORDS_MAX);
	WQ_CHECK_INT("dropped", wq_record_counts(r)->dropped, 1000);
	WQ_CHECK_INT("first", wq_record_first(r), 1001);
	WQ_CHECK("gone", !wq_record_at(r, 1000));
	WQ_CHECK_SLICE("still there", wq_record_at(r, 1001)->opaque, "1000");
	WQ_CHECK("a duplicate of a dropped one", add(r, "5931", "3", "a"));
	wq_record_reset(r);
	WQ_CHECK_INT("nothing kept", wq_record_kept(r), 0);
	WQ_CHECK_INT("nothing counted", wq_record_counts(r)->posts, 0);
	WQ_CHECK("nothing remembered", !add(r, "5931", "3", "a"));
	WQ_CHECK("numbers go on", wq_record_at(r, n + 2) != NULL);
	wq_record_destroy(r);
}

WQ_TEST(bytes_are_bounded)
{
	enum { BODY = 1000000, N = 200 };
	struct wq_record *r;
	char *body = wq_alloc(BODY + 1);

	WQ_CHECK("body", body != NULL);
	memset(body, 'a', BODY);
	body[BODY] = '\0';
	WQ_CHECK_INT("create", wq_record_create(&r), 0);
	for (int i = 0; i < N; i++)
		add(r, "5931", "k", body);
	WQ_CHECK("some left", wq_record_kept(r) > 100 && wq_record_kept(r) < N);
	WQ_CHECK_INT("all counted", wq_record_counts(r)->posts, N);
	wq_free(body);
	wq_record_destroy(r);
}

WQ_TEST(fingerprints_are_bounded)
{
	struct wq_fingerprints f;

	wq_fingerprints_init(&f, 3000);
	for (uint64_t i = 1; i <= 4000; i++)
		WQ_CHECK("new", !wq_fingerprints_add(&f, wq_fingerprint(i, wq_str("x"))));
	WQ_CHECK_INT("lost", f.lost, 1000);
	WQ_CHECK("found", wq_fingerprints_add(&f, wq_fingerprint(3000, wq_str("x"))));
	WQ_CHECK("not found", !wq_fingerprints_add(&f, wq_fingerprint(3001, wq_str("x"))));
	WQ_CHECK("order matters",
	         wq_fingerprint(wq_fingerprint(0, wq_str("ab")), wq_str("c")) !=
	                 wq_fingerprint(wq_fingerprint(0, wq_str("a")), wq_str("bc")));
	wq_fingerprints_fini(&f);
	wq_fingerprints_fini(&f);
}

static void scenario(void)
{
	struct wq_record *r;

	if (wq_record_create(&r) < 0)
		return;
	for (int i = 0; i < 300; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "%d", i);
		add(r, "5931", key, "a");
	}
	WQ_CHECK_INT("counts stay right", wq_record_counts(r)->posts, 300);
	WQ_CHECK_INT("accepted too", wq_record_counts(r)->accepted, 300);
	wq_record_destroy(r);
}

WQ_TEST(memory_may_run_out)
{
	wq_fault_sweep("record", scenario, 1000);
}

WQ_TEST_MAIN(WQ_CASE(finds_duplicates), WQ_CASE(keeps_what_it_is_given), WQ_CASE(accepts_late),
             WQ_CASE(drops_the_oldest), WQ_CASE(bytes_are_bounded),
             WQ_CASE(fingerprints_are_bounded), WQ_CASE(memory_may_run_out))
