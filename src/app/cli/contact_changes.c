/* SPDX-License-Identifier: MIT */
/* contact_changes.c — made, changed, tagged, noted, assigned, opted out and in, read; imported, erased. */
#include <inttypes.h>
#include <stdio.h>

#include "app/cli/contact_cli.h"
#include "app/sending/part.h"
#include "base/err.h"
#include "domain/contact/note.h"
#include "domain/send/submit.h"
#include "store/receive.h"

/* p->wish of the JSON of a file.  False: a sentence was printed. */
static bool read_wish(struct wq_contact_cli *p, const char *name)
{
	const char *why = NULL;
	struct wq_buf text;
	int rc;

	if (!wq_contact_cli_read(name, WQ_CONTACT_BODY_MAX_BYTES, &text)) {
		wq_buf_fini(&text);
		return false;
	}
	p->body = wq_json_read(wq_buf_str(&text), WQ_API_JSON_DEPTH_MAX, &why);
	wq_buf_fini(&text);
	if (!p->body) {
		fprintf(stderr, "willaq: what the contact is cannot be read: %s\n", why ? why : "");
		return false;
	}
	rc = wq_contact_wish_read(&p->wish, yyjson_doc_get_root(p->body), NULL, &p->arena,
	                          &p->problem);
	if (rc < 0)
		fprintf(stderr, "willaq: %s %s\n", p->problem.field, p->problem.what);
	return rc == 0;
}

static enum wq_exit run_create(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_contact_cli p;

	if (wq_contact_cli_begin(&p, c)) {
		code = WQ_EXIT_USAGE;
		if (read_wish(&p, c->args->at[1])) {
			if (wq_contact_wish_names(&p.wish))
				code = wq_contact_cli_change(&p, wq_queue_cli_flag(c, "upsert"));
			else
				fprintf(stderr, "willaq: who it is has to be told: phone, wa_id, "
				                "user_id, parent_id or lid\n");
		}
	}
	wq_contact_cli_end(&p);
	return code;
}

static enum wq_exit run_update(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_contact_cli p;

	if (wq_contact_cli_begin_one(&p, c))
		code = read_wish(&p, c->args->at[2]) ? wq_contact_cli_change(&p, false)
		                                     : WQ_EXIT_USAGE;
	wq_contact_cli_end(&p);
	return code;
}

/* One change of one contact; fill says what, or why not. */
static enum wq_exit change(struct wq_queue_cli *c, const char *(*fill)(struct wq_contact_cli *p))
{
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_contact_cli p;
	const char *why;

	if (wq_contact_cli_begin_one(&p, c)) {
		wq_contact_wish_init(&p.wish, &p.arena);
		why = fill(&p);
		if (why) {
			fprintf(stderr, "willaq: %s\n", why);
			code = WQ_EXIT_USAGE;
		} else {
			code = wq_contact_cli_change(&p, false);
		}
	}
	wq_contact_cli_end(&p);
	return code;
}

static const char *fill_tags_of(struct wq_contact_cli *p, const char *option, const char *what)
{
	struct wq_str all = wq_contact_cli_option(p, option), tag;

	while (all.p && wq_str_next(&all, ',', &tag)) {
		if (wq_contact_text_judge(tag, WQ_CONTACT_TAG_MAX_BYTES) ||
		    wq_str_find(tag, ' ') < tag.n)
			return "a tag is 1 to 64 bytes without spaces";
		wq_contact_wish_add(&p->wish, what, tag, wq_str(""));
	}
	return NULL;
}

static const char *fill_tags(struct wq_contact_cli *p)
{
	const char *why = fill_tags_of(p, "tag", "tag");

	why = why ? why : fill_tags_of(p, "not-tag", "untag");
	if (!why && p->wish.n == 0)
		why = "--tag tells which to give, --not-tag which to take away";
	return why;
}

static const char *fill_note(struct wq_contact_cli *p)
{
	struct wq_str text = wq_str(p->c->args->at[2]);

	if (!text.n || text.n > WQ_CONTACT_NOTE_MAX_BYTES)
		return "a note is 1 to 4096 bytes";
	return wq_contact_note(&p->wish, text, wq_str("terminal"),
	                       wq_loop_wall_ms(p->c->session.loop)) < 0
	               ? "out of memory"
	               : NULL;
}

static const char *fill_to(struct wq_contact_cli *p)
{
	struct wq_str who = wq_str(p->c->args->at[2]);

	if (wq_contact_text_judge(who, WQ_CONTACT_ASSIGNED_MAX_BYTES))
		return "who looks after it is told in 1 to 64 bytes, or as none";
	wq_contact_wish_add(&p->wish, "to", wq_str(""), wq_str_is(who, "none") ? wq_str("") : who);
	return NULL;
}

