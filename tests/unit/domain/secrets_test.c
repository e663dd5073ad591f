/* SPDX-License-Identifier: MIT */
/* secrets_test.c — texts to secrets by a table; which are good for which path; without memory. */
#include "domain/sink/signing.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "support/fault.h"
#include "support/test.h"

#define FORM "in front of = stands a path's name"
#define LACK "there is no secret behind NAME="

WQ_TEST(texts_are_read)
{
	static const struct {
		const char *text, *why; /* what the sentence begins with */
		size_t n;
	} rows[] = {
		{ "one", NULL, 1 },
		{ "one,two", NULL, 2 },
		{ ",one,,two,", NULL, 2 },
		{ "1,2,3,4,5,6,7,8", NULL, 8 },
		{ "1,2,3,4,5,6,7,8,9", "more secrets than are tried", 0 },
		{ "1,2,3,4,5,6,7,8,a=9", "more secrets than are tried", 0 },
		{ "1,2,3,4,5,6,7,a=8,b=8,c=8", NULL, 10 },
		{ "", "there is no secret", 0 },
		{ ",", "there is no secret", 0 },
		{ "shop=s", NULL, 1 },
		{ "s.h-o_P9=a=b", NULL, 1 },
		{ "*=a=b", NULL, 1 },
		{ "shop=", LACK, 0 },
		{ "YWJjZA==", LACK, 0 },
		{ "one,*=", LACK, 0 },
		{ "=s", FORM, 0 },
		{ "my shop=s", FORM, 0 },
		{ "a/b=s", FORM, 0 },
		{ "**=s", FORM, 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		const char *why = "?";
		struct wq_secrets s;
		int rc = wq_secrets_init(&s, wq_str(rows[i].text), &why);

		WQ_CHECK_INT(rows[i].text, rc, rows[i].why ? WQ_EINVAL : 0);
		WQ_CHECK_INT(rows[i].text, s.n, rows[i].n);
		WQ_CHECK(rows[i].text,
		         rows[i].why ? wq_str_starts(wq_str(why), rows[i].why) : !why);
		wq_secrets_fini(&s);
		wq_secrets_fini(&s);
	}
}

static const char mixed[] = "plain,shop=a,other=b,*=x=y,shop=c";

WQ_TEST(each_path_has_its_own)
{
	static const struct {
		const char *name, *good; /* with spaces between */
	} rows[] = {
		{ "", "plain x=y" },    { "shop", "a c plain x=y" }, { "other", "b plain x=y" },
		{ "sho", "plain x=y" }, { "SHOP", "plain x=y" },     { "*", "plain x=y" },
	};
	struct wq_secrets s;
	const char *why;

	WQ_CHECK_INT("read", wq_secrets_init(&s, wq_str(mixed), &why), 0);
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		struct wq_str good[WQ_WEBHOOK_SECRETS_MAX];
		size_t n = wq_secrets_of(&s, wq_str(rows[i].name), good), at = 0;
		char all[128] = "";

		for (size_t k = 0; k < n; k++)
			at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%.*s", k ? " " : "",
			                       WQ_STR_ARG(good[k]));
		WQ_CHECK_STR(rows[i].name, all, rows[i].good);
		WQ_CHECK_INT("plain", wq_secret_shown(wq_str("plain"), good, n), 1);
		WQ_CHECK_INT("a", wq_secret_shown(wq_str("a"), good, n),
		             strcmp(rows[i].name, "shop") == 0);
		WQ_CHECK_INT("prefix", wq_secret_shown(wq_str("plai"), good, n), 0);
		WQ_CHECK_INT("nothing", wq_secret_shown(wq_strn(NULL, 0), good, n), 0);
	}
	wq_secrets_fini(&s);
}

WQ_TEST(prepared_by_path)
{
	struct wq_secrets s;
	struct wq_signing g;
	const char *why;

	WQ_CHECK_INT("read", wq_secrets_init(&s, wq_str(mixed), &why), 0);
	WQ_CHECK_INT("prepared", wq_signing_init(&g, &s), 0);
	WQ_CHECK_INT("two names", g.n, 2);
	WQ_CHECK_INT("shop", wq_signing_of(&g, wq_str("shop"))->n, 4);
	WQ_CHECK_INT("other", wq_signing_of(&g, wq_str("other"))->n, 3);
	WQ_CHECK_INT("any", wq_signing_of(&g, wq_str("any"))->n, 2);
	WQ_CHECK_INT("none", wq_signing_of(&g, wq_strn(NULL, 0))->n, 2);
	wq_signing_fini(&g);
	wq_signing_fini(&g);
	wq_secrets_fini(&s);
	WQ_CHECK_INT("read", wq_secrets_init(&s, wq_str("shop=a"), &why), 0);
	WQ_CHECK_INT("prepared", wq_signing_init(&g, &s), 0);
	WQ_CHECK("its own", wq_signing_of(&g, wq_str("shop")) != NULL);
	WQ_CHECK("closed", !wq_signing_of(&g, wq_str("any")) && !wq_signing_of(&g, wq_str("")));
	wq_signing_fini(&g);
	wq_secrets_fini(&s);
}

static void run_without_memory(void)
{
	struct wq_signing g = { .n = 0 };
	struct wq_secrets s;
	const char *why;
	int rc = wq_secrets_init(&s, wq_str(mixed), &why);

	WQ_CHECK("read", rc == 0 || rc == WQ_ENOMEM);
	if (rc == 0)
		rc = wq_signing_init(&g, &s);
	WQ_CHECK("prepared, or not", rc == 0 || rc == WQ_ENOMEM);
	wq_signing_fini(&g);
	wq_secrets_fini(&s);
}

WQ_TEST(without_memory)
{
	WQ_CHECK("runs", wq_fault_sweep("secrets", run_without_memory, 200).runs > 8);
}

WQ_TEST_MAIN(WQ_CASE(texts_are_read), WQ_CASE(each_path_has_its_own), WQ_CASE(prepared_by_path),
             WQ_CASE(without_memory))
