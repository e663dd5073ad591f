/* SPDX-License-Identifier: MIT */
/* pipe.c — one direction of a connection: reads, keeps, and passes on what its faults allow. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "link.h"

enum {
	BANDWIDTH_SHARE = 100, /* of a second that goes out at once */
	ROUNDS_MAX = 16,       /* before others have their turn */
};

uint64_t now_us(void)
{
	return uv_hrtime() / 1000;
}

static struct traffic *traffic(struct pipe *p)
{
	return &p->link->proxy->traffic[p->dir];
}

static void wake_at(struct pipe *p, uint64_t us)
{
	if (us < p->wake_us)
		p->wake_us = us;
}

static bool has(const struct pipe *p, enum fault_kind k)
{
	return p->faults[k].on;
}

/* Nothing goes out however long it waits. */
static bool held(const struct pipe *p)
{
	return has(p, BLACKHOLE) || has(p, TIMEOUT) || has(p, HALF_OPEN) ||
	       (has(p, LIMIT) && p->out - p->mark[LIMIT] >= p->faults[LIMIT].a);
}

bool pipe_wants_read(const struct pipe *p)
{
	return !p->ended && p->n < PIPE_BYTES &&
	       !(p->dir == UP && has(p, HALF_OPEN) && p->link->orphan);
}

bool pipe_wants_write(const struct pipe *p)
{
	return p->full_out || (p->dir == UP && p->link->connecting);
}

static void keep(struct pipe *p, size_t n)
{
	const struct fault *late = &p->faults[LATENCY];
	uint64_t due = now_us();
	struct piece *last = p->count ? &p->pieces[(p->first + p->count - 1) % PIPE_PIECES] : NULL;

	if (late->on)
		due += late->a * 1000 +
		       (late->b ? wq_rng_below(&p->link->proxy->rng, late->b * 1000) : 0);
	if (last && due < last->due_us)
		due = last->due_us; /* nothing overtakes */
	if (!last || p->count < PIPE_PIECES) {
		last = &p->pieces[(p->first + p->count++) % PIPE_PIECES];
		last->n = 0;
	}
	last->due_us = due;
	last->n += n;
	p->n += n;
}

static void forget(struct pipe *p, size_t n)
{
	p->head = (p->head + n) % PIPE_BYTES;
	p->n -= n;
	while (n > 0) {
		struct piece *first = &p->pieces[p->first];
		size_t part = n < first->n ? n : first->n;

		first->n -= part;
		n -= part;
		if (first->n == 0) {
			p->first = (p->first + 1) % PIPE_PIECES;
			p->count--;
		}
	}
}

static void lose(struct pipe *p)
{
	traffic(p)->lost += p->n;
	forget(p, p->n);
}

static void end_of(struct pipe *p, bool broken)
{
	p->ended = true;
	p->broken = broken || p->link->pipes[!p->dir].unheard;
	p->ended_us = now_us();
	if (broken)
		traffic(p)->resets++;
	else
		traffic(p)->fins++;
}

