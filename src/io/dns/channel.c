/* SPDX-License-Identifier: MIT */
/* channel.c — sockets that c-ares opens get a poll handle, its next time-out a timer. */
#include "io/dns/channel.h"

#include <uv.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

struct socket_watch {
	uv_poll_t poll;
	struct wq_list link;
	struct wq_dns_channel *channel;
	ares_socket_t fd;
};

static void on_timer(struct wq_timer *t);
static void on_post(struct wq_post *p);

/* After each call of c-ares that may have opened a socket or begun to wait; `refusals` from before it.  c-ares drops an
 * answer that it has no memory for and asks again a second later, and 1.34 then looks into a connection that it has
 * closed: what is open ends at once instead. */
static void rearm(struct wq_dns_channel *c, uint64_t refusals)
{
	struct timeval tv, *left;

	c->deaf |= wq_alloc_refusals() != refusals;
	if (c->deaf)
		ares_cancel(c->ares); /* or they would wait for answers that nobody hears */
	c->deaf = false;
	left = ares_timeout(c->ares, NULL, &tv);
	if (left)
		wq_timer_start(&c->timer,
		               (uint64_t)left->tv_sec * 1000 + (uint64_t)left->tv_usec / 1000 + 1);
	else
		wq_timer_stop(&c->timer);
}

static void on_timer(struct wq_timer *t)
{
	struct wq_dns_channel *c = WQ_OWNER(t, struct wq_dns_channel, timer);
	uint64_t refusals = wq_alloc_refusals();

	ares_process_fd(c->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	rearm(c, refusals);
}

static void on_poll(uv_poll_t *h, int status, int events)
{
	struct socket_watch *w = h->data;
	struct wq_dns_channel *c = w->channel;
	bool readable = status < 0 || (events & UV_READABLE), writable = events & UV_WRITABLE;
	uint64_t refusals = wq_alloc_refusals();

	(void)wq_loop_uv(c->loop); /* something happens: virtual time waits */
	ares_process_fd(c->ares, readable ? w->fd : ARES_SOCKET_BAD,
	                writable ? w->fd : ARES_SOCKET_BAD);
	rearm(c, refusals);
}

static void on_watch_closed(uv_handle_t *h)
{
	struct socket_watch *w = h->data;
	struct wq_dns_channel *c = w->channel;

	wq_free(w);
	c->handles--;
	if (c->closing && c->handles == 0)
		wq_post_send(&c->closed);
}

static struct socket_watch *find(struct wq_dns_channel *c, ares_socket_t fd)
{
	for (struct wq_list *l = c->sockets.next; l != &c->sockets; l = l->next) {
		struct socket_watch *w = WQ_OWNER(l, struct socket_watch, link);

		if (w->fd == fd)
			return w;
	}
	return NULL;
}

/* NULL: raised. */
static struct socket_watch *open_watch(struct wq_dns_channel *c, ares_socket_t fd)
{
	struct socket_watch *w = wq_zalloc(sizeof(*w));
	int rc;

	if (!w) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	rc = uv_poll_init(wq_loop_uv(c->loop), &w->poll, fd);
	if (rc < 0) {
		wq_free(w);
		(void)WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_poll_init: %s", uv_strerror(rc));
		return NULL;
	}
	w->poll.data = w;
	w->channel = c;
	w->fd = fd;
	wq_list_push(&c->sockets, &w->link);
	c->handles++;
	return w;
}

static void on_socket(void *data, ares_socket_t fd, int readable, int writable)
{
	struct wq_dns_channel *c = data;
	struct socket_watch *w = find(c, fd);

	if (!readable && !writable) { /* about to be closed */
		if (w) {
			wq_list_remove(&w->link);
			uv_close((uv_handle_t *)&w->poll, on_watch_closed);
		}
		return;
	}
	if (!w)
		w = open_watch(c, fd);
	if (!w)
		c->deaf = true;
	else
		uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
		              on_poll);
}

static int raise_ares(int status, const char *what)
{
	return WQ_RAISE_MSG(status == ARES_ENOMEM ? WQ_ENOMEM : WQ_EINVAL, "%s: %s", what,
	                    ares_strerror(status));
}

static int open_ares(struct wq_dns_channel *c, const char *servers)
{
	struct ares_options o = { .timeout = WQ_DNS_TRY_MS,
		                  .tries = WQ_DNS_TRIES,
		                  .sock_state_cb = on_socket,
		                  .sock_state_cb_data = c };
	int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB, status;

#ifdef ARES_OPT_QUERY_CACHE
	o.qcache_max_ttl = 0; /* the cache is ours: one clock, one bound */
	mask |= ARES_OPT_QUERY_CACHE;
#endif
	status = ares_init_options(&c->ares, &o, mask);
	if (status != ARES_SUCCESS)
		return raise_ares(status, "ares_init_options");
	status = servers ? ares_set_servers_ports_csv(c->ares, servers) : ARES_SUCCESS;
	if (status != ARES_SUCCESS) {
		ares_destroy(c->ares);
		return raise_ares(status, "name servers");
	}
	return 0;
}

int wq_dns_channel_init(struct wq_dns_channel *c, struct wq_loop *l, const char *servers)
{
	int status, rc;

	*c = (struct wq_dns_channel){ .loop = l };
	wq_list_init(&c->sockets);
	wq_timer_init(&c->timer, l, on_timer);
	wq_post_init(&c->closed, l, on_post);
	status = ares_library_init_mem(ARES_LIB_INIT_ALL, wq_alloc, wq_free, wq_realloc);
	if (status != ARES_SUCCESS)
		return raise_ares(status, "ares_library_init_mem");
	rc = open_ares(c, servers);
	if (rc < 0)
		ares_library_cleanup();
	return rc;
}

static void on_post(struct wq_post *p)
{
	struct wq_dns_channel *c = WQ_OWNER(p, struct wq_dns_channel, closed);

	ares_library_cleanup();
	c->on_closed(c);
}

void wq_dns_channel_close(struct wq_dns_channel *c, void (*on_closed)(struct wq_dns_channel *c))
{
	WQ_REQUIRE(!c->closing);
	c->closing = true;
	c->on_closed = on_closed;
	wq_timer_stop(&c->timer);
	ares_destroy(c->ares); /* closes every socket through on_socket */
	if (c->handles == 0)
		wq_post_send(&c->closed);
}

void wq_dns_channel_ask(struct wq_dns_channel *c, const char *name, ares_addrinfo_callback cb,
                        void *arg)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	uint64_t refusals = wq_alloc_refusals();

	ares_getaddrinfo(c->ares, name, NULL, &hints, cb, arg);
	rearm(c, refusals);
}
