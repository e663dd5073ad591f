/* SPDX-License-Identifier: MIT */
/* conn.c — a non-blocking socket polled by libuv, TLS in between when asked for. */
#include "io/load/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"

#define GONE "the server closed the connection"

static void poll_for(struct wq_load_conn *c, int events);

static bool lost(const struct wq_load_conn *c)
{
	return c->stage == WQ_LOAD_IDLE || c->stage == WQ_LOAD_CLOSING;
}

static void because(struct wq_load_conn *c, int rc, const char *why)
{
	c->rc = rc;
	if (why != c->why)
		(void)snprintf(c->why, sizeof(c->why), "%s", why);
}

static void on_close(uv_handle_t *h)
{
	struct wq_load_conn *c = WQ_OWNER(h, struct wq_load_conn, poll);

	wq_tls_session_destroy(c->tls);
	c->tls = NULL;
	wq_buf_clear(&c->encrypted);
	c->stage = WQ_LOAD_IDLE;
	wq_load_conn_closed(c);
}

void wq_load_conn_drop(struct wq_load_conn *c, int rc, const char *why)
{
	if (lost(c))
		return;
	because(c, rc, why);
	c->stage = WQ_LOAD_CLOSING;
	c->free = false;
	wq_list_remove(&c->link);
	wq_post_cancel(&c->failed);
	uv_close((uv_handle_t *)&c->poll, on_close);
	close(c->fd);
	c->fd = -1;
}

static void drop_errno(struct wq_load_conn *c, int rc, int errnum)
{
	wq_load_conn_drop(c, rc, uv_strerror(uv_translate_sys_error(errnum)));
}

/* What went wrong while somebody called us. */
static void on_failed(struct wq_post *p)
{
	struct wq_load_conn *c = WQ_OWNER(p, struct wq_load_conn, failed);

	if (c->stage == WQ_LOAD_IDLE)
		wq_load_conn_closed(c);
	else
		wq_load_conn_drop(c, c->rc, c->why);
}

static void fail_later(struct wq_load_conn *c, int rc, const char *why)
{
	because(c, rc, why);
	wq_post_send(&c->failed);
}

/* The server may have said what it wants before it went: that is read first, then its end. */
static void on_write_error(struct wq_load_conn *c, int errnum)
{
	if (errnum == EPIPE || errnum == ECONNRESET)
		poll_for(c, UV_READABLE);
	else
		fail_later(c, WQ_ELOST, uv_strerror(uv_translate_sys_error(errnum)));
}

/* One write: true when all of it was taken. */
static bool put(struct wq_load_conn *c, const char *p, size_t n, size_t *taken)
{
	ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);

	*taken = sent > 0 ? (size_t)sent : 0;
	wq_load_place(c->load)->counts.sent += *taken;
	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		on_write_error(c, errno);
		return true; /* there is nothing more to be written */
	}
	return *taken == n;
}

static bool put_encrypted(struct wq_load_conn *c)
{
	int rc = wq_tls_session_take(c->tls, &c->encrypted);
	size_t taken;
	bool all;

	if (rc < 0)
		fail_later(c, rc, wq_err_text(rc));
	if (rc < 0 || c->encrypted.n == 0)
		return true;
	all = put(c, c->encrypted.p, c->encrypted.n, &taken);
	wq_buf_consume(&c->encrypted, taken);
	return all;
}

static bool put_secret(struct wq_load_conn *c)
{
	while (put_encrypted(c)) {
		size_t n = c->out.n - c->out_at;

		if (n == 0 || c->stage != WQ_LOAD_UP || wq_post_pending(&c->failed))
			return true;
		n = n < WQ_LOAD_TLS_WRITE_BYTES ? n : WQ_LOAD_TLS_WRITE_BYTES;
		if (wq_tls_session_write(c->tls, c->out.p + c->out_at, n) < 0) {
			fail_later(c, WQ_ETLS, wq_tls_session_why(c->tls));
			return true;
		}
		c->out_at += n;
	}
	return false;
}

