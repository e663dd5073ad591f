/* SPDX-License-Identifier: MIT */
/* link.c — the life of one connection: both sockets, who is waited for, and how it ends. */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"

enum {
	RESET_WAITS_US = 500 * 1000, /* for what was given before it to arrive */
	CUT_WAITS_US = 2000 * 1000,  /* for the ends of both sides */
};

bool fault_befalls(struct fault *f, struct wq_rng *rng)
{
	if (!f->on || f->times == 0 || wq_rng_below(rng, 100) >= f->pct)
		return false;
	if (f->times != UINT64_MAX)
		f->times--;
	return true;
}

size_t link_held(const struct link *l, unsigned dir)
{
	return l->pipes[dir].n;
}

static void on_closed(uv_handle_t *h)
{
	struct link *l = h->data;

	if (--l->handles > 0)
		return;
	wq_free(l->pipes[UP].ring);
	wq_free(l->pipes[DOWN].ring);
	wq_free(l);
}

static void drop_fd(struct link *l, int end)
{
	if (l->fd[end] < 0)
		return;
	if (l->polled[end])
		uv_poll_stop(&l->poll[end]);
	close(l->fd[end]);
	l->fd[end] = -1;
}

void link_close(struct link *l)
{
	if (l->dying == DEAD)
		return;
	l->dying = DEAD;
	l->proxy->open--;
	wq_list_remove(&l->node);
	for (int i = 0; i < 2; i++) {
		l->proxy->traffic[i].lost += l->pipes[i].n;
		if (l->polled[i])
			uv_close((uv_handle_t *)&l->poll[i], on_closed);
		uv_close((uv_handle_t *)&l->pipes[i].timer, on_closed);
		uv_close((uv_handle_t *)&l->pipes[i].soon, on_closed);
		if (l->fd[i] >= 0)
			close(l->fd[i]);
		l->fd[i] = -1;
	}
}

