/* SPDX-License-Identifier: MIT */
/* events.c — a tail of the stream, from the newest event or an older one on, and a reminder that somebody listens. */
#include "app/cli/events.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/api/moment.h"
#include "app/cli/grid.h"
#include "app/cli/session.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/subscription/filter.h"
#include "io/loop/signal.h"
#include "io/redis/subscribe.h"
#include "store/subscription.h"

enum { LIVE_MS = WQ_SUB_LIVE_MS / 3, ID_MAX_BYTES = 48, LIMIT_MAX = INT32_MAX };

const struct wq_option wq_events_options[] = {
	{ "json", NULL, "each event as a line of JSON" },
	{ "events", "TYPES", "of these types, with commas between; message.* is all that begins so" },
	{ "kinds", "KINDS", "of these kinds: message, status, event, system" },
	{ "fields", "NAMES", "of these fields of Meta's" },
	{ "providers", "NAMES", "of these providers" },
	{ "accounts", "IDS", "of these phone numbers or businesses" },
	{ "since", "WHEN", "first those that came since then: a date, or how long ago, as 2h" },
	{ "after", "ID", "first those behind this one, as far as they are kept" },
	{ "limit", "N", "end after so many" },
	{ NULL, NULL, NULL },
};

struct follow {
	struct wq_session session;
	const struct wq_args *args;
	struct wq_sub_keys keys;
	struct wq_redis_cmd cmd;  /* the first look */
	struct wq_redis_cmd live;
	struct wq_timer timer;
	bool telling, away, json, ended;
	struct wq_redis_tail *tail; /* owned */
	struct wq_signal on_int, on_term;
	yyjson_doc *doc;          /* of the filter */
	struct wq_filter filter;
	char from[ID_MAX_BYTES];  /* events behind it are shown */
	uint64_t limit, shown;
};

static void end(struct follow *f)
{
	if (!f->ended)
		wq_session_done(&f->session, 0);
	f->ended = true;
}

/* one event */

static void print_row(const struct wq_event *e)
{
	char type[WQ_EVENT_TYPE_MAX_BYTES * 4], account[128], id[ID_MAX_BYTES * 4];
	struct wq_str data = e->data;

	data.n = data.n > 400 ? 400 : data.n;
	while (data.n && data.n < e->data.n && ((unsigned char)e->data.p[data.n] & 0xc0) == 0x80)
		data.n--;
	printf("%s  %-24s  %-16s  ", wq_grid_clean(e->id, id, sizeof(id)),
	       wq_grid_clean(wq_str(e->type), type, sizeof(type)),
	       wq_grid_clean(e->account, account, sizeof(account)));
	for (size_t i = 0; i < data.n; i++)
		putchar(wq_str_is_control(data, i) ? '?' : data.p[i]);
	puts(data.n < e->data.n ? "…" : "");
}

