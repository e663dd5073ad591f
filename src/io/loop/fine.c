/* SPDX-License-Identifier: MIT */
/* fine.c — timerfd under uv_poll. */
#include "io/loop/fine.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

struct wq_fine {
	uv_poll_t poll;
	int fd;
	void (*cb)(void *ctx);
	void *ctx;
};

static void on_readable(uv_poll_t *p, int status, int events)
{
	struct wq_fine *f = WQ_OWNER(p, struct wq_fine, poll);
	uint64_t times;

	(void)status;
	(void)events;
	if (read(f->fd, &times, sizeof(times)) == (ssize_t)sizeof(times))
		f->cb(f->ctx); /* otherwise it was moved to later, or stopped, since it fired */
}

static void on_closed(uv_handle_t *h)
{
	struct wq_fine *f = WQ_OWNER(h, struct wq_fine, poll);

	close(f->fd);
	wq_free(f);
}

int wq_fine_create(struct wq_fine **out, struct wq_loop *l, void (*cb)(void *ctx), void *ctx)
{
	struct wq_fine *f = wq_zalloc(sizeof(*f));
	int rc;

	if (!f)
		return WQ_RAISE(WQ_ENOMEM);
	f->cb = cb;
	f->ctx = ctx;
	f->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (f->fd < 0) {
		rc = errno;
		wq_free(f);
		return WQ_RAISE_MSG(wq_err_from_errno(rc), "timerfd_create: %s", strerror(rc));
	}
	rc = uv_poll_init(wq_loop_uv(l), &f->poll, f->fd);
	if (rc < 0) {
		close(f->fd);
		wq_free(f);
		return WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_poll_init: %s", uv_strerror(rc));
	}
	rc = uv_poll_start(&f->poll, UV_READABLE, on_readable);
	if (rc < 0) {
		uv_close((uv_handle_t *)&f->poll, on_closed);
		return WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_poll_start: %s", uv_strerror(rc));
	}
	*out = f;
	return 0;
}

static void set(struct wq_fine *f, uint64_t due_us)
{
	struct itimerspec at = { .it_value = { .tv_sec = (time_t)(due_us / 1000000),
		                               .tv_nsec = (long)(due_us % 1000000) * 1000 } };

	(void)timerfd_settime(f->fd, TFD_TIMER_ABSTIME, &at, NULL); /* fails for impossible times only */
}

void wq_fine_at(struct wq_fine *f, uint64_t due_us)
{
	set(f, due_us ? due_us : 1); /* 0 would stop it */
}

void wq_fine_stop(struct wq_fine *f)
{
	set(f, 0);
}

void wq_fine_destroy(struct wq_fine *f)
{
	if (!f)
		return;
	uv_poll_stop(&f->poll);
	uv_close((uv_handle_t *)&f->poll, on_closed);
}
