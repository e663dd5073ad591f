/* SPDX-License-Identifier: MIT */
/* subscription_changes.c — create, update, rotate, pause, resume, remove. */
#include <stdio.h>
#include <string.h>

#include "app/cli/subscription.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { LINE_MAX_BYTES = 1024 };

/* options to the JSON that the API takes */

enum form { TEXT, LIST, NUMBER, TIME, BOOL };

static const struct {
	const char *option, *member;
	enum form form;
} wishes[] = {
	{ "url", "url", TEXT },
	{ "to-queue", "queue", TEXT },
	{ "stream", "stream", TEXT },
	{ "description", "description", TEXT },
	{ "events", "events", LIST },
	{ "kinds", "kinds", LIST },
	{ "fields", "fields", LIST },
	{ "providers", "providers", LIST },
	{ "accounts", "accounts", LIST },
	{ "raw", "raw", BOOL },
	{ "order", "order", TEXT },
	{ "batch-size", "batch_size", NUMBER },
	{ "batch-delay", "batch_delay_ms", TIME },
	{ "in-flight", "in_flight", NUMBER },
	{ "rate", "rate", NUMBER },
	{ "secret", "secret", TEXT },
};

static void put_list(struct wq_jsonw *w, struct wq_str rest)
{
	struct wq_str word;

	wq_jsonw_array(w);
	while (wq_str_next(&rest, ',', &word))
		wq_jsonw_str(w, wq_str_trim(word));
	wq_jsonw_array_end(w);
}

/* What is no number stays text: who judges it has the sentence. */
static void put_number(struct wq_jsonw *w, struct wq_str text)
{
	uint64_t n;

	if (wq_str_to_u64(text, INT64_MAX, &n))
		wq_jsonw_int(w, (int64_t)n);
	else
		wq_jsonw_str(w, text);
}

static void put_bool(struct wq_jsonw *w, struct wq_str text)
{
	if (wq_str_is(text, "true") || wq_str_is(text, "false"))
		wq_jsonw_bool(w, wq_str_is(text, "true"));
	else
		wq_jsonw_str(w, text);
}

/* False: a sentence was printed. */
static bool put_time(struct wq_queue_cli *c, struct wq_jsonw *w, const char *option)
{
	uint64_t ms = 0;

	if (!wq_queue_cli_ms(c, option, &ms))
		return false;
	wq_jsonw_int(w, (int64_t)ms);
	return true;
}

static bool put_wish(struct wq_queue_cli *c, struct wq_jsonw *w, size_t i, struct wq_str text)
{
	wq_jsonw_key(w, wishes[i].member);
	if (text.n == 0) { /* taken away */
		wq_jsonw_null(w);
		return true;
	}
	switch (wishes[i].form) {
	case TEXT:
		wq_jsonw_str(w, text);
		break;
	case LIST:
		put_list(w, text);
		break;
	case NUMBER:
		put_number(w, text);
		break;
	case TIME:
		return put_time(c, w, wishes[i].option);
	case BOOL:
		put_bool(w, text);
		break;
	}
	return true;
}

/* A secret among the arguments is everybody's to see: "-" is a line of stdin. */
static struct wq_str read_text(const char *option, const char *given, char line[LINE_MAX_BYTES])
{
	if (strcmp(option, "secret") != 0 || strcmp(given, "-") != 0)
		return wq_str(given);
	if (!fgets(line, LINE_MAX_BYTES, stdin))
		line[0] = '\0';
	return wq_str_trim(wq_strn(line, strcspn(line, "\r\n")));
}

/* NULL: a sentence was printed. */
static yyjson_doc *read_wish(struct wq_queue_cli *c, unsigned *n)
{
	char line[LINE_MAX_BYTES];
	struct wq_buf text;
	struct wq_jsonw w;
	yyjson_doc *doc = NULL;
	bool good = true;

	*n = 0;
	wq_buf_init(&text, 2 * WQ_SUB_SPEC_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_object(&w);
	for (size_t i = 0; good && i < WQ_COUNT(wishes); i++) {
		const char *given = wq_args_option(c->args, wishes[i].option);

		if (!given)
			continue;
		good = put_wish(c, &w, i, read_text(wishes[i].option, given, line));
		++*n;
	}
	wq_jsonw_object_end(&w);
	if (good && wq_jsonw_end(&w) == 0)
		doc = wq_json_read(wq_buf_str(&text), WQ_API_JSON_DEPTH_MAX, NULL);
	if (good && !doc)
		fprintf(stderr, "willaq: that is more than a subscription holds\n");
	wq_wipe(line, sizeof(line));
	if (text.p)
		wq_wipe(text.p, text.n);
	wq_buf_fini(&text);
	return doc;
}

/* storing */

struct storing {
	struct wq_subscription_cli s;
	struct wq_redis_cmd cmd;
	struct wq_sub_put put;
	int64_t answer;
};

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct storing *p = WQ_OWNER(cmd, struct storing, cmd);

	p->answer = rc == 0 ? wq_sub_put_answer(cmd) : 0;
	wq_session_done(&p->s.c->session, rc);
}

