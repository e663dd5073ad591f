/* SPDX-License-Identifier: MIT */
/* business.c — businesses and keys of the API, by the operator's own hand. */
#include "app/cli/business.h"

#include <stdio.h>

#include "app/api/api.h"
#include "app/api/businesses.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"
#include "base/limits.h"
#include "domain/business/key.h"
#include "store/business.h"

const struct wq_option wq_business_options[] = {
	{ "json", NULL, "as JSON" },
	{ "name", "TEXT", "create, rename: what people call it" },
	{ "limit", "N", "list: how many (50)" },
	{ NULL, NULL, NULL },
};
const struct wq_option wq_key_options[] = {
	{ "json", NULL, "as JSON" },
	{ "business", "ID", "list: of this business; create: for it alone (all of them)" },
	{ "role", "ROLE", "create: viewer, agent, manager or admin" },
	{ "name", "TEXT", "create: what people call it" },
	{ "limit", "N", "list: how many (50)" },
	{ NULL, NULL, NULL },
};
enum { ROWS_DEFAULT = 50, NAME_MAX_BYTES = 100 };

struct business_cli {
	struct wq_queue_cli *c;
	struct wq_business_keys keys;
	struct wq_redis_cmd cmd;
	struct wq_new_key made;
	const struct wq_cli_registry *what;
	int64_t answer, accounts, api_keys;
	bool found;
};

/* What a list shows, as rows and as JSON. */
struct wq_cli_registry {
	const char *none;
	const char *const *fields; /* of the record, behind the id; NULL ends */
	const char *const *head;
	size_t columns;
	void (*view)(struct wq_jsonw *w, struct wq_str id, const struct wq_redis_value *fields);
};

static struct wq_str option(const struct wq_queue_cli *c, const char *name)
{
	return wq_str(wq_args_option(c->args, name));
}

static int64_t now_ms(const struct business_cli *b)
{
	return wq_loop_wall_ms(b->c->session.loop);
}

static void begin(struct business_cli *b, struct wq_queue_cli *c)
{
	*b = (struct business_cli){ .c = c };
	wq_business_keys_init(&b->keys, c->session.redis,
	                      wq_str(wq_settings_text(c->session.settings, WQ_SET_PREFIX)));
}

/* False: a sentence was printed. */
static bool name_is_good(const struct wq_queue_cli *c)
{
	if (option(c, "name").n <= NAME_MAX_BYTES)
		return true;
	fprintf(stderr, "willaq: --name is longer than %d bytes\n", NAME_MAX_BYTES);
	return false;
}

static bool id_is_good(struct wq_str id)
{
	if (wq_business_id_is(id))
		return true;
	fprintf(stderr, "willaq: a business's id is 1 to 64 of A-Z a-z 0-9 . _ -\n");
	return false;
}

static void on_done(struct wq_redis_cmd *cmd, int rc)
{
	struct business_cli *b = WQ_OWNER(cmd, struct business_cli, cmd);

	if (rc == 0) {
		b->answer = wq_business_answer(cmd);
		wq_business_in_use(cmd, &b->accounts, &b->api_keys);
	}
	wq_session_done(&b->c->session, rc);
}

/* Waits for it; `missing`: what is not there.  False: a sentence was printed. */
static bool is_done(struct business_cli *b, int started, const char *missing)
{
	if (!wq_session_wait(&b->c->session, started, b->cmd.error))
		return false;
	if (b->answer == WQ_BUSINESS_DONE)
		return true;
	if (b->answer == WQ_BUSINESS_MISSING)
		fprintf(stderr, "willaq: there is no such %s\n", missing);
	else if (b->answer == WQ_BUSINESS_EXISTS)
		fprintf(stderr, "willaq: there is a business of that id\n");
	else if (b->answer == WQ_BUSINESS_IN_USE)
		fprintf(stderr, "willaq: it has %lld accounts and %lld keys: remove those first\n",
		        (long long)b->accounts, (long long)b->api_keys);
	else
		fprintf(stderr, "willaq: there are %d, and no more can be\n", WQ_API_KEYS_MAX);
	return false;
}

