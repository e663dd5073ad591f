/* SPDX-License-Identifier: MIT */
/* account.c — the API's operations, one at a time, with the operator's own hand. */
#include "app/cli/account.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "app/api/account_call.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"
#include "app/node.h"
#include "base/alloc.h"
#include "domain/account/reseal.h"

const struct wq_option wq_account_options[] = {
	{ "json", NULL, "as JSON" },
	{ "business", "ID", "list, create: of this business" },
	{ "provider", "NAME", "list: cloud, evolution or twilio" },
	{ "state", "STATE", "list: ACTIVE, SUSPENDED or PENDING" },
	{ "reason", "TEXT", "suspend: why" },
	{ "limit", "N", "list: how many (50)" },
	{ "no-verify", NULL, "create, update: do not ask the provider" },
	{ "force", NULL, "remove: also with work or history" },
	{ "template", "NAME|LANGUAGE", "release: this template alone" },
	{ NULL, NULL, NULL },
};
enum { ROWS_DEFAULT = 50, WHY_MAX_BYTES = 400 };

struct account_cli {
	struct wq_queue_cli *c;
	struct wq_account_keys keys;
	struct wq_seal_ring ring;
	struct wq_account_ways ways;
	struct wq_client *client;
	struct wq_account_act act;
	struct wq_account_reseal reseal;
	struct wq_redis_cmd cmd;
	struct wq_str id;
	yyjson_doc *body;
	bool found;
};

static struct wq_str option(const struct wq_queue_cli *c, const char *name)
{
	return wq_str(wq_args_option(c->args, name));
}

static void begin(struct account_cli *a, struct wq_queue_cli *c)
{
	const struct wq_settings *v = c->session.settings;
	const char *why;

	*a = (struct account_cli){ .c = c, .id = wq_str(c->args->count > 1 ? c->args->at[1] : "") };
	wq_account_keys_init(&a->keys, c->session.redis,
	                     wq_str(wq_settings_text(v, WQ_SET_PREFIX)));
	(void)wq_seal_ring_init(&a->ring, wq_str(wq_settings_text(v, WQ_SET_SECRET_KEY)),
	                        &why); /* the setting was judged */
	a->ways = (struct wq_account_ways){
		.ring = &a->ring,
		.graph_url = wq_str(wq_settings_text(v, WQ_SET_GRAPH_URL)),
		.twilio_url = wq_str(wq_settings_text(v, WQ_SET_TWILIO_API_URL)),
	};
}

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

static void end(struct account_cli *a)
{
	wq_account_act_fini(&a->act);
	wq_account_wipe(yyjson_doc_get_root(a->body));
	wq_json_free(a->body);
	if (a->client) {
		wq_client_close(a->client, on_closed, &a->c->session);
		(void)wq_session_run(&a->c->session, 0);
	}
	wq_seal_ring_fini(&a->ring);
}

static void add_row(struct wq_grid *g, const struct wq_account_seen *seen,
                    const struct wq_account_ways *ways)
{
	struct wq_account_record r;
	const struct wq_account *a = &r.account;

	if (wq_account_record_init(&r, seen, ways) == 0) {
		wq_grid_str(g, a->id);
		wq_grid_str(g, a->name);
		wq_grid_str(g, a->business);
		wq_grid_str(g, wq_str(wq_provider_name(a->provider)));
		wq_grid_str(g, a->display.p ? a->display : a->number);
		wq_grid_str(g, wq_str(wq_account_state_names[a->state]));
		wq_grid_str(g, wq_str(wq_account_rank_names[a->rank]));
		wq_grid_str(g, a->quality);
		wq_grid_str(g, a->tier);
		wq_grid_str(g, a->why);
	}
	wq_account_record_fini(&r);
}

