/* SPDX-License-Identifier: MIT */
/* sequence_changes.c — check, create, update, restore, pause, resume, archive, remove. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/sequence.h"
#include "app/settings/file.h"
#include "base/assert.h"
#include "base/err.h"
#include "store/registry.h"

/* NULL: a sentence was printed. */
static yyjson_val *read_definition(struct wq_sequence_cli *s, const char *name)
{
	bool is_stdin = strcmp(name, "-") == 0;
	yyjson_val *root = NULL;
	struct wq_buf text;
	int rc;

	wq_buf_init(&text, 2 * WQ_SEQ_MAX_BYTES);
	rc = wq_file_read(is_stdin ? "/dev/stdin" : name, 2 * WQ_SEQ_MAX_BYTES, &text);
	if (rc != 0)
		fprintf(stderr, "willaq: %s: %s\n", name, strerror(rc));
	else if (wq_json_parse_in(&root, wq_buf_str(&text), WQ_JOB_JSON_DEPTH_MAX, &s->arena) != 0)
		fprintf(stderr, "willaq: %s is no JSON, or more than a sequence holds\n", name);
	wq_buf_fini(&text);
	return root;
}

/* False: a sentence was printed. */
static bool judge(struct wq_sequence_cli *s, yyjson_val *root)
{
	struct wq_sequence_problem p;
	int rc = wq_sequence_prepare(&s->put, root, wq_sequence_beside, &s->arena, &p);

	if (rc == WQ_SEQUENCE_INVALID)
		fprintf(stderr, "willaq: %s%s%s\n", p.field, *p.field ? " " : "", p.what);
	else if (rc != 0)
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
	return rc == 0;
}

static enum wq_exit on_put(struct wq_sequence_cli *s)
{
	s->number = wq_seq_put_answer(&s->cmd);
	return WQ_EXIT_DONE;
}

static enum wq_exit store(struct wq_sequence_cli *s)
{
	enum wq_exit code;

	s->put.id = s->id;
	s->put.by = wq_str("command line");
	code = wq_sequence_cli_wait(
		s, wq_seq_put_start(&s->keys, &s->cmd, &s->put, wq_sequence_cli_told), on_put);
	if (code != WQ_EXIT_DONE)
		return code;
	if (s->number > 0)
		return wq_sequence_cli_show(s);
	if (s->number == WQ_SEQ_MISSING)
		return wq_sequence_cli_missing(s);
	if (s->number == WQ_SEQ_EXISTS)
		fprintf(stderr,
		        "willaq: there is a sequence of that id: update it, or take another id\n");
	else if (s->number == WQ_SEQ_TOO_MANY)
		fprintf(stderr, "willaq: the account has %d sequences, and no more can be\n",
		        WQ_SEQUENCES_MAX);
	else
		fprintf(stderr,
		        "willaq: somebody else has changed it meanwhile: look at it, and try again\n");
	return WQ_EXIT_FAILED;
}

static enum wq_exit check(struct wq_queue_cli *c)
{
	struct wq_sequence_cli s;
	yyjson_val *root;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c) && (root = read_definition(&s, c->args->at[1])) &&
	    judge(&s, root)) {
		printf("%.*s\n", WQ_STR_ARG(s.put.spec));
		code = WQ_EXIT_DONE;
	}
	wq_sequence_cli_end(&s);
	return code;
}

static enum wq_exit write_file(struct wq_queue_cli *c, int64_t rev, const char *what)
{
	struct wq_sequence_cli s;
	yyjson_val *root;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c)) {
		if (!wq_sequence_id_is_good(s.id)) {
			fprintf(stderr, "willaq: an id has 1 to %d letters, digits, - and _\n",
			        WQ_SEQ_ID_MAX_BYTES);
		} else if ((root = read_definition(&s, c->args->at[2])) && judge(&s, root)) {
			s.put.rev = rev;
			s.put.what = wq_str(what);
			code = store(&s);
		}
	}
	wq_sequence_cli_end(&s);
	return code;
}

static enum wq_exit create(struct wq_queue_cli *c)
{
	return write_file(c, 0, "created");
}

static enum wq_exit update(struct wq_queue_cli *c)
{
	return write_file(c, -1, "changed");
}

static enum wq_exit on_version(struct wq_sequence_cli *s)
{
	const struct wq_redis_value *version;
	yyjson_val *root;
	int64_t at;

