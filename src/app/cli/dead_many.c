/* SPDX-License-Identifier: MIT */
/* dead_many.c — many letters: counted first, then asked about, then done at a rate.
 *
 *   look ──► tell ──► ask ──► walk ──► tell
 *     └─ --yes: not looked at beforehand   └─ Ctrl-C: ends behind the letter in flight
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "app/cli/dead.h"
#include "io/loop/signal.h"

enum { SAMPLES = 5, PROGRESS_MS = 200, RATE_MAX = 100000 };

struct many {
	struct wq_queue_cli *c;
	struct wq_dead_walk walk;
	enum wq_dead_wish wish;
	uint64_t rate, samples;
	struct wq_grid grid;
	int64_t told_ms; /* when progress was shown last */
	struct wq_signal on_int;
	bool stopped;
};

static const char *verb(const struct many *m)
{
	return m->wish == WQ_DEAD_RETRY ? "sent back" : "deleted";
}

static const char *letters(uint64_t n)
{
	return n == 1 ? "letter" : "letters";
}

/* what it would be */

static enum wq_dead_wish sample(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	struct many *m = WQ_OWNER(w, struct many, walk);
	struct wq_queue_cli *c = m->c;

	if (m->samples++ >= SAMPLES)
		return WQ_DEAD_LEAVE;
	if (c->json)
		wq_view_letter(&c->w, l, &c->ref, WQ_DEAD_ROW);
	else
		wq_dead_cli_row(&m->grid, l);
	return WQ_DEAD_LEAVE;
}

static void tell_plan(const struct many *m, FILE *out)
{
	fprintf(out, "%" PRIu64 " of %" PRIu64 " %s would be %s", m->walk.matched, m->walk.total,
	        letters(m->walk.total), verb(m));
	if (m->rate)
		fprintf(out, ", %" PRIu64 " a second", m->rate);
	if (m->walk.unread)
		fprintf(out, "; %" PRIu64 " are too large to be looked into", m->walk.unread);
	fputc('\n', out);
	fflush(out);
}

/* Counts, and shows some; false: a sentence was printed. */
static bool plan(struct many *m)
{
	struct wq_queue_cli *c = m->c;
	bool ok;

	wq_dead_cli_grid(&m->grid);
	wq_jsonw_object(&c->w);
	wq_jsonw_put_bool(&c->w, "dry_run", true);
	wq_jsonw_key(&c->w, "samples");
	wq_jsonw_array(&c->w);
	m->walk.on_letter = sample;
	ok = wq_dead_cli_walk(c, &m->walk);
	wq_jsonw_array_end(&c->w);
	wq_view_dead_counts(&c->w, &m->walk);
	wq_jsonw_object_end(&c->w);
	if (ok && !c->json && m->samples)
		(void)wq_grid_print(&m->grid);
	if (ok && !c->json && m->samples > SAMPLES)
		puts("…");
	fflush(stdout);
	wq_grid_fini(&m->grid);
	return ok;
}

/* On a terminal people are asked, elsewhere --yes is needed.  DONE: go on. */
static enum wq_exit ask(const struct many *m)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		fprintf(stderr, "willaq: say --yes to do it\n");
		return WQ_EXIT_USAGE;
	}
	fprintf(stderr, "%s [y/N] ", m->wish == WQ_DEAD_RETRY ? "Send them back?" : "Delete them?");
	if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return WQ_EXIT_DONE;
	fprintf(stderr, "nothing was done\n");
	return WQ_EXIT_FAILED;
}

/* doing it */

static void show_progress(struct many *m)
{
	int64_t now = wq_loop_wall_ms(m->c->session.loop);

	if (m->c->json || !isatty(STDERR_FILENO) || now - m->told_ms < PROGRESS_MS)
		return;
	m->told_ms = now;
	fprintf(stderr, "\r%" PRIu64 " %s, %" PRIu64 " of %" PRIu64 " looked at \033[K",
	        m->walk.done, verb(m), m->walk.seen, m->walk.total);
}

