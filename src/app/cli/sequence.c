/* SPDX-License-Identifier: MIT */
/* sequence.c — options, and looks: list, show, versions, changes, people, runs. */
#include "app/cli/sequence.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "store/registry.h"
#include "store/sequence_run.h"

const struct wq_option wq_sequence_options[] = {
	{ "json", NULL, "as JSON" },
	{ "account", "ID", "of this account (default)" },
	{ "version", "N", "show, restore: of that version" },
	{ "limit", "N", "lists: how many (50)" },
	{ "from", "N", "lists: from the N-th on" },
	{ "state", "STATE", "people: active, answered or paused alone" },
	{ "tag", "TAG", "bulk enrol: all contacts of this tag" },
	{ "list", "FILE", "enrol: contacts' ids or phones, one a line; - is stdin" },
	{ "replace", NULL, "enrol: who is in another sequence leaves it" },
	{ "again", NULL, "enrol: who has been through it begins anew" },
	{ "reason", "TEXT", "bulk, person: for people" },
	{ "yes", NULL, "remove: really delete" },
	{ NULL, NULL, NULL },
};
enum { ROWS_DEFAULT = 50 };
static const char default_account[] = "default";

enum wq_exit wq_sequence_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { wq_sequence_looks, wq_sequence_changes,
		                                                wq_sequence_runs, wq_sequence_person, NULL };
	static const struct wq_queue_command command = { "sequence", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}

bool wq_sequence_cli_begin(struct wq_sequence_cli *s, struct wq_queue_cli *c)
{
	const char *given = wq_args_option(c->args, "account");
	struct wq_str id = wq_str(c->args->count > 1 ? c->args->at[1] : "");
	size_t dot = wq_str_find(id, '.');

	*s = (struct wq_sequence_cli){ .c = c, .account = wq_str(given ? given : default_account) };
	if (dot < id.n)
		s->account = wq_strn(id.p + dot + 1, id.n - dot - 1);
	s->id = wq_strn(id.p, dot);
	wq_arena_init(&s->arena, WQ_SEQ_MEMORY_MAX_BYTES);
	if (wq_send_keys_init(&s->keys, c->session.redis, s->account) == 0)
		return true;
	fprintf(stderr, "willaq: there is no account of such an id\n");
	return false;
}

void wq_sequence_cli_end(struct wq_sequence_cli *s)
{
	wq_arena_fini(&s->arena);
}

void wq_sequence_cli_told(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_sequence_cli *s = WQ_OWNER(cmd, struct wq_sequence_cli, cmd);

	if (rc == 0)
		s->code = s->on_answer(s);
	wq_session_done(&s->c->session, rc);
}

enum wq_exit wq_sequence_cli_wait(struct wq_sequence_cli *s, int started,
                                  enum wq_exit (*on_answer)(struct wq_sequence_cli *s))
{
	s->on_answer = on_answer;
	s->code = WQ_EXIT_FAILED;
	return wq_session_wait(&s->c->session, started, s->cmd.error) ? s->code : WQ_EXIT_FAILED;
}

enum wq_exit wq_sequence_cli_missing(const struct wq_sequence_cli *s)
{
	char id[WQ_GRID_CELL_MAX_BYTES];

	fprintf(stderr, "willaq: account %.*s has no sequence %s\n", WQ_STR_ARG(s->account),
	        wq_grid_clean(s->id, id, sizeof(id)));
	return WQ_EXIT_FAILED;
}

static void end_list(struct wq_sequence_cli *s)
{
	wq_jsonw_array_end(&s->c->w);
	(void)wq_queue_cli_print(s->c);
}

/* list */

static enum wq_exit print_list(struct wq_sequence_cli *s)
{
	static const char *const head[] = { "ID",        "NAME",    "STATE",      ">VERSION", ">STEPS",
		                            ">ACTIVE", ">ANSWERED", ">PAUSED", ">COMPLETED" };
	static const char *const counts[] = { "ver",        "steps",    "n:active",
		                              "n:answered", "n:paused", "n:completed" };
	const struct wq_redis_value *fields;
	struct wq_str id;
	struct wq_grid g;