/* True: there may be more. */
static bool fetch(struct pipe *p)
{
	size_t tail = (p->head + p->n) % PIPE_BYTES;
	size_t room = tail >= p->head ? PIPE_BYTES - tail : p->head - tail;
	ssize_t n;

	if (!pipe_wants_read(p) || p->link->fd[p->dir] < 0 ||
	    (p->dir == DOWN && p->link->connecting))
		return false;
	n = recv(p->link->fd[p->dir], p->ring + tail, room, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (n <= 0) {
		end_of(p, n < 0);
		return false;
	}
	traffic(p)->in += (uint64_t)n;
	keep(p, (size_t)n);
	return true;
}

static size_t due(struct pipe *p, uint64_t now)
{
	size_t n = 0;

	if (!has(p, LATENCY))
		return p->n;
	for (unsigned i = 0; i < p->count; i++) {
		const struct piece *piece = &p->pieces[(p->first + i) % PIPE_PIECES];

		if (piece->due_us > now) {
			wake_at(p, piece->due_us);
			break;
		}
		n += piece->n;
	}
	return n;
}

/* At most so many now, before the bytes after which something is to happen. */
static size_t allowed(const struct pipe *p, size_t n)
{
	static const enum fault_kind counted[] = { LIMIT, RESET, CUT };

	if (p->head + n > PIPE_BYTES)
		n = PIPE_BYTES - p->head;
	if (has(p, SLICE) && n > p->faults[SLICE].a)
		n = p->faults[SLICE].a;
	if (has(p, BANDWIDTH) && n > p->faults[BANDWIDTH].a / BANDWIDTH_SHARE + 1)
		n = p->faults[BANDWIDTH].a / BANDWIDTH_SHARE + 1;
	for (unsigned i = 0; i < sizeof(counted) / sizeof(*counted); i++) {
		enum fault_kind k = counted[i];
		uint64_t gone = p->out - p->mark[k];

		if (has(p, k) && gone < p->faults[k].a && n > p->faults[k].a - gone)
			n = p->faults[k].a - gone;
	}
	return n;
}

static void pace(struct pipe *p, uint64_t now, size_t n)
{
	uint64_t us = 0;

	if (has(p, BANDWIDTH))
		us = n * 1000000 / p->faults[BANDWIDTH].a;
	if (has(p, SLICE) && p->faults[SLICE].b > us)
		us = p->faults[SLICE].b;
	if (has(p, SLICE) || us)
		p->next_us = now + (us ? us : 1); /* a turn of its own at least */
}

/* The counted ends are there; true: this is the end. */
static bool counted_end(struct pipe *p)
{
	static const struct {
		enum fault_kind kind;
		enum dying how;
	} ends[] = { { RESET, RESETTING }, { CUT, CUTTING } };

	for (unsigned i = 0; i < 2; i++) {
		enum fault_kind k = ends[i].kind;

		if (has(p, k) && p->faults[k].b && p->out - p->mark[k] >= p->faults[k].a) {
			link_end(p->link, ends[i].how);
			return true;
		}
	}
	return false;
}

static void nobody_listens(struct pipe *p)
{
	struct pipe *back = &p->link->pipes[!p->dir];

	p->unheard = true;
	lose(p);
	if (back->ended)
		back->broken = true;
	if (back->closed)
		link_end(p->link, RESETTING);
}

/* True: there may be more. */
static bool give(struct pipe *p, uint64_t now)
{
	size_t n = due(p, now);
	ssize_t sent;

	if (n == 0 || p->full_out)
		return false;
	if (counted_end(p))
		return false;
	if (now < p->next_us) {
		wake_at(p, p->next_us);
		return false;
	}
	n = allowed(p, n);
	sent = send(p->link->fd[!p->dir], p->ring + p->head, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0) {
		if (errno == EAGAIN)
			p->full_out = true;
		else if (errno != EINTR)
			nobody_listens(p);
		return errno == EINTR;
	}
	p->out += (uint64_t)sent;
	traffic(p)->out += (uint64_t)sent;
	forget(p, (size_t)sent);
	pace(p, now, (size_t)sent);
	return !counted_end(p) && !held(p);
}

/* What its speaker ended, its listener hears of behind the last byte. */
static void pass_end(struct pipe *p, uint64_t now)
{
	uint64_t at = p->ended_us + (has(p, SLOW_CLOSE) ? p->faults[SLOW_CLOSE].a * 1000 : 0);

	if (!p->ended || p->closed || p->n > 0)
		return;
	if (now < at) {
		wake_at(p, at);
		return;
	}
	if (p->broken) {
		link_end(p->link, RESETTING);
		return;
	}
	p->closed = true;
	shutdown(p->link->fd[!p->dir], SHUT_WR);
	if (p->link->pipes[!p->dir].closed)
		link_close(p->link);
}

static void arm(struct pipe *p, uint64_t now)
{
	uint64_t wait = p->wake_us > now ? p->wake_us - now : 0;

	uv_timer_stop(&p->timer);
	uv_idle_stop(&p->soon);
	if (p->wake_us == UINT64_MAX || p->link->dying == DEAD)
		return;
	if (wait >= 1000) {
		uv_update_time(p->link->proxy->loop); /* its idea of now may be old */
		uv_timer_start(&p->timer, p->timer.timer_cb, wait / 1000, 0);
	} else
		uv_idle_start(&p->soon, p->soon.idle_cb);
}

static void move(struct pipe *p, uint64_t now)
{
	const struct fault *late = &p->faults[TIMEOUT];
	bool more = true;
	unsigned rounds = 0;

	if (late->on) {
		uint64_t at = p->since[TIMEOUT] + late->a * 1000;

		if (now >= at) {
			link_end(p->link, CUTTING);
			return;
		}
		wake_at(p, at);
	}
	while (more && rounds++ < ROUNDS_MAX && p->link->dying == ALIVE) {
		more = fetch(p);
		if (has(p, LOSE) || p->unheard)
			lose(p);
		if (held(p) || p->link->orphan || (p->dir == UP && p->link->connecting))
			return;
		while (p->link->dying == ALIVE && give(p, now))
			more = true;
		more = more && p->n < PIPE_BYTES && !p->full_out && p->wake_us == UINT64_MAX;
	}
	if (p->link->dying == ALIVE)
		pass_end(p, now);
}

void pipe_turn(struct pipe *p)
{
	uint64_t now = now_us();

	p->wake_us = UINT64_MAX;
	move(p, now);
	arm(p, now);
}
