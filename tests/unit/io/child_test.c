/* SPDX-License-Identifier: MIT */
/* child_test.c — real children: their lines, their ends, and programs that are not there. */
#include <signal.h>
#include <stdlib.h>

#include "base/err.h"
#include "io/loop/child.h"
#include "io/loop/loop.h"
#include "support/test.h"

enum { TURNS_MAX = 1000 };

static struct {
	struct wq_loop *loop;
	struct wq_child child;
	int exits, status;
	char lines[256];
	size_t n;
} w;

static void on_exit_child(struct wq_child *c, int status)
{
	(void)c;
	w.exits++;
	w.status = status;
}

static void on_line(struct wq_child *c, struct wq_str line)
{
	(void)c;
	w.n += (size_t)snprintf(w.lines + w.n, sizeof(w.lines) - w.n, "<%.*s>", WQ_STR_ARG(line));
}

static bool exited(void *ctx)
{
	(void)ctx;
	return w.exits > 0;
}

static int start(const char *program, const char *script)
{
	const char *argv[] = { program, "-c", script, NULL };

	memset(&w, 0, sizeof(w));
	w.child.on_line = on_line;
	WQ_CHECK_INT("loop", wq_loop_create(&w.loop, NULL), 0);
	return wq_child_start(&w.child, w.loop, argv, on_exit_child);
}

static void finish(void)
{
	WQ_CHECK("it ends", wq_loop_run_until(w.loop, exited, NULL, TURNS_MAX));
	WQ_CHECK_INT("once", w.exits, 1);
	wq_loop_destroy(w.loop);
}

WQ_TEST(lines_and_status_arrive)
{
	char text[48];

	WQ_CHECK_INT("start", start("sh", "echo one; echo; echo two; exit 3"), 0);
	WQ_CHECK_INT("nothing yet", w.exits, 0);
	finish();
	WQ_CHECK_STR("lines", w.lines, "<one><><two>");
	wq_child_status_text(w.status, text);
	WQ_CHECK_STR("status", text, "exited with 3");
}

WQ_TEST(a_signal_ends_it)
{
	char text[48];

	WQ_CHECK_INT("start", start("sh", "exec cat /dev/zero > /dev/null"), 0);
	wq_child_signal(&w.child, SIGKILL);
	finish();
	wq_child_status_text(w.status, text);
	WQ_CHECK_STR("status", text, "killed by signal 9");
	wq_child_signal(&w.child, SIGKILL); /* gone: fine */
}

WQ_TEST(a_grandchild_with_our_pipe_does_not_hide_the_end)
{
	WQ_CHECK_INT("start", start("sh", "tail -f /dev/null & echo $!"), 0);
	finish();
	WQ_CHECK("its pid", w.n > 2);
	kill(atoi(w.lines + 1), SIGKILL);
}

WQ_TEST(a_missing_program_is_told_at_once)
{
	WQ_CHECK_INT("start", start("willaq-no-such-program", ""), WQ_ENOENT);
	wq_loop_destroy(w.loop);
}

WQ_TEST_MAIN(WQ_CASE(lines_and_status_arrive), WQ_CASE(a_signal_ends_it),
             WQ_CASE(a_grandchild_with_our_pipe_does_not_hide_the_end),
             WQ_CASE(a_missing_program_is_told_at_once))
