/* SPDX-License-Identifier: MIT */
/* post.c — the driver between the runner and the load client.
 *
 *   open the connections ──► run ──► close ──► tell
 *        └─ none came about: a sentence, exit 1
 */
#include "app/bench/post.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/process.h"
#include "app/settings/file.h"
#include "app/settings/value.h"
#include "base/alloc.h"
#include "base/err.h"

enum { TIMEOUT_MS = 30000, OTHER_FILES = 32, REASONS_MAX = 4, REASON_MAX_BYTES = 96, SECRET_MAX_BYTES = 1024 };

struct post {
	const struct wq_bench_post *p;
	struct wq_loop *loop;
	struct wq_load *load;
	struct wq_bench *bench;
	struct wq_bench_op *ops; /* by connection */
	struct wq_buf head, body;
	uint64_t timeout_us;
	int rc; /* of opening */
	char why[160];
	bool running;
	struct {
		char why[REASON_MAX_BYTES];
		uint64_t n;
	} reasons[REASONS_MAX]; /* why requests had no answer */
};

/* Why requests were lost, for people: the first few reasons by name. */
static void count_reason(struct post *t, const char *why)
{
	for (unsigned i = 0; i < REASONS_MAX; i++) {
		if (t->reasons[i].n == 0)
			(void)snprintf(t->reasons[i].why, sizeof(t->reasons[i].why), "%s", why);
		if (i == REASONS_MAX - 1 ||
		    strncmp(t->reasons[i].why, why, REASON_MAX_BYTES - 1) == 0) {
			t->reasons[i].n++;
			return;
		}
	}
}

static void on_answer(void *ctx, struct wq_load_call *call, int rc)
{
	struct post *t = ctx;
	const struct wq_bench_op op = t->ops[call->at];
	bool counts = wq_bench_measures(t->bench, &op);
	enum wq_bench_outcome o = WQ_BENCH_LOST;
	int status = call->status;

	if (rc == WQ_ECANCELED && wq_bench_now_us() - op.begun_us < t->p->common->drain_us)
		return; /* cut short by somebody: it stays unanswered */
	if (rc == 0)
		o = t->p->judge(t->p->ctx, counts, call, &status);
	else if (rc == WQ_ETIMEDOUT || rc == WQ_ECANCELED)
		o = WQ_BENCH_LATE;
	if (o == WQ_BENCH_LOST && counts)
		count_reason(t, call->why);
	wq_bench_ended(t->bench, &op, o, status);
}

static void on_free(void *ctx)
{
	struct post *t = ctx;

	if (t->bench)
		wq_bench_free(t->bench);
}

static bool begin(void *ctx, struct wq_bench_op op)
{
	struct post *t = ctx;
	struct wq_load_call *call = wq_load_next(t->load);
	int rc;

	if (!call)
		return false;
	wq_buf_clear(&t->head);
	wq_buf_clear(&t->body);
	t->ops[call->at] = op;
	rc = t->p->write(t->p->ctx, wq_bench_measures(t->bench, &op), &t->head, &t->body);
	if (rc == 0)
		rc = wq_load_start(call, wq_buf_str(&t->head), wq_buf_str(&t->body));
	if (rc < 0) {
		if (wq_bench_measures(t->bench, &op))
			count_reason(t, wq_err_text(rc));
		wq_bench_ended(t->bench, &op, WQ_BENCH_LOST, 0);
	}
	return true;
}

static void on_close(void *ctx)
{
	struct post *t = ctx;

	wq_load_close(t->load);
}

static void on_closed(void *ctx)
{
	struct post *t = ctx;

	t->load = NULL;
	if (t->running)
		wq_bench_closed(t->bench);
	else
		wq_loop_stop(t->loop);
}

static void on_open(void *ctx, int rc, const char *why)
{
	struct post *t = ctx;

	t->rc = rc;
	(void)snprintf(t->why, sizeof(t->why), "%s", why);
	wq_loop_stop(t->loop);
}

static void say(const struct post *t, const char *before, const char *after)
{
	struct wq_buf url;

	wq_buf_init(&url, 512);
	if (wq_value_add_url(wq_str(t->p->url), &url) < 0)
		wq_buf_clear(&url);
	fprintf(stderr, "willaq: %s%.*s%s\n", before, WQ_STR_ARG(wq_buf_str(&url)), after);
	wq_buf_fini(&url);
}

static enum wq_exit refused(const struct post *t)
{
	char after[320];

	if (t->rc == WQ_ETLS)
		(void)snprintf(
			after, sizeof(after),
			": no secure connection: %s; --ca-file names who signed its certificate, --insecure takes any",
			t->why);
	else if (t->rc == WQ_ECONNECT)
		(void)snprintf(after, sizeof(after), ": %s; is it running?", t->why);
	else
		(void)snprintf(after, sizeof(after), ": %s", t->why);
	say(t, "no connection to ", after);
	return WQ_EXIT_FAILED;
}

/* WQ_EXIT_DONE: all connections were tried, and t->rc tells how that went. */
static enum wq_exit open_load(struct post *t)
{
	const struct wq_bench_post *p = t->p;
	const char *why = NULL, *ca = wq_args_option(p->args, "ca-file");
	struct wq_load_opts o = { .url = p->url,
		                  .fields = p->fields,
		                  .fields_n = p->fields_n,
		                  .connections = p->common->at_once,
		                  .timeout_ms = t->timeout_us / 1000,
		                  .keep_bytes = p->keep_bytes,
		                  .ca_file = ca && *ca ? ca : NULL,
		                  .insecure = wq_args_option(p->args, "insecure"),
		                  .on_open = on_open,
		                  .on_answer = on_answer,
		                  .on_free = on_free,
		                  .on_closed = on_closed,
		                  .ctx = t };
	int rc = wq_load_create(&t->load, t->loop, &o, &why);
	char after[200];

