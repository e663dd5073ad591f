/* SPDX-License-Identifier: MIT */
/* listener.c — socket, bind, listen, and accept by hand under uv_poll. */
#include "io/server/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "io/server/conn.h"
#include "io/server/endpoint.h"

struct wq_listener {
	struct wq_server *server;
	int fd;
	bool polling;
	struct wq_endpoint address;
	ino_t inode; /* of a Unix socket's file: only our own is removed */
	uv_poll_t poll;
};

static void pause_all(struct wq_server *s)
{
	for (unsigned i = 0; i < s->listeners_n; i++)
		wq_listener_pause(s->listeners[i]);
}

static void starve(struct wq_server *s, int errnum)
{
	pause_all(s);
	wq_timer_start(&s->accept_retry, WQ_SERVER_ACCEPT_RETRY_MS);
	if (s->starved)
		return; /* told already */
	s->starved = true;
	wq_metric_count(&s->counts.accept_pauses, 1);
	wq_warn("accept_paused", WQ_S("why", strerror(errnum)), WQ_U("connections", s->conns_n));
}

/* False: no more can be accepted now. */
static bool accept_one(struct wq_listener *l)
{
	struct wq_server *s = l->server;
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t n = sizeof(from);
	int fd;

	if (s->conns_n >= s->opts.connections_max) {
		pause_all(s);
		return false;
	}
	fd = accept4(l->fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		s->starved = false;
		wq_conn_open(s, fd, &from);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		starve(s, errno);
		return false;
	}
	return errno != EAGAIN; /* any other error is that of one peer who gave up */
}

static void accept_some(struct wq_listener *l, uint32_t max)
{
	for (uint32_t i = 0; i < max; i++)
		if (!accept_one(l))
			return;
}

static void on_poll(uv_poll_t *h, int status, int events)
{
	struct wq_listener *l = WQ_OWNER(h, struct wq_listener, poll);

	(void)events;
	if (status < 0) { /* libuv has stopped polling */
		l->polling = false;
		starve(l->server, -status);
		return;
	}
	accept_some(l, WQ_SERVER_ACCEPTS_PER_TURN);
}

void wq_listener_pause(struct wq_listener *l)
{
	if (l->polling)
		uv_poll_stop(&l->poll);
	l->polling = false;
}

void wq_listener_resume(struct wq_listener *l)
{
	if (!l->polling)
		uv_poll_start(&l->poll, UV_READABLE, on_poll);
	l->polling = true;
}

/* A socket file that nobody listens on is left over from somebody who was killed. */
static bool remove_stale(const struct wq_endpoint *a)
{
	const char *path = ((const struct sockaddr_un *)&a->at)->sun_path;
	struct stat st;
	int fd;
	bool stale;

	if (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	stale = connect(fd, (const struct sockaddr *)&a->at, a->n) < 0 && errno == ECONNREFUSED;
	close(fd);
	return stale && unlink(path) == 0;
}

static int try_bind(int fd, const struct wq_endpoint *a)
{
	int rc = bind(fd, (const struct sockaddr *)&a->at, a->n);

	if (rc < 0 && errno == EADDRINUSE && a->at.ss_family == AF_UNIX && remove_stale(a))
		rc = bind(fd, (const struct sockaddr *)&a->at, a->n);
	return rc < 0 ? -errno : 0;
}

static int set_options(int fd, const struct wq_endpoint *a, bool reuse_port)
{
	int on = 1, off = 0;

	if (a->at.ss_family == AF_UNIX)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -errno;
	if (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0)
		return -errno;
	if (a->at.ss_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, a->any ? &off : &on, sizeof(on)) < 0)
		return -errno;
	return 0;
}

/* The descriptor, or a negative errno. */
static int open_socket(struct wq_endpoint *a, bool reuse_port, uint32_t backlog)
{
	int fd = socket(a->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), rc;

	if (fd < 0)
		return -errno;
	rc = set_options(fd, a, reuse_port);
	if (rc == 0)
		rc = try_bind(fd, a);
	if (rc == 0 && listen(fd, (int)backlog) < 0)
		rc = -errno;
	if (rc == 0 && a->at.ss_family != AF_UNIX) {
		a->n = sizeof(a->at);
		rc = getsockname(fd, (struct sockaddr *)&a->at, &a->n) < 0 ? -errno : 0;
	}
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

/* "*" on a machine without IPv6. */
static int open_v4_instead(struct wq_endpoint *a, bool reuse_port, uint32_t backlog)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&a->at;
	in_port_t port = ((struct sockaddr_in6 *)&a->at)->sin6_port;

	memset(&a->at, 0, sizeof(a->at));
	in->sin_family = AF_INET;
	in->sin_port = port;
	a->n = sizeof(*in);
	return open_socket(a, reuse_port, backlog);
}

static int start(struct wq_listener *l, bool reuse_port, struct wq_buf *url)
{
	uint32_t backlog = l->server->opts.backlog;
	struct stat st;
	int rc;

	l->fd = open_socket(&l->address, reuse_port, backlog);
	if (l->fd == -EAFNOSUPPORT && l->address.any)
		l->fd = open_v4_instead(&l->address, reuse_port, backlog);
	if (l->fd < 0)
		return wq_err_from_errno(-l->fd);
	if (l->address.at.ss_family == AF_UNIX &&
	    lstat(((struct sockaddr_un *)&l->address.at)->sun_path, &st) == 0)
		l->inode = st.st_ino;
	rc = url ? wq_endpoint_url(&l->address, url) : 0;
	if (rc == 0) {
		rc = uv_poll_init(wq_loop_uv(l->server->loop), &l->poll, l->fd);
		rc = rc < 0 ? wq_err_from_errno(-rc) : 0;
	}
	if (rc < 0)
		close(l->fd);
	return rc;
}

int wq_listener_open(struct wq_listener **out, struct wq_server *s, struct wq_str address,
                     bool reuse_port, struct wq_buf *url)
{
	struct wq_listener *l = wq_zalloc(sizeof(*l));
	int rc;

	if (!l)
		return WQ_RAISE(WQ_ENOMEM);
	l->server = s;
	rc = wq_endpoint_parse(address, &l->address);
	if (rc == 0)
		rc = start(l, reuse_port, url);
	if (rc < 0) {
		wq_free(l);
		return rc;
	}
	wq_listener_resume(l);
	*out = l;
	return 0;
}

static void on_closed(uv_handle_t *h)
{
	struct wq_listener *l = WQ_OWNER(h, struct wq_listener, poll);
	struct wq_server *s = l->server;

	wq_free(l);
	s->closing_n--;
	wq_server_one_less(s);
}

static void remove_file(const struct wq_listener *l)
{
	const char *path = ((const struct sockaddr_un *)&l->address.at)->sun_path;
	struct stat st;

	if (l->address.at.ss_family == AF_UNIX && lstat(path, &st) == 0 && st.st_ino == l->inode)
		unlink(path);
}

void wq_listener_close(struct wq_listener *l)
{
	wq_listener_pause(l); /* for good: whoever pauses all must not touch a handle that is closing */
	accept_some(l, l->server->opts.backlog + 1); /* what the kernel holds at most */
	remove_file(l);
	l->server->closing_n++;
	uv_close((uv_handle_t *)&l->poll, on_closed);
	close(l->fd);
}
