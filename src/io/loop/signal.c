/* SPDX-License-Identifier: MIT */
/* signal.c — uv_signal with our callback. */
#include "io/loop/signal.h"

#include <stddef.h>

#include "base/assert.h"
#include "base/err.h"

static void on_signal(uv_signal_t *h, int signum)
{
	struct wq_signal *s = WQ_OWNER(h, struct wq_signal, uv);

	s->cb(s, signum);
}

static void on_close(uv_handle_t *h)
{
	struct wq_signal *s = WQ_OWNER(h, struct wq_signal, uv);

	if (s->on_closed)
		s->on_closed(s);
}

int wq_signal_start(struct wq_signal *s, struct wq_loop *l, int signum,
                    void (*cb)(struct wq_signal *s, int signum))
{
	int rc;

	s->cb = cb;
	s->on_closed = NULL;
	rc = uv_signal_init(wq_loop_uv(l), &s->uv);
	if (rc < 0)
		return WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_signal_init: %s", uv_strerror(rc));
	rc = uv_signal_start(&s->uv, on_signal, signum);
	if (rc < 0) {
		/* Initialised but not started: closing is still needed, and its memory is the owner's, who lives on. */
		uv_close((uv_handle_t *)&s->uv, NULL);
		return WQ_RAISE_MSG(wq_err_from_errno(-rc), "uv_signal_start: %s", uv_strerror(rc));
	}
	return 0;
}

void wq_signal_stop(struct wq_signal *s, void (*on_closed)(struct wq_signal *s))
{
	s->on_closed = on_closed;
	uv_close((uv_handle_t *)&s->uv, on_close);
}
