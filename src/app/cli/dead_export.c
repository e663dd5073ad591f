/* SPDX-License-Identifier: MIT */
/* dead_export.c — `willaq dlq export`: row by row to stdout, or to a file that has its name when it is whole. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "app/api/dead_format.h"
#include "app/cli/dead.h"
#include "base/err.h"
#include "base/limits.h"

enum { PATH_MAX_BYTES = 4096 };

struct export {
	struct wq_dead_walk walk;
	enum wq_dead_format format;
	FILE *out;
	struct wq_buf row;
	int rc; /* of making a row */
};

/* False: it could not be written, errno tells. */
static bool put(struct export *e)
{
	bool ok;

	if (e->format == WQ_DEAD_JSONL)
		ok = wq_grid_json(e->out, wq_buf_str(&e->row));
	else
		ok = fwrite(e->row.p, 1, e->row.n, e->out) == e->row.n;
	wq_buf_clear(&e->row);
	return ok;
}

static enum wq_dead_wish write_letter(struct wq_dead_walk *w, const struct wq_dead_letter *l)
{
	struct export *e = WQ_OWNER(w, struct export, walk);
	struct wq_queue_cli *c = w->user;

	e->rc = wq_dead_format_add(&e->row, e->format, l, &c->ref);
	if (e->rc < 0 || !put(e))
		return WQ_DEAD_ENOUGH;
	return WQ_DEAD_LEAVE;
}

/* False: a sentence was printed. */
static bool write_all(struct wq_queue_cli *c, struct export *e, const char *path)
{
	bool ok;

	e->walk.on_letter = write_letter;
	ok = wq_dead_format_head(&e->row, e->format) == 0 && (e->row.n == 0 || put(e));
	ok = ok && wq_dead_cli_walk(c, &e->walk);
	if (e->rc < 0) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(e->rc));
		return false;
	}
	if (fflush(e->out) == 0 && !ferror(e->out))
		return ok;
	fprintf(stderr, "willaq: %s cannot be written: %m\n", path);
	return false;
}

/* What was left out makes it a failure. */
static enum wq_exit tell(const struct export *e)
{
	if (!e->walk.unread)
		return WQ_EXIT_DONE;
	fprintf(stderr, "willaq: %" PRIu64 " letters are too large to be read: left out\n",
	        e->walk.unread);
	return WQ_EXIT_FAILED;
}

static enum wq_exit into_file(struct wq_queue_cli *c, struct export *e, const char *path)
{
	char part[PATH_MAX_BYTES];
	bool ok;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part)) {
		fprintf(stderr, "willaq: the name of the file is too long\n");
		return WQ_EXIT_USAGE;
	}
	e->out = fopen(part, "we");
	if (!e->out) {
		fprintf(stderr, "willaq: %s cannot be written: %m\n", part);
		return WQ_EXIT_FAILED;
	}
	ok = write_all(c, e, part);
	if (fclose(e->out) != 0 && ok) {
		fprintf(stderr, "willaq: %s cannot be written: %m\n", part);
		ok = false;
	}
	if (ok && rename(part, path) != 0) {
		fprintf(stderr, "willaq: %s cannot be written: %m\n", path);
		ok = false;
	}
	if (!ok)
		unlink(part);
	if (ok)
		fprintf(stderr, "%" PRIu64 " %s in %s\n", e->walk.matched,
		        e->walk.matched == 1 ? "letter" : "letters", path);
	return ok ? tell(e) : WQ_EXIT_FAILED;
}

static enum wq_exit export(struct wq_queue_cli *c) {
	const char *format = wq_args_option(c->args, "format"),
	*path = wq_args_option(c->args, "out");
	struct export e = { .format = WQ_DEAD_JSONL, .out = stdout };
	enum wq_exit code = WQ_EXIT_FAILED;

	if (!wq_dead_cli_filter(c, &e.walk.filter)) return WQ_EXIT_USAGE;
	if (format) e.format = wq_dead_format_find(wq_str(format));
	if (e.format == WQ_DEAD_FORMATS){
		fprintf(stderr, "willaq: --format takes jsonl or csv, not \"%s\"\n", format);
		return WQ_EXIT_USAGE; }
wq_buf_init(&e.row, WQ_API_ANSWER_MAX_BYTES);
if (path)
	code = into_file(c, &e, path);
else if (write_all(c, &e, "stdout"))
	code = WQ_EXIT_DONE;
wq_buf_fini(&e.row);
return code;
}

const struct wq_queue_action wq_dead_exports[] = {
	{ "export", "QUEUE [--format jsonl|csv] [--out FILE] [--error TEXT …]", 1, 1, export, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
