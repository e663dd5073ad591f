/* SPDX-License-Identifier: MIT */
/* pool.c — the socket interface of curl's multi. */
#include "io/client/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"

struct pool_watch {
	uv_poll_t uv;
	struct wq_pool *pool;
	int fd;
	int wanted; /* by curl: UV_READABLE | UV_WRITABLE; 0 between two exchanges */
	int armed;  /* what libuv watches; more than wanted at most while nothing is wanted */
};

static struct pool_watch *watch_of(const struct wq_pool *p, curl_socket_t fd)
{
	return fd >= 0 && (size_t)fd < p->watches_cap ? p->watches[fd] : NULL;
}

static void collect(struct wq_pool *p)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(p->multi, &left))) {
		struct wq_handle *h = NULL;

		if (m->msg == CURLMSG_DONE &&
		    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &h) == CURLE_OK && h)
			p->o.on_done(h, m->data.result);
	}
}

static void renew(struct wq_pool *p);

static void act(struct wq_pool *p, curl_socket_t fd, int mask)
{
	CURLMcode rc;
	int running;

	if (p->broken || !p->multi)
		return;
	rc = curl_multi_socket_action(p->multi, fd, mask, &running);
	collect(p);
	if (rc == CURLM_OK || rc == CURLM_BAD_SOCKET)
		return;
	(void)WQ_RAISE_MSG(rc == CURLM_OUT_OF_MEMORY ? WQ_ENOMEM : WQ_EPROTO,
	                   "curl_multi_socket_action: %s", curl_multi_strerror(rc));
	p->broken = true;
	if (p->added == 0)
		renew(p);
	else
		p->o.on_broken(p);
}

static void act_on_time(struct wq_pool *p)
{
	long ms = -1;

	act(p, CURL_SOCKET_TIMEOUT, 0);
	if (p->broken || !p->multi || wq_timer_active(&p->timer))
		return;
	/* curl does not repeat a time that it thinks is still set; by its own clock it may be to come. */
	if (curl_multi_timeout(p->multi, &ms) == CURLM_OK && ms >= 0)
		wq_timer_start(&p->timer, (uint64_t)ms + (ms == 0));
}

static void on_timer(struct wq_timer *t)
{
	act_on_time(WQ_OWNER(t, struct wq_pool, timer));
}

static int on_curl_timer(CURLM *multi, long ms, void *ctx)
{
	struct wq_pool *p = ctx;

	(void)multi;
	if (ms < 0)
		wq_timer_stop(&p->timer);
	else if (ms == 0)
		wq_post_at_end(&p->kick);
	else
		wq_timer_start(&p->timer, (uint64_t)ms);
	return 0;
}

static void on_watch_closed(uv_handle_t *uv)
{
	struct pool_watch *w = uv->data;
	struct wq_pool *p = w->pool;

	wq_free(w);
	p->watches_n--;
	if (p->closing && p->watches_n == 0)
		wq_post_send(&p->closed);
}

static void on_poll(uv_poll_t *uv, int status, int events)
{
	struct pool_watch *w = uv->data;
	struct wq_pool *p = w->pool;
	int mask = status < 0 ? CURL_CSELECT_ERR : 0;

	(void)wq_loop_uv(p->loop); /* something happens: virtual time waits */
	if (!w->wanted) { /* an idle connection that the peer closes; curl sees it when it looks */
		uv_poll_stop(&w->uv);
		w->armed = 0;
		return;
	}
	if (events & UV_READABLE)
		mask |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		mask |= CURL_CSELECT_OUT;
	act(p, w->fd, mask);
}

static void unwatch(struct pool_watch *w)
{
	w->pool->watches[w->fd] = NULL;
	uv_close((uv_handle_t *)&w->uv, on_watch_closed);
}

/* curl before 8 closes a socket that never became a connection (the loser of two addresses, a call broken off while it
 * connects) behind our back, and says at most that it watches it no more. */
static bool is_closed(int fd)
{
	return fcntl(fd, F_GETFD) < 0;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
	struct wq_pool *p = ctx;
	struct pool_watch *w = watch_of(p, fd);

	(void)easy;
	(void)socket_ctx;
	if (!w) { /* closed already; anything else has an end by the call's deadline */
		if (what != CURL_POLL_REMOVE)
			(void)WQ_RAISE_MSG(WQ_EINVAL,
			                   "curl watches a socket that it did not open by us");
		return 0;
	}
	w->wanted = 0;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		w->wanted |= UV_READABLE;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		w->wanted |= UV_WRITABLE;
	if (what == CURL_POLL_REMOVE && is_closed(fd)) {
		unwatch(w);
	} else if (w->wanted && w->wanted != w->armed) {
		uv_poll_start(&w->uv, w->wanted, on_poll);
		w->armed = w->wanted;
	}
	return 0;
}