static void print_json(const struct wq_event *e)
{
	struct wq_buf text;
	struct wq_jsonw w;

	wq_buf_init(&text, WQ_SUB_EVENT_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_event_write(&w, e);
	if (wq_jsonw_end(&w) == 0 && wq_grid_json(stdout, wq_buf_str(&text)))
		putchar('\n');
	wq_buf_fini(&text);
}

static void on_entry(void *ctx, struct wq_str id, const struct wq_redis_value *fields)
{
	struct follow *f = ctx;
	struct wq_event e = wq_event_of(id, fields);

	if (f->ended)
		return;
	if (wq_event_init(&e) == 0 && wq_filter_wants(&f->filter, &e)) {
		if (f->json)
			print_json(&e);
		else
			print_row(&e);
		fflush(stdout);
		f->shown++;
	}
	wq_event_fini(&e);
	if ((f->limit && f->shown == f->limit) || ferror(stdout))
		end(f);
}

/* somebody listens */

static void on_live(struct wq_redis_cmd *cmd, int rc)
{
	struct follow *f = WQ_OWNER(cmd, struct follow, live);
	bool away = rc != 0;

	f->telling = false;
	if (away && !f->away)
		fprintf(stderr, "willaq: Redis is away (%s): waiting for it\n",
		        wq_redis_why(f->session.redis));
	else if (!away && f->away)
		fprintf(stderr, "willaq: Redis is back\n");
	f->away = away;
}

static void on_timer(struct wq_timer *t)
{
	struct follow *f = WQ_OWNER(t, struct follow, timer);

	if (!f->telling)
		f->telling = wq_sub_live_start(&f->keys, &f->live, on_live) == 0;
	wq_timer_start(t, f->away ? 1000 : LIVE_MS);
}

/* where it begins */

static void on_last(struct wq_redis_cmd *cmd, int rc)
{
	struct follow *f = WQ_OWNER(cmd, struct follow, cmd);
	const struct wq_redis_value *fields;
	struct wq_str id;

	if (rc == 0 && !f->from[0]) {
		if (!wq_stream_at(cmd->reply, 0, &id, &fields))
			id = wq_str("0-0");
		snprintf(f->from, sizeof(f->from), "%.*s", (int)(id.n < ID_MAX_BYTES ? id.n : 0),
		         id.p);
	}
	wq_session_done(&f->session, rc);
}

static bool is_id(struct wq_str s)
{
	struct wq_str rest = s, ms;
	uint64_t n;

	return s.n < ID_MAX_BYTES && wq_str_next(&rest, '-', &ms) &&
	       wq_str_to_u64(ms, UINT64_MAX, &n) &&
	       (ms.n == s.n || wq_str_to_u64(rest, UINT64_MAX, &n));
}

/* False: a sentence was printed. */
static bool read_place(struct follow *f)
{
	const char *since = wq_args_option(f->args, "since"),
		   *after = wq_args_option(f->args, "after");
	int64_t ms;

	if (since && after)
		fprintf(stderr, "willaq: --since or --after, not both\n");
	else if (since && !wq_moment_parse(wq_str(since), wq_loop_wall_ms(f->session.loop), &ms))
		fprintf(stderr, "willaq: --since takes %s, not \"%s\"\n", wq_moment_form, since);
	else if (after && !is_id(wq_str(after)))
		fprintf(stderr,
		        "willaq: --after takes the id of an event, as 1781000000123-0, not \"%s\"\n",
		        after);
	else if (after)
		snprintf(f->from, sizeof(f->from), "%s", after);
	else if (since)
		snprintf(f->from, sizeof(f->from), "%" PRId64 "-0", ms > 0 ? ms - 1 : 0);
	return !(since && after) && (!(since || after) || f->from[0]);
}

static struct wq_str option_words(void *follow, const char *name)
{
	return wq_str(wq_args_option(((struct follow *)follow)->args, name));
}

static bool read_options(struct follow *f)
{
	const char *limit = wq_args_option(f->args, "limit"), *why;

	f->json = wq_args_option(f->args, "json") != NULL;
	if (limit && (!wq_str_to_u64(wq_str(limit), LIMIT_MAX, &f->limit) || f->limit == 0)) {
		fprintf(stderr, "willaq: --limit takes a whole number from 1 on, not \"%s\"\n",
		        limit);
		return false;
	}
	f->doc = wq_filter_words(option_words, f);
	why = f->doc ? wq_filter_read(&f->filter, yyjson_doc_get_root(f->doc))
	             : wq_err_text(WQ_ENOMEM);
	if (why)
		fprintf(stderr, "willaq: %s\n", why);
	return !why && read_place(f);
}

/* following */

static void on_int(struct wq_signal *s, int signum)
{
	(void)signum;
	end(WQ_OWNER(s, struct follow, on_int));
}

static void on_term(struct wq_signal *s, int signum)
{
	(void)signum;
	end(WQ_OWNER(s, struct follow, on_term));
}

static void on_int_closed(struct wq_signal *s)
{
	wq_session_done(&WQ_OWNER(s, struct follow, on_int)->session, 0);
}

static void on_term_closed(struct wq_signal *s)
{
	wq_session_done(&WQ_OWNER(s, struct follow, on_term)->session, 0);
}

static void on_tail_closed(void *ctx)
{
	wq_session_done(&((struct follow *)ctx)->session, 0);
}

static int open_tail(struct follow *f)
{
	const struct wq_redis_tail_opts t = {
		.stream = f->keys.events, .from = f->from, .on_entry = on_entry, .ctx = f
	};
	struct wq_redis_opts o;

	wq_session_redis_opts(&f->session, &o);
	return wq_redis_tail_create(&f->tail, f->session.loop, f->session.resolver, &o, &t);
}

static void unwatch(struct follow *f, struct wq_signal *s, void (*closed)(struct wq_signal *s))
{
	wq_signal_stop(s, closed);
	(void)wq_session_run(&f->session, 0);
}

static enum wq_exit follow(struct follow *f)
{
	struct wq_session *s = &f->session;
	bool int_watched, term_watched;
	int rc;

	wq_sub_keys_init(&f->keys, s->redis, wq_str(wq_settings_text(s->settings, WQ_SET_PREFIX)));
	wq_timer_init(&f->timer, s->loop, on_timer);
	if (!wq_session_wait(s, wq_sub_last_start(&f->keys, &f->cmd, on_last), f->cmd.error))
		return WQ_EXIT_FAILED;
	rc = open_tail(f);
	if (rc < 0) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
		return WQ_EXIT_FAILED;
	}
	int_watched = wq_signal_start(&f->on_int, s->loop, SIGINT, on_int) == 0;
	term_watched = wq_signal_start(&f->on_term, s->loop, SIGTERM, on_term) == 0;
	on_timer(&f->timer);
	(void)wq_session_run(s, 0);
	wq_timer_stop(&f->timer);
	if (f->telling)
		wq_redis_forget(&f->live);
	if (int_watched)
		unwatch(f, &f->on_int, on_int_closed);
	if (term_watched)
		unwatch(f, &f->on_term, on_term_closed);
	wq_redis_tail_close(f->tail, on_tail_closed, f);
	(void)wq_session_run(s, 0);
	return WQ_EXIT_DONE;
}

enum wq_exit wq_events_run(const struct wq_settings *s, const struct wq_args *args)
{
	struct follow f = { .args = args };
	enum wq_exit code = WQ_EXIT_FAILED;

	if (wq_session_open(&f.session, s))
		code = read_options(&f) ? follow(&f) : WQ_EXIT_USAGE;
	wq_json_free(f.doc);
	wq_session_close(&f.session);
	return code;
}
