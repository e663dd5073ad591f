/* SPDX-License-Identifier: MIT */
/* webhook_load.c — posts signed webhooks from a file and tells how long the answers took.
 *
 *   webhook_load PORT CONNECTIONS RATE SECONDS FILE
 *
 * FILE has a webhook per line: 71 characters of signature ("sha256=…"), then the body.  RATE 0: each connection posts
 * again as soon as it is answered.  Otherwise the posts are due at constant intervals whatever the answers do, and a
 * latency counts from when its post was due: a server that stalls is not spared the posts that it kept waiting.
 * Ends after SECONDS, or with the last line; prints one line of JSON.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SIGNATURE_BYTES = 71, ANSWER_MAX_BYTES = 4096, REQUEST_MAX_BYTES = 65536, EVENTS_MAX = 256, DRAIN_S = 5 };

struct conn {
	int fd;
	bool busy;
	uint64_t due_ns;
	size_t sent, request_n, answer_n;
	char request[REQUEST_MAX_BYTES], answer[ANSWER_MAX_BYTES];
};

struct load {
	const char *at, *end; /* of the file: the next line */
	struct conn *conns;
	unsigned conns_n, open;
	int epoll;
	double rate;
	uint64_t began_ns, until_ns, started, ok, other, lost;
	uint64_t *took_ns;
	size_t took_max;
	struct sockaddr_in to;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void connect_one(struct load *l, struct conn *c)
{
	struct epoll_event e = { .events = EPOLLIN, .data = { .ptr = c } };
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&l->to, sizeof(l->to)) < 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &e) < 0)
		die("epoll_ctl");
	c->busy = false;
}

/* The next line as a request; false: there is none left. */
static bool write_request(struct load *l, struct conn *c)
{
	const char *eol = l->at < l->end ? memchr(l->at, '\n', (size_t)(l->end - l->at)) : NULL;
	size_t body_n;
	int n;

	if (!eol || eol - l->at <= SIGNATURE_BYTES)
		return false;
	body_n = (size_t)(eol - l->at) - SIGNATURE_BYTES;
	n = snprintf(
		c->request, sizeof(c->request),
		"POST /webhooks/whatsapp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
		"X-Hub-Signature-256: %.*s\r\nContent-Length: %zu\r\n\r\n",
		SIGNATURE_BYTES, l->at, body_n);
	if (n < 0 || (size_t)n + body_n > sizeof(c->request))
		return false;
	memcpy(c->request + n, l->at + SIGNATURE_BYTES, body_n);
	c->request_n = (size_t)n + body_n;
	l->at = eol + 1;
	return true;
}

static void reconnect(struct load *l, struct conn *c)
{
	l->lost += c->busy;
	close(c->fd);
	connect_one(l, c);
}

static void flush(struct load *l, struct conn *c)
{
	while (c->sent < c->request_n) {
		ssize_t n = write(c->fd, c->request + c->sent, c->request_n - c->sent);

		if (n < 0 && errno == EAGAIN)
			return; /* a request is smaller than a socket's buffer: hardly ever */
		if (n <= 0) {
			reconnect(l, c);
			return;
		}
		c->sent += (size_t)n;
	}
}

static bool post(struct load *l, struct conn *c, uint64_t due_ns)
{
	if (!write_request(l, c))
		return false;
	c->busy = true;
	c->due_ns = due_ns;
	c->sent = c->answer_n = 0;
	l->started++;
	flush(l, c);
	return true;
}

/* The status of a whole answer; 0: more is to come. */
static int answer_status(const struct conn *c)
{
	const char *head_end = memmem(c->answer, c->answer_n, "\r\n\r\n", 4), *length;
	size_t body_n;

	if (!head_end)
		return 0;
	length = strcasestr(c->answer, "\r\ncontent-length:");
	body_n = length && length < head_end ? strtoul(length + 17, NULL, 10) : 0;
	if (c->answer_n < (size_t)(head_end - c->answer) + 4 + body_n)
		return 0;
	return (int)strtol(c->answer + 9, NULL, 10);
}

static void on_answer(struct load *l, struct conn *c, int status)
{
	if (status == 200 && l->ok < l->took_max)
		l->took_ns[l->ok] = now_ns() - c->due_ns;
	l->ok += status == 200;
	l->other += status != 200;
	c->busy = false;
	if (l->rate == 0 && now_ns() < l->until_ns)
		post(l, c, now_ns());
}

