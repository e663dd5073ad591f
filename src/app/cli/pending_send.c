/* SPDX-License-Identifier: MIT */
/* pending_send.c — `willaq pending send`: queued in Redis, sent by whoever works the queue. */
#include <stdio.h>

#include "app/cli/grid.h"
#include "app/cli/pending_cli.h"
#include "app/sending/part.h"
#include "base/err.h"
#include "base/limits.h"

struct send {
	struct wq_pending_cli p;
	struct wq_producer *producer;
	struct wq_ref ref;
	yyjson_doc *doc;
	struct wq_pending_sending sending;
	char error[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
};

static const char *barred(enum wq_pending_bar bar)
{
	switch (bar) {
	case WQ_PENDING_CLOSED:
		return "the window of 24 hours is closed: send a template, or --force";
	case WQ_PENDING_OPTED_OUT:
		return "the contact wants nothing more: an exception is --force";
	case WQ_PENDING_BLOCKED:
		return "the contact seems to have blocked this number: --force sends all the same";
	default:
		return "no name of the contact can be written to";
	}
}

static void tell(const struct wq_pending_sending *g)
{
	switch (g->outcome) {
	case WQ_PENDING_HELD:
	case WQ_PENDING_ENDED:
		wq_pending_cli_conflict(g->state, g->holder);
		return;
	case WQ_PENDING_BARRED:
		fprintf(stderr, "willaq: %s\n", barred(g->bar));
		return;
	case WQ_PENDING_EMPTY:
		fprintf(stderr, "willaq: it has no message of its own: say --text or --message\n");
		return;
	case WQ_PENDING_INVALID:
		fprintf(stderr, "willaq: %s %s\n", g->problem.field, g->problem.what);
		return;
	case WQ_PENDING_OTHER:
		fprintf(stderr, "willaq: it was sent before, with other words, as %.*s\n",
		        WQ_STR_ARG(g->message_id));
		return;
	default:
		wq_pending_cli_missing();
	}
}

static void show(struct send *s)
{
	struct wq_jsonw *w = &s->p.c->w;

	if (!s->p.c->json) {
		printf("%.*s\n", WQ_STR_ARG(s->sending.message_id));
		return;
	}
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "id", s->p.c->args->at[1]);
	wq_jsonw_put_text(w, "state", "sent");
	wq_jsonw_put_str(w, "message_id", s->sending.message_id);
	wq_jsonw_put_bool(w, "known", s->sending.item.made == WQ_LETTER_BEFORE);
	wq_jsonw_object_end(w);
	s->p.code = wq_queue_cli_print(s->p.c);
}

static void on_sent(struct wq_pending_sending *g, int rc)
{
	struct send *s = WQ_OWNER(g, struct send, sending);

	snprintf(s->error, sizeof(s->error), "%s", g->error);
	wq_session_done(&s->p.c->session, rc);
}

/* False: a sentence was printed. */
static bool read_words(struct send *s)
{
	const struct wq_args *args = s->p.c->args;
	const char *message = wq_args_option(args, "message");
	struct wq_pending_words *words = &s->sending.words;

	words->text = wq_str(wq_args_option(args, "text"));
	words->forced = wq_queue_cli_flag(s->p.c, "force");
	if (!message)
		return true;
	s->doc = wq_json_read(wq_str(message), WQ_API_JSON_DEPTH_MAX, NULL);
	words->message = yyjson_doc_get_root(s->doc);
	if (yyjson_is_obj(words->message) && !words->text.p)
		return true;
	fprintf(stderr, "willaq: --message is a JSON object, and stands instead of --text\n");
	s->p.code = WQ_EXIT_USAGE;
	return false;
}

/* Where no account is known at all, the one that workers make of their environment carries it. */
static bool find_account(struct send *s)
{
	const struct wq_account *a;

	if (!wq_pending_cli_accounts(&s->p))
		return false;
	s->sending.account = s->p.account;
	s->sending.provider = WQ_PROVIDER_CLOUD;
	if (wq_accounts_count(s->p.accounts.accounts) == 0)
		return true;
	if (wq_accounts_find(s->p.accounts.accounts, wq_strn(NULL, 0), s->p.account, &a) == 0 &&
	    wq_str_eq(a->id, s->p.account)) {
		s->sending.provider = a->provider;
		return true;
	}
	fprintf(stderr, "willaq: the account that it waits in is there no more\n");
	return false;
}

static int start(struct send *s)
{
	struct wq_session *session = &s->p.c->session;
	int rc = wq_producer_create(&s->producer, session->loop, session->redis);

	if (rc == 0)
		rc = wq_ref_init(&s->ref, session->redis,
		                 wq_str(wq_settings_text(session->settings, WQ_SET_PREFIX)),
		                 wq_str(wq_outbound_queue), NULL);
	if (rc != 0)
		return rc;
	s->sending.loop = session->loop;
	s->sending.redis = session->redis;
	s->sending.producer = s->producer;
	s->sending.arena = &s->p.arena;
	s->sending.queue_base = wq_ref_base(&s->ref);
	s->sending.keep_s = WQ_LETTER_KEEP_S;
	s->sending.id = s->p.id;
	s->sending.by = s->p.by;
	s->sending.cb = on_sent;
	return wq_pending_sending_start(&s->sending);
}

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

static void close_all(struct send *s)
{
	if (s->producer) {
		wq_producer_close(s->producer, on_closed, &s->p.c->session);
		(void)wq_session_wait(&s->p.c->session, 0, "");
	}
	wq_ref_fini(&s->ref);
	wq_json_free(s->doc);
	wq_pending_cli_end(&s->p);
}

enum wq_exit wq_pending_cli_send(struct wq_queue_cli *c)
{
	struct send s = { .producer = NULL };

	wq_pending_cli_begin(&s.p, c);
	if (wq_pending_cli_name(&s.p) && read_words(&s) && find_account(&s) &&
	    wq_session_wait(&c->session, start(&s), s.error)) {
		if (s.sending.outcome == WQ_PENDING_SENT) {
			s.p.code = WQ_EXIT_DONE;
			show(&s);
		} else {
			tell(&s.sending);
		}
	}
	close_all(&s);
	return s.p.code;
}