	if (!wq_seq_read_fields(&s->cmd))
		return wq_sequence_cli_missing(s);
	if (!wq_seq_read_at(&s->cmd, 0, &at, &version) || wq_redis_count(version) == 0) {
		fprintf(stderr, "willaq: there is no such version of it\n");
		return WQ_EXIT_FAILED;
	}
	if (wq_json_parse_in(&root, wq_fields_get(version, "spec"), WQ_JOB_JSON_DEPTH_MAX,
	                     &s->arena) != 0)
		return WQ_EXIT_FAILED;
	return judge(s, root) ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
}

static enum wq_exit restore(struct wq_queue_cli *c)
{
	struct wq_sequence_cli s;
	uint64_t version = 0;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c) && wq_queue_cli_count(c, "version", INT32_MAX, &version)) {
		if (version == 0)
			fprintf(stderr, "willaq: to which version? --version N says it\n");
		else
			code = wq_sequence_cli_wait(&s,
			                            wq_seq_read_start(&s.keys, &s.cmd, s.id,
			                                              (int64_t)version, 0, 1,
			                                              wq_sequence_cli_told),
			                            on_version);
		if (code == WQ_EXIT_DONE) {
			s.put.rev = -1;
			s.put.what = wq_str("restored");
			code = store(&s);
		}
	}
	wq_sequence_cli_end(&s);
	return code;
}

static enum wq_exit on_state(struct wq_sequence_cli *s)
{
	return wq_seq_state_answer(&s->cmd, &s->number) == WQ_SEQ_MISSING
	               ? wq_sequence_cli_missing(s)
	               : WQ_EXIT_DONE;
}

static enum wq_exit set_state(struct wq_queue_cli *c, const char *state)
{
	struct wq_sequence_cli s;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c))
		do {
			code = wq_sequence_cli_wait(&s,
			                            wq_seq_state_start(&s.keys, &s.cmd, s.id, 0,
			                                               state,
			                                               wq_str("command line"),
			                                               wq_sequence_cli_told),
			                            on_state);
		} while (code == WQ_EXIT_DONE && s.number > 0);
	if (code == WQ_EXIT_DONE)
		code = wq_sequence_cli_show(&s);
	wq_sequence_cli_end(&s);
	return code;
}

static enum wq_exit pause(struct wq_queue_cli *c)
{
	return set_state(c, "paused");
}

static enum wq_exit resume(struct wq_queue_cli *c)
{
	return set_state(c, "active");
}

static enum wq_exit archive(struct wq_queue_cli *c)
{
	return set_state(c, "archived");
}

static enum wq_exit on_removed(struct wq_sequence_cli *s)
{
	int64_t inside, answer = wq_seq_remove_answer(&s->cmd, &inside);

	if (answer == WQ_SEQ_MISSING)
		return wq_sequence_cli_missing(s);
	if (answer == 1) {
		puts("removed");
		return WQ_EXIT_DONE;
	}
	fprintf(stderr, "willaq: %lld contacts are in it: archive it, or stop them first\n",
	        (long long)inside);
	return WQ_EXIT_FAILED;
}

static enum wq_exit remove_one(struct wq_queue_cli *c)
{
	struct wq_sequence_cli s;
	enum wq_exit code = WQ_EXIT_USAGE;

	if (wq_sequence_cli_begin(&s, c) &&
	    wq_queue_cli_confirmed(c, "the sequence with its versions and its history"))
		code = wq_sequence_cli_wait(&s,
		                            wq_seq_remove_start(&s.keys, &s.cmd, s.id,
		                                                wq_sequence_cli_told),
		                            on_removed);
	wq_sequence_cli_end(&s);
	return code;
}

const struct wq_queue_action wq_sequence_changes[] = {
	{ "check", "FILE|-", 1, 1, check, false },
	{ "create", "ID FILE|-", 2, 2, create, false },
	{ "update", "ID FILE|-", 2, 2, update, false },
	{ "restore", "ID --version N", 1, 1, restore, false },
	{ "pause", "ID", 1, 1, pause, false },
	{ "resume", "ID", 1, 1, resume, false },
	{ "archive", "ID", 1, 1, archive, false },
	{ "remove", "ID --yes", 1, 1, remove_one, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
