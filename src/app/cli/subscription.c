/* SPDX-License-Identifier: MIT */
/* subscription.c — options, and looks: list, show, deliveries. */
#include "app/cli/subscription.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

const struct wq_option wq_subscription_options[] = {
	{ "json", NULL, "as JSON" },
	{ "url", "URL", "create, update: an endpoint, by POST" },
	{ "to-queue", "QUEUE", "create, update: a BullMQ queue, a job each" },
	{ "stream", "KEY", "create, update: a Redis stream, an entry each" },
	{ "description", "TEXT", "create, update: for people" },
	{ "events", "TYPES", "create, update: of these types, with commas between; message.* is all that begins so" },
	{ "kinds", "KINDS", "create, update: message, status, event, system" },
	{ "fields", "NAMES", "create, update: fields of Meta's" },
	{ "providers", "NAMES", "create, update: cloud, evolution, twilio, willaq" },
	{ "accounts", "IDS", "create, update: phone numbers or businesses" },
	{ "raw", "true|false", "create, update: requests as they came, instead of events" },
	{ "order", "strict|loose", "create, update: whether what was not taken holds up what comes later" },
	{ "batch-size", "N", "create, update: events of one post" },
	{ "batch-delay", "TIME", "create, update: a batch that is not full waits so long, as 5s" },
	{ "in-flight", "N", "create, update: posts at once" },
	{ "rate", "N", "create, update: posts a second; 0: no bound; replay: events a second (10)" },
	{ "secret", "SECRET", "create, update: of the signature, one of your own; - reads a line of stdin" },
	{ "since", "WHEN", "replay: what came then or later: a date, or how long ago, as 2h" },
	{ "until", "WHEN", "replay: what came before" },
	{ "limit", "N", "list, deliveries: how many (50)" },
	{ "yes", NULL, "remove: really delete" },
	{ NULL, NULL, NULL },
};
enum { ROWS_DEFAULT = 50 };

enum wq_exit wq_subscription_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = {
		wq_subscription_looks, wq_subscription_changes, wq_subscription_runs, NULL
	};
	static const struct wq_queue_command command = { "subscription", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}

static struct wq_subscription_cli *cli_of(struct wq_redis_cmd *cmd)
{
	return WQ_OWNER(cmd, struct wq_subscription_cli, cmd);
}

void wq_subscription_cli_begin(struct wq_subscription_cli *s, struct wq_queue_cli *c)
{
	const struct wq_settings *v = c->session.settings;
	const char *why;

	*s = (struct wq_subscription_cli){ .c = c,
		                           .id = wq_str(c->args->count > 1 ? c->args->at[1] : "") };
	wq_sub_keys_init(&s->keys, c->session.redis, wq_str(wq_settings_text(v, WQ_SET_PREFIX)));
	(void)wq_seal_ring_init(&s->ring, wq_str(wq_settings_text(v, WQ_SET_SECRET_KEY)),
	                        &why); /* the setting was judged */
}

void wq_subscription_cli_end(struct wq_subscription_cli *s)
{
	wq_subscription_fini(&s->sub);
	wq_seal_ring_fini(&s->ring);
}

enum wq_exit wq_subscription_cli_missing(const struct wq_subscription_cli *s)
{
	char id[WQ_SUB_ID_MAX_BYTES * 2];

	fprintf(stderr, "willaq: there is no subscription %s\n",
	        wq_grid_clean(s->id, id, sizeof(id)));
	return WQ_EXIT_FAILED;
}

static void on_look(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_cli *s = cli_of(cmd);

	s->found = rc == 0 && wq_sub_list_count(cmd) > 0;
	if (rc == 0 && s->on_seen)
		s->on_seen(s);
	wq_session_done(&s->c->session, rc);
}

/* False: a sentence was printed. */
static bool look(struct wq_subscription_cli *s, uint64_t count,
                 void (*on_seen)(struct wq_subscription_cli *s))
{
	int rc;

	if (s->id.n > WQ_SUB_ID_MAX_BYTES)
		return wq_subscription_cli_missing(s) == WQ_EXIT_DONE;
	s->on_seen = on_seen;
	rc = wq_sub_list_start(&s->keys, &s->cmd, s->id, 0, count, on_look);
	if (!wq_session_wait(&s->c->session, rc, s->cmd.error))
		return false;
	if (s->id.n && !s->found)
		return wq_subscription_cli_missing(s) == WQ_EXIT_DONE;
	return true;
}