/* False: a sentence was printed. */
static bool store(struct storing *p)
{
	struct wq_session *session = &p->s.c->session;

	p->put.id = p->s.id;
	p->put.now_ms = wq_loop_wall_ms(session->loop);
	if (!wq_session_wait(session, wq_sub_put_start(&p->s.keys, &p->cmd, &p->put, on_put),
	                     p->cmd.error))
		return false;
	if (p->answer > 0)
		return true;
	if (p->answer == WQ_SUB_MISSING)
		return wq_subscription_cli_missing(&p->s) == WQ_EXIT_DONE;
	if (p->answer == WQ_SUB_TOO_MANY)
		fprintf(stderr, "willaq: there are %d subscriptions, and no more can be\n",
		        WQ_SUBSCRIPTIONS_MAX);
	else
		fprintf(stderr,
		        "willaq: somebody else has changed it meanwhile: look at it, and try again\n");
	return false;
}

/* Judges what is asked for and stores it.  The code is FAILED where Redis is why, USAGE where the wish is. */
static enum wq_exit judge_and_store(struct storing *p, struct wq_str asked)
{
	const char *why = NULL;
	struct wq_buf spec;
	enum wq_exit code = WQ_EXIT_USAGE;
	int rc;

	wq_buf_init(&spec, 2 * WQ_SUB_SPEC_MAX_BYTES);
	rc = wq_subscription_judge(&spec, p->s.id, asked, &p->s.ring, &why);
	p->put.spec = wq_buf_str(&spec);
	if (rc == 0)
		code = store(p) ? WQ_EXIT_DONE : WQ_EXIT_FAILED;
	else
		fprintf(stderr, "willaq: %s\n", why ? why : wq_err_text(rc));
	wq_buf_fini(&spec);
	return code;
}

static void begin(struct storing *p, struct wq_buf *asked, struct wq_queue_cli *c)
{
	*p = (struct storing){ .answer = 0 };
	wq_subscription_cli_begin(&p->s, c);
	wq_buf_init(asked, 2 * WQ_SUB_SPEC_MAX_BYTES);
}

/* Shows what has become of it, if all went well. */
static enum wq_exit end(struct storing *p, struct wq_buf *asked, enum wq_exit code,
                        const char *secret)
{
	if (code == WQ_EXIT_DONE)
		code = wq_subscription_cli_show(&p->s, secret);
	if (asked->p)
		wq_wipe(asked->p, asked->n);
	wq_buf_fini(asked);
	wq_subscription_cli_end(&p->s);
	return code;
}

static enum wq_exit create(struct wq_queue_cli *c)
{
	char id[WQ_SUB_ID_MAX_BYTES + 1], secret[WQ_STANDARD_WEBHOOK_SECRET_BYTES] = "";
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_buf asked;
	struct storing p;
	unsigned n;
	yyjson_doc *wish = read_wish(c, &n);
	int rc = 0;

	if (!wish)
		return WQ_EXIT_USAGE;
	begin(&p, &asked, c);
	rc = wq_subscription_make_id(id);
	p.s.id = wq_str(id);
	p.put.state = wq_str("active");
	if (rc == 0 && wq_subscription_lacks_secret(yyjson_doc_get_root(wish)))
		rc = wq_standard_webhook_make_secret(secret);
	if (rc == 0)
		rc = wq_subscription_merge(&asked, NULL, yyjson_doc_get_root(wish), wq_str(secret));
	if (rc == 0)
		code = judge_and_store(&p, wq_buf_str(&asked));
	wq_json_free(wish);
	code = end(&p, &asked, code, secret);
	wq_wipe(secret, sizeof(secret));
	return code;
}

