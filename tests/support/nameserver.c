/* SPDX-License-Identifier: MIT */
/* nameserver.c — one datagram in, one out. */
#include "support/nameserver.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <uv.h>

#include "support/test.h"

enum { DATAGRAM_MAX = 512, TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, NXDOMAIN = 3 };

struct answer {
	unsigned char p[DATAGRAM_MAX];
	size_t n;
	unsigned records;
};

static void put(struct answer *a, const void *p, size_t n)
{
	WQ_CHECK("the answer fits", a->n + n <= sizeof(a->p));
	memcpy(a->p + a->n, p, n);
	a->n += n;
}

static void put16(struct answer *a, unsigned v)
{
	put(a, (unsigned char[]){ (unsigned char)(v >> 8), (unsigned char)v }, 2);
}

static void put_name(struct answer *a, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, ".");

		put(a, (unsigned char[]){ (unsigned char)n }, 1);
		put(a, name, n);
		name += n + (name[n] == '.');
	}
	put(a, "", 1);
}

static void put_record(struct answer *a, const char *name, unsigned type, uint32_t ttl)
{
	put_name(a, name);
	put16(a, type);
	put16(a, 1);
	put16(a, ttl >> 16);
	put16(a, ttl & 0xffff);
	a->records++;
}

static void put_address(struct answer *a, const char *name, unsigned type, uint32_t ttl,
                        const char *text)
{
	unsigned char bytes[16];

	put_record(a, name, type, ttl);
	WQ_CHECK_INT(text, inet_pton(type == TYPE_A ? AF_INET : AF_INET6, text, bytes), 1);
	put16(a, type == TYPE_A ? 4 : 16);
	put(a, bytes, type == TYPE_A ? 4 : 16);
}

/* The question's name as text; how many bytes name, type and class take. */
static size_t read_question(const unsigned char *p, size_t n, char *name, unsigned *type)
{
	size_t at = 12, out = 0;

	while (at < n && p[at] > 0 && at + p[at] < n && out + p[at] < 255) {
		if (out > 0)
			name[out++] = '.';
		for (unsigned i = 0; i < p[at]; i++)
			name[out++] = (char)(p[at + 1 + i] | 0x20);
		at += 1u + p[at];
	}
	name[out] = '\0';
	WQ_CHECK("a whole question", at + 5 <= n);
	*type = (unsigned)p[at + 1] << 8 | p[at + 2];
	return at + 5;
}

static struct wq_ns_name *find(struct wq_ns *ns, const char *name)
{
	for (unsigned i = 0; i < ns->names_n; i++)
		if (strcmp(ns->names[i].name, name) == 0)
			return &ns->names[i];
	return NULL;
}

/* False: silence. */
static bool fill(struct answer *a, struct wq_ns_name *name, unsigned type)
{
	const char *owner = name->cname ? name->cname : name->name, *text;
	unsigned n = 0;

	if (name->cname) {
		struct answer target = { .n = 0 };

		put_record(a, name->name, TYPE_CNAME, name->ttl);
		put_name(&target, name->cname);
		put16(a, (unsigned)target.n);
		put(a, target.p, target.n);
	}
	if (type == TYPE_AAAA && name->aaaa)
		put_address(a, owner, TYPE_AAAA, name->ttl, name->aaaa);
	while (n < 3 && n < name->asked && name->a[n + 1])
		n++;
	text = name->a[n];
	if (strcmp(text, "-") == 0)
		return false;
	if (text[0] == '\0')
		a->p[3] |= NXDOMAIN;
	if (type != TYPE_A)
		return true;
	name->asked++;
	if (strcmp(text, "two") == 0) {
		put_address(a, owner, TYPE_A, name->ttl, "127.0.0.2");
		put_address(a, owner, TYPE_A, name->ttl, "127.0.0.1");
	} else if (text[0]) {
		put_address(a, owner, TYPE_A, name->ttl, text);
	}
	return true;
}

static void on_question(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from,
                        unsigned flags)
{
	struct wq_ns *ns = udp->data;
	struct answer a = { .n = 0 };
	struct wq_ns_name *name;
	char text[256];
	unsigned type;
	uv_buf_t out;

	(void)flags;
	if (n < 12 || !from)
		return;
	ns->questions++;
	put(&a, buf->base, read_question((const unsigned char *)buf->base, (size_t)n, text, &type));
	memcpy(a.p + 2, "\x81\x80\0\1\0\0\0\0\0", 10); /* an answer, recursion done, one question */
	name = find(ns, text);
	if (!name)
		a.p[3] |= NXDOMAIN;
	else if (!fill(&a, name, type))
		return;
	a.p[7] = (unsigned char)a.records;
	out = uv_buf_init((char *)a.p, (unsigned)a.n);
	WQ_CHECK_INT("the answer leaves", uv_udp_try_send(udp, &out, 1, from), (int)a.n);
}

static void on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *out)
{
	static char datagram[DATAGRAM_MAX];

	(void)h;
	(void)wanted;
	*out = uv_buf_init(datagram, sizeof(datagram));
}

void wq_ns_start(struct wq_ns *ns, struct wq_loop *l, struct wq_ns_name *names, unsigned names_n)
{
	uv_udp_t *udp = calloc(1, sizeof(*udp));
	struct sockaddr_in at;
	int n = sizeof(at);

	*ns = (struct wq_ns){ .loop = l, .names = names, .names_n = names_n, .udp = udp };
	udp->data = ns;
	uv_ip4_addr("127.0.0.1", 0, &at);
	uv_udp_init(wq_loop_uv(l), udp);
	WQ_CHECK_INT("bind", uv_udp_bind(udp, (struct sockaddr *)&at, 0), 0);
	WQ_CHECK_INT("port", uv_udp_getsockname(udp, (struct sockaddr *)&at, &n), 0);
	WQ_CHECK_INT("listen", uv_udp_recv_start(udp, on_alloc, on_question), 0);
	snprintf(ns->servers, sizeof(ns->servers), "127.0.0.1:%u", ntohs(at.sin_port));
}

static void on_closed(uv_handle_t *h)
{
	((struct wq_ns *)h->data)->closed = true;
	free(h);
}

static bool is_closed(void *ctx)
{
	return ((struct wq_ns *)ctx)->closed;
}

void wq_ns_stop(struct wq_ns *ns)
{
	uv_close((uv_handle_t *)ns->udp, on_closed);
	WQ_CHECK("the name server is gone", wq_loop_run_until(ns->loop, is_closed, ns, 100));
}