static enum wq_dead_wish act(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	struct many *m = WQ_OWNER(w, struct many, walk);

	show_progress(m);
	return m->wish;
}

static void on_int(struct wq_signal *s, int signum)
{
	struct many *m = WQ_OWNER(s, struct many, on_int);

	m->stopped = true;
	wq_dead_walk_stop(&m->walk);
}

static void on_int_closed(struct wq_signal *s)
{
	wq_session_done(&WQ_OWNER(s, struct many, on_int)->c->session, 0);
}

static bool carry_out(struct many *m)
{
	struct wq_session *s = &m->c->session;
	bool watched = wq_signal_start(&m->on_int, s->loop, SIGINT, on_int) == 0, ok;

	m->walk.on_letter = act;
	m->walk.per_second = (uint32_t)m->rate;
	ok = wq_dead_cli_walk(m->c, &m->walk);
	if (watched) {
		wq_signal_stop(&m->on_int, on_int_closed);
		(void)wq_session_run(s, 0);
	}
	if (m->told_ms)
		fputs("\r\033[K", stderr);
	return ok;
}

static enum wq_exit tell_done(struct many *m, bool ok)
{
	const struct wq_dead_walk *w = &m->walk;
	struct wq_queue_cli *c = m->c;
	bool failed = !ok || (w->matched > 0 && w->done == 0);

	if (!c->json) {
		printf("%" PRIu64 " %s %s", w->done, letters(w->done), verb(m));
		if (w->missed)
			printf(", %" PRIu64 " missed: gone, changed, or being worked", w->missed);
		puts(m->stopped ? "; stopped" : "");
		return failed ? WQ_EXIT_FAILED : WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "done", (int64_t)w->done);
	wq_jsonw_put_int(&c->w, "missed", (int64_t)w->missed);
	wq_view_dead_counts(&c->w, w);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c) == WQ_EXIT_DONE && !failed ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}

/* A filter was named, or --all was, and not both; false: a sentence was printed. */
static bool is_meant(const struct wq_queue_cli *c, const struct wq_dead_filter *f)
{
	bool all = wq_queue_cli_flag(c, "all"), any = !wq_dead_filter_is_empty(f);

	if (all != any)
		return true;
	fprintf(stderr,
	        all ? "willaq: --all means letters of any kind: leave it out, or the filter\n"
	            : "willaq: which letters? Name an id, a filter (--error, --name, --account, --since, "
	              "--until), or --all\n");
	return false;
}

static enum wq_exit perform(struct many *m)
{
	struct wq_queue_cli *c = m->c;
	bool dry = wq_queue_cli_flag(c, "dry-run");
	struct wq_dead_filter filter = m->walk.filter;
	enum wq_exit code;

	if (dry || !wq_queue_cli_flag(c, "yes")) {
		if (!plan(m))
			return WQ_EXIT_FAILED;
		if (c->json && (dry || m->walk.matched == 0))
			return wq_queue_cli_print(c);
		tell_plan(m, dry || m->walk.matched == 0 ? stdout : stderr);
		if (dry || m->walk.matched == 0)
			return WQ_EXIT_DONE;
		code = ask(m);
		if (code != WQ_EXIT_DONE)
			return code;
		wq_buf_clear(&c->out);
		wq_jsonw_begin(&c->w, &c->out);
	}
	m->walk = (struct wq_dead_walk){ .filter = filter };
	return tell_done(m, carry_out(m));
}

enum wq_exit wq_dead_cli_many(struct wq_queue_cli *c, enum wq_dead_wish wish)
{
	struct many m = { .c = c, .wish = wish };

	if (!wq_dead_cli_filter(c, &m.walk.filter) || !is_meant(c, &m.walk.filter) ||
	    !wq_queue_cli_count(c, "rate", RATE_MAX, &m.rate))
		return WQ_EXIT_USAGE;
	return perform(&m);
}
