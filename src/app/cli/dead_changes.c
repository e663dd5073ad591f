/* SPDX-License-Identifier: MIT */
/* dead_changes.c — edit, retry, remove; retry and clean of many are dead_many.c. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "app/cli/dead.h"
#include "base/err.h"
#include "base/limits.h"

enum { READ_BYTES = 65536 };

/* False: a sentence was printed. */
static bool read_file(const char *path, struct wq_buf *out)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;
	int rc = 0;

	while (fd >= 0 && rc == 0) {
		rc = wq_buf_reserve(out, READ_BYTES);
		n = rc == 0 ? read(fd, out->p + out->n, READ_BYTES) : -1;
		if (n <= 0)
			break;
		out->n += (size_t)n;
	}
	if (fd > STDIN_FILENO)
		close(fd);
	if (rc < 0)
		fprintf(stderr, "willaq: what %s holds is too large for a job\n", path);
	else if (n < 0)
		fprintf(stderr, "willaq: %s cannot be read: %m\n", path);
	return rc == 0 && n == 0;
}

/* What --data says, JSON; nothing was said: *given stays false.  False: a sentence was printed. */
static bool read_data(struct wq_queue_cli *c, struct wq_buf *out, bool *given)
{
	const char *text = wq_args_option(c->args, "data"), *why = "";
	yyjson_doc *doc;
	bool ok;

	if (!text)
		return true;
	*given = true;
	if (text[0] == '@')
		ok = read_file(text + 1, out);
	else
		ok = wq_buf_add_text(out, text) == 0;
	if (!ok)
		return false;
	doc = wq_json_read(wq_buf_str(out), WQ_JOB_JSON_DEPTH_MAX, &why);
	if (!doc)
		fprintf(stderr, "willaq: the data are not JSON: %s\n", why);
	wq_json_free(doc);
	return doc != NULL;
}

static enum wq_exit tell_changed(struct wq_queue_cli *c)
{
	if (!c->json) {
		puts("1 letter changed");
		return WQ_EXIT_DONE;
	}
	wq_jsonw_raw(&c->w, wq_str("{\"changed\":1}"));
	return wq_queue_cli_print(c);
}

static enum wq_exit edit_as(struct wq_queue_cli *c, struct wq_str data)
{
	struct wq_dead_one one;
	bool ok = wq_dead_cli_one(c, &one, WQ_DEAD_EDIT, data);

	wq_dead_one_fini(&one);
	return ok ? tell_changed(c) : WQ_EXIT_FAILED;
}

static enum wq_exit edit(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_USAGE;
	bool given = false;
	struct wq_buf data;

	wq_buf_init(&data, WQ_DEAD_TEXT_MAX_BYTES);
	if (read_data(c, &data, &given) && !given)
		fprintf(stderr, "willaq: --data is needed: the job's data as they shall be\n");
	else if (given && data.n)
		code = edit_as(c, wq_buf_str(&data));
	wq_buf_fini(&data);
	return code;
}

static enum wq_exit tell_retried(struct wq_queue_cli *c, const struct wq_dead_one *o)
{
	char queue[WQ_GRID_CELL_MAX_BYTES], job[WQ_GRID_CELL_MAX_BYTES];
	struct wq_str home = wq_dead_home(&o->letter, &c->ref);

	if (!c->json) {
		printf("1 letter sent back: job %s of %s\n",
		       wq_grid_clean(o->ran_as, job, sizeof(job)),
		       wq_grid_clean(home, queue, sizeof(queue)));
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "changed", 1);
	wq_jsonw_put_str(&c->w, "queue", home);
	wq_jsonw_put_str(&c->w, "job_id", o->ran_as);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c);
}

static enum wq_exit retry_one(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_USAGE;
	bool given = false;
	struct wq_dead_one one = { .code = 0 };
	struct wq_buf data;

	wq_buf_init(&data, WQ_DEAD_TEXT_MAX_BYTES);
	if (read_data(c, &data, &given)) {
		bool ok = wq_dead_cli_one(c, &one, WQ_DEAD_SEND,
		                          given ? wq_buf_str(&data) : wq_strn(NULL, 0));

		code = ok ? tell_retried(c, &one) : WQ_EXIT_FAILED;
	}
	wq_dead_one_fini(&one);
	wq_buf_fini(&data);
	return code;
}

/* Flags that mean many letters, beside an id; false: a sentence was printed. */
static bool is_alone(const struct wq_queue_cli *c)
{
	static const char *const many[] = { "error", "name", "account", "since",  "until",
		                            "all",   "rate", "dry-run", "limit", "from" };

	for (size_t i = 0; i < WQ_COUNT(many); i++) {
		if (!wq_args_option(c->args, many[i]))
			continue;
		fprintf(stderr, "willaq: --%s is for many letters: leave it out, or the id\n",
		        many[i]);
		return false;
	}
	return true;
}

static enum wq_exit retry(struct wq_queue_cli *c)
{
	if (c->args->count > 2)
		return is_alone(c) ? retry_one(c) : WQ_EXIT_USAGE;
	if (!wq_args_option(c->args, "data"))
		return wq_dead_cli_many(c, WQ_DEAD_RETRY);
	fprintf(stderr, "willaq: --data is for one letter: name its id\n");
	return WQ_EXIT_USAGE;
}

static enum wq_exit clean(struct wq_queue_cli *c)
{
	return wq_dead_cli_many(c, WQ_DEAD_REMOVE);
}

static enum wq_exit remove_one(struct wq_queue_cli *c)
{
	if (!wq_queue_cli_confirmed(c, "the letter"))
		return WQ_EXIT_USAGE;
	if (!wq_queue_cli_changed(c, wq_inspect_remove(&c->inspect, c->id, false)))
		return WQ_EXIT_FAILED;
	if (c->inspect.n == 0) {
		fprintf(stderr, "willaq: %s\n", wq_dead_code_text(WQ_DEAD_MISSING));
		return WQ_EXIT_FAILED;
	}
	if (!c->json)
		puts("1 letter deleted");
	else
		wq_jsonw_raw(&c->w, wq_str("{\"changed\":1}"));
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

#define MANY "--error TEXT|--name NAME|--account ID|--since WHEN|--until WHEN|--all [--rate N] [--dry-run|--yes]"

const struct wq_queue_action wq_dead_changes[] = {
	{ "edit", "QUEUE ID --data JSON|@FILE", 2, 2, edit, true },
	{ "retry", "QUEUE ID [--data JSON|@FILE], or QUEUE " MANY, 1, 2, retry, true },
	{ "remove", "QUEUE ID --yes", 2, 2, remove_one, true },
	{ "clean", "QUEUE " MANY, 1, 1, clean, true },
	{ NULL, NULL, 0, 0, NULL, false },
};
