/* SPDX-License-Identifier: MIT */
/* subscription_change_test.c — specs made and changed, and their secrets, sealed and opened: tables. */
#include "base/alloc.h"
#include "base/err.h"
#include "domain/subscription/change.h"
#include "support/fault.h"
#include "support/test.h"

#define ID wq_str("sub_1")
#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0"
#define OWN "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static const struct {
	const char *what, *old, *body, *made, *want;
} merges[] = {
	{ "new", NULL, "{\"url\":\"http://a/\",\"rate\":5}", "", "{\"url\":\"http://a/\",\"rate\":5}" },
	{ "with a secret made", NULL, "{\"url\":\"http://a/\"}", "czE=",
	  "{\"url\":\"http://a/\",\"secret\":\"czE=\"}" },
	{ "with its own", NULL, "{\"url\":\"http://a/\",\"secret\":\"czI=\"}", "czE=",
	  "{\"url\":\"http://a/\",\"secret\":\"czI=\"}" },
	{ "what is not named stays",
	  "{\"url\":\"http://a/\",\"rate\":5,\"kinds\":[\"status\"],\"secrets\":[\"czE=\"],\"trusted\":true}",
	  "{\"queue\":\"q\",\"kinds\":null}", "",
	  "{\"queue\":\"q\",\"rate\":5,\"trusted\":true,\"secrets\":[\"czE=\"],\"secrets_until\":0}" },
	{ "a new secret alone", "{\"url\":\"http://a/\",\"secrets\":[\"czE=\",\"czI=\"]}", "{\"secret\":\"czM=\"}", "",
	  "{\"url\":\"http://a/\",\"secret\":\"czM=\"}" },
	{ "no secret any more", "{\"url\":\"http://a/\",\"secrets\":[\"czE=\"]}", "{\"secret\":null}", "",
	  "{\"url\":\"http://a/\"}" },
	{ "trust is not asked for", NULL, "{\"url\":\"http://a/\",\"trusted\":true,\"secrets\":[\"x\"]}", "",
	  "{\"url\":\"http://a/\"}" },
};

WQ_TEST(a_change_leaves_what_it_does_not_name)
{
	for (size_t i = 0; i < WQ_COUNT(merges); i++) {
		yyjson_doc *old = merges[i].old ? wq_json_read(wq_str(merges[i].old), 8, NULL)
		                                : NULL;
		yyjson_doc *body = wq_json_read(wq_str(merges[i].body), 8, NULL);
		struct wq_buf out;

		wq_buf_init(&out, 1024);
		WQ_CHECK_INT(merges[i].what,
		             wq_subscription_merge(&out, yyjson_doc_get_root(old),
		                                   yyjson_doc_get_root(body),
		                                   wq_str(merges[i].made)),
		             0);
		WQ_CHECK_SLICE(merges[i].what, wq_buf_str(&out), merges[i].want);
		wq_buf_fini(&out);
		wq_json_free(old);
		wq_json_free(body);
	}
}

static struct wq_seal_ring ring_of(const char *keys)
{
	struct wq_seal_ring r;
	const char *why;

	WQ_CHECK_INT(keys, wq_seal_ring_init(&r, wq_str(keys), &why), 0);
	return r;
}

/* As it is kept; the buffer is the caller's. */
static struct wq_str judge(const char *asked, const struct wq_seal_ring *ring, struct wq_buf *out)
{
	const char *why = "";

	wq_buf_init(out, 4096);
	WQ_CHECK_INT(asked, wq_subscription_judge(out, ID, wq_str(asked), ring, &why), 0);
	return wq_buf_str(out);
}

static void check_secrets(const char *what, struct wq_str spec, struct wq_str id,
                          const struct wq_seal_ring *ring, int64_t now_ms, int rc, const char *want)
{
	struct wq_subscription s;
	struct wq_buf out;
	const char *why;

	wq_buf_init(&out, 4096);
	WQ_CHECK_INT(what, wq_subscription_init(&s, id, spec, &why), 0);
	WQ_CHECK_INT(what, wq_subscription_secrets(&s, ring, now_ms, &out), rc);
	if (rc == 0)
		WQ_CHECK_SLICE(what, wq_buf_str(&out), want);
	wq_buf_fini(&out);
	wq_subscription_fini(&s);
}