static void print_table(const struct account_cli *a)
{
	static const char *const head[] = { "ID",    "NAME", "BUSINESS", "PROVIDER", "NUMBER",
		                            "STATE", "RANK", "QUALITY",  "TIER",     "WHY" };
	struct wq_account_seen seen;
	struct wq_grid g;

	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; i < wq_registry_list_count(&a->cmd); i++) {
		wq_account_list_at(&a->cmd, i, &seen);
		add_row(&g, &seen, &a->ways);
	}
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
}

static void write_json(const struct account_cli *a)
{
	struct wq_jsonw *w = &a->c->w;
	struct wq_account_seen seen;

	if (!a->id.n)
		wq_jsonw_array(w);
	for (size_t i = 0; i < wq_registry_list_count(&a->cmd); i++) {
		wq_account_list_at(&a->cmd, i, &seen);
		(void)wq_view_account_seen(w, &seen, &a->ways);
	}
	if (!a->id.n)
		wq_jsonw_array_end(w);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct account_cli *a = WQ_OWNER(cmd, struct account_cli, cmd);

	a->found = rc == 0 && wq_registry_list_count(cmd) > 0;
	if (rc == 0 && (a->c->json || a->id.n) && (a->found || !a->id.n))
		write_json(a);
	else if (a->found)
		print_table(a);
	wq_session_done(&a->c->session, rc);
}

/* A page, or the one that is named, which is shown as JSON in any case. */
static enum wq_exit show(struct account_cli *a)
{
	struct wq_registry_list l = { .id = a->id, .business = option(a->c, "business"),
		                      .provider = option(a->c, "provider"),
		                      .state = option(a->c, "state"), .count = ROWS_DEFAULT };
	int rc;

	l.of_one = l.business.n > 0;
	if (!wq_queue_cli_count(a->c, "limit", WQ_API_PAGE_MAX, &l.count))
		return WQ_EXIT_USAGE;
	rc = wq_registry_list_start(&a->keys.acc, &a->cmd, &l, on_listed);
	if (!wq_session_wait(&a->c->session, rc, a->cmd.error))
		return WQ_EXIT_FAILED;
	if (a->id.n && !a->found) {
		fprintf(stderr, "willaq: there is no such account\n");
		return WQ_EXIT_FAILED;
	}
	if (a->c->json || a->id.n)
		return wq_queue_cli_print(a->c);
	if (!a->found)
		puts("there are no accounts");
	return WQ_EXIT_DONE;
}

static enum wq_exit run_show(struct wq_queue_cli *c)
{
	struct account_cli a;
	enum wq_exit code;

	begin(&a, c);
	code = show(&a);
	end(&a);
	return code;
}

static void on_acted(struct wq_account_act *act)
{
	wq_session_done(&WQ_OWNER(act, struct account_cli, act)->c->session, 0);
}

static bool open_client(struct account_cli *a)
{
	struct wq_session *s = &a->c->session;
	struct wq_client_opts o;

	if (wq_queue_cli_flag(a->c, "no-verify"))
		return true;
	wq_node_client_opts(s->settings, &o);
	if (wq_client_create(&a->client, s->loop, s->resolver, &o) == 0)
		return true;
	fprintf(stderr, "willaq: out of memory\n");
	return false;
}

static enum wq_exit act(struct account_cli *a, enum wq_account_doing doing)
{
	char why[WHY_MAX_BYTES];

	if (!open_client(a))
		return WQ_EXIT_FAILED;
	a->act.doing = doing;
	a->act.ways = &a->ways;
	a->act.keys = &a->keys;
	a->act.client = a->client;
	a->act.trusted = true;
	a->act.unchecked = !a->client;
	a->act.body = yyjson_doc_get_root(a->body);
	a->act.id = a->id;
	a->act.cb = on_acted;
	wq_account_act_start(&a->act, a->c->session.loop);
	(void)wq_session_run(&a->c->session, 0);
	if (a->act.did == WQ_DID_FAILED) {
		wq_session_tell(&a->c->session, a->act.rc, a->act.error);
		return WQ_EXIT_FAILED;
	}
	if (a->act.did != WQ_DID_IT) {
		wq_account_act_tell(&a->act, why, sizeof(why));
		fprintf(stderr, "willaq: %s%s\n", why,
		        a->act.did == WQ_DID_IN_USE    ? " (--force)"
		        : a->act.did == WQ_DID_REFUSED ? "; --no-verify keeps it all the same"
		                                       : "");
		return WQ_EXIT_FAILED;
	}
	return WQ_EXIT_DONE;
}