static bool make_room(struct wq_pool *p, int fd)
{
	struct pool_watch **grown;
	size_t cap = p->watches_cap ? p->watches_cap : 64;

	while (cap <= (size_t)fd)
		cap *= 2;
	if (cap == p->watches_cap)
		return true;
	grown = wq_realloc(p->watches, cap * sizeof(struct pool_watch *));
	if (!grown)
		return false;
	memset(grown + p->watches_cap, 0, (cap - p->watches_cap) * sizeof(struct pool_watch *));
	p->watches = grown;
	p->watches_cap = cap;
	return true;
}

static int watch(struct wq_pool *p, int fd)
{
	struct pool_watch *w = watch_of(p, fd);
	int rc;

	if (w) /* of a socket that was closed a moment ago: the number is the new one's */
		unwatch(w);
	if (!make_room(p, fd))
		return WQ_RAISE(WQ_ENOMEM);
	w = wq_zalloc(sizeof(*w));
	if (!w)
		return WQ_RAISE(WQ_ENOMEM);
	rc = uv_poll_init(wq_loop_uv(p->loop), &w->uv, fd);
	if (rc < 0) {
		wq_free(w);
		return WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_poll_init: %s", uv_strerror(rc));
	}
	w->uv.data = w;
	w->pool = p;
	w->fd = fd;
	p->watches[fd] = w;
	p->watches_n++;
	return 0;
}

/* A peer that vanished is noticed while nothing is sent (probes) and while something is (unacknowledged bytes). */
static void tune(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, WQ_CLIENT_KEEPALIVE_SECONDS },
		{ IPPROTO_TCP, TCP_KEEPINTVL, WQ_CLIENT_KEEPALIVE_SECONDS / 3 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 3 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, WQ_CLIENT_USER_TIMEOUT_MS },
	};
	/* Else the first probe that is lost ends a request which only waits for its answer. */
	_Static_assert(WQ_CLIENT_USER_TIMEOUT_MS >= 2 * WQ_CLIENT_KEEPALIVE_SECONDS * 1000,
	               "three probes");

	for (size_t i = 0; i < WQ_COUNT(options); i++)
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
		               sizeof(options[i].value)) < 0)
			wq_debug("socket_option", WQ_I("name", options[i].name),
			         WQ_I("errno", errno));
}

curl_socket_t wq_pool_open_socket(struct wq_pool *p, const struct curl_sockaddr *a)
{
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->protocol);

	if (fd < 0) {
		(void)WQ_RAISE_MSG(wq_err_from_errno(errno), "socket: errno %d", errno);
		return CURL_SOCKET_BAD;
	}
	tune(fd);
	if (watch(p, fd) < 0) {
		close(fd);
		return CURL_SOCKET_BAD;
	}
	return fd;
}

static int on_close_socket(void *ctx, curl_socket_t fd)
{
	struct wq_pool *p = ctx;
	struct pool_watch *w = watch_of(p, fd);

	if (w)
		unwatch(w);
	return close(fd);
}

/* Where curl has lost count itself (`broken`), or is gone. */
static void drop_closed(struct wq_pool *p, bool all)
{
	for (size_t fd = 0; fd < p->watches_cap; fd++)
		if (p->watches[fd] && (all || is_closed((int)fd)))
			unwatch(p->watches[fd]);
}

static void destroy_handle(struct wq_handle *h)
{
	curl_easy_cleanup(h->easy);
	wq_free(h);
}

static struct wq_handle *new_handle(struct wq_pool *p)
{
	struct wq_handle *h = wq_zalloc(sizeof(*h));
	bool ok;

	if (h)
		h->easy = curl_easy_init();
	if (!h || !h->easy) {
		wq_free(h);
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	h->pool = p;
	wq_list_init(&h->link);
	ok = curl_easy_setopt(h->easy, CURLOPT_PRIVATE, h) == CURLE_OK &&
	     curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, h->why) == CURLE_OK &&
	     curl_easy_setopt(h->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket) == CURLE_OK &&
	     curl_easy_setopt(h->easy, CURLOPT_CLOSESOCKETDATA, p) == CURLE_OK && p->o.on_new(h);
	if (!ok) {
		destroy_handle(h);
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	return h;
}

struct wq_handle *wq_handle_take(struct wq_pool *p)
{
	struct wq_list *l = wq_list_pop(&p->spare);