/* reading one, to change it */

static void keep(struct wq_subscription_cli *s)
{
	struct wq_sub_seen seen;
	const char *why = NULL;

	if (wq_sub_list_count(&s->cmd) == 0)
		return;
	wq_sub_list_at(&s->cmd, 0, &seen);
	s->rev = seen.rev;
	if (wq_subscription_init(&s->sub, s->id, seen.spec, &why) == 0)
		return;
	fprintf(stderr, "willaq: what is stored of it cannot be read: %s\n",
	        why ? why : wq_err_text(WQ_ENOMEM));
	s->rev = -1;
}

bool wq_subscription_cli_read(struct wq_subscription_cli *s)
{
	return look(s, 1, keep) && s->rev >= 0;
}

/* list */

static void add_row(struct wq_grid *g, const struct wq_sub_seen *seen)
{
	struct wq_subscription sub;
	const char *why;

	wq_grid_str(g, seen->id);
	wq_grid_str(g, seen->state);
	(void)wq_subscription_init(&sub, seen->id, seen->spec, &why);
	wq_grid_str(g, sub.to);
	wq_grid_count(g, seen->ok);
	wq_grid_count(g, seen->waiting);
	wq_grid_time(g, seen->ok_at_ms);
	wq_grid_time(g, seen->failing_ms);
	wq_subscription_fini(&sub);
}

static void print_table(struct wq_subscription_cli *s)
{
	static const char *const head[] = { "ID",       "STATE",     "TO",           ">DELIVERED",
		                            ">WAITING", "DELIVERED", "FAILING SINCE" };
	struct wq_sub_seen seen;
	struct wq_grid g;

	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; i < wq_sub_list_count(&s->cmd); i++) {
		wq_sub_list_at(&s->cmd, i, &seen);
		add_row(&g, &seen);
	}
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
}

static void print_list(struct wq_subscription_cli *s)
{
	struct wq_jsonw *w = &s->c->w;
	struct wq_sub_seen seen;

	if (!s->c->json) {
		if (s->found)
			print_table(s);
		return;
	}
	for (size_t i = 0; i < wq_sub_list_count(&s->cmd); i++) {
		wq_sub_list_at(&s->cmd, i, &seen);
		wq_view_subscription(w, &seen, NULL);
	}
}

static enum wq_exit list(struct wq_queue_cli *c)
{
	uint64_t limit = ROWS_DEFAULT;
	struct wq_subscription_cli s;
	bool ok;

	if (!wq_queue_cli_count(c, "limit", WQ_SUBSCRIPTIONS_MAX, &limit))
		return WQ_EXIT_USAGE;
	wq_subscription_cli_begin(&s, c);
	wq_jsonw_array(&c->w);
	ok = look(&s, limit, print_list);
	wq_jsonw_array_end(&c->w);
	wq_subscription_cli_end(&s);
	if (!ok)
		return WQ_EXIT_FAILED;
	if (!s.found && !c->json)
		puts("there are no subscriptions");
	return c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
}

/* show */

static void print_spec(const struct wq_sub_seen *seen)
{
	yyjson_doc *doc = wq_json_read(seen->spec, WQ_API_JSON_DEPTH_MAX, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc), *v;

	for (size_t i = 0; wq_subscription_members[i]; i++) {
		const char *name = wq_subscription_members[i];
		struct wq_buf text;
		struct wq_jsonw w;

		v = wq_json_get(root, name);
		if (!v || strcmp(name, "secret") == 0)
			continue;
		wq_buf_init(&text, WQ_SUB_SPEC_MAX_BYTES);
		wq_jsonw_begin(&w, &text);
		wq_jsonw_value(&w, v);
		wq_grid_field(name, wq_json_str(v).p ? wq_json_str(v) : wq_buf_str(&text));
		wq_buf_fini(&text);
	}
	wq_grid_field("signed",
	              wq_str(yyjson_arr_size(wq_json_get(root, "secrets")) ? "yes" : "no"));
	wq_grid_field_time("old secret until", wq_json_get_int(root, "secrets_until", 0));
	wq_json_free(doc);
}

static void print_count(const char *name, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	wq_grid_field(name, wq_str(text));
}