static enum wq_exit act_and_show(struct account_cli *a, enum wq_account_doing doing)
{
	enum wq_exit code = act(a, doing);

	a->id = a->act.id;
	return code == WQ_EXIT_DONE ? show(a) : code;
}

/* The whole of a file, or of stdin; false: a sentence was printed. */
static bool read_file(const char *name, struct wq_buf *out)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	size_t n = 0;

	if (!f) {
		fprintf(stderr, "willaq: %s cannot be read: %s\n", name, strerror(errno));
		return false;
	}
	if (wq_buf_reserve(out, WQ_ACCOUNT_BODY_MAX_BYTES) == 0)
		n = fread(out->p, 1, WQ_ACCOUNT_BODY_MAX_BYTES, f);
	out->n = n;
	if (f != stdin)
		fclose(f);
	return true;
}

static bool is_known(struct wq_str name)
{
	const char *const *const lists[] = { wq_account_members, wq_account_credentials,
		                             wq_account_wishes };

	for (size_t i = 0; i < WQ_COUNT(lists); i++)
		for (size_t j = 0; lists[i][j]; j++)
			if (wq_str_is(name, lists[i][j]))
				return true;
	return false;
}

/* JSON of a file into a->body; false: a sentence was printed. */
static bool read_body(struct account_cli *a, const char *name)
{
	yyjson_obj_iter iter;
	struct wq_buf text;
	const char *why = "it must be an object";
	yyjson_val *key;
	bool ok;

	wq_buf_init(&text, WQ_ACCOUNT_BODY_MAX_BYTES);
	ok = read_file(name, &text);
	if (ok)
		a->body = wq_json_read(wq_buf_str(&text), WQ_API_JSON_DEPTH_MAX, &why);
	if (text.p)
		wq_wipe(text.p, text.n);
	wq_buf_fini(&text);
	if (ok && !yyjson_is_obj(yyjson_doc_get_root(a->body))) {
		fprintf(stderr, "willaq: what the account is cannot be read: %s\n", why);
		return false;
	}
	iter = yyjson_obj_iter_with(yyjson_doc_get_root(a->body));
	while (ok && (key = yyjson_obj_iter_next(&iter))) {
		ok = is_known(wq_json_str(key));
		if (!ok)
			fprintf(stderr,
			        "willaq: the account has a member that means nothing here\n");
	}
	return ok;
}

static enum wq_exit run_create(struct wq_queue_cli *c)
{
	struct wq_str business = option(c, "business"), named;
	enum wq_exit code = WQ_EXIT_USAGE;
	struct account_cli a;

	begin(&a, c);
	if (read_body(&a, c->args->at[1])) {
		named = wq_json_get_str(yyjson_doc_get_root(a.body), "business");
		a.act.business = business.n ? business : named.n ? named : wq_str("default");
		if (wq_business_id_is(a.act.business))
			code = act_and_show(&a, WQ_ACCOUNT_CREATE);
		else
			fprintf(stderr, "willaq: business must be 1 to 64 of A-Z a-z 0-9 . _ -\n");
	}
	end(&a);
	return code;
}

static enum wq_exit run_update(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_USAGE;
	struct account_cli a;

	begin(&a, c);
	if (read_body(&a, c->args->at[2]))
		code = act_and_show(&a, WQ_ACCOUNT_UPDATE);
	end(&a);
	return code;
}