	if (s->c->json) {
		wq_jsonw_array(&s->c->w);
		for (size_t i = 0; wq_seq_list_at(&s->cmd, i, &id, &fields); i++)
			wq_view_sequence(&s->c->w, s->account, id, fields, NULL);
		end_list(s);
		return WQ_EXIT_DONE;
	}
	if (!wq_seq_list_at(&s->cmd, 0, &id, &fields)) {
		puts("there are no sequences");
		return WQ_EXIT_DONE;
	}
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; wq_seq_list_at(&s->cmd, i, &id, &fields); i++) {
		wq_grid_str(&g, id);
		wq_grid_str(&g, wq_fields_get(fields, "name"));
		wq_grid_str(&g, wq_fields_get(fields, "state"));
		for (size_t n = 0; n < WQ_COUNT(counts); n++)
			wq_grid_count(&g, (uint64_t)wq_fields_int(fields, counts[n]));
	}
	(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	return WQ_EXIT_DONE;
}

/* False: a sentence was printed. */
static bool page(struct wq_queue_cli *c, uint64_t *first, uint64_t *count, uint64_t most)
{
	*first = 0;
	*count = ROWS_DEFAULT;
	return wq_queue_cli_count(c, "limit", most, count) &&
	       wq_queue_cli_count(c, "from", INT32_MAX, first);
}

static enum wq_exit list(struct wq_queue_cli *c)
{
	struct wq_sequence_cli s;
	uint64_t first, count;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c) && page(c, &first, &count, WQ_SEQUENCES_MAX))
		code = wq_sequence_cli_wait(&s,
		                            wq_seq_list_start(&s.keys, &s.cmd, wq_str(""), first,
		                                              count, wq_sequence_cli_told),
		                            print_list);
	wq_sequence_cli_end(&s);
	return code;
}

/* show */

static enum wq_exit print_one(struct wq_sequence_cli *s)
{
	const struct wq_redis_value *fields = wq_seq_read_fields(&s->cmd), *version;
	int64_t at;

	if (!fields || !wq_seq_read_at(&s->cmd, 0, &at, &version))
		return wq_sequence_cli_missing(s);
	if (wq_redis_count(version) == 0) {
		fprintf(stderr, "willaq: there is no version %" PRId64 " of it\n", at);
		return WQ_EXIT_FAILED;
	}
	wq_view_sequence(&s->c->w, s->account, s->id, fields, version);
	if (s->c->json)
		return wq_queue_cli_print(s->c);
	wq_grid_field("id", s->id);
	wq_grid_field("name", wq_fields_get(fields, "name"));
	wq_grid_field("state", wq_fields_get(fields, "state"));
	wq_grid_field("version", wq_fields_get(fields, "ver"));
	wq_grid_field("active", wq_fields_get(fields, "n:active"));
	wq_grid_field("completed", wq_fields_get(fields, "n:completed"));
	wq_grid_field_time("changed at", wq_fields_int(fields, "changed"));
	wq_grid_field("definition", wq_fields_get(version, "spec"));
	return WQ_EXIT_DONE;
}

static enum wq_exit show_version(struct wq_sequence_cli *s, uint64_t version)
{
	return wq_sequence_cli_wait(s,
	                            wq_seq_read_start(&s->keys, &s->cmd, s->id, (int64_t)version, 0,
	                                              1, wq_sequence_cli_told),
	                            print_one);
}

enum wq_exit wq_sequence_cli_show(struct wq_sequence_cli *s)
{
	return show_version(s, 0);
}

static enum wq_exit show(struct wq_queue_cli *c)
{
	struct wq_sequence_cli s;
	uint64_t version = 0;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c) && wq_queue_cli_count(c, "version", INT32_MAX, &version))
		code = show_version(&s, version);
	wq_sequence_cli_end(&s);
	return code;
}

/* versions */

static enum wq_exit print_versions(struct wq_sequence_cli *s)
{
	static const char *const head[] = {
		">VERSION", "MADE", "BY", "WHAT", ">STEPS", ">CONTACTS"
	};
	const struct wq_redis_value *fields;
	int64_t version;
	struct wq_grid g;

	if (!wq_seq_read_fields(&s->cmd))
		return wq_sequence_cli_missing(s);
	wq_jsonw_array(&s->c->w);
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; wq_seq_read_at(&s->cmd, i, &version, &fields); i++) {
		wq_view_version(&s->c->w, version, fields);
		wq_grid_count(&g, (uint64_t)version);
		wq_grid_time(&g, wq_fields_int(fields, "at"));
		wq_grid_str(&g, wq_fields_get(fields, "by"));
		wq_grid_str(&g, wq_fields_get(fields, "what"));
		wq_grid_count(&g, (uint64_t)wq_fields_int(fields, "steps"));
		wq_grid_count(&g, (uint64_t)wq_fields_int(fields, "contacts"));
	}
	if (s->c->json)
		end_list(s);
	else
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	return WQ_EXIT_DONE;
}

