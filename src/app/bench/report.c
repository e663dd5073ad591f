/* SPDX-License-Identifier: MIT */
/* report.c — to stdout and into files what was asked for, and the exit code. */
#include "app/bench/report.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/bench/goals.h"
#include "app/bench/tell.h"
#include "base/err.h"
#include "base/limits.h"

enum { PLOT_WIDTH_MAX = 100, PLOT_WIDTH_MIN = 20, PLOT_MARGIN = 16, PLOT_HEIGHT = 12, TERMINAL_WIDTH = 80 };

/* False: a sentence was printed. */
static bool write_out(const char *path, const struct wq_buf *text)
{
	FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
	bool fine = f && fwrite(text->p, 1, text->n, f) == text->n;

	if (f && f != stdout && fclose(f) != 0)
		fine = false;
	if (!fine)
		fprintf(stderr, "willaq: %s cannot be written: %s\n", path, strerror(errno));
	return fine;
}

static struct wq_bench_canvas canvas(void)
{
	struct winsize size;
	unsigned width = TERMINAL_WIDTH;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		width = size.ws_col;
	width = width > PLOT_MARGIN + PLOT_WIDTH_MIN ? width - PLOT_MARGIN : PLOT_WIDTH_MIN;
	setlocale(LC_CTYPE, "");
	return (struct wq_bench_canvas){
		.width = width < PLOT_WIDTH_MAX ? width : PLOT_WIDTH_MAX,
		.height = PLOT_HEIGHT,
		.plain = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
	};
}

static bool judge(const struct wq_bench_result *r, const struct wq_bench_common *c)
{
	bool all = true;
	char text[160];

	for (unsigned i = 0; i < c->goals_n; i++) {
		if (wq_bench_goal_met(&c->goals[i], r))
			continue;
		wq_bench_goal_text(&c->goals[i], r, text, sizeof(text));
		fprintf(stderr, "willaq: missed: %s\n", text);
		all = false;
	}
	if (r->outcomes[WQ_BENCH_OK])
		return all;
	fprintf(stderr, "willaq: nothing ended well\n");
	return false;
}

/* What is not for stdout alone does not take the table's place. */
static bool takes_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

enum wq_exit wq_bench_tell(const struct wq_bench_result *r, const struct wq_bench_common *c,
                           const struct wq_bench_subject *s)
{
	struct wq_bench_canvas area = canvas();
	bool fine = true;
	struct wq_buf out;
	int rc = 0;

	wq_buf_init(&out, WQ_BENCH_JSON_MAX_BYTES);
	if (!takes_stdout(c->json) && !takes_stdout(c->csv)) {
		rc = wq_bench_text(&out, r, c, s);
		if (rc == 0 && c->plot)
			rc = wq_bench_plot(&out, r, s, &area);
		fine = rc < 0 || write_out("-", &out);
	}
	if (c->json && rc == 0) {
		wq_buf_clear(&out);
		rc = wq_bench_json(&out, r, c, s);
		fine = (rc < 0 || write_out(c->json, &out)) && fine;
	}
	if (c->csv && rc == 0) {
		wq_buf_clear(&out);
		rc = wq_bench_csv(&out, r, s);
		fine = (rc < 0 || write_out(c->csv, &out)) && fine;
	}
	wq_buf_fini(&out);
	if (rc < 0)
		fprintf(stderr, "willaq: the result cannot be told: %s\n", wq_err_text(rc));
	return judge(r, c) && fine && rc == 0 ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}