static void print_one(struct wq_subscription_cli *s)
{
	struct wq_sub_seen seen;

	if (!s->found)
		return;
	wq_sub_list_at(&s->cmd, 0, &seen);
	if (s->c->json) {
		wq_view_subscription(&s->c->w, &seen, s->secret);
		return;
	}
	wq_grid_field("id", seen.id);
	wq_grid_field("state", seen.state);
	wq_grid_field("why", seen.why);
	print_spec(&seen);
	print_count("delivered", seen.ok);
	print_count("failed attempts", seen.bad);
	print_count("waiting", seen.waiting);
	wq_grid_field_time("next attempt", seen.due_ms);
	wq_grid_field_time("delivered at", seen.ok_at_ms);
	wq_grid_field_time("failing since", seen.failing_ms);
	wq_grid_field_time("created at", seen.created_ms);
	wq_grid_field("worked",
	              wq_str(seen.owned ? "yes" : "no: no process delivers at the moment"));
	if (s->secret)
		printf("\nsecret %s\n(shown this once)\n", s->secret);
}

enum wq_exit wq_subscription_cli_show(struct wq_subscription_cli *s, const char *secret)
{
	s->secret = secret && *secret ? secret : NULL;
	if (!look(s, 1, print_one))
		return WQ_EXIT_FAILED;
	return s->c->json ? wq_queue_cli_print(s->c) : WQ_EXIT_DONE;
}

static enum wq_exit show(struct wq_queue_cli *c)
{
	struct wq_subscription_cli s;
	enum wq_exit code;

	wq_subscription_cli_begin(&s, c);
	code = wq_subscription_cli_show(&s, NULL);
	wq_subscription_cli_end(&s);
	return code;
}

/* deliveries */

static void attempt_row(struct wq_grid *g, struct wq_str id, const struct wq_redis_value *fields)
{
	static const char *const names[] = { "outcome", "status", "took_ms",
		                             "attempt", "events", "id" };
	uint64_t due = 0;

	wq_grid_time(g, wq_event_time_ms(id));
	for (size_t i = 0; i < WQ_COUNT(names); i++)
		wq_grid_str(g, wq_stream_field(fields, names[i]));
	(void)wq_str_to_u64(wq_stream_field(fields, "due"), INT64_MAX, &due);
	wq_grid_time(g, (int64_t)due);
	wq_grid_str(g, wq_stream_field(fields, "why"));
}

static void on_attempts(struct wq_redis_cmd *cmd, int rc)
{
	static const char *const head[] = { "AT",      "OUTCOME", ">STATUS",      ">MS", ">ATTEMPT",
		                            ">EVENTS", "ID",      "NEXT ATTEMPT", "WHY" };
	struct wq_subscription_cli *s = cli_of(cmd);
	const struct wq_redis_value *fields;
	struct wq_str id;
	struct wq_grid g;

	if (rc == 0 && s->c->json)
		wq_view_attempts(&s->c->w, cmd->reply);
	if (rc == 0 && !s->c->json) {
		wq_grid_init(&g, WQ_COUNT(head), head);
		for (size_t i = 0; wq_stream_at(cmd->reply, i, &id, &fields); i++)
			attempt_row(&g, id, fields);
		(void)wq_grid_print(&g);
		wq_grid_fini(&g);
	}
	wq_session_done(&s->c->session, rc);
}

static enum wq_exit deliveries(struct wq_queue_cli *c)
{
	uint64_t limit = ROWS_DEFAULT;
	struct wq_subscription_cli s;
	enum wq_exit code = WQ_EXIT_FAILED;
	int rc;

	if (!wq_queue_cli_count(c, "limit", WQ_SUB_ROWS_MAX, &limit))
		return WQ_EXIT_USAGE;
	wq_subscription_cli_begin(&s, c);
	if (wq_subscription_cli_read(&s)) {
		rc = wq_sub_rows_start(&s.keys, &s.cmd, s.id, limit, on_attempts);
		if (wq_session_wait(&c->session, rc, s.cmd.error))
			code = c->json ? wq_queue_cli_print(c) : WQ_EXIT_DONE;
	}
	wq_subscription_cli_end(&s);
	return code;
}

const struct wq_queue_action wq_subscription_looks[] = {
	{ "list", "[--limit N]", 0, 0, list, false },
	{ "show", "ID", 1, 1, show, false },
	{ "deliveries", "ID [--limit N]", 1, 1, deliveries, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