	if (rc == 0) {
		wq_loop_run(t->loop);
		return WQ_EXIT_DONE;
	}
	t->load = NULL;
	(void)snprintf(after, sizeof(after), " cannot be posted to: %s",
	               why ? why : wq_err_text(rc));
	say(t, "", after);
	return rc == WQ_EINVAL || rc == WQ_ETOOBIG ? WQ_EXIT_USAGE : WQ_EXIT_FAILED;
}

static void add_facts(struct post *t)
{
	struct wq_bench_subject *s = t->p->subject;

	if (t->p->facts)
		t->p->facts(t->p->ctx, s);
	for (unsigned i = 0; i < REASONS_MAX; i++)
		if (t->reasons[i].n)
			wq_bench_note(s, "%" PRIu64 " without an answer: %s", t->reasons[i].n,
			              t->reasons[i].why);
}

static enum wq_exit run(struct post *t)
{
	const struct wq_bench_driver driver = { .begin = begin, .close = on_close, .ctx = t };
	struct wq_bench_opts o = wq_bench_common_opts(t->p->common, t->loop, t->p->subject->unit);
	enum wq_exit code;

	if (wq_bench_create(&t->bench, &o, &driver) < 0)
		return WQ_EXIT_FAILED;
	if (*t->why)
		wq_bench_note(t->p->subject,
		              "some connections did not come about in the beginning: %s", t->why);
	t->running = true;
	wq_bench_run(t->bench);
	t->running = false;
	add_facts(t);
	code = wq_bench_tell(wq_bench_result(t->bench), t->p->common, t->p->subject);
	wq_bench_destroy(t->bench);
	return code;
}

static bool read_timeout(struct post *t)
{
	t->timeout_us = (uint64_t)TIMEOUT_MS * 1000;
	if (!wq_bench_read_us(t->p->args, "timeout", WQ_BENCH_DURATION_MAX_MS * 1000ull,
	                      &t->timeout_us))
		return false;
	if (t->timeout_us >= 1000)
		return true;
	fprintf(stderr, "willaq: --timeout takes a time above 0\n");
	return false;
}

static enum wq_exit run_all(struct post *t)
{
	enum wq_exit code = open_load(t);

	if (code != WQ_EXIT_DONE)
		return code;
	code = t->rc < 0 ? refused(t) : run(t);
	if (t->load) {
		wq_load_close(t->load);
		wq_loop_run(t->loop);
	}
	return code;
}

static bool has_room_for(uint32_t connections)
{
	uint64_t files;

	if (connections > WQ_LOAD_CONNECTIONS_MAX) {
		fprintf(stderr, "willaq: at most %d --connections\n", WQ_LOAD_CONNECTIONS_MAX);
		return false;
	}
	files = wq_process_raise_file_limit();
	if (connections + OTHER_FILES <= files)
		return true;
	fprintf(stderr,
	        "willaq: the system allows %" PRIu64 " open files, too few for %" PRIu32
	        " --connections: raise it with ulimit -n\n",
	        files, connections);
	return false;
}

enum wq_exit wq_bench_post(const struct wq_bench_post *p)
{
	struct post t = { .p = p };
	enum wq_exit code = WQ_EXIT_FAILED;

	if (!has_room_for(p->common->at_once) || !read_timeout(&t))
		return WQ_EXIT_USAGE;
	wq_bench_setting_url(p->subject, "url", p->url);
	wq_bench_setting(p->subject, "timeout_ms", "%" PRIu64, t.timeout_us / 1000);
	wq_buf_init(&t.head, WQ_LOAD_REQUEST_MAX_BYTES);
	wq_buf_init(&t.body, WQ_LOAD_REQUEST_MAX_BYTES);
	t.ops = wq_calloc(p->common->at_once, sizeof(*t.ops));
	if (t.ops && wq_loop_create(&t.loop, NULL) == 0) {
		code = run_all(&t);
		wq_loop_destroy(t.loop);
	}
	wq_free(t.ops);
	wq_buf_fini(&t.head);
	wq_buf_fini(&t.body);
	return code;
}

static bool read_line(struct wq_buf *out)
{
	char line[SECRET_MAX_BYTES + 2];
	bool good = fgets(line, sizeof(line), stdin) &&
	            wq_buf_add(out, line, strcspn(line, "\r\n")) == 0;

	wq_wipe(line, sizeof(line));
	return good;
}

bool wq_bench_read_secret(const struct wq_args *args, const char *name, struct wq_buf *out)
{
	const char *given = wq_args_option(args, name), *file;
	char twin[64];
	bool good = true;

	(void)snprintf(twin, sizeof(twin), "%s-file", name);
	file = wq_args_option(args, twin);
	wq_buf_init(out, SECRET_MAX_BYTES);
	if (given && file) {
		fprintf(stderr, "willaq: --%s and --%s are the same: give one\n", name, twin);
		return false;
	}
	if (file)
		good = wq_file_read(file, SECRET_MAX_BYTES, out) == 0;
	else if (given)
		good = strcmp(given, "-") == 0 ? read_line(out) : wq_buf_add_text(out, given) == 0;
	while (file && out->n && strchr("\r\n", out->p[out->n - 1]))
		out->n--;
	if (!good)
		fprintf(stderr,
		        "willaq: --%s cannot be read: it is not there, or longer than %d bytes\n",
		        file ? twin : name, SECRET_MAX_BYTES);
	return good;
}
