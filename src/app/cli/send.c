/* SPDX-License-Identifier: MIT */
/* send.c — checked here, queued in Redis, sent by whoever works the queue, and followed until it has arrived. */
#include "app/cli/send.h"

#include <stdio.h>
#include <string.h>

#include "app/accounts/part.h"
#include "app/api/message_view.h"
#include "app/cli/session.h"
#include "app/sending/part.h"
#include "base/err.h"
#include "domain/message/read.h"
#include "domain/send/submit.h"

enum { LOADED_MS = 5000, LOOK_MS = 200, MEMORY_MAX_BYTES = 1048576 };

const struct wq_option wq_send_options[] = {
	{ "to", "NUMBER", "who gets it, with the country code" },
	{ "message", "JSON", "the message as the API takes it, instead of a text" },
	{ "account", "NAME", "the account that it is sent from" },
	{ "at", "MOMENT", "when, as 2027-01-31T12:00:00Z" },
	{ "follow", "MS", "how long it is followed, in ms; 0: it is queued, and that is all (30000)" },
	{ "json", NULL, "machine-readable output" },
	{ NULL, NULL, NULL },
};

struct send {
	struct wq_session session;
	const struct wq_args *args;
	struct wq_accounts_part accounts;
	struct wq_producer *producer;
	struct wq_ref ref;
	struct wq_arena arena;
	yyjson_doc *doc;
	struct wq_submission item;
	struct wq_submit submit;
	struct wq_redis_cmd cmd;
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	char state[16];
	bool json;
};

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

/* The options as the JSON of a message. */
static bool write_message(struct send *s, struct wq_buf *out)
{
	const char *given = wq_args_option(s->args, "message");
	static const struct {
		const char *option, *member;
	} members[] = { { "to", "to" }, { "account", "account" }, { "at", "scheduledAt" } };
	struct wq_jsonw w;
	yyjson_doc *doc = NULL;
	yyjson_obj_iter it;
	yyjson_val *key;

	if (given && !(doc = wq_json_read(wq_str(given), WQ_API_JSON_DEPTH_MAX, NULL)))
		return false;
	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	yyjson_obj_iter_init(yyjson_doc_get_root(doc), &it);
	while ((key = yyjson_obj_iter_next(&it))) {
		wq_jsonw_key_str(&w, wq_json_str(key));
		wq_jsonw_value(&w, yyjson_obj_iter_get_val(key));
	}
	for (size_t i = 0; i < WQ_COUNT(members); i++)
		if (wq_args_option(s->args, members[i].option)) {
			wq_jsonw_put_text(&w, members[i].member,
			                  wq_args_option(s->args, members[i].option));
		}
	if (!given)
		wq_jsonw_put_text(&w, "text", s->args->count ? s->args->at[0] : "");
	wq_jsonw_object_end(&w);
	wq_json_free(doc);
	return wq_jsonw_end(&w) == 0;
}

static bool read_message(struct send *s)
{
	struct wq_message_problem p = { .limit = 0 };
	struct wq_buf text;
	bool written;
	int rc;

	wq_buf_init(&text, MEMORY_MAX_BYTES);
	written = write_message(s, &text);
	rc = written ? wq_json_parse(&s->doc, wq_buf_str(&text), WQ_API_JSON_DEPTH_MAX) : WQ_EPARSE;
	wq_buf_fini(&text);
	if (rc == 0)
		rc = wq_message_read(&s->item.message, yyjson_doc_get_root(s->doc),
		                     wq_loop_wall_ms(s->session.loop), &s->arena, &p);
	if (rc == WQ_MESSAGE_INVALID)
		fprintf(stderr, "willaq: %s %s\n", p.field, p.what);
	else if (rc != 0)
		fprintf(stderr, "willaq: --message %s\n",
		        rc == WQ_EPARSE ? "is no JSON object" : wq_err_text(rc));
	return rc == 0;
}

/* Where no account is known at all, the one that workers make of their environment carries it. */
static bool find_account(struct send *s)
{
	struct wq_accounts_opts o = { .loop = s->session.loop,
		                      .redis = s->session.redis,
		                      .prefix = wq_settings_text(s->session.settings, WQ_SET_PREFIX) };
	const struct wq_message *m = &s->item.message;
	const struct wq_account *a;
	int rc = wq_accounts_part_build(&s->accounts, s->session.settings, &o);

	if (rc < 0)
		return false;
	for (unsigned ms = 0; !wq_accounts_loaded(s->accounts.accounts) && ms < LOADED_MS;
	     ms += LOOK_MS / 10)
		wq_session_pause(&s->session, LOOK_MS / 10);
	rc = wq_accounts_find(s->accounts.accounts, m->business, m->account, &a);
	if (rc == 0 || (rc == WQ_ACCOUNT_NONE && wq_accounts_count(s->accounts.accounts) == 0)) {
		const char *id = rc == 0 ? wq_arena_copy(&s->arena, a->id) : "default";

		s->item.account = wq_str(id);
		return id != NULL;
	}
	fprintf(stderr, "willaq: %s\n",
	        rc == WQ_ACCOUNT_NOT_LOADED ? "Redis does not tell the accounts: try again"
	        : rc == WQ_ACCOUNT_NONE     ? "this business has no account to send from"
	                                    : "--account: there is none of that name");
	return false;
}

