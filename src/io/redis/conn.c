/* SPDX-License-Identifier: MIT */
/* conn.c — a non-blocking socket polled by libuv, TLS in between when asked for, hiredis' parser behind it.
 *
 * hiredis' own asynchronous context is not used: it answers a reply that nobody asked for with assert(), and bounds
 * neither the depth nor the size of what it makes.
 */
#include "io/redis/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/err.h"

enum stage { CONNECTING, SECURING, UP, DOWN };

struct wq_redis_conn {
	uv_poll_t poll;
	int fd, events;
	enum stage stage;
	struct wq_redis_conn_opts o;
	struct wq_tls_session *tls; /* NULL: plain */
	struct wq_redis_reader reader;
	struct wq_buf out;
	size_t out_at;           /* bytes of out that left */
	uint64_t sent;           /* stream position of out.p[out_at] */
	struct wq_buf encrypted; /* waits for the kernel */
	struct wq_post flush;
	uint64_t writes;
	struct wq_loop *loop;
	uint64_t heard_us;
	bool closing;
};

static void poll_for(struct wq_redis_conn *c, int events);

static void down(struct wq_redis_conn *c, int rc, const char *why)
{
	if (c->stage == DOWN || c->closing)
		return;
	c->stage = DOWN;
	wq_post_cancel(&c->flush);
	uv_poll_stop(&c->poll);
	c->o.on_down(c->o.ctx, rc, why);
}

static void down_errno(struct wq_redis_conn *c, int rc, int errnum)
{
	down(c, rc, uv_strerror(uv_translate_sys_error(errnum)));
}

static bool over(const struct wq_redis_conn *c)
{
	return c->closing || c->stage == DOWN;
}

/* What the server said before it went is still there: answers, or why it goes. */
static void down_after_reading(struct wq_redis_conn *c, int errnum)
{
	while (!c->tls && wq_redis_conn_read(c))
		;
	down_errno(c, WQ_ELOST, errnum);
}

/* One write; false: nothing more can be done now. */
static bool put(struct wq_redis_conn *c, const char *p, size_t n, size_t *taken)
{
	ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);

	c->writes++;
	*taken = sent > 0 ? (size_t)sent : 0;
	if (sent >= 0)
		return *taken == n;
	if (errno != EAGAIN && errno != EINTR)
		down_after_reading(c, errno);
	return false;
}

static void took(struct wq_redis_conn *c, size_t n)
{
	c->sent += n;
	c->out_at += n;
	if (c->out_at == c->out.n) {
		c->out_at = 0;
		wq_buf_clear(&c->out);
		if (c->out.cap > WQ_REDIS_SLACK_BYTES) /* a burst is over */
			wq_buf_fini(&c->out);
	} else if (c->out_at > c->out.n / 2 && c->out_at > WQ_REDIS_TLS_WRITE_BYTES) {
		wq_buf_consume(&c->out, c->out_at);
		c->out_at = 0;
	}
}

static bool put_encrypted(struct wq_redis_conn *c)
{
	size_t taken;
	bool all;

	if (c->encrypted.n == 0)
		return true;
	all = put(c, c->encrypted.p, c->encrypted.n, &taken);
	wq_buf_consume(&c->encrypted, taken);
	return all;
}

/* True when all that TLS has to say was taken by the kernel. */
static bool put_tls(struct wq_redis_conn *c)
{
	int rc = wq_tls_session_take(c->tls, &c->encrypted);

	if (rc < 0) {
		down(c, rc, wq_err_text(rc));
		return false;
	}
	return put_encrypted(c);
}

static bool put_secret(struct wq_redis_conn *c)
{
	while (put_tls(c)) {
		size_t n = c->out.n - c->out_at;

		if (n == 0)
			return true;
		n = n < WQ_REDIS_TLS_WRITE_BYTES ? n : WQ_REDIS_TLS_WRITE_BYTES;
		if (wq_tls_session_write(c->tls, c->out.p + c->out_at, n) < 0) {
			down(c, WQ_ETLS, wq_tls_session_why(c->tls));
			return false;
		}
		took(c, n);
	}
	return false;
}

static bool put_plain(struct wq_redis_conn *c)
{
	size_t taken;
	bool all;

	if (c->out.n == c->out_at)
		return true;
	all = put(c, c->out.p + c->out_at, c->out.n - c->out_at, &taken);
	took(c, taken);
	return all;
}

static void flush(struct wq_redis_conn *c)
{
	bool all;

	if (c->stage != UP && c->stage != SECURING)
		return;
	if (c->tls)
		all = c->stage == UP ? put_secret(c) : put_tls(c);
	else
		all = put_plain(c);
	if (!over(c))
		poll_for(c, all ? UV_READABLE : UV_READABLE | UV_WRITABLE);
}

static void on_flush(struct wq_post *p)
{
	struct wq_redis_conn *c = WQ_OWNER(p, struct wq_redis_conn, flush);

	if (!(c->events & UV_WRITABLE)) /* else the kernel is full and will tell */
		flush(c);
}