static enum wq_exit set_state(struct wq_queue_cli *c, const char *state, struct wq_str why)
{
	enum wq_exit code = WQ_EXIT_FAILED;
	struct account_cli a;
	struct wq_jsonw w;
	struct wq_buf text;

	begin(&a, c);
	wq_buf_init(&text, WQ_ACCOUNT_BODY_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "state", state);
	if (why.n)
		wq_jsonw_put_str(&w, "reason", why);
	wq_jsonw_object_end(&w);
	if (wq_jsonw_end(&w) == 0)
		a.body = wq_json_read(wq_buf_str(&text), WQ_API_JSON_DEPTH_MAX, NULL);
	wq_buf_fini(&text);
	if (a.body)
		code = act_and_show(&a, WQ_ACCOUNT_UPDATE);
	end(&a);
	return code;
}

static enum wq_exit run_suspend(struct wq_queue_cli *c)
{
	return set_state(c, "SUSPENDED", option(c, "reason"));
}

static enum wq_exit run_resume(struct wq_queue_cli *c)
{
	return set_state(c, "ACTIVE", wq_str(NULL));
}

static enum wq_exit run_verify(struct wq_queue_cli *c)
{
	struct account_cli a;
	enum wq_exit code;

	begin(&a, c);
	code = act_and_show(&a, WQ_ACCOUNT_VERIFY);
	end(&a);
	return code;
}

static enum wq_exit run_remove(struct wq_queue_cli *c)
{
	struct account_cli a;
	enum wq_exit code;

	begin(&a, c);
	a.act.forced = wq_queue_cli_flag(c, "force");
	code = act(&a, WQ_ACCOUNT_REMOVE);
	if (code == WQ_EXIT_DONE)
		puts("removed");
	end(&a);
	return code;
}

static void on_resealed(struct wq_account_reseal *r)
{
	wq_session_done(&WQ_OWNER(r, struct account_cli, reseal)->c->session, 0);
}

static enum wq_exit reseal(struct account_cli *a)
{
	struct wq_account_reseal *r = &a->reseal;

	if (a->ring.n == 0) {
		fprintf(stderr,
		        "willaq: there is no key to seal with: set WILLAQ_SECRET_KEY, the new key "
		        "first and the old ones behind it\n");
		return WQ_EXIT_FAILED;
	}
	r->ways = &a->ways;
	r->keys = &a->keys;
	r->cb = on_resealed;
	wq_account_reseal_start(r, a->c->session.loop);
	(void)wq_session_run(&a->c->session, 0);
	printf("%llu sealed with the current key, %llu were already, %llu do not open\n",
	       (unsigned long long)r->resealed, (unsigned long long)r->current,
	       (unsigned long long)r->shut);
	if (r->rc != 0)
		wq_session_tell(&a->c->session, r->rc, r->error);
	return r->rc == 0 && r->shut == 0 ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}

static enum wq_exit run_reseal(struct wq_queue_cli *c)
{
	struct account_cli a;
	enum wq_exit code;

	begin(&a, c);
	code = reseal(&a);
	end(&a);
	return code;
}

static const struct wq_queue_action actions[] = {
	{ "list", "", 0, 0, run_show, false },
	{ "show", "ID", 1, 1, run_show, false },
	{ "create", "FILE|-", 1, 1, run_create, false },
	{ "update", "ID FILE|-", 2, 2, run_update, false },
	{ "suspend", "ID", 1, 1, run_suspend, false },
	{ "resume", "ID", 1, 1, run_resume, false },
	{ "verify", "ID", 1, 1, run_verify, false },
	{ "holds", "ID", 1, 1, wq_account_cli_holds, false },
	{ "release", "ID", 1, 1, wq_account_cli_release, false },
	{ "remove", "ID", 1, 1, run_remove, false },
	{ "reseal", "", 0, 0, run_reseal, false },
	{ NULL, NULL, 0, 0, NULL, false },
};

enum wq_exit wq_account_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { actions, NULL };
	static const struct wq_queue_command command = { "account", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}
