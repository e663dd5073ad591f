/* SPDX-License-Identifier: MIT */
/* webhook_replays.c — one webhook, or many: looked at first, then replayed at a rate.
 *
 *   look ──► tell ──► ask ──► walk ──► tell
 *     └─ --yes: not looked at beforehand   └─ Ctrl-C: ends behind the webhook in flight
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "app/cli/webhook.h"
#include "app/node.h"
#include "app/sink/part.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/url.h"
#include "domain/weblog/replay.h"
#include "io/loop/signal.h"

enum { SAMPLES = 5, WAITING_MAX = 16 };

struct many {
	struct wq_queue_cli *c;
	struct wq_webhook_log log;
	struct wq_webhook_walk walk;
	struct wq_webhook_replay replay;
	struct wq_webhook_target target;
	struct wq_sink_secrets secrets;
	struct wq_sink *sink;     /* owned */
	struct wq_client *client; /* owned */
	uint64_t rate, samples, updates;
	unsigned refusals; /* in a row */
	struct wq_grid grid;
	struct wq_signal on_int;
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	bool stopped;
};

/* where to */

static const char *to_of(const struct many *m)
{
	return wq_args_option(m->c->args, "to");
}

/* False: a sentence was printed. */
static bool check_url(const char *to)
{
	const char *why = "its scheme is http or https";
	struct wq_url url;

	if (!to || (wq_url_parse(wq_str(to), &url, &why) &&
	            (wq_str_is(url.scheme, "http") || wq_str_is(url.scheme, "https"))))
		return true;
	fprintf(stderr, "willaq: --to takes a URL: %s\n", why);
	return false;
}

static int open_url(struct many *m, const char *to)
{
	const struct wq_settings *s = m->c->session.settings;
	struct wq_client_opts o;
	int rc;

	wq_node_client_opts(s, &o);
	rc = wq_client_create(&m->client, m->c->session.loop, m->c->session.resolver, &o);
	m->target = (struct wq_webhook_target){ .client = m->client,
		                                .url = to,
		                                .secrets = m->secrets.of };
	return rc == 0 ? wq_sink_secrets_read(&m->secrets, s, NULL) : rc;
}

static int open_queues(struct many *m)
{
	const struct wq_sink_limits limits = { WAITING_MAX, WQ_WEBHOOK_PAGE_MAX_BYTES };
	struct wq_sink_opts o;
	const char *why = NULL;
	int rc;

	wq_sink_part_opts(m->c->session.settings, &o);
	o.log_max = 0;
	o.again = true;
	rc = wq_sink_create(&m->sink, m->c->session.loop, m->c->session.redis, &o, &limits, &why);
	if (why)
		fprintf(stderr, "willaq: --queue, --status-queue, --event-queue: %s\n", why);
	m->target = (struct wq_webhook_target){ .sink = m->sink };
	return rc;
}

/* False: a sentence was printed. */
static bool open_target(struct many *m)
{
	const char *to = to_of(m);
	int rc = to ? open_url(m, to) : open_queues(m);

	if (rc < 0 && rc != WQ_EINVAL)
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
	return rc == 0;
}

static void on_closed(void *ctx)
{
	wq_session_done(&((struct many *)ctx)->c->session, 0);
}

static void close_target(struct many *m)
{
	wq_webhook_replay_fini(&m->replay);
	wq_webhook_target_fini(&m->target);
	wq_sink_secrets_fini(&m->secrets);
	if (m->sink) {
		wq_sink_close(m->sink, on_closed, m);
		(void)wq_session_run(&m->c->session, 0);
	}
	if (m->client) {
		wq_client_close(m->client, on_closed, m);
		(void)wq_session_run(&m->c->session, 0);
	}
}

/* one */

static void on_one(struct wq_webhook_replay *r, int rc)
{
	wq_session_done(&WQ_OWNER(r, struct many, replay)->c->session, rc);
}

static enum wq_exit tell_one(struct many *m)
{
	const struct wq_webhook_replay *r = &m->replay;
	struct wq_queue_cli *c = m->c;

	if (r->code != WQ_REPLAY_DONE) {
		fprintf(stderr, "willaq: %s", wq_webhook_replayed_text(r->code));
		if (r->status)
			fprintf(stderr, ": it answered %d", r->status);
		fprintf(stderr, "%s%s\n", *r->error ? ": " : "", r->error);
		return WQ_EXIT_FAILED;
	}
	if (!c->json) {
		if (r->status)
			printf("1 webhook posted: answered %d\n", r->status);
		else
			printf("1 webhook replayed: %" PRIu64 " %s\n", r->updates,
			       r->updates == 1 ? "update" : "updates");
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "updates", (int64_t)r->updates);
	wq_jsonw_key(&c->w, "status");
	if (r->status)
		wq_jsonw_int(&c->w, r->status);
	else
		wq_jsonw_null(&c->w);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c);
}