static void handshake(struct wq_redis_conn *c)
{
	int rc = wq_tls_session_step(c->tls);

	if (rc < 0) {
		put_tls(c); /* the alert that says why */
		down(c, WQ_ETLS, wq_tls_session_why(c->tls));
		return;
	}
	flush(c);
	if (rc == 0 || over(c))
		return;
	c->stage = UP;
	c->o.on_up(c->o.ctx);
}

static void connected(struct wq_redis_conn *c)
{
	int err = 0;
	socklen_t n = sizeof(err);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &n) < 0)
		err = errno;
	if (err) {
		down_errno(c, WQ_ECONNECT, err);
		return;
	}
	poll_for(c, UV_READABLE);
	c->stage = c->tls ? SECURING : UP;
	if (c->tls)
		handshake(c);
	else
		c->o.on_up(c->o.ctx);
}

static void tell_replies(struct wq_redis_conn *c)
{
	const struct wq_redis_value *v;

	while (!over(c)) {
		int rc = wq_redis_reader_next(&c->reader, &v);

		if (rc < 0)
			down(c, rc, c->reader.why ? c->reader.why : wq_err_text(rc));
		else if (v)
			c->o.on_reply(c->o.ctx, v);
		if (rc < 0 || !v)
			break;
	}
}

static int feed(struct wq_redis_conn *c, const char *p, size_t n)
{
	int rc = wq_redis_reader_feed(&c->reader, p, n);

	if (rc < 0)
		down(c, rc, c->reader.why ? c->reader.why : wq_err_text(rc));
	return rc;
}

static void read_secret(struct wq_redis_conn *c)
{
	char plain[16384]; /* TLS' largest record */
	ssize_t n;

	if (c->stage == SECURING)
		handshake(c);
	if (c->stage != UP || over(c))
		return;
	while (!over(c) && (n = wq_tls_session_read(c->tls, plain, sizeof(plain))) != 0) {
		if (n < 0) {
			down(c, (int)n,
			     n == WQ_ELOST ? "the server closed the connection"
			                   : wq_tls_session_why(c->tls));
			return;
		}
		if (feed(c, plain, (size_t)n) == 0)
			tell_replies(c);
	}
	if (!over(c)) /* answers of TLS' own: a new key, an alert */
		wq_post_at_end(&c->flush);
}

/* The buffer is gone from the stack before any callback runs.  Bytes read, 0: none now, < 0: down. */
static ssize_t receive(struct wq_redis_conn *c)
{
	char p[WQ_REDIS_READ_BYTES];
	ssize_t n = recv(c->fd, p, sizeof(p), 0);
	int rc;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0) {
		down_errno(c, c->stage == UP ? WQ_ELOST : WQ_ECONNECT, errno);
		return -1;
	}
	if (n == 0) {
		down(c, WQ_ELOST, "the server closed the connection");
		return -1;
	}
	c->heard_us = wq_loop_now_us(c->loop);
	if (!c->tls)
		return feed(c, p, (size_t)n) < 0 ? -1 : n;
	rc = wq_tls_session_feed(c->tls, p, (size_t)n);
	if (rc < 0)
		down(c, rc, wq_err_text(rc));
	return rc < 0 ? -1 : n;
}

bool wq_redis_conn_read(struct wq_redis_conn *c)
{
	bool any = false;

	for (unsigned i = 0; i < WQ_REDIS_READS_PER_TURN && !over(c); i++) {
		ssize_t n = receive(c);

		any |= n > 0;
		if (n > 0 && c->tls)
			read_secret(c);
		else if (n > 0)
			tell_replies(c);
		if (n < WQ_REDIS_READ_BYTES)
			break;
	}
	return any;
}

static void on_poll(uv_poll_t *h, int status, int events)
{
	struct wq_redis_conn *c = WQ_OWNER(h, struct wq_redis_conn, poll);

	if (c->stage == CONNECTING) {
		connected(c);
		return;
	}
	if (status < 0) { /* libuv does not say more, and polls no longer */
		down_after_reading(c, ECONNRESET);
		return;
	}
	if (events & UV_READABLE)
		wq_redis_conn_read(c);
	if ((events & UV_WRITABLE) && !over(c))
		flush(c);
}

static void poll_for(struct wq_redis_conn *c, int events)
{
	int rc;

	if (c->events == events)
		return;
	c->events = events;
	rc = uv_poll_start(&c->poll, events, on_poll);
	if (rc < 0)
		down(c, WQ_ESYS, uv_strerror(rc));
}

/* Best effort: a kernel that refuses one of these still carries the connection. */
static void tune(int fd)
{
	int on = 1, idle = WQ_REDIS_KEEPALIVE_SECONDS, every = 2, times = 3;
	unsigned unacknowledged = WQ_REDIS_USER_TIMEOUT_MS;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle)) < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof(every)) < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof(times)) < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged, sizeof(unacknowledged)) <
	            0)
		(void)WQ_RAISE_MSG(WQ_ESYS, "setsockopt: %s", uv_strerror(-errno));
}