static bool put_plain(struct wq_load_conn *c)
{
	size_t taken;
	bool all;

	if (c->out.n == c->out_at)
		return true;
	all = put(c, c->out.p + c->out_at, c->out.n - c->out_at, &taken);
	c->out_at += taken;
	return all;
}

static void flush(struct wq_load_conn *c)
{
	bool all = c->tls ? put_secret(c) : put_plain(c);

	if (!lost(c))
		poll_for(c, all ? UV_READABLE : UV_READABLE | UV_WRITABLE);
}

void wq_load_conn_send(struct wq_load_conn *c)
{
	c->out_at = 0;
	wq_load_answer_reset(&c->answer);
	if (c->stage == WQ_LOAD_UP)
		flush(c);
}

static void up(struct wq_load_conn *c)
{
	c->stage = WQ_LOAD_UP;
	wq_load_place(c->load)->counts.connects++;
	wq_load_conn_up(c);
	if (c->calling && c->stage == WQ_LOAD_UP)
		flush(c);
}

static void handshake(struct wq_load_conn *c)
{
	int rc = wq_tls_session_step(c->tls);

	if (rc < 0) {
		(void)put_encrypted(c); /* the alert that says why */
		wq_load_conn_drop(c, WQ_ETLS, wq_tls_session_why(c->tls));
		return;
	}
	flush(c);
	if (rc > 0 && !lost(c))
		up(c);
}

static void connected(struct wq_load_conn *c)
{
	int err = 0;
	socklen_t n = sizeof(err);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &n) < 0)
		err = errno;
	if (err) {
		drop_errno(c, WQ_ECONNECT, err);
		return;
	}
	poll_for(c, UV_READABLE);
	if (!c->tls) {
		up(c);
		return;
	}
	c->stage = WQ_LOAD_SECURING;
	handshake(c);
}

/* Plain bytes of the server's. */
static void hear(struct wq_load_conn *c, const char *p, size_t n)
{
	const char *why = NULL;
	int rc;

	if (!c->calling) {
		wq_load_conn_drop(c, WQ_EPROTO, "the server speaks unasked");
		return;
	}
	rc = wq_load_answer_feed(&c->answer, p, n, &why);
	if (rc < 0)
		wq_load_conn_drop(c, rc, why ? why : wq_err_text(rc));
	else if (rc == WQ_LOAD_ANSWER_WHOLE)
		wq_load_conn_answered(c);
}

static void hear_end(struct wq_load_conn *c)
{
	if (c->stage != WQ_LOAD_UP)
		wq_load_conn_drop(c, c->stage == WQ_LOAD_SECURING ? WQ_ETLS : WQ_ECONNECT, GONE);
	else if (c->calling && wq_load_answer_end(&c->answer) == WQ_LOAD_ANSWER_WHOLE) {
		c->answer.keeps = false;
		wq_load_conn_answered(c);
	} else
		wq_load_conn_drop(c, WQ_ELOST, GONE);
}

static void hear_secret(struct wq_load_conn *c)
{
	char plain[16384]; /* TLS' largest record */
	ssize_t n = 0;

	if (c->stage == WQ_LOAD_SECURING)
		handshake(c);
	while (c->stage == WQ_LOAD_UP &&
	       (n = wq_tls_session_read(c->tls, plain, sizeof(plain))) > 0)
		hear(c, plain, (size_t)n);
	if (c->stage != WQ_LOAD_UP)
		return;
	if (n == WQ_ELOST)
		hear_end(c);
	else if (n < 0)
		wq_load_conn_drop(c, WQ_ETLS, wq_tls_session_why(c->tls));
	else if (!(c->events & UV_WRITABLE)) /* answers of TLS' own: a new key, an alert */
		flush(c);
}

/* One read; false: there is nothing more now. */
static bool receive(struct wq_load_conn *c)
{
	char p[WQ_LOAD_READ_BYTES];
	ssize_t n = recv(c->fd, p, sizeof(p), 0);
	int rc;

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			drop_errno(c, c->stage == WQ_LOAD_UP ? WQ_ELOST : WQ_ECONNECT, errno);
		return false;
	}
	if (n == 0) {
		hear_end(c);
		return false;
	}
	wq_load_place(c->load)->counts.received += (uint64_t)n;
	if (!c->tls) {
		hear(c, p, (size_t)n);
	} else {
		rc = wq_tls_session_feed(c->tls, p, (size_t)n);
		if (rc < 0)
			wq_load_conn_drop(c, rc, wq_err_text(rc));
		else
			hear_secret(c);
	}
	return n == WQ_LOAD_READ_BYTES;
}

