/* SPDX-License-Identifier: MIT */
/* template_provider.c — what is known of an account's templates, Meta asked, and what stands for kinds of ours. */
#include "app/cli/template_provider.h"

#include <stdio.h>

#include "app/accounts/part.h"
#include "app/cli/grid.h"
#include "app/node.h"
#include "base/err.h"
#include "domain/template/check.h"
#include "domain/template/mapped.h"
#include "domain/template/own.h"
#include "domain/template/provider_act.h"
#include "domain/template/provider_definition.h"

enum { LOADED_MS = 10000, LOOK_MS = 10, NAME_MAX_BYTES = 600, DATA_MAX_BYTES = 16384 };

struct provider_cli {
	struct wq_queue_cli *c;
	struct wq_accounts_part accounts;
	struct wq_seal_ring ring; /* of the token that Meta is asked with */
	struct wq_arena arena;
	struct wq_client *client;
	struct wq_provider_act act;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	struct wq_grid grid;
	struct wq_str after;     /* where the next page of a list begins */
	struct wq_str only;      /* show: of this name alone; empty: all */
	yyjson_val *parameters;
	struct wq_message_problem problem;
	size_t shown;
	bool full;
};

static struct wq_str option(const struct provider_cli *p, const char *name)
{
	return wq_str(wq_args_option(p->c->args, name));
}

/* Behind "provider" and the action. */
static struct wq_str word(const struct provider_cli *p, unsigned i)
{
	return wq_str(p->c->args->count > i + 2 ? p->c->args->at[i + 2] : "");
}

static enum wq_exit fail(const char *what)
{
	fprintf(stderr, "willaq: %s\n", what);
	return WQ_EXIT_FAILED;
}

/* By id or number; names are a business's own, and the first that has it is meant. */
static const struct wq_account *find_account(const struct wq_accounts *all, struct wq_str hint)
{
	const struct wq_account *a;
	const void *at = NULL;

	if (wq_accounts_find(all, wq_strn(NULL, 0), hint, &a) == 0)
		return a;
	while ((a = wq_accounts_next(all, &at)))
		if (hint.n && wq_str_eq(a->name, hint))
			return a;
	return NULL;
}

static bool load(struct provider_cli *p, const struct wq_account **account)
{
	struct wq_session *s = &p->c->session;
	struct wq_accounts_opts o = { .loop = s->loop,
		                      .redis = s->redis,
		                      .prefix = wq_settings_text(s->settings, WQ_SET_PREFIX),
		                      .ways.ring = &p->ring };
	const char *why;

	(void)wq_seal_ring_init(&p->ring, wq_str(wq_settings_text(s->settings, WQ_SET_SECRET_KEY)),
	                        &why); /* the setting was judged */
	if (wq_accounts_part_build(&p->accounts, s->settings, &o) < 0)
		return false;
	for (unsigned ms = 0; ms < LOADED_MS && !(wq_accounts_loaded(p->accounts.accounts) &&
	                                          wq_templates_loaded(p->accounts.templates));
	     ms += LOOK_MS)
		wq_session_pause(s, LOOK_MS);
	*account = find_account(p->accounts.accounts, option(p, "account"));
	if (*account)
		return wq_send_keys_init(&p->keys, s->redis, (*account)->id) == 0;
	(void)fail("--account: there is none of that name");
	return false;
}

static void put_json(struct wq_jsonw *w, const char *key, struct wq_str json)
{
	yyjson_doc *doc = wq_json_read(json, WQ_JOB_JSON_DEPTH_MAX, NULL);

	wq_jsonw_key(w, key);
	if (doc)
		wq_jsonw_value(w, yyjson_doc_get_root(doc));
	else
		wq_jsonw_null(w);
	wq_json_free(doc);
}

static void show_row(struct provider_cli *p, const struct wq_provider_template *t)
{
	struct wq_jsonw *w = &p->c->w;

	p->shown++;
	if (!p->c->json) {
		wq_grid_str(&p->grid, t->name);
		wq_grid_str(&p->grid, t->language);
		wq_grid_str(&p->grid, t->status);
		wq_grid_str(&p->grid, t->category);
		wq_grid_str(&p->grid, t->quality);
		wq_grid_str(&p->grid, t->reason);
		return;
	}
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "name", t->name);
	wq_jsonw_put_str(w, "language", t->language);
	wq_jsonw_put_str(w, "id", t->id);
	wq_jsonw_put_str(w, "status", t->status);
	wq_jsonw_put_str(w, "category", t->category);
	wq_jsonw_put_str(w, "quality", t->quality);
	wq_jsonw_put_str(w, "reason", t->reason);
	put_json(w, "components", t->components);
	wq_jsonw_object_end(w);
}