static void close_by_reset(struct link *l)
{
	const struct linger at_once = { .l_onoff = 1 };

	for (int i = 0; i < 2; i++)
		if (l->fd[i] >= 0)
			setsockopt(l->fd[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	link_close(l);
}

void link_end(struct link *l, enum dying how)
{
	if (l->dying != ALIVE)
		return;
	l->dying = how;
	l->dying_us = now_us();
	if (how == CUTTING) {
		l->proxy->cuts++;
		for (int i = 0; i < 2; i++)
			if (l->fd[i] >= 0)
				shutdown(l->fd[i], SHUT_WR);
	} else
		l->proxy->resets++;
	uv_idle_start(&l->pipes[UP].soon, l->pipes[UP].soon.idle_cb); /* the rest from the loop */
}

static bool arrived(int fd)
{
	int left = 0;

	return fd < 0 || ioctl(fd, SIOCOUTQ, &left) < 0 || left == 0;
}

/* True: nothing more will come. */
static bool drained(struct link *l, int end)
{
	char waste[4096];
	ssize_t n;

	if (l->fd[end] < 0 || l->pipes[end].ended)
		return true;
	do
		n = recv(l->fd[end], waste, sizeof(waste), MSG_DONTWAIT);
	while (n > 0);
	return n == 0 || errno != EAGAIN;
}

static void die(struct link *l)
{
	uint64_t waited = now_us() - l->dying_us;
	struct pipe *p = &l->pipes[UP];

	uv_idle_stop(&p->soon);
	if (l->dying == RESETTING) {
		if ((arrived(l->fd[0]) && arrived(l->fd[1])) || waited > RESET_WAITS_US) {
			close_by_reset(l);
			return;
		}
	} else {
		bool both = drained(l, 0);

		both = drained(l, 1) && both;
		if (both || waited > CUT_WAITS_US) {
			link_close(l);
			return;
		}
	}
	uv_timer_start(&p->timer, p->timer.timer_cb, 1, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct link *l = poll->data;

	for (int end = 0; end < 2; end++) {
		if (poll != &l->poll[end] || !(status < 0 || (events & UV_WRITABLE)))
			continue;
		l->pipes[!end].full_out = false; /* an error is told by the next try */
		if (end == 1 && l->connecting && status < 0)
			link_end(l, RESETTING);
		else if (end == 1)
			l->connecting = false;
	}
	link_turn(l);
}

static void watch(struct link *l, int end)
{
	int events = 0;

	if (l->fd[end] < 0)
		return;
	if (!l->polled[end]) {
		if (uv_poll_init(l->proxy->loop, &l->poll[end], l->fd[end]) < 0)
			return;
		l->poll[end].data = l;
		l->polled[end] = true;
		l->handles++;
	}
	if (l->dying == ALIVE && pipe_wants_read(&l->pipes[end]) && !(end == 1 && l->connecting))
		events |= UV_READABLE;
	if (l->dying == ALIVE && pipe_wants_write(&l->pipes[!end]))
		events |= UV_WRITABLE;
	if (events)
		uv_poll_start(&l->poll[end], events, on_poll);
	else
		uv_poll_stop(&l->poll[end]);
}

static void set_up(int fd)
{
	const int on = 1;

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void reach(struct link *l)
{
	const struct sockaddr_storage *to = &l->proxy->to;
	int fd = socket(to->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		set_up(fd);
		if (connect(fd, (const struct sockaddr *)to,
		            to->ss_family == AF_INET ? sizeof(struct sockaddr_in)
		                                     : sizeof(struct sockaddr_in6)) < 0 &&
		    errno != EINPROGRESS) {
			close(fd);
			fd = -1;
		}
	}
	l->fd[1] = fd;
	if (fd < 0)
		link_end(l, RESETTING);
}

static bool half_open(const struct link *l)
{
	return l->pipes[UP].faults[HALF_OPEN].on;
}

void link_turn(struct link *l)
{
	if (l->dying == DEAD)
		return;
	if (l->dying == ALIVE && l->connecting && l->fd[1] < 0 && !half_open(l))
		reach(l);
	for (unsigned dir = 0; dir < DIRECTIONS && l->dying == ALIVE; dir++)
		pipe_turn(&l->pipes[dir]);
	if (l->dying == ALIVE && l->orphan && !half_open(l) &&
	    (l->pipes[UP].n || l->pipes[UP].ended))
		link_end(l, RESETTING); /* whoever spoke to it learns that it is not known here */
	if (l->dying == RESETTING || l->dying == CUTTING)
		die(l);
	if (l->dying == DEAD)
		return;
	watch(l, 0);
	watch(l, 1);
}

static void on_timer(uv_timer_t *t)
{
	link_turn(t->data);
}

static void on_soon(uv_idle_t *i)
{
	link_turn(i->data);
}

void link_fault(struct link *l, unsigned dir, enum fault_kind kind, const struct fault *f)
{
	struct pipe *p = &l->pipes[dir];

	p->faults[kind] = *f;
	p->mark[kind] = p->out;
	p->since[kind] = now_us();
	if (!f->on)
		p->next_us = 0;
	if (!f->on || l->dying != ALIVE)
		return;
	if ((kind == RESET || kind == CUT) && !f->b)
		link_end(l, kind == RESET ? RESETTING : CUTTING);
	if (kind == HALF_OPEN && !l->connecting && !l->orphan) {
		l->orphan = true;
		drop_fd(l, 1);
	}
}

static void pipe_init(struct link *l, unsigned dir)
{
	struct pipe *p = &l->pipes[dir];

	p->link = l;
	p->dir = dir;
	p->wake_us = UINT64_MAX;
	uv_timer_init(l->proxy->loop, &p->timer);
	uv_idle_init(l->proxy->loop, &p->soon);
	p->timer.data = p->soon.data = l;
	p->timer.timer_cb = on_timer;
	p->soon.idle_cb = on_soon;
	l->handles += 2;
}

/* Rules that came by one order for both directions befall both, or none. */
static void befall(struct link *l)
{
	struct proxy *p = l->proxy;

	for (unsigned k = 0; k < FAULTS; k++) {
		struct fault *up = &p->rules[k][UP], *down = &p->rules[k][DOWN];
		bool one = up->on && down->on && up->serial == down->serial;
		bool hit = fault_befalls(up, &p->rng);

		if (hit)
			link_fault(l, UP, (enum fault_kind)k, up);
		if (one)
			down->times = up->times;
		if (one ? hit : fault_befalls(down, &p->rng))
			link_fault(l, DOWN, (enum fault_kind)k, down);
	}
}

void link_start(struct proxy *p, int fd)
{
	struct link *l = p->open < LINKS_MAX ? wq_zalloc(sizeof(*l)) : NULL;

	if (l) {
		l->pipes[UP].ring = wq_alloc(PIPE_BYTES);
		l->pipes[DOWN].ring = wq_alloc(PIPE_BYTES);
	}
	if (!l || !l->pipes[UP].ring || !l->pipes[DOWN].ring) {
		if (l) {
			wq_free(l->pipes[UP].ring);
			wq_free(l->pipes[DOWN].ring);
		}
		wq_free(l);
		close(fd);
		return;
	}
	l->proxy = p;
	l->fd[0] = fd;
	l->fd[1] = -1;
	l->connecting = true;
	set_up(fd);
	pipe_init(l, UP);
	pipe_init(l, DOWN);
	wq_list_push(&p->links, &l->node);
	p->open++;
	p->connections++;
	befall(l);
	link_turn(l);
}
