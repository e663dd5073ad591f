/* SPDX-License-Identifier: MIT */
/* submit.c — stretches of one account, one after the other. */
#include "domain/send/submit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/random.h"
#include "domain/message/files.h"
#include "domain/send/letter_job.h"

enum { NEXT, MAKE, MADE, ADD, ADDED };
enum { ID_RANDOM_BYTES = 8 };

static struct wq_submit *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_submit, flow);
}

struct wq_str wq_submit_id(struct wq_arena *a, struct wq_str account, int64_t now_ms)
{
	unsigned char bytes[ID_RANDOM_BYTES];
	size_t max = 16 + 2 * ID_RANDOM_BYTES + account.n;
	char *id = wq_random_bytes(bytes, sizeof(bytes)) == 0 ? wq_arena_alloc(a, max) : NULL;
	char hex[2 * ID_RANDOM_BYTES];

	if (!id)
		return wq_strn(NULL, 0);
	wq_hex_encode(bytes, sizeof(bytes), hex);
	snprintf(id, max, "m%011" PRIx64 "%.*s.%.*s", (uint64_t)now_ms, (int)sizeof(hex), hex,
	         WQ_STR_ARG(account));
	return wq_str(id);
}

struct wq_str wq_submit_account_of(struct wq_str id)
{
	size_t dot = wq_str_find(id, '.');

	return dot + 1 < id.n ? wq_strn(id.p + dot + 1, id.n - dot - 1) : wq_strn(NULL, 0);
}

/* What is written, in the arena; false: out of memory, or larger than it may be. */
static bool keep(struct wq_submit *s, struct wq_buf *b, int rc, struct wq_str *out)
{
	char *text = rc == 0 ? wq_arena_copy(s->arena, wq_buf_str(b)) : NULL;

	*out = wq_strn(text, b->n);
	wq_buf_fini(b);
	return text != NULL;
}

static bool write_message(struct wq_submit *s, const struct wq_message *m, struct wq_str *out)
{
	struct wq_buf b;
	struct wq_jsonw w;

	wq_buf_init(&b, WQ_LETTER_MEMORY_MAX_BYTES + WQ_BASE64_BYTES(WQ_FILE_DATA_MAX_BYTES));
	wq_jsonw_begin(&w, &b);
	wq_message_write(&w, m);
	return keep(s, &b, wq_jsonw_end(&w), out);
}

