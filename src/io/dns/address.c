/* SPDX-License-Identifier: MIT */
/* address.c — socket addresses as text and back; never a name, never a query. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "io/dns/resolver.h"

enum { TEXT_MAX = 46 }; /* INET6_ADDRSTRLEN */

bool wq_address_text(const struct wq_address *a, char out[46])
{
	const struct sockaddr *sa = (const struct sockaddr *)&a->addr;

	if (sa->sa_family == AF_INET)
		return inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, out,
		                 TEXT_MAX) != NULL;
	if (sa->sa_family == AF_INET6)
		return inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)sa)->sin6_addr, out,
		                 TEXT_MAX) != NULL;
	return false;
}

void wq_address_set(struct wq_address *a, int family, const void *bytes)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	*a = (struct wq_address){ .len = family == AF_INET ? sizeof(v4) : sizeof(v6) };
	if (family == AF_INET) {
		memcpy(&v4.sin_addr, bytes, sizeof(v4.sin_addr));
		memcpy(&a->addr, &v4, sizeof(v4));
	} else {
		memcpy(&v6.sin6_addr, bytes, sizeof(v6.sin6_addr));
		memcpy(&a->addr, &v6, sizeof(v6));
	}
}

bool wq_address_parse(struct wq_str text, struct wq_address *out)
{
	char copy[TEXT_MAX];
	unsigned char bytes[16];

	if (text.n == 0 || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET, copy, bytes) == 1)
		wq_address_set(out, AF_INET, bytes);
	else if (inet_pton(AF_INET6, copy, bytes) == 1)
		wq_address_set(out, AF_INET6, bytes);
	else
		return false;
	return true;
}