static enum wq_exit replay_one(struct many *m)
{
	struct wq_session *s = &m->c->session;
	int rc;

	if (!open_target(m))
		return WQ_EXIT_FAILED;
	rc = wq_webhook_replay_start(&m->replay, s->loop, &m->log, &m->target,
	                             wq_str(m->c->args->at[1]), on_one);
	if (rc == WQ_EINVAL) {
		m->replay.code = WQ_REPLAY_MISSING;
		return tell_one(m);
	}
	return wq_session_wait(s, rc, m->replay.error) ? tell_one(m) : WQ_EXIT_FAILED;
}

/* what many would be */

static enum wq_webhook_wish sample(struct wq_webhook_walk *w, const struct wq_webhook_row *r)
{
	struct many *m = WQ_OWNER(w, struct many, walk);
	struct wq_queue_cli *c = m->c;

	if (m->samples++ >= SAMPLES)
		return WQ_WEBHOOK_LEAVE;
	if (c->json)
		wq_view_webhook(&c->w, r, WQ_WEBHOOK_ROW);
	else
		wq_webhook_cli_row(&m->grid, r);
	return WQ_WEBHOOK_LEAVE;
}

static void begin_walk(struct many *m)
{
	struct wq_webhook_filter filter = m->walk.filter;

	m->walk = (struct wq_webhook_walk){ .filter = filter,
		                            .oldest_first = true,
		                            .taken_only = true };
}

/* Counts, and shows some; false: a sentence was printed. */
static bool plan(struct many *m)
{
	struct wq_queue_cli *c = m->c;
	bool ok;

	wq_webhook_cli_grid(&m->grid);
	wq_jsonw_object(&c->w);
	wq_jsonw_put_bool(&c->w, "dry_run", true);
	wq_jsonw_key(&c->w, "samples");
	wq_jsonw_array(&c->w);
	begin_walk(m);
	m->walk.on_row = sample;
	ok = wq_webhook_cli_walk(c, &m->log, &m->walk);
	wq_jsonw_array_end(&c->w);
	wq_view_webhook_counts(&c->w, &m->walk);
	wq_view_webhook_next(&c->w, &m->walk.next);
	wq_jsonw_object_end(&c->w);
	if (ok && !c->json && m->samples)
		(void)wq_grid_print(&m->grid);
	if (ok && !c->json && m->samples > SAMPLES)
		puts("…");
	fflush(stdout);
	wq_grid_fini(&m->grid);
	return ok;
}

static void tell_plan(const struct many *m, FILE *out)
{
	fprintf(out, "%" PRIu64 " of %" PRIu64 " webhooks would be replayed", m->walk.matched,
	        m->walk.seen);
	if (m->rate)
		fprintf(out, ", %" PRIu64 " a second", m->rate);
	fputc('\n', out);
	fflush(out);
}

/* On a terminal people are asked, elsewhere --yes is needed. */
static bool confirmed(void)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		fprintf(stderr, "willaq: say --yes to do it\n");
		return false;
	}
	fprintf(stderr, "Replay them? [y/N] ");
	if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return true;
	fprintf(stderr, "nothing was done\n");
	return false;
}

/* doing it */

static void fail(struct many *m, int rc, const char *what, const char *error)
{
	snprintf(m->error, sizeof(m->error), "%s%s%.100s", what, *what && *error ? ": " : "",
	         error);
	wq_webhook_walk_failed(&m->walk, rc, m->error);
}

static void on_replayed(struct wq_webhook_replay *r, int rc)
{
	struct many *m = WQ_OWNER(r, struct many, replay);
	bool endpoint = r->code == WQ_REPLAY_REFUSED || r->code == WQ_REPLAY_UNANSWERED;

	if (rc != 0) {
		fail(m, rc, "", r->error);
		return;
	}
	m->updates += r->code == WQ_REPLAY_DONE ? r->updates : 0;
	m->refusals = endpoint ? m->refusals + 1 : 0;
	if (r->code == WQ_REPLAY_BACKLOG || m->refusals >= WQ_WEBHOOK_RUN_REFUSALS) {
		fprintf(stderr, "willaq: %s%s%s\n", wq_webhook_replayed_text(r->code),
		        *r->error ? ": " : "", r->error);
		fail(m, WQ_ECANCELED, "", "");
		return;
	}
	wq_webhook_walk_acted(&m->walk, r->code == WQ_REPLAY_DONE);
}

static enum wq_webhook_wish act(struct wq_webhook_walk *w, const struct wq_webhook_row *row)
{
	struct many *m = WQ_OWNER(w, struct many, walk);
	int rc = wq_webhook_replay_start(&m->replay, m->c->session.loop, &m->log, &m->target,
	                                 wq_str(row->id), on_replayed);

