/* SPDX-License-Identifier: MIT */
/* standard_webhook_test.c — the convention's own vector, rotation, and what is refused. */
#include "base/standard_webhook.h"

#include "base/err.h"
#include "support/test.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID     "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY   "{\"test\": 2432232314}"
#define SIGNED "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

enum { AT = 1614265330, TOLERANCE = 300, BODY_MAX = 64 };

static struct wq_standard_webhook w;
static char out[WQ_STANDARD_WEBHOOK_SIGNATURE_BYTES];

static void begin(const char *secrets)
{
	WQ_CHECK_INT("secrets", wq_standard_webhook_init(&w, wq_str(secrets), BODY_MAX, NULL), 0);
}

static int verify(const char *timestamp, const char *signatures, const char *body, int64_t now)
{
	return wq_standard_webhook_verify(&w, wq_str(ID), wq_str(timestamp), wq_str(signatures),
	                                  wq_str(body), now, TOLERANCE);
}

WQ_TEST(signs_as_the_convention_does)
{
	begin(SECRET);
	WQ_CHECK_INT("signed", wq_standard_webhook_sign(&w, wq_str(ID), AT, wq_str(BODY), out), 0);
	WQ_CHECK_STR("the known vector", out, SIGNED);
	wq_standard_webhook_fini(&w);
	wq_standard_webhook_fini(&w);
}

WQ_TEST(signs_with_each_secret)
{
	begin("whsec_AAAA, " SECRET);
	WQ_CHECK_INT("two", w.keys_n, 2);
	WQ_CHECK_INT("signed", wq_standard_webhook_sign(&w, wq_str(ID), AT, wq_str(BODY), out), 0);
	WQ_CHECK("the second is the known one", wq_str_ends(wq_str(out), " " SIGNED));
	WQ_CHECK_INT("two sums", strlen(out), 2 * strlen(SIGNED) + 1);
	wq_standard_webhook_fini(&w);
}

static const struct {
	const char *what, *timestamp, *signatures, *body;
	int64_t now;
	int want;
} rows[] = {
	{ "good", "1614265330", SIGNED, BODY, AT, WQ_STANDARD_WEBHOOK_GOOD },
	{ "among others", "1614265330", "v1a,xx v1,AAAA " SIGNED, BODY, AT, WQ_STANDARD_WEBHOOK_GOOD },
	{ "the last good second", "1614265330", SIGNED, BODY, AT + TOLERANCE, WQ_STANDARD_WEBHOOK_GOOD },
	{ "too old", "1614265330", SIGNED, BODY, AT + TOLERANCE + 1, WQ_STANDARD_WEBHOOK_STALE },
	{ "from the future", "1614265330", SIGNED, BODY, AT - TOLERANCE - 1, WQ_STANDARD_WEBHOOK_STALE },
	{ "another body", "1614265330", SIGNED, "{}", AT, WQ_STANDARD_WEBHOOK_FORGED },
	{ "another time", "1614265331", SIGNED, BODY, AT, WQ_STANDARD_WEBHOOK_FORGED },
	{ "another version", "1614265330", "v2" "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY, AT,
	  WQ_STANDARD_WEBHOOK_FORGED },
	{ "cut", "1614265330", "v1,g0hM9SsE", BODY, AT, WQ_STANDARD_WEBHOOK_FORGED },
	{ "none", "1614265330", "", BODY, AT, WQ_STANDARD_WEBHOOK_FORGED },
	{ "no time", "soon", SIGNED, BODY, AT, WQ_STANDARD_WEBHOOK_FORGED },
};

WQ_TEST(checks_signatures)
{
	begin(SECRET);
	for (size_t i = 0; i < WQ_COUNT(rows); i++)
		WQ_CHECK_INT(rows[i].what,
		             verify(rows[i].timestamp, rows[i].signatures, rows[i].body,
		                    rows[i].now),
		             rows[i].want);
	wq_standard_webhook_fini(&w);
}

WQ_TEST(refuses_secrets_that_are_none)
{
	static const char *const bad[] = { "", " , ", "whsec_", "whsec_!!!!", "A", "YWJj*" };
	const char *why;

	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		why = NULL;
		WQ_CHECK_INT(bad[i], wq_standard_webhook_init(&w, wq_str(bad[i]), BODY_MAX, &why),
		             WQ_EINVAL);
		WQ_CHECK(bad[i], why && *why);
	}
	WQ_CHECK_INT("too many",
	             wq_standard_webhook_init(&w, wq_str("AA AA AA AA AA"), BODY_MAX, &why),
	             WQ_ETOOBIG);
}

WQ_TEST(refuses_a_body_beyond_its_bound)
{
	char body[4096];

	memset(body, 'x', sizeof(body));
	begin(SECRET);
	WQ_CHECK_INT("too big",
	             wq_standard_webhook_sign(&w, wq_str(ID), AT, wq_strn(body, sizeof(body)), out),
	             WQ_ETOOBIG);
	wq_standard_webhook_fini(&w);
}

WQ_TEST_MAIN(WQ_CASE(signs_as_the_convention_does), WQ_CASE(signs_with_each_secret),
             WQ_CASE(checks_signatures), WQ_CASE(refuses_secrets_that_are_none),
             WQ_CASE(refuses_a_body_beyond_its_bound))
