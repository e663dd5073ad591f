/* SPDX-License-Identifier: MIT */
/* template.c — texts listed, filled in, checked and rewritten by hand. */
#include "app/cli/template.h"

#include <stdio.h>

#include "app/accounts/part.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"
#include "app/cli/template_provider.h"
#include "base/err.h"
#include "domain/template/check.h"
#include "store/template.h"

const struct wq_option wq_template_options[] = {
	{ "json", NULL, "as JSON" },
	{ "language", "CODE", "list: of this one alone; show, preview, check: es, en, de, or es_EC (en)" },
	{ "account", "ID", "whose version: this account's" },
	{ "business", "ID", "whose version: this business's" },
	{ "variables", "JSON", "preview: what to fill in (the examples)" },
	{ "currency", "CODE", "preview: of money that says none (USD)" },
	{ "parameters", "JSON", "provider map: what stands in its places: [\"name\", \"date\"]" },
	{ "status", "STATUS", "provider list: of this one alone" },
	{ "kind", "KIND", "check: of this kind, whose variables count as declared" },
	{ NULL, NULL, NULL },
};

enum { LOADED_MS = 10000, LOOK_MS = 10, PROBLEM_BYTES = 512 };

struct template_cli {
	struct wq_queue_cli *c;
	struct wq_accounts_part accounts;
	struct wq_arena arena;
	struct wq_redis_cmd cmd;
	struct wq_registry registry;
	struct wq_buf source; /* of the file */
	enum wq_template_of of;
	struct wq_str account, business;
	int64_t answer;
};

static struct wq_str option(const struct template_cli *t, const char *name)
{
	return wq_str(wq_args_option(t->c->args, name));
}

static bool load(struct template_cli *t)
{
	struct wq_session *s = &t->c->session;
	struct wq_accounts_opts o = { .loop = s->loop,
		                      .redis = s->redis,
		                      .prefix = wq_settings_text(s->settings, WQ_SET_PREFIX) };

	if (wq_accounts_part_build(&t->accounts, s->settings, &o) < 0)
		return false;
	for (unsigned ms = 0; ms < LOADED_MS && !(wq_accounts_loaded(t->accounts.accounts) &&
	                                          wq_templates_loaded(t->accounts.templates));
	     ms += LOOK_MS)
		wq_session_pause(s, LOOK_MS);
	if (wq_templates_loaded(t->accounts.templates) && wq_accounts_loaded(t->accounts.accounts))
		return true;
	fprintf(stderr, "willaq: Redis does not tell the texts: try again\n");
	return false;
}

/* False: a sentence was printed. */
static bool take_whose(struct template_cli *t)
{
	struct wq_str account = option(t, "account");
	const struct wq_account *a;

	t->of = WQ_TEMPLATE_ALL;
	t->business = option(t, "business");
	if (t->business.n)
		t->of = WQ_TEMPLATE_BUSINESS;
	if (!account.n)
		return true;
	if (wq_accounts_find(t->accounts.accounts, wq_strn(NULL, 0), account, &a) != 0 ||
	    (!wq_str_eq(a->id, account) && !wq_str_eq(a->name, account))) {
		fprintf(stderr, "willaq: --account: there is none of that name\n");
		return false;
	}
	t->of = WQ_TEMPLATE_ACCOUNT;
	t->account = wq_str(wq_arena_copy(&t->arena, a->id));
	t->business = wq_str(wq_arena_copy(&t->arena, a->business.n ? a->business : wq_str("")));
	return t->account.p && t->business.p;
}

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

/* All that an action needs, and the action. */
static enum wq_exit with_texts(struct wq_queue_cli *c, enum wq_exit (*run)(struct template_cli *t))
{
	struct template_cli t = { .c = c };
	enum wq_exit code = WQ_EXIT_FAILED;