static void print_rows(struct business_cli *b)
{
	const struct wq_cli_registry *what = b->what;
	const struct wq_redis_value *fields;
	struct wq_grid g;
	struct wq_str id;

	wq_grid_init(&g, what->columns, what->head);
	for (size_t i = 0; i < wq_registry_list_count(&b->cmd); i++) {
		wq_registry_list_at(&b->cmd, i, &id, &fields);
		wq_grid_str(&g, id);
		for (size_t f = 0; what->fields[f]; f++)
			wq_grid_str(&g, wq_fields_get(fields, what->fields[f]));
	}
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
}

static void write_json(struct business_cli *b)
{
	struct wq_jsonw *w = &b->c->w;
	const struct wq_redis_value *fields;
	struct wq_str id;

	wq_jsonw_array(w);
	for (size_t i = 0; i < wq_registry_list_count(&b->cmd); i++) {
		wq_registry_list_at(&b->cmd, i, &id, &fields);
		b->what->view(w, id, fields);
	}
	wq_jsonw_array_end(w);
}

static void on_listed(struct wq_redis_cmd *cmd, int rc)
{
	struct business_cli *b = WQ_OWNER(cmd, struct business_cli, cmd);

	b->found = rc == 0 && wq_registry_list_count(cmd) > 0;
	if (rc == 0 && b->c->json)
		write_json(b);
	else if (b->found)
		print_rows(b);
	wq_session_done(&b->c->session, rc);
}

static enum wq_exit list(struct business_cli *b, const struct wq_registry *g,
                         struct wq_str business)
{
	struct wq_registry_list l = { .business = business, .count = ROWS_DEFAULT };

	l.of_one = l.business.n > 0;
	if (!wq_queue_cli_count(b->c, "limit", WQ_API_PAGE_MAX, &l.count))
		return WQ_EXIT_USAGE;
	if (!wq_session_wait(&b->c->session, wq_registry_list_start(g, &b->cmd, &l, on_listed),
	                     b->cmd.error))
		return WQ_EXIT_FAILED;
	if (b->c->json)
		return wq_queue_cli_print(b->c);
	if (!b->found)
		puts(b->what->none);
	return WQ_EXIT_DONE;
}

static enum wq_exit run_list(struct wq_queue_cli *c)
{
	static const char *const fields[] = { "name", NULL }, *const head[] = { "ID", "NAME" };
	static const struct wq_cli_registry what = { "there are no businesses", fields, head, 2,
		                                     wq_view_business };
	struct business_cli b;

	begin(&b, c);
	b.what = &what;
	return list(&b, &b.keys.biz, wq_str(""));
}

static enum wq_exit name_it(struct wq_queue_cli *c, bool fresh, const char *told)
{
	struct wq_str id = wq_str(c->args->at[1]);
	struct business_cli b;

	begin(&b, c);
	if (!id_is_good(id) || !name_is_good(c))
		return WQ_EXIT_USAGE;
	if (!is_done(&b,
	             wq_business_put_start(&b.keys, &b.cmd, id, option(c, "name"), fresh,
	                                   now_ms(&b), on_done),
	             "business"))
		return WQ_EXIT_FAILED;
	puts(told);
	return WQ_EXIT_DONE;
}

static enum wq_exit run_create(struct wq_queue_cli *c)
{
	return name_it(c, true, "created");
}

static enum wq_exit run_rename(struct wq_queue_cli *c)
{
	return name_it(c, false, "renamed");
}

static enum wq_exit run_remove(struct wq_queue_cli *c)
{
	struct business_cli b;

	begin(&b, c);
	if (!is_done(&b, wq_business_remove_start(&b.keys, &b.cmd, wq_str(c->args->at[1]), on_done),
	             "business"))
		return WQ_EXIT_FAILED;
	puts("removed");
	return WQ_EXIT_DONE;
}

/* keys */