static void on_page(struct wq_redis_cmd *cmd, int rc)
{
	struct provider_cli *p = WQ_OWNER(cmd, struct provider_cli, cmd);
	struct wq_provider_template t;
	char *next;

	p->after = wq_str("");
	if (rc == 0) {
		for (size_t i = 0; wq_ptpl_list_at(cmd, i, &t); i++)
			if (!p->only.n || wq_str_eq(p->only, t.name))
				show_row(p, &t);
		next = wq_arena_copy(&p->arena, wq_ptpl_list_next(cmd));
		p->after = wq_str(next ? next : "");
	}
	wq_session_done(&p->c->session, rc);
}

static bool look(struct provider_cli *p)
{
	do {
		const struct wq_ptpl_list l = { .after = p->after,
			                        .status = option(p, "status"),
			                        .language = option(p, "language"),
			                        .count = WQ_PROVIDER_TEMPLATES_BATCH };

		if (!wq_session_wait(&p->c->session,
		                     wq_ptpl_list_start(&p->keys, &p->cmd, &l, on_page),
		                     p->cmd.error))
			return false;
	} while (p->after.n);
	return true;
}

static enum wq_exit list(struct provider_cli *p, const struct wq_account *account)
{
	static const char *const head[] = { "NAME",     "LANGUAGE", "STATUS",
		                            "CATEGORY", "QUALITY",  "REASON" };
	bool ok;

	(void)account;
	wq_grid_init(&p->grid, WQ_COUNT(head), head);
	if (p->c->json)
		wq_jsonw_array(&p->c->w);
	ok = look(p);
	if (p->c->json)
		wq_jsonw_array_end(&p->c->w);
	if (ok && p->only.n && p->shown == 0)
		ok = fail("there is none of that name: willaq template provider sync") ==
		     WQ_EXIT_DONE;
	else if (ok && !p->c->json)
		(void)wq_grid_print(&p->grid);
	wq_grid_fini(&p->grid);
	if (!ok)
		return WQ_EXIT_FAILED;
	return p->c->json ? wq_queue_cli_print(p->c) : WQ_EXIT_DONE;
}

static enum wq_exit show(struct provider_cli *p, const struct wq_account *account)
{
	p->only = word(p, 0);
	p->c->json = true; /* components are nothing for a table */
	return list(p, account);
}

static void on_act(struct wq_provider_act *a, int rc)
{
	wq_session_done(&WQ_OWNER(a, struct provider_cli, act)->c->session, rc);
}

static enum wq_exit ask(struct provider_cli *p, enum wq_provider_doing doing,
                        const struct wq_account *account)
{
	struct wq_session *s = &p->c->session;
	struct wq_client_opts o;

	wq_node_client_opts(s->settings, &o);
	if (wq_client_create(&p->client, s->loop, s->resolver, &o) != 0)
		return fail("out of memory");
	p->act.doing = doing;
	p->act.loop = s->loop;
	p->act.redis = s->redis;
	p->act.client = p->client;
	p->act.account = account;
	p->act.cb = on_act;
	if (!wq_session_wait(s, wq_provider_act_start(&p->act), ""))
		return WQ_EXIT_FAILED;
	if (p->act.did == WQ_PROVIDER_NO_WABA)
		return fail("templates are of a WhatsApp Business account: the account needs its "
		            "waba_id");
	if (p->act.did == WQ_PROVIDER_UNKNOWN)
		return fail("there is none of that name in that language, as far as is known: sync "
		            "first");
	return p->act.did == WQ_PROVIDER_DID_IT ? WQ_EXIT_DONE : fail(p->act.why);
}

static enum wq_exit look_anew(struct provider_cli *p, const struct wq_account *account)
{
	enum wq_exit code = ask(p, WQ_PROVIDER_SYNC, account);

	if (code == WQ_EXIT_DONE)
		printf("%zu known\n", p->act.known);
	return code;
}

static enum wq_exit drop(struct provider_cli *p, const struct wq_account *account)
{
	enum wq_exit code;

	p->act.name = word(p, 0);
	p->act.language = option(p, "language");
	if (!wq_provider_template_name_is(p->act.name))
		return fail("no template can have that name");
	code = ask(p, WQ_PROVIDER_DELETE, account);
	if (code == WQ_EXIT_DONE)
		printf("%zu deleted\n", p->act.known);
	return code;
}

