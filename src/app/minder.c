/* SPDX-License-Identifier: MIT */
/* minder.c — start, watch, start again, stop. */
#include "app/minder.h"

#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"

enum {
	USAGE = 2,    /* it told people what is wrong; starting it again changes nothing */
	STOP_MS = 8000,       /* from SIGTERM to SIGKILL */
	FIRST_DELAY_MS = 100, /* before the first restart; doubles */
	WINDOW_US = 60000000,
};

static void on_exit_child(struct wq_child *c, int status);

static void on_line(struct wq_child *c, struct wq_str line)
{
	struct wq_minder *m = WQ_OWNER(c, struct wq_minder, child);

	if (m->on_line)
		m->on_line(m, line);
}

static int start_child(struct wq_minder *m)
{
	m->child.on_line = on_line;
	m->child.keep_fd = m->keep_fd;
	return wq_child_start(&m->child, m->loop, m->argv, on_exit_child);
}

/* How many times it ended within the last minute, this time included. */
static unsigned note_end(struct wq_minder *m, uint64_t now_us)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < m->ends_n; i++)
		if (now_us - m->ends_us[i] < WINDOW_US)
			m->ends_us[kept++] = m->ends_us[i];
	if (kept == WQ_MINDER_RESTARTS_MAX)
		return kept + 1;
	m->ends_us[kept++] = now_us;
	m->ends_n = kept;
	return kept;
}

static void stopped(struct wq_minder *m)
{
	wq_timer_stop(&m->again);
	wq_timer_stop(&m->kill);
	m->on_stopped(m);
}

static void ended_by_itself(struct wq_minder *m, bool refused)
{
	unsigned ends = note_end(m, wq_loop_now_us(m->loop));

	if (refused || ends >= WQ_MINDER_RESTARTS_MAX) {
		wq_error("child_given_up", WQ_S("child", m->name), WQ_U("ends_in_a_minute", ends));
		m->on_given_up(m);
		return;
	}
	wq_timer_start(&m->again, (uint64_t)FIRST_DELAY_MS << (ends - 1));
}

static void on_exit_child(struct wq_child *c, int status)
{
	struct wq_minder *m = WQ_OWNER(c, struct wq_minder, child);
	char text[48];

	wq_child_status_text(status, text);
	if (m->stopping) {
		wq_info("child_stopped", WQ_S("child", m->name), WQ_S("how", text));
		stopped(m);
		return;
	}
	wq_error("child_ended", WQ_S("child", m->name), WQ_S("how", text));
	ended_by_itself(m, WIFEXITED(status) && WEXITSTATUS(status) == USAGE);
}

static void on_again(struct wq_timer *t)
{
	struct wq_minder *m = WQ_OWNER(t, struct wq_minder, again);
	int rc = start_child(m);

	if (rc == 0) {
		wq_info("child_restarted", WQ_S("child", m->name), WQ_I("pid", m->child.pid));
		return;
	}
	wq_error("child_not_started", WQ_S("child", m->name), WQ_S("why", wq_err_text(rc)));
	ended_by_itself(m, false);
}

static void on_kill(struct wq_timer *t)
{
	struct wq_minder *m = WQ_OWNER(t, struct wq_minder, kill);

	wq_warn("child_killed", WQ_S("child", m->name), WQ_I("waited_ms", STOP_MS));
	wq_child_signal(&m->child, SIGKILL);
}

/* Stopped while no child ran: the answer still comes from the loop. */
static void on_nothing_to_stop(struct wq_timer *t)
{
	stopped(WQ_OWNER(t, struct wq_minder, again));
}

int wq_minder_start(struct wq_minder *m, struct wq_loop *l)
{
	int rc;

	m->loop = l;
	m->ends_n = 0;
	m->stopping = false;
	wq_timer_init(&m->again, l, on_again);
	wq_timer_init(&m->kill, l, on_kill);
	rc = start_child(m);
	if (rc == 0)
		wq_info("child_started", WQ_S("child", m->name), WQ_I("pid", m->child.pid));
	return rc;
}

void wq_minder_stop(struct wq_minder *m, void (*on_stopped)(struct wq_minder *m))
{
	WQ_REQUIRE(!m->stopping);
	m->stopping = true;
	m->on_stopped = on_stopped;
	if (m->child.pid == 0) {
		m->again.cb = on_nothing_to_stop;
		wq_timer_start(&m->again, 0);
		return;
	}
	wq_child_signal(&m->child, SIGTERM);
	wq_timer_start(&m->kill, STOP_MS);
}