static void on_poll(uv_poll_t *h, int status, int events)
{
	struct wq_load_conn *c = WQ_OWNER(h, struct wq_load_conn, poll);

	if (c->stage == WQ_LOAD_CONNECTING) {
		connected(c);
		return;
	}
	if (status < 0) /* libuv does not say more, and polls no longer */
		events = UV_READABLE;
	if (events & UV_READABLE)
		for (unsigned i = 0; i < WQ_LOAD_READS_PER_TURN && !lost(c) && receive(c); i++)
			;
	if ((events & UV_WRITABLE) && !lost(c))
		flush(c);
	if (status < 0 && !lost(c))
		drop_errno(c, WQ_ELOST, ECONNRESET);
}

static void poll_for(struct wq_load_conn *c, int events)
{
	int rc;

	if (c->events == events)
		return;
	c->events = events;
	rc = uv_poll_start(&c->poll, events, on_poll);
	if (rc < 0) /* cannot be with these arguments */
		fail_later(c, WQ_ESYS, uv_strerror(rc));
}

/* A socket that is on its way to the address; -1 and errno. */
static int open_socket(const struct wq_address *a, uint16_t port)
{
	struct sockaddr_storage to = a->addr;
	int on = 1, fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (to.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&to)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)&to)->sin_port = htons(port);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
	    (connect(fd, (const struct sockaddr *)&to, a->len) == 0 || errno == EINPROGRESS))
		return fd;
	on = errno;
	close(fd);
	errno = on;
	return -1;
}

static int watch(struct wq_load_conn *c)
{
	int rc = uv_poll_init(wq_load_place(c->load)->uv, &c->poll, c->fd);

	if (rc < 0) {
		close(c->fd);
		c->fd = -1;
		return rc;
	}
	c->stage = WQ_LOAD_CONNECTING;
	c->events = 0;
	poll_for(c, UV_WRITABLE);
	return 0;
}

void wq_load_conn_open(struct wq_load_conn *c)
{
	struct wq_load_place *p = wq_load_place(c->load);
	int rc = 0;

	c->address = p->good;
	c->tried++;
	if (p->tls)
		rc = wq_tls_session_create(&c->tls, p->tls, p->host);
	if (rc < 0) {
		fail_later(c, rc, wq_err_text(rc));
		return;
	}
	c->fd = open_socket(&p->addresses[c->address], p->port);
	rc = c->fd < 0 ? uv_translate_sys_error(errno) : watch(c);
	if (rc == 0)
		return;
	wq_tls_session_destroy(c->tls);
	c->tls = NULL;
	fail_later(c, WQ_ECONNECT, uv_strerror(rc));
}

void wq_load_conn_init(struct wq_load_conn *c, struct wq_load *l, unsigned at,
                       const struct wq_load_opts *o)
{
	*c = (struct wq_load_conn){ .load = l, .call = { .at = at }, .fd = -1 };
	wq_list_init(&c->link);
	wq_buf_init(&c->out, o->request_max_bytes);
	wq_load_answer_init(&c->answer, o->keep_bytes);
	wq_buf_init(&c->encrypted, (size_t)2 * WQ_LOAD_TLS_WRITE_BYTES);
	wq_post_init(&c->failed, wq_load_place(l)->loop, on_failed);
}

void wq_load_conn_fini(struct wq_load_conn *c)
{
	wq_post_cancel(&c->failed);
	if (c->out.p)
		wq_wipe(c->out.p, c->out.cap); /* a token may have passed */
	wq_buf_fini(&c->out);
	wq_buf_fini(&c->encrypted);
	wq_load_answer_fini(&c->answer);
	wq_tls_session_destroy(c->tls);
	c->tls = NULL;
}