/* The file's JSON, or what comes in; NULL: a sentence was printed. */
static yyjson_val *read_wish(struct provider_cli *p, struct wq_str name)
{
	bool in = wq_str_is(name, "-");
	FILE *file = in ? stdin : name.p ? fopen(name.p, "r") : NULL;
	char *text = wq_arena_alloc(&p->arena, DATA_MAX_BYTES);
	size_t n = file && text ? fread(text, 1, DATA_MAX_BYTES, file) : 0;
	yyjson_val *root = NULL;

	if (file && !in)
		fclose(file);
	if (n > 0 && n < DATA_MAX_BYTES &&
	    wq_json_parse_in(&root, wq_strn(text, n), WQ_JOB_JSON_DEPTH_MAX, &p->arena) == 0)
		return root;
	fprintf(stderr, "willaq: %.*s holds no JSON of less than %d bytes\n", WQ_STR_ARG(name),
	        DATA_MAX_BYTES);
	return NULL;
}

static enum wq_exit create(struct provider_cli *p, const struct wq_account *account)
{
	yyjson_val *wish = read_wish(p, word(p, 0));
	enum wq_exit code;

	if (!wish)
		return WQ_EXIT_FAILED;
	if (wq_provider_wish_check(wish, &p->problem) != 0) {
		fprintf(stderr, "willaq: %s %s\n", p->problem.field, p->problem.what);
		return WQ_EXIT_FAILED;
	}
	p->act.wish = wish;
	code = ask(p, WQ_PROVIDER_CREATE, account);
	if (code == WQ_EXIT_DONE)
		printf("%s %s\n", p->act.id, p->act.status);
	return code;
}

static void mapping_row(struct provider_cli *p, struct wq_str kind, struct wq_str language,
                        struct wq_str data)
{
	if (!p->c->json) {
		wq_grid_str(&p->grid, kind);
		wq_grid_str(&p->grid, language);
		wq_grid_str(&p->grid, data);
		return;
	}
	wq_jsonw_object(&p->c->w);
	wq_jsonw_put_str(&p->c->w, "kind", kind);
	wq_jsonw_put_str(&p->c->w, "language", language);
	put_json(&p->c->w, "template", data);
	wq_jsonw_object_end(&p->c->w);
}

static void on_mappings(struct wq_redis_cmd *cmd, int rc)
{
	struct provider_cli *p = WQ_OWNER(cmd, struct provider_cli, cmd);
	struct wq_str kind, language, data;

	p->full = rc == 0 && wq_ptpl_use_full(cmd);
	for (size_t i = 0; rc == 0 && !p->full && wq_ptpl_use_at(cmd, i, &kind, &language, &data);
	     i++)
		mapping_row(p, kind, language, data);
	wq_session_done(&p->c->session, rc);
}

/* All of them, behind the change of one. */
static enum wq_exit use(struct provider_cli *p, struct wq_str kind, struct wq_str language,
                        struct wq_str data)
{
	static const char *const head[] = { "KIND", "LANGUAGE", "TEMPLATE" };
	bool ok;

	wq_grid_init(&p->grid, WQ_COUNT(head), head);
	if (p->c->json)
		wq_jsonw_array(&p->c->w);
	ok = wq_session_wait(&p->c->session,
	                     wq_ptpl_use_start(&p->keys, &p->cmd, kind, language, data,
	                                       on_mappings),
	                     p->cmd.error);
	if (p->c->json)
		wq_jsonw_array_end(&p->c->w);
	if (ok && p->full)
		ok = fail("there are as many mappings as there can be") == WQ_EXIT_DONE;
	else if (ok && !p->c->json)
		(void)wq_grid_print(&p->grid);
	wq_grid_fini(&p->grid);
	if (!ok)
		return WQ_EXIT_FAILED;
	return p->c->json ? wq_queue_cli_print(p->c) : WQ_EXIT_DONE;
}

static enum wq_exit mappings(struct provider_cli *p, const struct wq_account *account)
{
	(void)account;
	return use(p, wq_str(""), wq_str(""), wq_str(""));
}

static bool take_kind(const struct provider_cli *p)
{
	if (wq_template_kind_is(word(p, 0)) && wq_provider_language_is(word(p, 1)))
		return true;
	(void)fail("a kind is a word of a-z 0-9 _, a language is as es or en_US");
	return false;
}

static enum wq_exit unmap(struct provider_cli *p, const struct wq_account *account)
{
	(void)account;
	return take_kind(p) ? use(p, word(p, 0), word(p, 1), wq_str("")) : WQ_EXIT_USAGE;
}

