/* SPDX-License-Identifier: MIT */
/* guard.c — two tables of what is refused. */
#include "io/client/guard.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"

struct range {
	unsigned char bytes[16];
	unsigned bits;
};

static const struct range v4_refused[] = {
	{ { 0 }, 8 },             /* this network */
	{ { 10 }, 8 },            /* private */
	{ { 100, 64 }, 10 },      /* shared by a carrier's customers */
	{ { 127 }, 8 },           /* this machine */
	{ { 169, 254 }, 16 },     /* link-local; the clouds' metadata */
	{ { 172, 16 }, 12 },      /* private */
	{ { 192, 0, 0 }, 24 },    /* protocol assignments */
	{ { 192, 0, 2 }, 24 },    /* documentation */
	{ { 192, 31, 196 }, 24 }, /* AS112 */
	{ { 192, 52, 193 }, 24 }, /* AMT */
	{ { 192, 88, 99 }, 24 },  /* 6to4 relays */
	{ { 192, 168 }, 16 },     /* private */
	{ { 192, 175, 48 }, 24 }, /* AS112 */
	{ { 198, 18 }, 15 },      /* benchmarks */
	{ { 198, 51, 100 }, 24 }, /* documentation */
	{ { 203, 0, 113 }, 24 },  /* documentation */
	{ { 224 }, 4 },           /* multicast */
	{ { 240 }, 4 },           /* reserved, broadcast */
};

static const struct range v6_refused[] = {
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48 }, /* NAT64 of somebody's own */
	{ { 0x01, 0x00 }, 64 },                         /* discard */
	{ { 0x20, 0x01, 0x00 }, 23 },                   /* Teredo, ORCHID, benchmarks, … */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },             /* documentation */
	{ { 0x26, 0x20, 0x00, 0x4f, 0x80, 0x00 }, 48 }, /* AS112 */
	{ { 0x3f, 0xff, 0x00 }, 20 },                   /* documentation */
	{ { 0x5f, 0x00 }, 16 },                         /* segment routing */
};

/* Where an IPv6 range holds the IPv4 address that the packets end up at. */
static const struct {
	struct range range;
	unsigned at;
} v6_carries[] = {
	{ { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 96 }, 12 }, /* mapped */
	{ { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 },                   /* NAT64, well known */
	{ { { 0x20, 0x02 }, 16 }, 2 },                                /* 6to4 */
};

static bool within(const unsigned char *address, const struct range *r)
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(address, r->bytes, whole) != 0)
		return false;
	return rest == 0 || ((address[whole] ^ r->bytes[whole]) >> (8 - rest)) == 0;
}

static bool v4_allows(const unsigned char *address)
{
	for (size_t i = 0; i < WQ_COUNT(v4_refused); i++)
		if (within(address, &v4_refused[i]))
			return false;
	return true;
}

/* Only 2000::/3 is global unicast; the forms that carry IPv4 stand partly outside it. */
static bool v6_allows(const unsigned char *address)
{
	for (size_t i = 0; i < WQ_COUNT(v6_carries); i++)
		if (within(address, &v6_carries[i].range))
			return v4_allows(address + v6_carries[i].at);
	for (size_t i = 0; i < WQ_COUNT(v6_refused); i++)
		if (within(address, &v6_refused[i]))
			return false;
	return address[0] >> 5 == 1;
}

bool wq_guard_allows(const struct sockaddr *sa)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		return v4_allows((const unsigned char *)&v4.sin_addr);
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof(v6));
		return v6_allows((const unsigned char *)&v6.sin6_addr);
	}
	return false;
}
