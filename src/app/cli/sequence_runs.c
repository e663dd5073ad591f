/* SPDX-License-Identifier: MIT */
/* sequence_runs.c — people begin a sequence; changes of many, worked here and now. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/sequence.h"
#include "app/settings/file.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/contact/names.h"
#include "domain/message/read.h"
#include "store/registry.h"
#include "store/sequence_run.h"

enum { LINES_MAX_BYTES = 64 << 20, ROWS_DEFAULT = 50 };

/* Those who are enrolled by one call, and what became of all. */
struct enrolling {
	struct wq_sequence_cli s;
	struct wq_enrol enrol;
	struct wq_enrol_who who[WQ_SEQ_BATCH_MAX];
	struct wq_str asked[WQ_SEQ_BATCH_MAX];
	size_t n;
	uint64_t enrolled, others;
};

/* A contact's id, or a phone, of whom a contact is made.  False: it is neither. */
static bool take_who(struct enrolling *e, struct wq_str text)
{
	struct wq_contact_names names = { .phone = { NULL, 0 } };
	struct wq_enrol_who *who = &e->who[e->n];
	struct wq_arena *a = &e->s.arena;
	char *digest, *id, *words;

	e->asked[e->n] = text;
	text.n = text.p[0] == 'c' ? wq_str_find(text, '.') : text.n;
	if (text.n == WQ_CONTACT_ID_BYTES && text.p[0] == 'c') {
		*who = (struct wq_enrol_who){ .who = text };
		return ++e->n > 0;
	}
	names.phone = wq_phone_read(text, a);
	digest = wq_arena_alloc(a, WQ_CONTACT_DIGESTS_BYTES + 1);
	id = wq_arena_alloc(a, WQ_CONTACT_ID_BYTES + 1);
	words = wq_arena_alloc(a, WQ_CONTACT_WORDS_BYTES);
	if (!names.phone.p || !digest || !id || !words || wq_contact_id(id) < 0 ||
	    wq_contact_names_digest(&names) < 0)
		return false;
	snprintf(digest, WQ_CONTACT_DIGESTS_BYTES + 1, "p%s", names.digests);
	*who = (struct wq_enrol_who){ .who = wq_str(digest),
		                      .id = wq_str(id),
		                      .phone = names.phone };
	who->words = wq_contact_words(&names, words);
	return ++e->n > 0;
}

static void give_who(void *ctx, size_t i, struct wq_enrol_who *out)
{
	*out = ((struct enrolling *)ctx)->who[i];
}

static enum wq_exit on_enrolled(struct wq_sequence_cli *s)
{
	struct enrolling *e = WQ_OWNER(s, struct enrolling, s);
	struct wq_str con;

	if (wq_enrol_version(&s->cmd) == 0)
		return wq_sequence_cli_missing(s);
	if (wq_enrol_version(&s->cmd) < 0) {
		fprintf(stderr, "willaq: the sequence is archived: nobody begins it any more\n");
		return WQ_EXIT_FAILED;
	}
	for (size_t i = 0; i < e->n; i++) {
		enum wq_enrol_outcome o = wq_enrol_at(&s->cmd, i, &con);

		e->enrolled += o == WQ_ENROL_DONE;
		e->others += o != WQ_ENROL_DONE;
		if (o != WQ_ENROL_DONE)
			fprintf(stderr, "willaq: %.*s: %s\n", WQ_STR_ARG(e->asked[i]),
			        wq_enrol_outcome_name(o));
	}
	return WQ_EXIT_DONE;
}

static enum wq_exit send_batch(struct enrolling *e)
{
	enum wq_exit code = WQ_EXIT_DONE;

	if (e->n > 0)
		code = wq_sequence_cli_wait(&e->s,
		                            wq_enrol_start(&e->s.keys, &e->s.cmd, &e->enrol, e->n,
		                                           give_who, e, wq_sequence_cli_told),
		                            on_enrolled);
	e->n = 0;
	wq_arena_reset(&e->s.arena);
	return code;
}