static void on_seen(struct wq_redis_cmd *cmd, int rc)
{
	struct provider_cli *p = WQ_OWNER(cmd, struct provider_cli, cmd);
	struct wq_provider_template t;

	if (rc == 0 && !wq_ptpl_show_at(cmd, 0, &t))
		snprintf(p->problem.what, sizeof(p->problem.what),
		         "no such template is known: sync first");
	else if (rc == 0)
		(void)wq_mapped_check(&t, yyjson_arr_size(p->parameters), &p->problem);
	wq_session_done(&p->c->session, rc);
}

/* A list of texts, or nothing.  False: a sentence was printed. */
static bool read_parameters(struct provider_cli *p)
{
	struct wq_str text = option(p, "parameters");
	yyjson_val *each;
	size_t i, n;
	bool ok = !text.n || (wq_json_parse_in(&p->parameters, text, 2, &p->arena) == 0 &&
	                      yyjson_is_arr(p->parameters) &&
	                      yyjson_arr_size(p->parameters) <= WQ_WA_PARAMETERS_MAX);

	if (ok && p->parameters)
		yyjson_arr_foreach(p->parameters, i, n, each)
		{
			ok = ok && wq_json_str(each).n > 0 &&
			     wq_json_str(each).n <= WQ_PROVIDER_MAPPED_MAX_BYTES;
		}
	if (!ok)
		(void)fail("--parameters is a list of the variables' names: [\"name\", \"date\"]");
	return ok;
}

static bool write_data(struct provider_cli *p, struct wq_str language, struct wq_buf *b)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, b);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "name", word(p, 2));
	wq_jsonw_put_str(&w, "language", language);
	if (p->parameters) {
		wq_jsonw_key(&w, "parameters");
		wq_jsonw_value(&w, p->parameters);
	}
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w) == 0;
}

static enum wq_exit map(struct provider_cli *p, const struct wq_account *account)
{
	struct wq_str language = option(p, "language").n ? option(p, "language") : word(p, 1), key;
	enum wq_exit code = WQ_EXIT_FAILED;
	char name[NAME_MAX_BYTES];
	struct wq_buf b;

	(void)account;
	if (!take_kind(p) || !read_parameters(p))
		return WQ_EXIT_USAGE;
	if (!wq_provider_template_name_is(word(p, 2)) || !wq_provider_language_is(language))
		return fail("no template can have that name or language");
	snprintf(name, sizeof(name), "%s|%.*s", word(p, 2).p, WQ_STR_ARG(language));
	key = wq_str(name);
	if (!wq_session_wait(&p->c->session,
	                     wq_ptpl_show_start(&p->keys, &p->cmd, 1, &key, on_seen), p->cmd.error))
		return WQ_EXIT_FAILED;
	if (*p->problem.what)
		return fail(p->problem.what);
	wq_buf_init(&b, DATA_MAX_BYTES);
	if (write_data(p, language, &b))
		code = use(p, word(p, 0), word(p, 1), wq_buf_str(&b));
	wq_buf_fini(&b);
	return code;
}

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

static void end(struct provider_cli *p)
{
	wq_provider_act_fini(&p->act);
	if (p->client) {
		wq_client_close(p->client, on_closed, &p->c->session);
		(void)wq_session_run(&p->c->session, 0);
	}
	if (wq_accounts_part_close(&p->accounts, on_closed, &p->c->session))
		(void)wq_session_wait(&p->c->session, 0, "");
	wq_accounts_part_fini(&p->accounts);
	wq_seal_ring_fini(&p->ring);
	wq_arena_fini(&p->arena);
}

enum wq_exit wq_template_provider_run(struct wq_queue_cli *c)
{
	static const struct {
		const char *name;
		unsigned args;
		enum wq_exit (*run)(struct provider_cli *p, const struct wq_account *account);
	} actions[] = {
		{ "list", 0, list },     { "show", 1, show },   { "sync", 0, look_anew },
		{ "create", 1, create }, { "remove", 1, drop }, { "mappings", 0, mappings },
		{ "map", 3, map },       { "unmap", 2, unmap },
	};
	struct provider_cli p = { .c = c, .after = WQ_STR("") };
	const struct wq_account *account;
	enum wq_exit code = WQ_EXIT_FAILED;
	size_t i = 0;

	while (i < WQ_COUNT(actions) && strcmp(actions[i].name, c->args->at[1]) != 0)
		i++;
	if (i == WQ_COUNT(actions) || c->args->count != actions[i].args + 2) {
		fprintf(stderr, "willaq: willaq template provider %s\n",
		        WQ_TEMPLATE_PROVIDER_USAGE);
		return WQ_EXIT_USAGE;
	}
	wq_arena_init(&p.arena, WQ_TEMPLATE_MEMORY_MAX_BYTES);
	if (load(&p, &account))
		code = actions[i].run(&p, account);
	end(&p);
	return code;
}