static void on_submitted(struct wq_submit *submit, int rc)
{
	struct send *s = WQ_OWNER(submit, struct send, submit);

	snprintf(s->error, sizeof(s->error), "%s", submit->error);
	wq_session_done(&s->session, rc);
}

static bool queue_it(struct send *s)
{
	const struct wq_settings *set = s->session.settings;
	int rc = wq_producer_create(&s->producer, s->session.loop, s->session.redis);

	if (rc == 0)
		rc = wq_ref_init(&s->ref, s->session.redis,
		                 wq_str(wq_settings_text(set, WQ_SET_PREFIX)),
		                 wq_str(wq_outbound_queue), NULL);
	s->submit = (struct wq_submit){ .items = &s->item,
		                        .n = 1,
		                        .loop = s->session.loop,
		                        .redis = s->session.redis,
		                        .producer = s->producer,
		                        .arena = &s->arena,
		                        .queue_base = wq_ref_base(&s->ref),
		                        .keep_s = WQ_LETTER_KEEP_S,
		                        .cb = on_submitted };
	if (rc == 0)
		rc = wq_submit_start(&s->submit);
	return wq_session_wait(&s->session, rc, s->error);
}

static void show_json(const struct send *s, const struct wq_redis_cmd *cmd)
{
	struct wq_buf b;
	struct wq_jsonw w;

	wq_buf_init(&b, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_view_message(&w, s->item.id, cmd);
	if (wq_jsonw_end(&w) == 0)
		printf("%.*s\n", WQ_STR_ARG(wq_buf_str(&b)));
	wq_buf_fini(&b);
}

static bool has_ended(const char *state)
{
	static const char *const ends[] = { "delivered", "read",      "played",
		                            "failed",    "cancelled", "parked" };

	for (size_t i = 0; i < WQ_COUNT(ends); i++)
		if (strcmp(state, ends[i]) == 0)
			return true;
	return false;
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct send *s = WQ_OWNER(cmd, struct send, cmd);
	struct wq_str state = rc == 0 ? wq_letter_field(cmd, "state") : wq_str("");
	struct wq_str why = rc == 0 ? wq_letter_field(cmd, "why") : wq_str("");

	if (rc == 0 && !wq_str_is(state, s->state)) {
		snprintf(s->state, sizeof(s->state), "%.*s", WQ_STR_ARG(state));
		if (s->json && has_ended(s->state))
			show_json(s, cmd);
		if (!s->json)
			printf("%s%s%.*s\n", s->state, why.n ? ": " : "", WQ_STR_ARG(why));
		fflush(stdout);
	}
	wq_session_done(&s->session, rc);
}

static uint64_t follow_ms(const struct send *s)
{
	const char *text = wq_args_option(s->args, "follow");
	uint64_t ms = 30000;

	return text && !wq_str_to_u64(wq_str(text), 86400000, &ms) ? 30000 : ms;
}

static enum wq_exit follow(struct send *s)
{
	struct wq_send_keys keys;
	uint64_t left = follow_ms(s);

	if (!s->json || left == 0)
		printf("%s%.*s%s\n", s->json ? "{\"id\":\"" : "", WQ_STR_ARG(s->item.id),
		       s->json ? "\",\"state\":\"queued\"}" : "");
	if (wq_send_keys_init(&keys, s->session.redis, s->item.account) < 0)
		return WQ_EXIT_FAILED;
	for (; left > 0; left -= left < LOOK_MS ? left : LOOK_MS) {
		int rc = wq_letter_show_start(&keys, &s->cmd, s->item.id, on_shown);

		if (!wq_session_wait(&s->session, rc, ""))
			return WQ_EXIT_FAILED;
		if (has_ended(s->state))
			return strcmp(s->state, "failed") == 0 || strcmp(s->state, "parked") == 0
			               ? WQ_EXIT_FAILED
			               : WQ_EXIT_DONE;
		wq_session_pause(&s->session, LOOK_MS);
	}
	return WQ_EXIT_DONE;
}

static void close_all(struct send *s)
{
	if (s->producer) {
		wq_producer_close(s->producer, on_closed, &s->session);
		(void)wq_session_wait(&s->session, 0, "");
	}
	if (wq_accounts_part_close(&s->accounts, on_closed, &s->session))
		(void)wq_session_wait(&s->session, 0, "");
	wq_accounts_part_fini(&s->accounts);
	wq_ref_fini(&s->ref);
	wq_json_free(s->doc);
	wq_arena_fini(&s->arena);
}

enum wq_exit wq_send_run(const struct wq_settings *settings, const struct wq_args *args)
{
	struct send s = { .args = args, .json = wq_args_option(args, "json") != NULL };
	enum wq_exit code = WQ_EXIT_USAGE;

	if (!wq_args_option(args, "message") && (!wq_args_option(args, "to") || args->count == 0)) {
		fprintf(stderr,
		        "willaq: who gets what? willaq send --to +593991234567 \"hello\"\n");
		return WQ_EXIT_USAGE;
	}
	wq_arena_init(&s.arena, MEMORY_MAX_BYTES);
	if (!wq_session_open(&s.session, settings))
		code = WQ_EXIT_FAILED;
	else if (read_message(&s))
		code = find_account(&s) && queue_it(&s) ? follow(&s) : WQ_EXIT_FAILED;
	close_all(&s);
	wq_session_close(&s.session);
	return code;
}