static enum wq_exit update(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_buf asked;
	struct storing p;
	unsigned n;
	yyjson_doc *wish = read_wish(c, &n);

	if (wish && n == 0)
		fprintf(stderr,
		        "willaq: nothing was named that should be changed, as --events message.*\n");
	if (!wish || n == 0) {
		wq_json_free(wish);
		return WQ_EXIT_USAGE;
	}
	begin(&p, &asked, c);
	if (wq_subscription_cli_read(&p.s) &&
	    wq_subscription_merge(&asked, yyjson_doc_get_root(p.s.sub.doc),
	                          yyjson_doc_get_root(wish), wq_str("")) == 0) {
		p.put.rev = p.s.rev;
		code = judge_and_store(&p, wq_buf_str(&asked));
	}
	wq_json_free(wish);
	return end(&p, &asked, code, NULL);
}

static enum wq_exit rotate(struct wq_queue_cli *c)
{
	char secret[WQ_STANDARD_WEBHOOK_SECRET_BYTES] = "";
	int64_t until = wq_loop_wall_ms(c->session.loop) + WQ_SUB_ROTATE_MS;
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_buf asked;
	struct storing p;

	begin(&p, &asked, c);
	if (wq_subscription_cli_read(&p.s) && wq_standard_webhook_make_secret(secret) == 0 &&
	    wq_subscription_rotate(&asked, &p.s.sub, wq_str(secret), until) == 0) {
		p.put.rev = p.s.rev;
		code = judge_and_store(&p, wq_buf_str(&asked));
	}
	code = end(&p, &asked, code, secret);
	wq_wipe(secret, sizeof(secret));
	return code;
}

static enum wq_exit set_state(struct wq_queue_cli *c, const char *state, const char *why)
{
	struct wq_buf asked;
	struct storing p;

	begin(&p, &asked, c);
	p.put.rev = -1;
	p.put.state = wq_str(state);
	p.put.why = wq_str(why);
	if (p.s.id.n > WQ_SUB_ID_MAX_BYTES)
		return end(&p, &asked, wq_subscription_cli_missing(&p.s), NULL);
	return end(&p, &asked, store(&p) ? WQ_EXIT_DONE : WQ_EXIT_FAILED, NULL);
}

static enum wq_exit pause_it(struct wq_queue_cli *c)
{
	return set_state(c, "paused", "paused");
}

static enum wq_exit resume(struct wq_queue_cli *c)
{
	return set_state(c, "active", "");
}

/* remove */

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_cli *s = WQ_OWNER(cmd, struct wq_subscription_cli, cmd);

	s->found = rc == 0 && wq_sub_remove_answer(cmd) > 0;
	wq_session_done(&s->c->session, rc);
}

static enum wq_exit tell_removed(struct wq_queue_cli *c)
{
	if (!c->json) {
		puts("removed");
		return WQ_EXIT_DONE;
	}
	wq_jsonw_object(&c->w);
	wq_jsonw_put_int(&c->w, "changed", 1);
	wq_jsonw_object_end(&c->w);
	return wq_queue_cli_print(c);
}

static enum wq_exit remove_it(struct wq_queue_cli *c)
{
	enum wq_exit code = WQ_EXIT_FAILED;
	struct wq_subscription_cli s;
	int rc;

	wq_subscription_cli_begin(&s, c);
	if (!wq_subscription_cli_read(&s)) {
		code = WQ_EXIT_FAILED;
	} else if (!wq_queue_cli_confirmed(c, "the subscription, with what waits for it")) {
		code = WQ_EXIT_USAGE;
	} else {
		rc = wq_sub_remove_start(&s.keys, &s.cmd, s.id, on_removed);
		if (wq_session_wait(&c->session, rc, s.cmd.error))
			code = s.found ? tell_removed(c) : wq_subscription_cli_missing(&s);
	}
	wq_subscription_cli_end(&s);
	return code;
}

#define WISH                                                                                        \
	"[--url URL|--to-queue QUEUE|--stream KEY] [--events TYPES] [--kinds KINDS] [--fields NAMES] " \
	"[--providers NAMES] [--accounts IDS] [--raw true|false] [--order strict|loose] "              \
	"[--batch-size N] [--batch-delay TIME] [--in-flight N] [--rate N] [--secret SECRET] "          \
	"[--description TEXT]"

const struct wq_queue_action wq_subscription_changes[] = {
	{ "create", WISH, 0, 0, create, false },
	{ "update", "ID " WISH "; an empty value takes it away", 1, 1, update, false },
	{ "pause", "ID", 1, 1, pause_it, false },
	{ "resume", "ID", 1, 1, resume, false },
	{ "rotate", "ID", 1, 1, rotate, false },
	{ "remove", "ID --yes", 1, 1, remove_it, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