/* A file that is in the message is in its job alone, and goes with it. */
static bool write_record(struct wq_submit *s, struct wq_submission *it)
{
	struct wq_file files[WQ_FILES_MAX];
	struct wq_message bare = it->message;
	struct wq_buf b;
	struct wq_jsonw w;
	size_t n;
	int rc;

	it->record = it->data;
	if (it->data.n <= WQ_LETTER_DATA_MAX_BYTES)
		return true;
	n = wq_files_find(&bare, files, WQ_FILES_MAX);
	wq_buf_init(&b, WQ_LETTER_MEMORY_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_files_write(&w, &bare, files, n < WQ_FILES_MAX ? n : WQ_FILES_MAX);
	rc = wq_jsonw_end(&w);
	if (rc == 0 && n > 0)
		rc = wq_json_parse_in(&bare.content, wq_buf_str(&b), WQ_JOB_JSON_DEPTH_MAX,
		                      s->arena);
	wq_buf_fini(&b);
	return rc == 0 && write_message(s, &bare, &it->record);
}

static int64_t delay_of(const struct wq_submit *s, const struct wq_submission *it)
{
	int64_t delay = it->message.scheduled_ms - wq_loop_wall_ms(s->loop);

	return it->message.scheduled_ms && delay > 0 ? delay : 0;
}

static struct wq_letter_job job_of(const struct wq_submit *s, const struct wq_submission *it)
{
	return (struct wq_letter_job){ .id = it->id,
		                       .data = it->data,
		                       .delay_ms = delay_of(s, it),
		                       .priority = it->message.priority };
}

static bool write_opts(struct wq_submit *s, struct wq_submission *it)
{
	struct wq_letter_job job = job_of(s, it);
	struct wq_buf b;

	wq_buf_init(&b, WQ_LETTER_OPTS_MAX_BYTES);
	return keep(s, &b, wq_letter_job_opts(&job, &b), &it->opts);
}

/* Under it->id. */
static int write_job(struct wq_submit *s, struct wq_submission *it)
{
	it->message.id = it->id;
	return write_message(s, &it->message, &it->data) && write_record(s, it) && write_opts(s, it)
	               ? 0
	               : WQ_ENOMEM;
}

static int prepare(struct wq_submit *s, struct wq_submission *it)
{
	it->message.account = it->account;
	it->id = wq_submit_id(s->arena, it->account, wq_loop_wall_ms(s->loop));
	if (!it->id.p)
		return WQ_ENOMEM;
	return wq_person_of(it->message.to, it->person) == 0 ? write_job(s, it) : WQ_ENOMEM;
}

/* How many behind s->done are of one account. */
static size_t stretch(const struct wq_submit *s)
{
	size_t n = 0;

	while (n < WQ_SEND_BATCH_MAX && s->done + n < s->n &&
	       wq_str_eq(s->items[s->done + n].account, s->items[s->done].account))
		n++;
	return n;
}

static enum wq_flow_next run_next(struct wq_flow *f)
{
	struct wq_submit *s = self(f);
	int rc = 0;

	s->run = stretch(s);
	if (s->run == 0)
		return wq_flow_end(f, 0);
	for (size_t i = 0; i < s->run && rc == 0; i++)
		rc = prepare(s, &s->items[s->done + i]);
	if (rc == 0)
		rc = wq_send_keys_init(&s->keys, s->redis, s->items[s->done].account);
	return rc == 0 ? wq_flow_go(f, MAKE) : wq_flow_end(f, rc);
}

static void give_new(void *ctx, size_t i, struct wq_letter_new *out)
{
	struct wq_submit *s = ctx;
	const struct wq_submission *it = &s->items[s->done + i];

	*out = (struct wq_letter_new){ .id = it->message.id,
		                       .to = wq_str(it->person),
		                       .data = it->record,
		                       .reference = it->message.reference,
		                       .due_ms = it->message.scheduled_ms,
		                       .once = it->once,
		                       .print = it->print };
}

/* Of a key that was used before, the message of that time: its job may never have been added. */
static int take_made(struct wq_submit *s, const struct wq_redis_cmd *cmd, size_t i)
{
	struct wq_submission *it = &s->items[s->done + i];
	struct wq_str id;
	char *copy;
	int made = wq_letter_new_answer(cmd, i, &id);

	if (made == WQ_EPROTO)
		return made;
	it->made = (enum wq_letter_made)made;
	if (made == WQ_LETTER_NEW)
		return 0;
	copy = wq_arena_copy(s->arena, id);
	if (!copy)
		return WQ_ENOMEM;
	it->id = wq_strn(copy, id.n);
	return it->made == WQ_LETTER_BEFORE ? write_job(s, it) : 0;
}

static void on_cmd(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_submit *s = WQ_OWNER(cmd, struct wq_submit, cmd);

	s->error = cmd->error;
	for (size_t i = 0; i < s->run && rc == 0; i++)
		rc = take_made(s, cmd, i);
	wq_flow_resume(&s->flow, rc);
}

static enum wq_flow_next run_make(struct wq_flow *f)
{
	struct wq_submit *s = self(f);

	return wq_flow_after(f, MADE,
	                     wq_letter_new_start(&s->keys, &s->cmd, wq_loop_wall_ms(s->loop),
	                                         s->keep_s, s->run, give_new, s, on_cmd));
}

static enum wq_flow_next run_made(struct wq_flow *f)
{
	return f->last == 0 ? wq_flow_go(f, ADD) : wq_flow_end(f, f->last);
}

static void on_added(struct wq_add_all *a, int rc)
{
	struct wq_submit *s = WQ_OWNER(a, struct wq_submit, add);

	s->error = a->error ? a->error : "";
	wq_flow_resume(&s->flow, rc);
}

static enum wq_flow_next run_add(struct wq_flow *f)
{
	struct wq_submit *s = self(f);
	size_t n = 0;

	for (size_t i = 0; i < s->run; i++) {
		const struct wq_submission *it = &s->items[s->done + i];
		struct wq_letter_job job;

		if (it->made == WQ_LETTER_OTHER)
			continue;
		job = job_of(s, it);
		s->adds[n++] = wq_letter_job_item(&job, s->queue_base, it->opts);
	}
	s->add = (struct wq_add_all){ .items = s->adds, .n = n };
	if (n == 0)
		return wq_flow_go(f, ADDED);
	return wq_flow_after(f, ADDED, wq_producer_add_all(s->producer, &s->add, on_added));
}

static enum wq_flow_next run_added(struct wq_flow *f)
{
	struct wq_submit *s = self(f);

	if (f->last != 0)
		return wq_flow_end(f, f->last);
	s->done += s->run;
	return wq_flow_go(f, NEXT);
}

static const struct wq_flow_step steps[] = {
	[NEXT] = { "next", run_next, NULL, WQ_BIT(MAKE) },
	[MAKE] = { "make", run_make, NULL, WQ_BIT(MADE) },
	[MADE] = { "made", run_made, NULL, WQ_BIT(ADD) },
	[ADD] = { "add", run_add, NULL, WQ_BIT(ADDED) },
	[ADDED] = { "added", run_added, NULL, WQ_BIT(NEXT) },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_submit *s = self(f);

	s->cb(s, rc);
}

int wq_submit_start(struct wq_submit *s)
{
	size_t most = s->n < WQ_SEND_BATCH_MAX ? s->n : WQ_SEND_BATCH_MAX;

	s->error = "";
	s->done = s->run = 0;
	s->adds = wq_arena_alloc(s->arena, (most + 1) * sizeof(*s->adds));
	if (!s->adds)
		return WQ_ENOMEM;
	wq_flow_init(&s->flow, s->loop, steps, on_end);
	wq_flow_start(&s->flow);
	return 0;
}