static enum wq_exit take_all(struct enrolling *e, struct wq_str lines)
{
	enum wq_exit code = WQ_EXIT_DONE;
	struct wq_str line;
	size_t number = 0;

	while (code == WQ_EXIT_DONE && wq_str_next(&lines, '\n', &line)) {
		number++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		line = wq_str_trim(line);
		if (line.n && !take_who(e, line)) {
			fprintf(stderr, "willaq: %zu: neither a contact's id nor a phone\n",
			        number);
			e->others++;
		}
		if (e->n == WQ_SEQ_BATCH_MAX)
			code = send_batch(e);
	}
	return code == WQ_EXIT_DONE ? send_batch(e) : code;
}

static enum wq_exit take_list(struct enrolling *e, const char *name)
{
	struct wq_buf text;
	enum wq_exit code = WQ_EXIT_FAILED;
	int rc;

	wq_buf_init(&text, LINES_MAX_BYTES);
	rc = wq_file_read(strcmp(name, "-") == 0 ? "/dev/stdin" : name, LINES_MAX_BYTES, &text);
	if (rc != 0)
		fprintf(stderr, "willaq: %s: %s\n", name, strerror(rc));
	else
		code = take_all(e, wq_buf_str(&text));
	wq_buf_fini(&text);
	return code;
}

static enum wq_exit enrol(struct wq_queue_cli *c)
{
	static struct enrolling e; /* too large for a stack */
	const char *list = wq_args_option(c->args, "list");
	enum wq_exit code = WQ_EXIT_USAGE;

	e = (struct enrolling){ .enrolled = 0 };
	if (wq_sequence_cli_begin(&e.s, c)) {
		e.enrol = (struct wq_enrol){ .seq = e.s.id,
			                     .by = wq_str("command line"),
			                     .flags = (wq_queue_cli_flag(c, "replace") ? 1U : 0U) |
			                              (wq_queue_cli_flag(c, "again") ? 2U : 0U) };
		if (list)
			code = take_list(&e, list);
		else if (c->args->count > 2)
			code = take_all(&e, wq_str(c->args->at[2]));
		else
			fprintf(stderr, "willaq: who? a contact's id or a phone, or --list FILE\n");
		if (code == WQ_EXIT_DONE)
			printf("%llu enrolled\n", (unsigned long long)e.enrolled);
		if (code == WQ_EXIT_DONE && e.others > 0)
			code = WQ_EXIT_FAILED;
	}
	wq_sequence_cli_end(&e.s);
	return code;
}

static enum wq_exit on_begun(struct wq_sequence_cli *s)
{
	s->number = wq_seq_run_begun(&s->cmd);
	if (s->number == 1)
		return WQ_EXIT_DONE;
	fprintf(stderr, s->number == 0
	                        ? "willaq: too many changes of many are under way: wait for one\n"
	                        : "willaq: there is no such sequence, or change\n");
	return WQ_EXIT_FAILED;
}

static enum wq_exit on_stepped(struct wq_sequence_cli *s)
{
	s->number = wq_seq_run_more(&s->cmd);
	return WQ_EXIT_DONE;
}

static enum wq_exit print_runs(struct wq_sequence_cli *s)
{
	static const char *const head[] = { "ID",    "WHAT",    "SEQUENCE", "TAG",
		                            "STATE", ">LOOKED", ">CHANGED", "BEGAN" };
	const struct wq_redis_value *f;
	struct wq_str id;
	struct wq_grid g;

	wq_jsonw_array(&s->c->w);
	wq_grid_init(&g, WQ_COUNT(head), head);
	for (size_t i = 0; wq_seq_list_at(&s->cmd, i, &id, &f); i++) {
		wq_view_sequence_run(&s->c->w, s->account, id, f);
		wq_grid_str(&g, id);
		wq_grid_str(&g, wq_fields_get(f, "what"));
		wq_grid_str(&g, wq_fields_get(f, "seq"));
		wq_grid_str(&g, wq_fields_get(f, "tag"));
		wq_grid_str(&g, wq_fields_get(f, "state"));
		wq_grid_count(&g, (uint64_t)wq_fields_int(f, "looked"));
		wq_grid_count(&g, (uint64_t)wq_fields_int(f, "changed"));
		wq_grid_time(&g, wq_fields_int(f, "made"));
	}
	wq_jsonw_array_end(&s->c->w);
	if (s->c->json)
		(void)wq_queue_cli_print(s->c);
	else
		(void)wq_grid_print(&g);
	wq_grid_fini(&g);
	return WQ_EXIT_DONE;
}