static enum wq_sub_secrecy secrecy(struct wq_str spec, const struct wq_seal_ring *ring)
{
	enum wq_sub_secrecy how;
	struct wq_subscription s;
	const char *why;

	WQ_CHECK_INT("spec", wq_subscription_init(&s, ID, spec, &why), 0);
	how = wq_subscription_secrecy(&s, ring);
	wq_subscription_fini(&s);
	return how;
}

WQ_TEST(a_secret_is_kept_sealed_and_opens_for_its_own_subscription_alone)
{
	struct wq_seal_ring a = ring_of(KEY_A), b = ring_of(KEY_B), none = ring_of("");
	struct wq_buf out;
	struct wq_str kept = judge("{\"url\":\"http://a/\",\"secret\":\"" OWN "\"}", &a, &out);

	WQ_CHECK("not in the clear", !memmem(kept.p, kept.n, OWN, strlen(OWN)));
	check_secrets("opened", kept, ID, &a, 0, 0, OWN " ");
	check_secrets("another's", kept, wq_str("sub_2"), &a, 0, WQ_SEAL_TAMPERED, "");
	check_secrets("another key", kept, ID, &b, 0, WQ_SEAL_NO_KEY, "");
	check_secrets("no key", kept, ID, &none, 0, WQ_SEAL_NO_KEY, "");
	WQ_CHECK_INT("kept", secrecy(kept, &a), WQ_SECRECY_KEPT);
	WQ_CHECK_INT("old", secrecy(kept, &b), WQ_SECRECY_OLD);
	wq_buf_fini(&out);
	kept = judge("{\"url\":\"http://a/\",\"secret\":\"" OWN "\"}", &none, &out);
	WQ_CHECK_SLICE("without a key", kept,
	               "{\"url\":\"http://a/\",\"secrets\":[\"" OWN "\"],\"secrets_until\":0}");
	WQ_CHECK_INT("clear", secrecy(kept, &a), WQ_SECRECY_CLEAR);
	check_secrets("good all the same", kept, ID, &a, 0, 0, OWN " ");
	wq_buf_fini(&out);
}

/* What `rotate` and `judge` make of a spec; the buffer is the caller's. */
static struct wq_str rotate(struct wq_str spec, const char *secret, const struct wq_seal_ring *ring,
                            struct wq_buf *out)
{
	struct wq_subscription s;
	struct wq_buf asked;
	const char *why;

	wq_buf_init(out, 4096);
	wq_buf_init(&asked, 4096);
	WQ_CHECK_INT("old", wq_subscription_init(&s, ID, spec, &why), 0);
	WQ_CHECK_INT("rotated", wq_subscription_rotate(&asked, &s, wq_str(secret), 1000), 0);
	WQ_CHECK_INT("judged", wq_subscription_judge(out, ID, wq_buf_str(&asked), ring, &why), 0);
	wq_subscription_fini(&s);
	wq_buf_fini(&asked);
	return wq_buf_str(out);
}

WQ_TEST(the_one_before_is_good_for_a_while)
{
	struct wq_seal_ring a = ring_of(KEY_A), b = ring_of(KEY_B), both = ring_of(KEY_B "," KEY_A);
	struct wq_buf one, two, three;
	struct wq_str kept = judge("{\"url\":\"http://a/\",\"rate\":3,\"secret\":\"czE=\"}", &a,
	                           &one);

	kept = rotate(kept, "czI=", &a, &two);
	check_secrets("both", kept, ID, &a, 999, 0, "czI= czE= ");
	check_secrets("in time", kept, ID, &a, 1000, 0, "czI= ");
	kept = rotate(kept, "czM=", &both, &three);
	check_secrets("never three", kept, ID, &both, 0, 0, "czM= czI= ");
	WQ_CHECK_INT("all under the new key", secrecy(kept, &both), WQ_SECRECY_KEPT);
	check_secrets("the old key is needed no more", kept, ID, &b, 0, 0, "czM= czI= ");
	wq_buf_fini(&one);
	wq_buf_fini(&two);
	wq_buf_fini(&three);
	kept = judge("{\"url\":\"http://a/\",\"secret\":\"czE=\"}", &a, &one);
	kept = rotate(kept, "czI=", &b, &two); /* its key is gone */
	check_secrets("the new one signs without it", kept, ID, &b, 0, 0, "czI= ");
	check_secrets("and it is not lost", kept, ID, &both, 0, 0, "czI= czE= ");
	wq_buf_fini(&one);
	wq_buf_fini(&two);
}