	wq_arena_init(&t.arena, WQ_TEMPLATE_MEMORY_MAX_BYTES);
	wq_buf_init(&t.source, WQ_TEMPLATE_SOURCE_MAX_BYTES + 1);
	wq_registry_init(&t.registry, c->session.redis,
	                 wq_str(wq_settings_text(c->session.settings, WQ_SET_PREFIX)),
	                 WQ_TEMPLATES_REGISTRY);
	if (load(&t) && take_whose(&t))
		code = run(&t);
	if (wq_accounts_part_close(&t.accounts, on_closed, &c->session))
		(void)wq_session_wait(&c->session, 0, "");
	wq_accounts_part_fini(&t.accounts);
	wq_buf_fini(&t.source);
	wq_arena_fini(&t.arena);
	return code;
}

static bool is_asked_for(const struct template_cli *t, const struct wq_template_own *o)
{
	struct wq_str language = option(t, "language");

	if (language.n && !wq_str_eq(language, o->language))
		return false;
	if (t->account.n)
		return o->of == WQ_TEMPLATE_ACCOUNT && wq_str_eq(o->owner, t->account);
	return !t->business.n || wq_str_eq(o->business, t->business);
}

static void list_row(struct template_cli *t, struct wq_grid *g, const struct wq_template_row *row)
{
	struct wq_template_found f = { row->own.of, row->own.language, row->own.source, row->base };
	struct wq_template_problem p;
	struct wq_template text = { .source = row->own.source };

	if (wq_template_found_read(&f, &text, &t->arena, &p) != 0)
		text.title = wq_strn(NULL, 0);
	wq_grid_str(g, row->own.kind);
	wq_grid_str(g, row->own.language);
	wq_grid_text(g, wq_template_of_name(row->own.of));
	wq_grid_str(g, row->own.owner);
	wq_grid_str(g, text.title.p ? text.title : wq_str(""));
	wq_arena_reset(&t->arena);
}

static enum wq_exit list(struct template_cli *t)
{
	static const char *const head[] = { "KIND", "LANGUAGE", "OF", "OWNER", "TITLE" };
	struct wq_template_row row;
	struct wq_arena reading;
	struct wq_grid g;

	wq_grid_init(&g, 5, head);
	wq_arena_init(&reading, WQ_TEMPLATE_MEMORY_MAX_BYTES);
	if (t->c->json)
		wq_jsonw_array(&t->c->w);
	for (size_t i = 0; wq_template_row_at(t->accounts.templates, i, &row); i++) {
		if (!is_asked_for(t, &row.own))
			continue;
		if (t->c->json)
			wq_template_row_write(&t->c->w, &row, &reading);
		else
			list_row(t, &g, &row);
		wq_arena_reset(&reading);
	}
	if (t->c->json)
		wq_jsonw_array_end(&t->c->w);
	else
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	wq_arena_fini(&reading);
	return t->c->json ? wq_queue_cli_print(t->c) : WQ_EXIT_DONE;
}

/* False: a sentence was printed. */
static bool find(struct template_cli *t, struct wq_template_found *f)
{
	if (wq_templates_find(t->accounts.templates, t->business, t->account,
	                      wq_str(t->c->args->at[1]), option(t, "language"), f))
		return true;
	fprintf(stderr, "willaq: there is no text of that kind: see willaq template list\n");
	return false;
}

static enum wq_exit show(struct template_cli *t)
{
	struct wq_template_row row = { .base = { NULL, 0 } };
	struct wq_template_found f;

	if (!find(t, &f))
		return WQ_EXIT_FAILED;
	if (!t->c->json) {
		(void)fwrite(f.source.p, 1, f.source.n, stdout);
		return WQ_EXIT_DONE;
	}
	row.own = (struct wq_template_own){ .of = f.of,
		                            .kind = wq_str(t->c->args->at[1]),
		                            .language = f.language,
		                            .source = f.source };
	row.base = f.base;
	wq_template_row_write(&t->c->w, &row, &t->arena);
	return wq_queue_cli_print(t->c);
}

static enum wq_exit tell(int rc, const struct wq_template_problem *p)
{
	char text[PROBLEM_BYTES];

	if (rc < 0) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
		return WQ_EXIT_FAILED;
	}
	wq_template_problem_text(p, text, sizeof(text));
	fprintf(stderr, "willaq: %s\n", text);
	return WQ_EXIT_FAILED;
}

