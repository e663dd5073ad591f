/* SPDX-License-Identifier: MIT */
/* guard_test.c — each range with its edges, and every disguise of an IPv4 address. */
#include <netinet/in.h>
#include <sys/un.h>

#include "io/client/guard.h"
#include "io/dns/resolver.h"
#include "support/test.h"

static const struct {
	const char *address;
	bool allowed;
} cases[] = {
	/* clang-format off */
	{ "0.0.0.0", false }, { "0.255.255.255", false }, { "1.0.0.0", true },
	{ "9.255.255.255", true }, { "10.0.0.0", false }, { "10.255.255.255", false }, { "11.0.0.0", true },
	{ "100.63.255.255", true }, { "100.64.0.0", false }, { "100.127.255.255", false }, { "100.128.0.0", true },
	{ "126.255.255.255", true }, { "127.0.0.0", false }, { "127.0.0.1", false }, { "127.255.255.255", false },
	{ "128.0.0.0", true },
	{ "169.253.255.255", true }, { "169.254.0.0", false }, { "169.254.169.254", false },
	{ "169.254.255.255", false }, { "169.255.0.0", true },
	{ "172.15.255.255", true }, { "172.16.0.0", false }, { "172.31.255.255", false }, { "172.32.0.0", true },
	{ "191.255.255.255", true }, { "192.0.0.0", false }, { "192.0.0.255", false }, { "192.0.1.0", true },
	{ "192.0.2.0", false }, { "192.0.2.255", false }, { "192.0.3.0", true },
	{ "192.31.195.255", true }, { "192.31.196.0", false }, { "192.31.197.0", true },
	{ "192.52.193.1", false }, { "192.52.194.0", true },
	{ "192.88.98.255", true }, { "192.88.99.0", false }, { "192.88.99.255", false }, { "192.88.100.0", true },
	{ "192.167.255.255", true }, { "192.168.0.0", false }, { "192.168.255.255", false }, { "192.169.0.0", true },
	{ "192.175.48.1", false }, { "192.175.49.0", true },
	{ "198.17.255.255", true }, { "198.18.0.0", false }, { "198.19.255.255", false }, { "198.20.0.0", true },
	{ "198.51.99.255", true }, { "198.51.100.0", false }, { "198.51.100.255", false }, { "198.51.101.0", true },
	{ "203.0.112.255", true }, { "203.0.113.0", false }, { "203.0.113.255", false }, { "203.0.114.0", true },
	{ "223.255.255.255", true }, { "224.0.0.0", false }, { "239.255.255.255", false },
	{ "240.0.0.0", false }, { "255.255.255.254", false }, { "255.255.255.255", false },
	{ "8.8.8.8", true }, { "157.240.1.1", true },

	{ "::", false }, { "::1", false }, { "::2", false },
	{ "::127.0.0.1", false }, { "::8.8.8.8", false }, /* compatible: nobody uses it for good */
	{ "::ffff:127.0.0.1", false }, { "::ffff:10.1.2.3", false }, { "::ffff:169.254.169.254", false },
	{ "::ffff:0.0.0.0", false }, { "::ffff:8.8.8.8", true }, { "::ffff:7f00:1", false },
	{ "::ffff:0:127.0.0.1", false }, { "::ffff:0:8.8.8.8", false }, /* SIIT */
	{ "64:ff9b::127.0.0.1", false }, { "64:ff9b::192.168.1.1", false }, { "64:ff9b::8.8.8.8", true },
	{ "64:ff9b::a9fe:a9fe", false }, { "64:ff9b:0:1::8.8.8.8", false },
	{ "64:ff9b:1::8.8.8.8", false }, { "64:ff9b:1:ffff::1", false },
	{ "100::", false }, { "100::1", false }, { "100:0:0:1::", false },
	{ "1fff:ffff::", false }, { "2000::1", true },
	{ "2001::", false }, { "2001:0:4136:e378:8000:63bf:3fff:fdd2", false }, { "2001:2::1", false },
	{ "2001:10::1", false }, { "2001:20::1", false }, { "2001:1ff:ffff::", false }, { "2001:200::", true },
	{ "2001:db7:ffff::", true }, { "2001:db8::", false }, { "2001:db8:ffff::1", false }, { "2001:db9::", true },
	{ "2002:7f00:1::", false }, { "2002:a00:1::1", false }, { "2002:c0a8:101::", false }, { "2002:e000::", false },
	{ "2002:808:808::1", true }, { "2003::1", true },
	{ "2606:4700:4700::1111", true }, { "2a03:2880:f12f:83:face:b00c:0:25de", true },
	{ "2620:4f:8000::1", false }, { "2620:4f:8001::1", true },
	{ "3ffe::1", true }, { "3fff::1", false }, { "3fff:fff::1", false }, { "3fff:1000::1", true },
	{ "4000::1", false }, { "5f00::1", false }, { "8000::1", false },
	{ "fbff::1", false }, { "fc00::1", false }, { "fd12:3456::1", false }, { "fdff::1", false },
	{ "fe00::1", false }, { "fe80::1", false }, { "febf::1", false }, { "fec0::1", false }, { "feff::1", false },
	{ "ff00::1", false }, { "ff02::1", false }, { "ff0e::1", false },
	/* clang-format on */
};

WQ_TEST(the_table)
{
	struct wq_address a;

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		WQ_CHECK(cases[i].address, wq_address_parse(wq_str(cases[i].address), &a));
		WQ_CHECK_INT(cases[i].address, wq_guard_allows((const struct sockaddr *)&a.addr),
		             cases[i].allowed);
	}
}

/* Every IPv4 address that is refused is refused in each disguise as well. */
WQ_TEST(disguises)
{
	static const char *const forms[] = { "::%s", "::ffff:%s", "64:ff9b::%s", "64:ff9b:1::%s" };
	char text[64];
	struct wq_address a;

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		if (strchr(cases[i].address, ':') || cases[i].allowed)
			continue;
		for (size_t f = 0; f < WQ_COUNT(forms); f++) {
			const char *at = strstr(forms[f], "%s");

			snprintf(text, sizeof(text), "%.*s%s", (int)(at - forms[f]), forms[f],
			         cases[i].address);
			WQ_CHECK(text, wq_address_parse(wq_str(text), &a));
			WQ_CHECK(text, !wq_guard_allows((const struct sockaddr *)&a.addr));
		}
	}
}

WQ_TEST(other_families)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	WQ_CHECK("unix", !wq_guard_allows((const struct sockaddr *)&un));
	WQ_CHECK("none", !wq_guard_allows(&none));
}

WQ_TEST_MAIN(WQ_CASE(the_table), WQ_CASE(disguises), WQ_CASE(other_families))
