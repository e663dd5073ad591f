/* SPDX-License-Identifier: MIT */
/* supervisor.c — starts itself N times with the same arguments, restarts who falls, stops all when asked. */
#include "app/supervisor.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "app/minder.h"
#include "app/process.h"
#include "app/settings/settings.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "io/loop/signal.h"

struct supervisor {
	struct wq_loop *loop;
	struct wq_minder *minders; /* owned; count of them */
	unsigned count, started, open; /* open: started and not stopped yet */
	struct wq_signal on_int, on_term;
	char self[PATH_MAX];
	char told[512]; /* listeners that were printed already, a line each */
	enum wq_exit exit_code;
	bool stopping;
};

static void on_stopped(struct wq_minder *m)
{
	struct supervisor *v = m->ctx;

	if (--v->open == 0)
		wq_loop_stop(v->loop);
}

static void stop_all(struct supervisor *v, enum wq_exit exit_code)
{
	if (v->stopping)
		return;
	v->stopping = true;
	v->exit_code = exit_code;
	v->open = v->started;
	for (unsigned i = 0; i < v->started; i++)
		wq_minder_stop(&v->minders[i], on_stopped);
}

static void on_signal(struct supervisor *v, int signum)
{
	if (v->stopping)
		_exit(128 + signum); /* asked twice; the children end with us */
	wq_info("stopping", WQ_I("signal", signum));
	stop_all(v, WQ_EXIT_DONE);
}

static void on_int(struct wq_signal *s, int signum)
{
	on_signal(WQ_OWNER(s, struct supervisor, on_int), signum);
}

static void on_term(struct wq_signal *s, int signum)
{
	on_signal(WQ_OWNER(s, struct supervisor, on_term), signum);
}

static void on_given_up(struct wq_minder *m)
{
	stop_all(m->ctx, WQ_EXIT_FAILED);
}

/* All of them listen on the same addresses: each is told once. */
static void on_line(struct wq_minder *m, struct wq_str line)
{
	struct supervisor *v = m->ctx;
	char text[256];
	size_t room = sizeof(v->told) - strlen(v->told);

	snprintf(text, sizeof(text), "%.*s\n", WQ_STR_ARG(line));
	if (strstr(v->told, text) || strlen(text) >= room)
		return;
	memcpy(v->told + strlen(v->told), text, strlen(text) + 1);
	fputs(text, stdout);
	fflush(stdout);
}

/* willaq serve <what we were given> --processes 1 --reuse-port */
static bool fill_argv(struct supervisor *v, struct wq_minder *m, const struct wq_settings *s)
{
	unsigned n = 0;

	if (s->argc + 5 > WQ_MINDER_ARGS_MAX) {
		fprintf(stderr,
		        "willaq: too many arguments for --processes: put some into a .env file\n");
		return false;
	}
	m->argv[n++] = v->self;
	m->argv[n++] = "serve";
	for (int i = 0; i < s->argc; i++)
		m->argv[n++] = s->argv[i];
	m->argv[n++] = "--processes=1";
	m->argv[n++] = "--reuse-port";
	return true;
}

static bool start_all(struct supervisor *v, const struct wq_settings *s)
{
	for (; v->started < v->count; v->started++) {
		struct wq_minder *m = &v->minders[v->started];
		int rc;

		*m = (struct wq_minder){ .name = "serve", .keep_fd = -1, .ctx = v };
		m->on_line = on_line;
		m->on_given_up = on_given_up;
		if (!fill_argv(v, m, s))
			return false;
		rc = wq_minder_start(m, v->loop);
		if (rc < 0) {
			fprintf(stderr, "willaq: a process could not be started: %s\n",
			        wq_err_text(rc));
			return false;
		}
	}
	return true;
}

static enum wq_exit run(struct supervisor *v, const struct wq_settings *s)
{
	if (wq_signal_start(&v->on_int, v->loop, SIGINT, on_int) < 0)
		return WQ_EXIT_FAILED;
	if (wq_signal_start(&v->on_term, v->loop, SIGTERM, on_term) < 0) {
		wq_signal_stop(&v->on_int, NULL);
		return WQ_EXIT_FAILED;
	}
	if (!start_all(v, s))
		stop_all(v, WQ_EXIT_FAILED);
	if (!v->stopping || v->open > 0)
		wq_loop_run(v->loop);
	wq_signal_stop(&v->on_int, NULL);
	wq_signal_stop(&v->on_term, NULL);
	return v->exit_code;
}

enum wq_exit wq_supervisor_run(const struct wq_settings *s)
{
	struct supervisor v = { .count = (unsigned)wq_settings_int(s, WQ_SET_PROCESSES) };
	enum wq_exit code = WQ_EXIT_FAILED;

	wq_process_prepare(s, "supervisor");
	if (wq_settings_int(s, WQ_SET_PORT) == 0) {
		fprintf(stderr,
		        "willaq: --processes needs a --port that all of them can share, not 0\n");
		return WQ_EXIT_USAGE;
	}
	if (wq_settings_given(s, WQ_SET_UNIX_SOCKET)) {
		fprintf(stderr,
		        "willaq: a --unix-socket belongs to one process: leave out it or --processes\n");
		return WQ_EXIT_USAGE;
	}
	if (readlink("/proc/self/exe", v.self, sizeof(v.self) - 1) < 0)
		return WQ_EXIT_FAILED;
	v.minders = wq_calloc(v.count, sizeof(*v.minders));
	if (!v.minders) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return WQ_EXIT_FAILED;
	}
	if (wq_loop_create(&v.loop, NULL) == 0)
		code = run(&v, s);
	wq_loop_destroy(v.loop);
	wq_free(v.minders);
	return code;
}
