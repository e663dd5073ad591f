/* SPDX-License-Identifier: MIT */
/* main.c — reads requests, finds their ops, writes answers.
 *
 *   compat-driver redis://127.0.0.1:6379      lines of JSON on stdin
 *   compat-driver soak '{"role":"worker",…}'  see soak.c
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "driver/driver.h"
#include "io/loop/timer.h"

enum { WAIT_MS = 20000, TICK_MS = 50, DEPTH_MAX = 100, ANSWER_MAX_BYTES = 1 << 30 };

static int64_t now_ms;

int64_t __wrap_wq_loop_wall_ms(const struct wq_loop *l);
int64_t __real_wq_loop_wall_ms(const struct wq_loop *l);

int64_t __wrap_wq_loop_wall_ms(const struct wq_loop *l)
{
	return now_ms ? now_ms : __real_wq_loop_wall_ms(l);
}

void driver_set_now(int64_t ms)
{
	now_ms = ms;
}

int64_t driver_now(void)
{
	return now_ms;
}

_Noreturn void driver_die(const char *what, int rc)
{
	fprintf(stderr, "compat-driver: %s: %d\n", what, rc);
	exit(1);
}

struct wait {
	struct wq_timer tick; /* a turn at least this often */
	struct driver *d;
	uint64_t end_us;
};

static void on_tick(struct wq_timer *t)
{
	wq_timer_start(t, TICK_MS);
}

static bool over(void *ctx)
{
	struct wait *wait = ctx;

	return wait->d->done || wq_loop_now_us(wait->d->loop) >= wait->end_us;
}

int driver_wait(struct driver *d)
{
	struct wait wait = { .d = d,
		             .end_us = wq_loop_now_us(d->loop) + (uint64_t)WAIT_MS * 1000 };

	wq_timer_init(&wait.tick, d->loop, on_tick);
	wq_timer_start(&wait.tick, TICK_MS);
	wq_loop_run_until(d->loop, over, &wait, UINT32_MAX);
	wq_timer_stop(&wait.tick);
	if (!d->done)
		driver_die("no answer in time", 0);
	d->done = false;
	return d->rc;
}

void driver_done(struct driver *d, int rc)
{
	d->done = true;
	d->rc = rc;
}

void driver_refuse(struct driver *d, int code, const char *says)
{
	d->refused = true;
	wq_buf_clear(&d->text);
	if (code < 0) {
		wq_buf_addf(&d->text, "{\"error\":%d}", code);
		return;
	}
	wq_jsonw_begin(&d->out, &d->text);
	wq_jsonw_object(&d->out);
	wq_jsonw_key(&d->out, "error");
	wq_jsonw_text(&d->out, "refused");
	wq_jsonw_key(&d->out, "says");
	wq_jsonw_text(&d->out, says ? says : "");
	wq_jsonw_object_end(&d->out);
}

void driver_open(struct driver *d, const char *url)
{
	int rc = wq_loop_create(&d->loop, NULL);

	if (rc == 0)
		rc = wq_resolver_create(&d->resolver, d->loop, NULL);
	wq_redis_opts_init(&d->conn);
	d->conn.url = url;
	if (rc == 0)
		rc = wq_redis_create(&d->redis, d->loop, d->resolver, &d->conn);
	if (rc < 0)
		driver_die(url, rc);
	wq_buf_init(&d->text, ANSWER_MAX_BYTES);
}

static void on_closed(void *ctx)
{
	driver_done(ctx, 0);
}

void driver_close(struct driver *d)
{
	wq_redis_close(d->redis, on_closed, d);
	driver_wait(d);
	wq_resolver_close(d->resolver, on_closed, d);
	driver_wait(d);
	wq_loop_destroy(d->loop);
	wq_buf_fini(&d->text);
}

struct asking {
	struct wq_redis_cmd cmd;
	struct driver *d;
	int64_t answer;
};

static void on_answer(struct wq_redis_cmd *cmd, int rc)
{
	struct asking *a = (struct asking *)(void *)cmd;

	a->answer = rc == 0 ? wq_redis_int(cmd->reply, 0) : 0;
	driver_done(a->d, rc);
}

int64_t driver_ask(struct driver *d, const struct wq_str *argv, size_t argc)
{
	struct asking a = { .d = d };

	if (wq_redis_start(d->redis, &a.cmd, argv, argc, on_answer) < 0)
		driver_die("command", 0);
	driver_wait(d);
	return a.answer;
}

static const struct driver_op *op_of(const char *name)
{
	const struct driver_op *const tables[] = { driver_producer_ops, driver_worker_ops,
		                                   driver_inspector_ops, driver_look_ops,
		                                   driver_scheduler_ops };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct driver_op *op = tables[i]; op->name; op++)
			if (strcmp(op->name, name) == 0)
				return op;
	return NULL;
}

static void answer(struct driver *d, yyjson_val *request)
{
	const char *name = yyjson_get_str(wq_json_get(request, "op"));
	const struct driver_op *op = name ? op_of(name) : NULL;
	const char *why = NULL;

	if (!op) {
		driver_refuse(d, 0, "no such op");
		return;
	}
	driver_set_now(wq_json_get_int(request, "now", 0));
	if (wq_ref_init(&d->ref, d->redis, wq_json_get_str(request, "prefix"),
	                wq_json_get_str(request, "queue"), &why) < 0) {
		driver_refuse(d, 0, why);
		return;
	}
	wq_buf_add_text(&d->text, "{\"ok\":");
	wq_jsonw_begin(&d->out, &d->text);
	op->run(d, request);
	wq_ref_fini(&d->ref);
	if (!d->refused)
		wq_buf_add_text(&d->text, "}");
}

static void serve(struct driver *d)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		const char *why = NULL;
		yyjson_doc *doc = wq_json_read(wq_strn(line, (size_t)n), DEPTH_MAX, &why);

		if (!doc)
			driver_die(why, 0);
		wq_buf_clear(&d->text);
		d->refused = false;
		answer(d, yyjson_doc_get_root(doc));
		wq_json_free(doc);
		fwrite(d->text.p, 1, d->text.n, stdout);
		putchar('\n');
		fflush(stdout);
	}
	free(line);
}

int main(int argc, char **argv)
{
	struct driver d = { .done = false };

	if (argc == 3 && strcmp(argv[1], "soak") == 0)
		return driver_soak(argv[2]);
	if (argc != 2)
		driver_die("usage: compat-driver URL | compat-driver soak JSON", 0);
	driver_open(&d, argv[1]);
	serve(&d);
	driver_close(&d);
	return 0;
}