static const char *fill_opt(struct wq_contact_cli *p, const char *what)
{
	struct wq_str why = wq_contact_cli_option(p, "reason");

	if (why.n > WQ_CONTACT_REASON_MAX_BYTES)
		return "--reason is longer than 200 bytes";
	wq_contact_wish_add(&p->wish, what, wq_str(""), why.n ? why : wq_str("by hand"));
	return NULL;
}

static const char *fill_opt_out(struct wq_contact_cli *p)
{
	return fill_opt(p, "optout");
}

static const char *fill_opt_in(struct wq_contact_cli *p)
{
	return fill_opt(p, "optin");
}

static const char *fill_read(struct wq_contact_cli *p)
{
	wq_contact_wish_add(&p->wish, "read", wq_str(""), wq_str(""));
	return NULL;
}

static enum wq_exit run_tag(struct wq_queue_cli *c)
{
	return change(c, fill_tags);
}

static enum wq_exit run_note(struct wq_queue_cli *c)
{
	return change(c, fill_note);
}

static enum wq_exit run_assign(struct wq_queue_cli *c)
{
	return change(c, fill_to);
}

static enum wq_exit run_opt_out(struct wq_queue_cli *c)
{
	return change(c, fill_opt_out);
}

static enum wq_exit run_opt_in(struct wq_queue_cli *c)
{
	return change(c, fill_opt_in);
}

static enum wq_exit run_read(struct wq_queue_cli *c)
{
	return change(c, fill_read);
}

static void on_imported(struct wq_contact_import *i, int rc)
{
	struct wq_contact_cli *p = wq_contact_import_ctx(i);

	wq_session_done(&p->c->session, rc);
}

static enum wq_exit tell_import(struct wq_contact_cli *p, const struct wq_contact_import_told *t)
{
	if (t->wrong) {
		fprintf(stderr,
		        "willaq: %s; %" PRIu64 " of %" PRIu64
		        " lines are wrong, and nothing was changed\n",
		        t->where, t->wrong, t->lines);
		return WQ_EXIT_FAILED;
	}
	if (t->refused)
		fprintf(stderr, "willaq: %s; %" PRIu64 " lines were left out\n", t->where,
		        t->refused);
	if (!p->c->json) {
		printf("%" PRIu64 " lines: %" PRIu64 " contacts created, %" PRIu64 " updated\n",
		       t->lines, t->made, t->changed);
		return t->refused ? WQ_EXIT_FAILED : WQ_EXIT_DONE;
	}
	wq_jsonw_object(&p->c->w);
	wq_jsonw_put_int(&p->c->w, "lines", (int64_t)t->lines);
	wq_jsonw_put_int(&p->c->w, "created", (int64_t)t->made);
	wq_jsonw_put_int(&p->c->w, "updated", (int64_t)t->changed);
	wq_jsonw_put_int(&p->c->w, "refused", (int64_t)t->refused);
	wq_jsonw_object_end(&p->c->w);
	(void)wq_queue_cli_print(p->c);
	return t->refused ? WQ_EXIT_FAILED : WQ_EXIT_DONE;
}

/* False: a sentence was printed. */
static bool read_format(const struct wq_contact_cli *p, const char *name, bool *csv)
{
	struct wq_str format = wq_contact_cli_option(p, "format");

	*csv = format.p ? wq_str_is(format, "csv") : wq_str_ends(wq_str(name), ".csv");
	if (*csv || wq_str_is(format, "jsonl") ||
	    (!format.p &&
	     (wq_str_ends(wq_str(name), ".jsonl") || wq_str_ends(wq_str(name), ".ndjson"))))
		return true;
	fprintf(stderr, "willaq: --format says what the file is: csv or jsonl\n");
	return false;
}

static enum wq_exit import(struct wq_contact_cli *p, struct wq_str text, bool csv)
{
	struct wq_contact_import_opts o = { .loop = p->c->session.loop,
		                            .keys = &p->keys,
		                            .text = text,
		                            .csv = csv,
		                            .dry = wq_queue_cli_flag(p->c, "dry-run"),
		                            .cb = on_imported,
		                            .ctx = p };
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_contact_import *i = NULL;
	int rc = wq_contact_import_create(&i, &o);

	if (rc == 0 && wq_session_run(&p->c->session, 0) == 0)
		code = tell_import(p, wq_contact_import_told(i));
	else
		wq_session_tell(&p->c->session, rc ? rc : p->c->session.rc,
		                i ? wq_contact_import_told(i)->error : "");
	wq_contact_import_destroy(i);
	return code;
}