static enum wq_exit versions(struct wq_queue_cli *c)
{
	struct wq_sequence_cli s;
	uint64_t first, count;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c) && page(c, &first, &count, WQ_SEQ_VERSIONS_MAX))
		code = wq_sequence_cli_wait(&s,
		                            wq_seq_read_start(&s.keys, &s.cmd, s.id, -1, first,
		                                              count, wq_sequence_cli_told),
		                            print_versions);
	wq_sequence_cli_end(&s);
	return code;
}

/* changes */

static enum wq_exit print_changes(struct wq_sequence_cli *s)
{
	static const char *const head[] = { "AT", "BY", "WHAT", ">VERSION" };
	struct wq_grid g;

	wq_jsonw_array(&s->c->w);
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; i < wq_redis_count(s->cmd.reply); i++) {
		struct wq_str row = wq_redis_str(wq_redis_at(s->cmd.reply, i));
		yyjson_doc *doc = wq_json_read(row, WQ_API_JSON_DEPTH_MAX, NULL);
		yyjson_val *root = yyjson_doc_get_root(doc);

		wq_jsonw_raw(&s->c->w, row);
		wq_grid_time(&g, wq_json_get_int(root, "at", 0));
		wq_grid_str(&g, wq_json_get_str(root, "by"));
		wq_grid_str(&g, wq_json_get_str(root, "what"));
		wq_grid_count(&g, (uint64_t)wq_json_get_int(root, "version", 0));
		wq_json_free(doc);
	}
	if (s->c->json)
		end_list(s);
	else
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	return WQ_EXIT_DONE;
}

static enum wq_exit changes(struct wq_queue_cli *c)
{
	struct wq_sequence_cli s;
	uint64_t first, count;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c) && page(c, &first, &count, WQ_SEQ_CHANGES_MAX))
		code = wq_sequence_cli_wait(&s,
		                            wq_seq_changes_start(&s.keys, &s.cmd, s.id, first,
		                                                 count, wq_sequence_cli_told),
		                            print_changes);
	wq_sequence_cli_end(&s);
	return code;
}

/* people */

static enum wq_exit print_people(struct wq_sequence_cli *s)
{
	static const char *const head[] = { "CONTACT", "NAME", "STATE", ">VERSION", ">NEXT",
		                            "DUE",     ">SENT", ">SKIPPED", "REASON" };
	const struct wq_redis_value *f;
	struct wq_str con;
	struct wq_grid g;

	wq_jsonw_array(&s->c->w);
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; wq_enrol_list_at(&s->cmd, i, &con, &f); i++) {
		wq_view_enrolment(&s->c->w, s->account, con, f);
		wq_grid_str(&g, con);
		wq_grid_str(&g, wq_fields_get(f, "c:name"));
		wq_grid_str(&g, wq_fields_get(f, "state"));
		wq_grid_count(&g, (uint64_t)wq_fields_int(f, "ver"));
		wq_grid_count(&g, (uint64_t)wq_fields_int(f, "at"));
		wq_grid_time(&g, wq_fields_int(f, "due"));
		wq_grid_count(&g, (uint64_t)wq_fields_int(f, "steps"));
		wq_grid_count(&g, (uint64_t)wq_fields_int(f, "skipped"));
		wq_grid_str(&g, wq_fields_get(f, "why"));
	}
	if (s->c->json)
		end_list(s);
	else
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	return WQ_EXIT_DONE;
}

static enum wq_exit people(struct wq_queue_cli *c)
{
	const char *state = wq_args_option(c->args, "state");
	struct wq_sequence_cli s;
	struct wq_enrol_list l;
	enum wq_exit code = WQ_EXIT_USAGE;

	l = (struct wq_enrol_list){ .state = wq_str(state ? state : "") };
	if (wq_sequence_cli_begin(&s, c) && page(c, &l.first, &l.count, WQ_SEQ_PAGE_LOOKS)) {
		l.seq = s.id;
		code = wq_sequence_cli_wait(&s,
		                            wq_enrol_list_start(&s.keys, &s.cmd, &l,
		                                                wq_sequence_cli_told),
		                            print_people);
	}
	wq_sequence_cli_end(&s);
	return code;
}

const struct wq_queue_action wq_sequence_looks[] = {
	{ "list", "[--limit N]", 0, 0, list, false },
	{ "show", "ID [--version N]", 1, 1, show, false },
	{ "versions", "ID", 1, 1, versions, false },
	{ "changes", "ID", 1, 1, changes, false },
	{ "people", "ID [--state STATE]", 1, 1, people, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
