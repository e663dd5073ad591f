/* SPDX-License-Identifier: MIT */
/* endpoint.c — inet_pton and inet_ntop with brackets and ports around them. */
#include "io/server/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/un.h>

#include "base/err.h"

static int parse_unix(struct wq_str path, struct wq_endpoint *out)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&out->at;

	if (path.n == 0 || path.n >= sizeof(un->sun_path) || memchr(path.p, '\0', path.n))
		return WQ_EINVAL;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path.p, path.n);
	out->n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.n + 1);
	return 0;
}

static int parse_v6(const char *host, uint16_t port, struct wq_endpoint *out)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&out->at;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	out->n = sizeof(*in6);
	return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1 ? 0 : WQ_EINVAL;
}

static int parse_v4(const char *host, uint16_t port, struct wq_endpoint *out)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&out->at;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	out->n = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1 ? 0 : WQ_EINVAL;
}

int wq_endpoint_parse(struct wq_str text, struct wq_endpoint *out)
{
	size_t colon = text.n;
	char host[INET6_ADDRSTRLEN + 2];
	uint64_t port;

	*out = (struct wq_endpoint){ .any = false };
	if (wq_str_starts(text, "unix:"))
		return parse_unix(wq_strn(text.p + 5, text.n - 5), out);
	while (colon > 0 && text.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || colon - 1 >= sizeof(host) ||
	    !wq_str_to_u64(wq_strn(text.p + colon, text.n - colon), UINT16_MAX, &port))
		return WQ_EINVAL;
	memcpy(host, text.p, --colon);
	host[colon] = '\0';
	out->any = strcmp(host, "*") == 0;
	if (out->any)
		return parse_v6("::", (uint16_t)port, out);
	if (host[0] != '[')
		return parse_v4(host, (uint16_t)port, out);
	if (host[colon - 1] != ']')
		return WQ_EINVAL;
	host[colon - 1] = '\0';
	return parse_v6(host + 1, (uint16_t)port, out);
}

void wq_peer_from(struct wq_peer *p, const struct sockaddr_storage *from)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;
	const struct sockaddr_in *in = (const struct sockaddr_in *)from;

	*p = (struct wq_peer){ .family = 0 };
	if (from->ss_family == AF_INET) {
		p->family = 4;
		p->port = ntohs(in->sin_port);
		memcpy(p->ip, &in->sin_addr, 4);
	} else if (from->ss_family == AF_INET6) {
		bool v4 = memcmp(&in6->sin6_addr, mapped, sizeof(mapped)) == 0;

		p->family = v4 ? 4 : 6;
		p->port = ntohs(in6->sin6_port);
		memcpy(p->ip, in6->sin6_addr.s6_addr + (v4 ? 12 : 0), v4 ? 4 : 16);
	}
}

static char *put_number(char *at, unsigned v)
{
	if (v >= 10)
		at = put_number(at, v / 10);
	*at = (char)('0' + v % 10);
	return at + 1;
}

/* By hand: every request has its peer's address made, and printf is slower than the rest of the parsing. */
static struct wq_str v4_text(const struct wq_peer *p, char *text)
{
	char *at = text;

	for (int i = 0; i < 4; i++) {
		at = put_number(at, p->ip[i]);
		*at++ = i < 3 ? '.' : ':';
	}
	at = put_number(at, p->port);
	*at = '\0';
	return wq_strn(text, (size_t)(at - text));
}

struct wq_str wq_peer_text(const struct wq_peer *p, char text[WQ_PEER_TEXT_MAX_BYTES])
{
	char ip[INET6_ADDRSTRLEN] = "";
	int n;

	if (p->family == 0)
		return wq_str("unix");
	if (p->family == 4)
		return v4_text(p, text);
	inet_ntop(AF_INET6, p->ip, ip, sizeof(ip));
	n = snprintf(text, WQ_PEER_TEXT_MAX_BYTES, "[%s]:%u", ip, p->port);
	return wq_strn(text, (size_t)n);
}

int wq_endpoint_url(const struct wq_endpoint *a, struct wq_buf *out)
{
	char text[WQ_PEER_TEXT_MAX_BYTES];
	struct wq_peer peer;

	if (a->at.ss_family == AF_UNIX)
		return wq_buf_addf(out, "unix:%s", ((const struct sockaddr_un *)&a->at)->sun_path);
	wq_peer_from(&peer, &a->at);
	return wq_buf_addf(out, "http://%s", wq_peer_text(&peer, text).p);
}