static void on_readable(struct load *l, struct conn *c)
{
	ssize_t n = read(c->fd, c->answer + c->answer_n, sizeof(c->answer) - 1 - c->answer_n);
	int status;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		reconnect(l, c);
		return;
	}
	c->answer_n += (size_t)n;
	c->answer[c->answer_n] = '\0';
	status = answer_status(c);
	if (status)
		on_answer(l, c, status);
}

static struct conn *idle(struct load *l)
{
	for (unsigned i = 0; i < l->conns_n; i++)
		if (!l->conns[i].busy)
			return &l->conns[i];
	return NULL;
}

/* Posts what is due as far as connections are free; false: the file is at its end. */
static bool post_due(struct load *l)
{
	uint64_t now = now_ns();

	while (now < l->until_ns) {
		uint64_t due = l->began_ns + (uint64_t)((double)l->started * 1e9 / l->rate);
		struct conn *c = due <= now ? idle(l) : NULL;

		if (!c)
			return true;
		if (!post(l, c, due))
			return false;
	}
	return true;
}

static bool working(const struct load *l)
{
	for (unsigned i = 0; i < l->conns_n; i++)
		if (l->conns[i].busy)
			return true;
	return false;
}

/* Until the next post is due, if a connection is free for it. */
static struct timespec patience(struct load *l, bool more)
{
	struct timespec t = { 0, 100000000 };
	uint64_t now = now_ns(), due;

	if (l->rate == 0 || !more || now >= l->until_ns || !idle(l))
		return t;
	due = l->began_ns + (uint64_t)((double)l->started * 1e9 / l->rate);
	t.tv_nsec = due <= now ? 0 : due - now < 100000000 ? (long)(due - now) : t.tv_nsec;
	return t;
}

static void run(struct load *l)
{
	struct epoll_event events[EVENTS_MAX];
	bool more = true;

	for (unsigned i = 0; i < l->conns_n && l->rate == 0 && more; i++)
		more = post(l, &l->conns[i], now_ns());
	for (;;) {
		uint64_t now = now_ns();
		struct timespec wait;
		int n;

		if (l->rate > 0 && more && now < l->until_ns)
			more = post_due(l);
		else if (!working(l) || now > l->until_ns + DRAIN_S * 1000000000ull)
			return;
		wait = patience(l, more);
		n = epoll_pwait2(l->epoll, events, EVENTS_MAX, &wait, NULL);
		for (int i = 0; i < n; i++)
			on_readable(l, events[i].data.ptr);
	}
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double at_part(const struct load *l, double part)
{
	size_t n = l->ok < l->took_max ? l->ok : l->took_max;

	return n ? (double)l->took_ns[(size_t)((double)(n - 1) * part)] / 1e6 : 0;
}

static void map_file(struct load *l, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	l->at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (l->at == MAP_FAILED)
		die(path);
	l->end = l->at + st.st_size;
	l->took_max = (size_t)st.st_size / SIGNATURE_BYTES;
	l->took_ns = malloc(l->took_max * sizeof(uint64_t));
}

int main(int argc, char **argv)
{
	struct load l = { .epoll = epoll_create1(0) };
	double seconds;

	if (argc != 6)
		return EXIT_FAILURE;
	l.to = (struct sockaddr_in){ .sin_family = AF_INET,
		                     .sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10)),
		                     .sin_addr = { htonl(INADDR_LOOPBACK) } };
	l.conns_n = (unsigned)strtoul(argv[2], NULL, 10);
	l.rate = strtod(argv[3], NULL);
	map_file(&l, argv[5]);
	l.conns = calloc(l.conns_n, sizeof(*l.conns));
	if (!l.conns || !l.took_ns)
		die("memory");
	for (unsigned i = 0; i < l.conns_n; i++)
		connect_one(&l, &l.conns[i]);
	l.began_ns = now_ns();
	l.until_ns = l.began_ns + (uint64_t)(strtod(argv[4], NULL) * 1e9);
	run(&l);
	seconds = (double)(now_ns() - l.began_ns) / 1e9;
	qsort(l.took_ns, l.ok < l.took_max ? l.ok : l.took_max, sizeof(uint64_t), by_size);
	printf("{\"started\":%llu,\"ok\":%llu,\"other\":%llu,\"lost\":%llu,\"seconds\":%.3f,\"perSecond\":%.0f,"
	       "\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}\n",
	       (unsigned long long)l.started, (unsigned long long)l.ok, (unsigned long long)l.other,
	       (unsigned long long)l.lost, seconds, (double)l.ok / seconds, at_part(&l, 0.5),
	       at_part(&l, 0.9), at_part(&l, 0.99), at_part(&l, 0.999), at_part(&l, 1));
	return EXIT_SUCCESS;
}