WQ_TEST(more_than_fits_is_refused)
{
	static char asked[WQ_SUB_SPEC_MAX_BYTES + 64];
	struct wq_seal_ring a = ring_of(KEY_A);
	const char *why = NULL;
	struct wq_buf out;
	int n = snprintf(asked, sizeof(asked), "{\"secret\":\"" OWN "\",\"events\":[");

	for (unsigned i = 0; i < 50; i++)
		n += snprintf(asked + n, sizeof(asked) - (size_t)n, "\"%0250u\",", i);
	n += snprintf(asked + n - 1, sizeof(asked) - (size_t)n, "],\"url\":\"http://a/%01900u\"}",
	              0) -
	     1;
	memset(asked + n, ' ', sizeof(asked) - (size_t)n);
	wq_buf_init(&out, 2 * WQ_SUB_SPEC_MAX_BYTES);
	WQ_CHECK_INT("too long",
	             wq_subscription_judge(&out, ID, wq_strn(asked, WQ_SUB_SPEC_MAX_BYTES + 1), &a,
	                                   &why),
	             WQ_EINVAL);
	WQ_CHECK("why", why != NULL);
	wq_buf_clear(&out);
	WQ_CHECK_INT("it fits",
	             wq_subscription_judge(&out, ID, wq_strn(asked, WQ_SUB_SPEC_MAX_BYTES), &a,
	                                   &why),
	             0);
	wq_buf_fini(&out);
}

static void without_memory(void)
{
	struct wq_seal_ring a = ring_of(KEY_A);
	struct wq_subscription s;
	struct wq_buf kept, secrets;
	const char *why = NULL;
	int rc;

	wq_buf_init(&kept, 4096);
	wq_buf_init(&secrets, 4096);
	rc = wq_subscription_judge(&kept, ID, wq_str("{\"url\":\"http://a/\",\"secret\":\"czE=\"}"),
	                           &a, &why);
	WQ_CHECK("judged, or out of memory", rc == 0 || rc == WQ_ENOMEM);
	if (rc == 0) {
		rc = wq_subscription_init(&s, ID, wq_buf_str(&kept), &why);
		if (rc == 0)
			rc = wq_subscription_secrets(&s, &a, 0, &secrets);
		WQ_CHECK("opened, or out of memory", rc == 0 || rc == WQ_ENOMEM);
		wq_subscription_fini(&s);
	}
	wq_buf_fini(&kept);
	wq_buf_fini(&secrets);
}

WQ_TEST(memory_that_is_short_is_told)
{
	WQ_CHECK("swept", wq_fault_sweep("change", without_memory, 300).runs > 8);
}

WQ_TEST(ids_are_new)
{
	char a[WQ_SUB_ID_MAX_BYTES + 1], b[WQ_SUB_ID_MAX_BYTES + 1];

	WQ_CHECK_INT("one", wq_subscription_make_id(a), 0);
	WQ_CHECK_INT("two", wq_subscription_make_id(b), 0);
	WQ_CHECK("ours", wq_str_starts(wq_str(a), "sub_") && strlen(a) == 24);
	WQ_CHECK("not the same", strcmp(a, b) != 0);
}

WQ_TEST_MAIN(WQ_CASE(a_change_leaves_what_it_does_not_name),
             WQ_CASE(a_secret_is_kept_sealed_and_opens_for_its_own_subscription_alone),
             WQ_CASE(the_one_before_is_good_for_a_while), WQ_CASE(more_than_fits_is_refused),
             WQ_CASE(memory_that_is_short_is_told), WQ_CASE(ids_are_new))