static socklen_t socket_address(const struct wq_redis_conn_opts *o, struct sockaddr_storage *out)
{
	struct sockaddr_un *un = (struct sockaddr_un *)out;

	if (!o->address) {
		*un = (struct sockaddr_un){ .sun_family = AF_UNIX };
		memcpy(un->sun_path, o->path, strnlen(o->path, sizeof(un->sun_path) - 1));
		return sizeof(*un);
	}
	*out = o->address->addr;
	if (out->ss_family == AF_INET6)
		((struct sockaddr_in6 *)out)->sin6_port = htons(o->port);
	else
		((struct sockaddr_in *)out)->sin_port = htons(o->port);
	return o->address->len;
}

/* The descriptor; WQ_ECONNECT with *why. */
static int open_socket(const struct wq_redis_conn_opts *o, const char **why)
{
	struct sockaddr_storage to;
	socklen_t n = socket_address(o, &to);
	int fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && o->address)
		tune(fd);
	if (fd >= 0 && (connect(fd, (const struct sockaddr *)&to, n) == 0 || errno == EINPROGRESS))
		return fd;
	*why = uv_strerror(uv_translate_sys_error(errno));
	if (fd >= 0)
		close(fd);
	return WQ_ECONNECT;
}

static void destroy(struct wq_redis_conn *c)
{
	wq_tls_session_destroy(c->tls);
	wq_redis_reader_fini(&c->reader);
	if (c->out.p)
		wq_wipe(c->out.p, c->out.cap); /* a password may have passed */
	wq_buf_fini(&c->out);
	wq_buf_fini(&c->encrypted);
	wq_free(c);
}

/* All that needs no undoing by libuv. */
static int prepare(struct wq_redis_conn *c, const struct wq_redis_conn_opts *o)
{
	int rc;

	c->o = *o;
	wq_buf_init(&c->out, o->out_max_bytes);
	wq_buf_init(&c->encrypted, (size_t)2 * WQ_REDIS_TLS_WRITE_BYTES);
	rc = wq_redis_reader_init(&c->reader);
	if (rc == 0 && o->tls)
		rc = wq_tls_session_create(&c->tls, o->tls, o->host);
	c->o.address = NULL;
	c->o.path = c->o.host = NULL;
	return rc;
}

int wq_redis_conn_create(struct wq_redis_conn **out, struct wq_loop *l,
                         const struct wq_redis_conn_opts *o, const char **why)
{
	struct wq_redis_conn *c = wq_zalloc(sizeof(*c));
	int rc;

	if (!c)
		return WQ_RAISE(WQ_ENOMEM);
	rc = prepare(c, o);
	if (rc < 0)
		goto free_conn;
	rc = c->fd = open_socket(o, why);
	if (rc < 0)
		goto free_conn;
	wq_post_init(&c->flush, l, on_flush);
	c->loop = l;
	rc = uv_poll_init(wq_loop_uv(l), &c->poll, c->fd);
	if (rc < 0) {
		rc = WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_poll_init: %s", uv_strerror(rc));
		close(c->fd);
		goto free_conn;
	}
	c->events = UV_WRITABLE;
	rc = uv_poll_start(&c->poll, c->events, on_poll);
	if (rc < 0) /* cannot be with these arguments; the deadline of the owner finds it */
		(void)WQ_RAISE_MSG(WQ_ESYS, "uv_poll_start: %s", uv_strerror(rc));
	*out = c;
	return 0;

free_conn:
	destroy(c);
	return rc;
}

static void on_close(uv_handle_t *h)
{
	struct wq_redis_conn *c = WQ_OWNER(h, struct wq_redis_conn, poll);
	void (*on_closed)(void *ctx) = c->o.on_closed;
	void *ctx = c->o.ctx;

	destroy(c);
	on_closed(ctx);
}

void wq_redis_conn_close(struct wq_redis_conn *c)
{
	WQ_REQUIRE(!c->closing);
	c->closing = true;
	wq_post_cancel(&c->flush);
	uv_close((uv_handle_t *)&c->poll, on_close);
	close(c->fd);
}

struct wq_buf *wq_redis_conn_out(struct wq_redis_conn *c)
{
	return &c->out;
}

void wq_redis_conn_queued(struct wq_redis_conn *c)
{
	wq_post_at_end(&c->flush);
}

uint64_t wq_redis_conn_end(const struct wq_redis_conn *c)
{
	return c->sent + (c->out.n - c->out_at);
}

uint64_t wq_redis_conn_sent(const struct wq_redis_conn *c)
{
	return c->sent;
}

size_t wq_redis_conn_waiting(const struct wq_redis_conn *c)
{
	return c->out.n - c->out_at + c->encrypted.n;
}

uint64_t wq_redis_conn_heard_us(const struct wq_redis_conn *c)
{
	return c->heard_us;
}

uint64_t wq_redis_conn_writes(const struct wq_redis_conn *c)
{
	return c->writes;
}
