/* SPDX-License-Identifier: MIT */
/* port.c — ports below the range of outgoing connections, each held by its UDP port: ports.mjs says why. */
#include "support/port.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/test.h"

enum { FIRST = 16384, COUNT = 16384, TRIES = 1000 };

/* A socket of that kind bound there; -1: another has it. */
static int bind_to(int kind, uint16_t port)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		                       .sin_port = htons(port),
		                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, kind | SOCK_CLOEXEC, 0);

	WQ_CHECK("socket", fd >= 0);
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The UDP socket stays open on purpose. */
static bool take(uint16_t port)
{
	int udp = bind_to(SOCK_DGRAM, port);
	int tcp = udp < 0 ? -1 : bind_to(SOCK_STREAM, port);

	if (tcp >= 0)
		close(tcp);
	else if (udp >= 0)
		close(udp);
	return tcp >= 0;
}

uint16_t wq_free_port(void)
{
	for (int tries = 0; tries < TRIES; tries++) {
		uint16_t n = 0;

		WQ_CHECK("random", getrandom(&n, sizeof(n), 0) == sizeof(n));
		n = (uint16_t)(FIRST + n % COUNT);
		if (take(n))
			return n;
	}
	WQ_CHECK("a free port", false);
	return 0;
}
