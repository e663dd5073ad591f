/* SPDX-License-Identifier: MIT */
/* child.c — fork, exec, read its lines, reap it.
 *
 * Not uv_spawn: it cannot tie the child's life to ours (PR_SET_PDEATHSIG).  fork is safe here, for there is one thread.
 */
#include "io/loop/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/err.h"

/* In the child: never returns.  Tells errno through `report` when exec fails. */
static _Noreturn void become(const char *const argv[], int out_fd, int keep_fd, int report,
                             pid_t parent)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;
	int err;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL); /* what we ignore would stay ignored across exec */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) /* it died before the line above */
		_exit(127);
	if (null >= 0 && dup2(null, 0) >= 0 && dup2(out_fd >= 0 ? out_fd : null, 1) >= 0) {
		close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
		if (keep_fd > 2)
			fcntl(keep_fd, F_SETFD, 0);
		execvp(argv[0], (char *const *)(uintptr_t)argv); /* exec only reads them */
	}
	err = errno;
	if (write(report, &err, sizeof(err)) != (ssize_t)sizeof(err))
		_exit(126);
	_exit(127);
}

/* The errno with which exec failed, 0 if it went well: the pipe closes by itself at exec. */
static int wait_for_exec(int report)
{
	ssize_t n;
	int err;

	do
		n = read(report, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(err) ? err : 0;
}

static void finished(struct wq_child *c)
{
	if (--c->open == 0) {
		c->pid = 0;
		c->on_exit(c, c->status);
	}
}

static void on_reaper_closed(struct wq_signal *s)
{
	finished(WQ_OWNER(s, struct wq_child, reaper));
}

static void on_out_closed(uv_handle_t *h)
{
	struct wq_child *c = WQ_OWNER(h, struct wq_child, out);

	close(c->out_fd);
	c->out_fd = -1;
	finished(c);
}

static void take(struct wq_child *c, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			c->on_line(c, wq_strn(c->line, c->line_n));
			c->line_n = 0;
		} else if (c->line_n < sizeof(c->line)) {
			c->line[c->line_n++] = p[i];
		}
	}
}

static void on_readable(uv_poll_t *h, int status, int events)
{
	struct wq_child *c = WQ_OWNER(h, struct wq_child, out);
	char bytes[4096];
	ssize_t n;

	(void)events;
	n = status < 0 ? 0 : read(c->out_fd, bytes, sizeof(bytes));
	if (n > 0)
		take(c, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		uv_close((uv_handle_t *)h, on_out_closed);
}

/* A grandchild may hold the other end for ever: what is there now is all we wait for. */
static void end_output(struct wq_child *c)
{
	if (c->out_fd < 0 || uv_is_closing((uv_handle_t *)&c->out))
		return;
	on_readable(&c->out, 0, UV_READABLE);
	if (!uv_is_closing((uv_handle_t *)&c->out))
		uv_close((uv_handle_t *)&c->out, on_out_closed);
}

static void reap(struct wq_child *c)
{
	if (c->reaped || waitpid(c->pid, &c->status, WNOHANG) != c->pid)
		return;
	c->reaped = true;
	wq_post_cancel(&c->first_look);
	end_output(c);
	wq_signal_stop(&c->reaper, on_reaper_closed);
}

static void on_sigchld(struct wq_signal *s, int signum)
{
	(void)signum;
	reap(WQ_OWNER(s, struct wq_child, reaper));
}

static void on_first_look(struct wq_post *p)
{
	reap(WQ_OWNER(p, struct wq_child, first_look));
}

static int open_pipes(int report[2], int out[2], bool want_out)
{
	int rc;

	if (pipe2(report, O_CLOEXEC) < 0)
		return WQ_RAISE(wq_err_from_errno(errno));
	out[0] = out[1] = -1;
	if (want_out && pipe2(out, O_CLOEXEC) < 0) {
		rc = WQ_RAISE(wq_err_from_errno(errno));
		close(report[0]);
		close(report[1]);
		return rc;
	}
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static int spawn(struct wq_child *c, const char *const argv[], int report[2], int out[2])
{
	pid_t parent = getpid();
	int err;

	c->pid = fork();
	if (c->pid == 0)
		become(argv, out[1], c->keep_fd, report[1], parent);
	err = c->pid < 0 ? errno : 0;
	close_fd(report[1]);
	close_fd(out[1]);
	if (err == 0)
		err = wait_for_exec(report[0]);
	close_fd(report[0]);
	if (err == 0)
		return 0;
	close_fd(out[0]);
	if (c->pid > 0)
		waitpid(c->pid, NULL, 0);
	c->pid = 0;
	return wq_err_from_errno(err);
}

static void watch_output(struct wq_child *c, struct wq_loop *l, int fd)
{
	c->out_fd = fd;
	if (fd < 0)
		return;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	WQ_REQUIRE(uv_poll_init(wq_loop_uv(l), &c->out, fd) ==
	           0); /* a fresh pipe can always be polled */
	uv_poll_start(&c->out, UV_READABLE, on_readable);
	c->open++;
}

int wq_child_start(struct wq_child *c, struct wq_loop *l, const char *const argv[],
                   void (*on_exit)(struct wq_child *c, int status))
{
	int report[2] = { -1, -1 }, out[2] = { -1, -1 }, rc;

	c->on_exit = on_exit;
	c->line_n = 0;
	c->open = 1;
	c->reaped = false;
	rc = open_pipes(report, out, c->on_line != NULL);
	if (rc < 0)
		return rc;
	rc = spawn(c, argv, report, out);
	if (rc < 0)
		return rc;
	rc = wq_signal_start(&c->reaper, l, SIGCHLD, on_sigchld);
	if (rc < 0) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
		c->pid = 0;
		close_fd(out[0]);
		return rc;
	}
	watch_output(c, l, out[0]);
	wq_post_init(&c->first_look, l, on_first_look);
	wq_post_send(&c->first_look); /* it may have ended before SIGCHLD was watched */
	return 0;
}

void wq_child_signal(struct wq_child *c, int signum)
{
	if (c->pid > 0 && !c->reaped)
		kill(c->pid, signum);
}

void wq_child_status_text(int status, char out[48])
{
	if (WIFSIGNALED(status))
		snprintf(out, 48, "killed by signal %d", WTERMSIG(status));
	else
		snprintf(out, 48, "exited with %d", WEXITSTATUS(status));
}