static enum wq_exit run_import(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_contact_cli p;
	struct wq_buf text;
	bool csv;

	if (wq_contact_cli_begin(&p, c)) {
		if (!read_format(&p, c->args->at[1], &csv)) {
			code = WQ_EXIT_USAGE;
		} else {
			if (wq_contact_cli_read(c->args->at[1], WQ_CONTACT_IMPORT_FILE_BYTES,
			                        &text))
				code = import(&p, wq_buf_str(&text), csv);
			wq_buf_fini(&text);
		}
	}
	wq_contact_cli_end(&p);
	return code;
}

static void on_merged(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_cli *p = WQ_OWNER(cmd, struct wq_contact_cli, cmd);
	struct wq_str left = wq_str("");
	int answer = rc == 0 ? wq_contact_merged(cmd, &left) : 0;

	if (answer == WQ_MERGED_MORE) {
		rc = wq_contact_merge_on(&p->keys, cmd, 0, on_merged);
		if (rc == 0)
			return;
	}
	p->found = rc == 0 && answer >= 0;
	p->id = wq_strn(wq_arena_copy(&p->arena, left.p ? left : wq_str("")), left.n);
	wq_session_done(&p->c->session, answer == WQ_EPROTO ? answer : rc);
}

static enum wq_exit merge(struct wq_contact_cli *p, struct wq_str with)
{
	struct wq_str account = wq_submit_account_of(with);
	int rc;

	if (!account.p || !wq_str_eq(account, p->account)) {
		wq_contact_cli_missing();
		return WQ_EXIT_FAILED;
	}
	rc = wq_contact_merge_start(&p->keys, &p->cmd, 0, p->id,
	                            wq_strn(with.p, with.n - account.n - 1), on_merged);
	if (!wq_session_wait(&p->c->session, rc, p->cmd.error))
		return WQ_EXIT_FAILED;
	if (p->found)
		return wq_contact_cli_show(p);
	wq_contact_cli_missing();
	return WQ_EXIT_FAILED;
}

static enum wq_exit run_merge(struct wq_queue_cli *c)
{
	struct wq_contact_cli p;
	enum wq_exit code = wq_contact_cli_begin_one(&p, c) ? merge(&p, wq_str(c->args->at[2]))
	                                                    : WQ_EXIT_FAILED;

	wq_contact_cli_end(&p);
	return code;
}

static void on_erased(struct wq_contact_erase *e, int rc)
{
	wq_session_done(&WQ_OWNER(e, struct wq_contact_cli, erase)->c->session, rc);
}

static enum wq_exit erase(struct wq_contact_cli *p)
{
	struct wq_session *s = &p->c->session;
	int rc = wq_ref_init(&p->outbound, s->redis,
	                     wq_str(wq_settings_text(s->settings, WQ_SET_PREFIX)),
	                     wq_str(wq_outbound_queue), NULL);

	if (rc < 0) {
		wq_session_tell(s, rc, "");
		return WQ_EXIT_FAILED;
	}
	p->erase = (struct wq_contact_erase){ .loop = s->loop,
		                              .keys = &p->keys,
		                              .outbound = &p->outbound,
		                              .id = p->id,
		                              .by = wq_str("terminal"),
		                              .why = wq_contact_cli_option(p, "reason"),
		                              .cb = on_erased };
	if (!p->erase.why.p)
		p->erase.why = wq_str("");
	wq_contact_erase_start(&p->erase);
	if (!wq_session_wait(s, 0, p->erase.cmd.error))
		return WQ_EXIT_FAILED;
	if (!p->erase.found) {
		wq_contact_cli_missing();
		return WQ_EXIT_FAILED;
	}
	puts("erased");
	return WQ_EXIT_DONE;
}

static enum wq_exit run_erase(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_contact_cli p;

	if (wq_contact_cli_begin_one(&p, c) &&
	    wq_queue_cli_confirmed(c, "all that is kept of this person"))
		code = erase(&p);
	wq_ref_fini(&p.outbound);
	wq_contact_cli_end(&p);
	return code;
}

const struct wq_queue_action wq_contact_changes[] = {
	{ "create", "FILE|-", 1, 1, run_create, false },
	{ "update", "ID FILE|-", 2, 2, run_update, false },
	{ "tag", "ID", 1, 1, run_tag, false },
	{ "note", "ID TEXT", 2, 2, run_note, false },
	{ "assign", "ID WHO|none", 2, 2, run_assign, false },
	{ "opt-out", "ID", 1, 1, run_opt_out, false },
	{ "opt-in", "ID", 1, 1, run_opt_in, false },
	{ "read", "ID", 1, 1, run_read, false },
	{ "import", "FILE|-", 1, 1, run_import, false },
	{ "merge", "ID ID", 2, 2, run_merge, false },
	{ "erase", "ID", 1, 1, run_erase, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