	if (rc == 0)
		return WQ_WEBHOOK_ACT;
	fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
	m->stopped = true;
	return WQ_WEBHOOK_ENOUGH;
}

static void on_int(struct wq_signal *s, int signum)
{
	struct many *m = WQ_OWNER(s, struct many, on_int);

	(void)signum;
	m->stopped = true;
	wq_webhook_walk_stop(&m->walk);
}

static void on_int_closed(struct wq_signal *s)
{
	wq_session_done(&WQ_OWNER(s, struct many, on_int)->c->session, 0);
}

static bool carry_out(struct many *m)
{
	struct wq_session *s = &m->c->session;
	bool watched = wq_signal_start(&m->on_int, s->loop, SIGINT, on_int) == 0, ok;

	begin_walk(m);
	m->walk.on_row = act;
	m->walk.per_second = (uint32_t)m->rate;
	ok = wq_webhook_cli_walk(m->c, &m->log, &m->walk);
	if (watched) {
		wq_signal_stop(&m->on_int, on_int_closed);
		(void)wq_session_run(s, 0);
	}
	return ok;
}

static enum wq_exit tell_done(struct many *m, bool ok)
{
	const struct wq_webhook_walk *w = &m->walk;
	struct wq_queue_cli *c = m->c;
	bool failed = !ok || (w->matched > 0 && w->done == 0);

	if (!c->json) {
		printf("%" PRIu64 " %s replayed", w->done, w->done == 1 ? "webhook" : "webhooks");
		if (w->missed)
			printf(", %" PRIu64 " missed: gone, without their bytes, or not taken",
			       w->missed);
		puts(m->stopped ? "; stopped" : "");
		return failed ? WQ_EXIT_FAILED : WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "done", (int64_t)w->done);
	wq_jsonw_put_int(&c->w, "missed", (int64_t)w->missed);
	wq_jsonw_put_int(&c->w, "updates", (int64_t)m->updates);
	wq_view_webhook_counts(&c->w, w);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c) == WQ_EXIT_DONE && !failed ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}

static enum wq_exit replay_many(struct many *m)
{
	struct wq_queue_cli *c = m->c;
	bool dry = wq_queue_cli_flag(c, "dry-run");

	if (dry || !wq_queue_cli_flag(c, "yes")) {
		if (!plan(m))
			return WQ_EXIT_FAILED;
		if (c->json && (dry || m->walk.matched == 0))
			return wq_queue_cli_print(c);
		tell_plan(m, dry ? stdout : stderr);
		if (dry || m->walk.matched == 0)
			return WQ_EXIT_DONE;
		if (!confirmed())
			return WQ_EXIT_USAGE;
		wq_buf_clear(&c->out);
		wq_jsonw_begin(&c->w, &c->out);
	}
	return open_target(m) ? tell_done(m, carry_out(m)) : WQ_EXIT_FAILED;
}

/* A filter was named, or --all was, or an id, and only one of them; false: a sentence was printed. */
static bool is_meant(const struct wq_queue_cli *c, const struct wq_webhook_filter *f)
{
	bool all = wq_queue_cli_flag(c, "all"), any = !wq_webhook_filter_is_empty(f);
	bool one = c->args->count > 1;

	if (f->outcome == WQ_WEBHOOK_REFUSED)
		fprintf(stderr, "willaq: what was refused has no body to be replayed\n");
	else if (one && (all || any))
		fprintf(stderr,
		        "willaq: --all and filters are for many webhooks: leave them out, or the id\n");
	else if (all && any)
		fprintf(stderr,
		        "willaq: --all means webhooks of any kind: leave it out, or the filter\n");
	else if (!one && !all && !any)
		fprintf(stderr,
		        "willaq: which webhooks? Name an id, a filter (--id, --account, --kind, --provider, "
		        "--outcome, --since, --until), or --all\n");
	else
		return true;
	return false;
}

static enum wq_exit replay(struct wq_queue_cli *c)
{
	struct many m = { .c = c };
	enum wq_exit code;

	if (!wq_webhook_cli_filter(c, &m.walk.filter) || !is_meant(c, &m.walk.filter) ||
	    !check_url(to_of(&m)) ||
	    !wq_queue_cli_count(c, "rate", WQ_API_DEAD_RATE_MAX, &m.rate) ||
	    !wq_webhook_cli_log(c, &m.log))
		return WQ_EXIT_USAGE;
	code = c->args->count > 1 ? replay_one(&m) : replay_many(&m);
	close_target(&m);
	return code;
}

const struct wq_queue_action wq_webhook_replays[] = {
	{ "replay",
	  "ID [--to URL], or --id TEXT|--account ID|--kind KIND|--outcome NAME|--since WHEN|--until WHEN|--all "
	  "[--rate N] [--to URL] [--dry-run|--yes]",
	  0, 1, replay, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