static enum wq_exit run_keys(struct wq_queue_cli *c)
{
	static const char *const fields[] = { "role", "business", "name", NULL };
	static const char *const head[] = { "ID", "ROLE", "BUSINESS", "NAME" };
	static const struct wq_cli_registry what = { "there are no keys", fields, head, 4,
		                                     wq_view_key };
	struct business_cli b;

	begin(&b, c);
	b.what = &what;
	return list(&b, &b.keys.key, option(c, "business"));
}

/* This once: alone on stdout, so that it can go straight to where it is kept. */
static enum wq_exit show_key(struct business_cli *b, const char *id)
{
	struct wq_jsonw *w = &b->c->w;

	if (!b->c->json) {
		fprintf(stderr, "%s\n", id);
		puts(b->made.key);
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "id", id);
	wq_jsonw_put_text(w, "key", b->made.key);
	wq_jsonw_object_end(w);
	return wq_queue_cli_print(b->c);
}

static enum wq_exit run_make(struct wq_queue_cli *c)
{
	struct wq_str business = option(c, "business");
	struct business_cli b;
	struct wq_key_put p;
	enum wq_role role;

	begin(&b, c);
	if (!wq_role_from(option(c, "role"), &role)) {
		fprintf(stderr,
		        "willaq: --role says what it may: viewer, agent, manager or admin\n");
		return WQ_EXIT_USAGE;
	}
	if (!name_is_good(c) || (business.n && !id_is_good(business)))
		return WQ_EXIT_USAGE;
	if (wq_key_make(&b.made) < 0)
		return WQ_EXIT_FAILED;
	p = (struct wq_key_put){ .id = wq_str(b.made.id),
		                 .business = business,
		                 .role = wq_str(wq_role_names[role]),
		                 .name = option(c, "name"),
		                 .sum = wq_str(b.made.sum),
		                 .now_ms = now_ms(&b) };
	if (!is_done(&b, wq_key_put_start(&b.keys, &b.cmd, &p, on_done), "business"))
		return WQ_EXIT_FAILED;
	return show_key(&b, b.made.id);
}

static enum wq_exit run_rotate(struct wq_queue_cli *c)
{
	struct business_cli b;
	int rc;

	begin(&b, c);
	if (wq_key_make(&b.made) < 0)
		return WQ_EXIT_FAILED;
	rc = wq_key_rotate_start(&b.keys, &b.cmd, wq_str(c->args->at[1]), wq_str(b.made.sum), false,
	                         wq_str(""), now_ms(&b), on_done);
	return is_done(&b, rc, "key") ? show_key(&b, c->args->at[1]) : WQ_EXIT_FAILED;
}

static enum wq_exit run_revoke(struct wq_queue_cli *c)
{
	struct business_cli b;
	int rc;

	begin(&b, c);
	rc = wq_key_remove_start(&b.keys, &b.cmd, wq_str(c->args->at[1]), false, wq_str(""),
	                         now_ms(&b), on_done);
	if (!is_done(&b, rc, "key"))
		return WQ_EXIT_FAILED;
	puts("revoked");
	return WQ_EXIT_DONE;
}

static const struct wq_queue_action business_actions[] = {
	{ "list", "", 0, 0, run_list, false },
	{ "create", "ID", 1, 1, run_create, false },
	{ "rename", "ID", 1, 1, run_rename, false },
	{ "remove", "ID", 1, 1, run_remove, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
static const struct wq_queue_action key_actions[] = {
	{ "list", "", 0, 0, run_keys, false },
	{ "create", "", 0, 0, run_make, false },
	{ "rotate", "ID", 1, 1, run_rotate, false },
	{ "revoke", "ID", 1, 1, run_revoke, false },
	{ NULL, NULL, 0, 0, NULL, false },
};

enum wq_exit wq_business_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { business_actions, NULL };
	static const struct wq_queue_command command = { "business", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}

enum wq_exit wq_key_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { key_actions, NULL };
	static const struct wq_queue_command command = { "key", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}