static enum wq_exit show_runs(struct wq_sequence_cli *s, struct wq_str id, uint64_t count)
{
	return wq_sequence_cli_wait(s,
	                            wq_seq_run_list_start(&s->keys, &s->cmd, id, 0, count,
	                                                  wq_sequence_cli_told),
	                            print_runs);
}

/* To the end, whether a server works at it as well or not. */
static enum wq_exit work(struct wq_sequence_cli *s, struct wq_seq_run *r)
{
	enum wq_exit code;

	r->id = wq_sequence_run_id(&s->arena);
	r->by = wq_str("command line");
	if (!r->id.p)
		return WQ_EXIT_FAILED;
	code = wq_sequence_cli_wait(
		s, wq_seq_run_begin_start(&s->keys, &s->cmd, r, wq_sequence_cli_told), on_begun);
	for (s->number = 1; code == WQ_EXIT_DONE && s->number;)
		code = wq_sequence_cli_wait(s,
		                            wq_seq_run_step_start(&s->keys, &s->cmd, 0,
		                                                  wq_sequence_cli_told),
		                            on_stepped);
	return code == WQ_EXIT_DONE ? show_runs(s, r->id, 1) : code;
}

static enum wq_exit bulk(struct wq_queue_cli *c)
{
	static const char *const whats[] = { "enrol", "pause", "resume", "stop", "move" };
	const char *tag = wq_args_option(c->args, "tag"), *why = wq_args_option(c->args, "reason");
	struct wq_seq_run r = { .tag = wq_str(tag ? tag : ""), .why = wq_str(why ? why : "") };
	struct wq_sequence_cli s;
	enum wq_exit code = WQ_EXIT_USAGE;

	for (size_t i = 0; i < WQ_COUNT(whats); i++)
		if (strcmp(c->args->at[2], whats[i]) == 0)
			r.what = whats[i];
	r.flags = (wq_queue_cli_flag(c, "replace") ? 1U : 0U) |
	          (wq_queue_cli_flag(c, "again") ? 2U : 0U);
	if (!r.what || (r.what == whats[0]) != (r.tag.n > 0)) {
		fprintf(stderr, "willaq: what? enrol --tag TAG, pause, resume, stop or move\n");
		return WQ_EXIT_USAGE;
	}
	if (wq_sequence_cli_begin(&s, c)) {
		r.seq = s.id;
		code = work(&s, &r);
	}
	wq_sequence_cli_end(&s);
	return code;
}

static enum wq_exit undo(struct wq_queue_cli *c)
{
	struct wq_seq_run r = { .what = "undo" };
	struct wq_sequence_cli s;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c)) {
		r.undoes = s.id;
		code = work(&s, &r);
	}
	wq_sequence_cli_end(&s);
	return code;
}

static enum wq_exit runs(struct wq_queue_cli *c)
{
	struct wq_sequence_cli s;
	uint64_t count = ROWS_DEFAULT;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c) &&
	    wq_queue_cli_count(c, "limit", WQ_SEQ_PAGE_LOOKS, &count))
		code = show_runs(&s, wq_str(""), count);
	wq_sequence_cli_end(&s);
	return code;
}

const struct wq_queue_action wq_sequence_runs[] = {
	{ "enrol", "ID [WHO | --list FILE] [--replace] [--again]", 1, 2, enrol, false },
	{ "bulk", "ID enrol|pause|resume|stop|move [--tag TAG] [--reason TEXT]", 2, 2, bulk, false },
	{ "runs", "[--limit N]", 0, 0, runs, false },
	{ "undo", "RUN", 1, 1, undo, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