/* What is given, or the examples.  False: a sentence was printed. */
static bool read_variables(struct template_cli *t, const struct wq_template *text, yyjson_val **out)
{
	const char *given = wq_args_option(t->c->args, "variables");
	struct wq_buf b;
	struct wq_jsonw w;
	int rc;

	wq_buf_init(&b, 2 * WQ_TEMPLATE_SOURCE_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	rc = given ? wq_buf_add_text(&b, given) : wq_template_examples(text->variables, &w);
	if (rc == 0)
		rc = wq_json_parse_in(out, wq_buf_str(&b), WQ_JOB_JSON_DEPTH_MAX, &t->arena);
	wq_buf_fini(&b);
	if (rc == 0 && yyjson_is_obj(*out))
		return true;
	fprintf(stderr, "willaq: --variables is a JSON object: {\"name\":\"Ana\"}\n");
	return false;
}

static enum wq_exit print_text(struct template_cli *t, struct wq_str text)
{
	if (!t->c->json) {
		printf("%.*s\n", WQ_STR_ARG(text));
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(&t->c->w);
	wq_jsonw_put_str(&t->c->w, "text", text);
	wq_jsonw_object_end(&t->c->w);
	return wq_queue_cli_print(t->c);
}

static enum wq_exit preview(struct template_cli *t)
{
	struct wq_template_ask ask = { .language = option(t, "language"),
		                       .currency = option(t, "currency") };
	struct wq_template_problem p;
	struct wq_template_scope scope;
	struct wq_template_found f;
	struct wq_template text;
	yyjson_val *variables;
	struct wq_str out;
	int rc;

	if (!find(t, &f))
		return WQ_EXIT_FAILED;
	rc = wq_template_found_read(&f, &text, &t->arena, &p);
	if (rc != 0)
		return tell(rc, &p);
	if (!read_variables(t, &text, &variables))
		return WQ_EXIT_USAGE;
	scope = wq_template_scope_json(variables, NULL);
	ask.scope = &scope;
	rc = wq_template_found_render(&f, &ask, &t->arena, &out, &p);
	return rc == 0 ? print_text(t, out) : tell(rc, &p);
}

/* The file's, or what comes in; false: a sentence was printed. */
static bool read_source(struct template_cli *t, const char *name)
{
	bool in = strcmp(name, "-") == 0;
	FILE *file = in ? stdin : fopen(name, "r");
	size_t n = file && wq_buf_reserve(&t->source, WQ_TEMPLATE_SOURCE_MAX_BYTES + 1) == 0
	                   ? fread(t->source.p, 1, WQ_TEMPLATE_SOURCE_MAX_BYTES + 1, file)
	                   : 0;
	bool ok = file && !ferror(file);

	t->source.n = n;
	if (file && !in)
		fclose(file);
	if (!ok)
		fprintf(stderr, "willaq: %s cannot be read\n", name);
	return ok;
}

static enum wq_exit check_source(struct template_cli *t, struct wq_str kind, struct wq_str language)
{
	struct wq_template_problem p;
	struct wq_template text;
	int rc = wq_template_check(&text, kind, language, wq_buf_str(&t->source), &t->arena, &p);

	return rc == 0 ? WQ_EXIT_DONE : tell(rc, &p);
}

static enum wq_exit check(struct template_cli *t)
{
	enum wq_exit code = WQ_EXIT_FAILED;

	if (read_source(t, t->c->args->at[1]))
		code = check_source(t, option(t, "kind"), option(t, "language"));
	if (code == WQ_EXIT_DONE)
		puts("good");
	return code;
}

static void on_answer(struct wq_redis_cmd *cmd, int rc)
{
	struct template_cli *t = WQ_OWNER(cmd, struct template_cli, cmd);

	t->answer = rc == 0 ? wq_template_answer(cmd) : 0;
	wq_session_done(&t->c->session, rc);
}

/* Kind, language, owner.  False: a sentence was printed. */
static bool name_it(struct template_cli *t, struct wq_template_put *p, char *id)
{
	*p = (struct wq_template_put){ .id = id,
		                       .of = (int)t->of,
		                       .owner = t->of == WQ_TEMPLATE_ACCOUNT ? t->account
		                                                             : t->business,
		                       .business = t->business,
		                       .kind = wq_str(t->c->args->at[1]),
		                       .language = wq_str(t->c->args->at[2]),
		                       .source = wq_buf_str(&t->source),
		                       .now_ms = wq_loop_wall_ms(t->c->session.loop) };
	if (wq_template_kind_is(p->kind) && wq_template_language_is(p->language) &&
	    wq_template_id(id, p->of, p->owner, p->kind, p->language))
		return true;
	fprintf(stderr, "willaq: a kind is 1 to 64 of a-z 0-9 _, a language two letters: es, or "
	                "es_EC\n");
	return false;
}

static enum wq_exit set(struct template_cli *t)
{
	char id[WQ_TEMPLATE_ID_MAX_BYTES];
	struct wq_template_put p;

	if (!read_source(t, t->c->args->at[3]) || !name_it(t, &p, id) ||
	    check_source(t, p.kind, p.language) != WQ_EXIT_DONE)
		return WQ_EXIT_FAILED;
	if (!wq_session_wait(&t->c->session,
	                     wq_template_put_start(&t->registry, &t->cmd, &p, on_answer),
	                     t->cmd.error))
		return WQ_EXIT_FAILED;
	if (t->answer == WQ_TEMPLATE_TOO_MANY) {
		fprintf(stderr, "willaq: there are %d versions, and no more can be\n",
		        WQ_TEMPLATES_OWN_MAX);
		return WQ_EXIT_FAILED;
	}
	puts(t->answer == WQ_TEMPLATE_ADDED ? "added" : "replaced");
	return WQ_EXIT_DONE;
}

static enum wq_exit drop(struct template_cli *t)
{
	char id[WQ_TEMPLATE_ID_MAX_BYTES];
	struct wq_template_put p;

	if (!name_it(t, &p, id))
		return WQ_EXIT_USAGE;
	if (!wq_session_wait(&t->c->session,
	                     wq_template_remove_start(&t->registry, &t->cmd, id, p.now_ms,
	                                              on_answer),
	                     t->cmd.error))
		return WQ_EXIT_FAILED;
	if (t->answer == WQ_TEMPLATE_GONE) {
		fprintf(stderr, "willaq: there is no such version; texts of willaq's own stay\n");
		return WQ_EXIT_FAILED;
	}
	puts("removed");
	return WQ_EXIT_DONE;
}

static enum wq_exit run_list(struct wq_queue_cli *c)
{
	return with_texts(c, list);
}

static enum wq_exit run_show(struct wq_queue_cli *c)
{
	return with_texts(c, show);
}

static enum wq_exit run_preview(struct wq_queue_cli *c)
{
	return with_texts(c, preview);
}

static enum wq_exit run_check(struct wq_queue_cli *c)
{
	return with_texts(c, check);
}

static enum wq_exit run_set(struct wq_queue_cli *c)
{
	return with_texts(c, set);
}

static enum wq_exit run_remove(struct wq_queue_cli *c)
{
	return with_texts(c, drop);
}

enum wq_exit wq_template_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action actions[] = {
		{ "list", "", 0, 0, run_list, false },
		{ "show", "KIND", 1, 1, run_show, false },
		{ "preview", "KIND", 1, 1, run_preview, false },
		{ "check", "FILE|-", 1, 1, run_check, false },
		{ "set", "KIND LANGUAGE FILE|-", 3, 3, run_set, false },
		{ "remove", "KIND LANGUAGE", 2, 2, run_remove, false },
		{ "provider", WQ_TEMPLATE_PROVIDER_USAGE, 1, 4, wq_template_provider_run, false },
		{ NULL, NULL, 0, 0, NULL, false },
	};
	static const struct wq_queue_action *const tables[] = { actions, NULL };
	static const struct wq_queue_command command = { "template", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}