	if (!l)
		return new_handle(p);
	p->spare_n--;
	return WQ_OWNER(l, struct wq_handle, link);
}

static bool set_up(struct wq_pool *p)
{
	CURLM *m = p->multi;

	return curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_curl_socket) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_SOCKETDATA, p) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_curl_timer) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_TIMERDATA, p) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, (long)p->o.connections_max) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)p->o.connections_max) ==
	               CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_MAX_HOST_CONNECTIONS,
	                         (long)p->o.connections_per_host_max) == CURLM_OK;
}

static int open_multi(struct wq_pool *p)
{
	p->multi = curl_multi_init();
	if (p->multi && set_up(p))
		return 0;
	(void)curl_multi_cleanup(p->multi); /* NULL is fine */
	p->multi = NULL;
	return WQ_RAISE(WQ_ENOMEM);
}

/* A multi that ran out of memory is not used again: what it holds of a socket may be half there, and is met again when
 * the socket's number is (curl 7.88 then divides by zero). */
static void renew(struct wq_pool *p)
{
	(void)curl_multi_cleanup(p->multi);
	p->multi = NULL; /* wq_handle_add opens the next */
	drop_closed(p, true);
	wq_timer_stop(&p->timer);
	wq_hosts_untold(&p->hosts);
	p->broken = false;
	wq_post_at_end(&p->kick);
}

int wq_handle_add(struct wq_handle *h)
{
	CURLMcode rc;

	if (!h->pool->multi && open_multi(h->pool) < 0)
		return WQ_ENOMEM;
	rc = curl_multi_add_handle(h->pool->multi, h->easy);
	if (rc != CURLM_OK)
		return WQ_RAISE_MSG(rc == CURLM_OUT_OF_MEMORY ? WQ_ENOMEM : WQ_EINVAL,
		                    "curl_multi_add_handle: %s", curl_multi_strerror(rc));
	h->added = true;
	h->pool->added++;
	return 0;
}

void wq_handle_give(struct wq_handle *h)
{
	struct wq_pool *p = h->pool;

	if (h->added) {
		(void)curl_multi_remove_handle(p->multi, h->easy);
		h->added = false;
		p->added--;
	}
	if (p->broken)
		drop_closed(p, false);
	if (p->broken && p->added == 0)
		renew(p);
	h->st = NULL;
	if (p->spare_n >= WQ_CLIENT_SPARE_HANDLES || p->closing || h->spoiled) {
		destroy_handle(h);
		return;
	}
	wq_list_push_front(&p->spare, &h->link);
	p->spare_n++;
}

static void on_kick(struct wq_post *post)
{
	struct wq_pool *p = WQ_OWNER(post, struct wq_pool, kick);
	struct wq_list batch, *l;

	if (p->broken) /* its end asks for the next */
		return;
	wq_list_init(&batch);
	wq_list_move(&batch, &p->queued);
	while ((l = wq_list_pop(&batch)))
		p->o.on_start(l);
	act_on_time(p);
}

void wq_pool_add(struct wq_pool *p, struct wq_list *link)
{
	wq_list_push(&p->queued, link);
	wq_post_at_end(&p->kick);
}

static void on_closed_post(struct wq_post *post)
{
	struct wq_pool *p = WQ_OWNER(post, struct wq_pool, closed);

	wq_hosts_fini(&p->hosts);
	wq_free(p->watches);
	p->on_closed(p);
}

int wq_pool_init(struct wq_pool *p, struct wq_loop *l, const struct wq_pool_opts *o)
{
	*p = (struct wq_pool){ .loop = l, .o = *o };
	wq_timer_init(&p->timer, l, on_timer);
	wq_post_init(&p->kick, l, on_kick);
	wq_post_init(&p->closed, l, on_closed_post);
	wq_list_init(&p->queued);
	wq_list_init(&p->spare);
	return open_multi(p);
}

void wq_pool_discard(struct wq_pool *p)
{
	(void)curl_multi_cleanup(p->multi);
}

void wq_pool_close(struct wq_pool *p, void (*on_closed)(struct wq_pool *p))
{
	struct wq_list *l;

	WQ_REQUIRE(!p->closing && wq_list_empty(&p->queued));
	p->closing = true;
	p->on_closed = on_closed;
	while ((l = wq_list_pop(&p->spare)))
		destroy_handle(WQ_OWNER(l, struct wq_handle, link));
	(void)curl_multi_cleanup(p->multi); /* closes every connection through on_close_socket */
	drop_closed(p, true);
	wq_timer_stop(&p->timer);
	wq_post_cancel(&p->kick);
	if (p->watches_n == 0)
		wq_post_send(&p->closed);
}
