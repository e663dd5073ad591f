/* SPDX-License-Identifier: MIT */
/* dead_import.c — `willaq dlq import`: lines of an export are letters again, behind those that are there.
 *
 * A line that is none ends it, so that a file can be mended and its rest brought in; --dry-run reads all of it first.
 */
#include <inttypes.h>
#include <stdio.h>

#include "app/cli/dead.h"
#include "base/err.h"
#include "base/limits.h"
#include "queue/dead_line.h"
#include "store/add.h"

enum { READ_BYTES = 65536 };

struct import {
	struct wq_queue_cli *c;
	FILE *in;
	bool dry;
	uint64_t lines, letters;
	struct wq_buf line, data;
	struct wq_add_item item;
	struct wq_add_outcome outcome;
	struct wq_redis_cmd cmd;
};

static void on_added(struct wq_redis_cmd *cmd, int rc)
{
	struct import *m = WQ_OWNER(cmd, struct import, cmd);

	if (rc == 0)
		rc = wq_add_outcome(cmd, 0, &m->item, &m->outcome);
	wq_session_done(&m->c->session, rc);
}

static const struct wq_add_item *item(void *ctx, size_t i)
{
	(void)i;
	return &((struct import *)ctx)->item;
}

/* False: a sentence was printed. */
static bool add(struct import *m, struct wq_str name)
{
	struct wq_queue_cli *c = m->c;
	int rc;

	m->item = (struct wq_add_item){ .base = wq_ref_base(&c->ref),
		                        .name = name,
		                        .data = wq_buf_str(&m->data),
		                        .opts = wq_str("{\"attempts\":0}") };
	rc = wq_add_start(c->session.redis, &m->cmd, wq_loop_wall_ms(c->session.loop), 1, item, m,
	                  on_added);
	if (!wq_session_wait(&c->session, rc, m->cmd.error))
		return false;
	if (m->outcome.code >= 0)
		return true;
	fprintf(stderr, "willaq: %s\n", wq_add_code_text(m->outcome.code));
	return false;
}

/* The next line into m->line, without its end; false: there is none, or it is too large. */
static bool read_line(struct import *m, int *rc)
{
	static char part[READ_BYTES];

	wq_buf_clear(&m->line);
	*rc = 0;
	while (*rc == 0 && fgets(part, sizeof(part), m->in)) {
		*rc = wq_buf_add_text(&m->line, part);
		if (m->line.n && m->line.p[m->line.n - 1] == '\n') {
			m->line.n--;
			break;
		}
	}
	return *rc == 0 && (m->line.n > 0 || !feof(m->in)) && !ferror(m->in);
}

/* False: a sentence was printed. */
static bool take_line(struct import *m)
{
	struct wq_dead_line d;
	bool ok;
	int rc;

	wq_buf_clear(&m->data);
	rc = wq_dead_line_read(&d, wq_buf_str(&m->line), &m->data);
	if (rc < 0)
		fprintf(stderr, "willaq: line %" PRIu64 ": %s\n", m->lines,
		        d.why ? d.why : wq_err_text(rc));
	ok = rc == 0 && (m->dry || add(m, d.name));
	wq_dead_line_fini(&d);
	m->letters += ok;
	return ok;
}

static bool take_all(struct import *m)
{
	bool ok = true;
	int rc;

	while (ok && read_line(m, &rc)) {
		m->lines++;
		ok = wq_str_trim(wq_buf_str(&m->line)).n == 0 || take_line(m);
	}
	if (ok && rc < 0)
		fprintf(stderr, "willaq: line %" PRIu64 ": %s\n", m->lines + 1, wq_err_text(rc));
	else if (ok && ferror(m->in))
		fprintf(stderr, "willaq: line %" PRIu64 " cannot be read: %m\n", m->lines + 1);
	return ok && rc == 0 && !ferror(m->in);
}

static enum wq_exit tell(struct import *m, bool ok)
{
	struct wq_queue_cli *c = m->c;

	if (!c->json) {
		printf("%" PRIu64 " %s\n", m->letters,
		       m->dry ? "letters would come in" : "letters came in");
		return ok ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_bool(&c->w, "dry_run", m->dry);
	wq_jsonw_put_int(&c->w, "letters", (int64_t)m->letters);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c) == WQ_EXIT_DONE && ok ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}

static enum wq_exit import(struct wq_queue_cli *c)
{
	const char *path = c->args->at[2];
	struct import m = { .c = c, .in = stdin, .dry = wq_queue_cli_flag(c, "dry-run") };
	bool ok;

	if (strcmp(path, "-") != 0)
		m.in = fopen(path, "re");
	if (!m.in) {
		fprintf(stderr, "willaq: %s cannot be read: %m\n", path);
		return WQ_EXIT_FAILED;
	}
	wq_buf_init(&m.line, WQ_DEAD_TEXT_MAX_BYTES);
	wq_buf_init(&m.data, WQ_DEAD_TEXT_MAX_BYTES);
	ok = take_all(&m);
	if (m.in != stdin)
		fclose(m.in);
	wq_buf_fini(&m.line);
	wq_buf_fini(&m.data);
	return tell(&m, ok);
}

const struct wq_queue_action wq_dead_imports[] = {
	{ "import", "QUEUE FILE|- [--dry-run]", 2, 2, import, true },
	{ NULL, NULL, 0, 0, NULL, false },
};
