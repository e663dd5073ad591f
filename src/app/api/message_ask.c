/* SPDX-License-Identifier: MIT */
/* message_ask.c — messages to submissions, all of a body checked before anything is kept. */
#include "app/api/message_ask.h"

#include <stdio.h>

#include "base/err.h"
#include "base/hmac.h"
#include "domain/provider/provider.h"
#include "domain/template/own.h"
#include "domain/template/use.h"

enum { MEMORY_MAX_BYTES = 67108864, KEY_MAX_BYTES = 256 };

struct wq_exchange *wq_ask_leave(struct wq_ask *a)
{
	struct wq_exchange *x = a->x;

	wq_json_free(a->doc);
	wq_ref_fini(&a->ref);
	wq_arena_fini(&a->arena);
	return x;
}

static bool fail(struct wq_ask *a, int rc)
{
	wq_message_fail(wq_ask_leave(a), rc, "");
	return false;
}

bool wq_ask_begin(struct wq_ask *a)
{
	if (!wq_api_body(a->x, &a->doc))
		return false;
	wq_arena_init(&a->arena, MEMORY_MAX_BYTES);
	return true;
}

bool wq_ask_room(struct wq_ask *a, size_t n)
{
	a->submit.items = wq_arena_alloc(&a->arena, n * sizeof(*a->submit.items));
	a->submit.n = n;
	return a->submit.items ? true : fail(a, WQ_ENOMEM);
}

/* Why it can't be sent from where it shall be; NULL: it can. */
static const char *account_problem(int rc)
{
	switch (rc) {
	case WQ_ACCOUNT_NONE:
		return "there is no account to send from: make one, or set WHATSAPP_TOKEN and "
		       "WHATSAPP_PHONE_NUMBER_ID";
	case WQ_ACCOUNT_UNKNOWN:
		return "account: there is none of that name";
	case WQ_ACCOUNT_FOREIGN:
		return "account: it is another business's";
	default:
		return NULL;
	}
}

/* A business's key sends for that business. */
static bool take_business(struct wq_ask *a, struct wq_message *m)
{
	const struct wq_caller *caller = wq_api_caller(a->x);
	const char *own;

	if (caller->business.n == 0)
		return true;
	if (m->business.n > 0 && !wq_api_sees(a->x, m->business)) {
		wq_reply_problem(wq_ask_leave(a), 403, "forbidden",
		                 "this key is of another business");
		return false;
	}
	own = wq_arena_copy(&a->arena, caller->business);
	if (!own)
		return fail(a, WQ_ENOMEM);
	m->business = wq_str(own);
	return true;
}

static bool take_account(struct wq_ask *a, struct wq_submission *it, const struct wq_account **out)
{
	int found = wq_accounts_find(a->api->accounts, it->message.business, it->message.account,
	                             out);
	const char *id;

	/* That there is one is not theirs to know. */
	if (found == WQ_ACCOUNT_FOREIGN && wq_api_caller(a->x)->business.n > 0)
		found = WQ_ACCOUNT_UNKNOWN;
	if (found == WQ_ACCOUNT_NOT_LOADED)
		return fail(a, WQ_EAWAY);
	if (found != 0) {
		wq_reply_problem(wq_ask_leave(a), 422, "no_account", "%s", account_problem(found));
		return false;
	}
	id = wq_arena_copy(&a->arena, (*out)->id);
	it->account = wq_str(id);
	return id ? true : fail(a, WQ_ENOMEM);
}

/* The text that it names, in the place of its content. */
static int take_use(struct wq_ask *a, struct wq_message *m, const struct wq_account *account,
                    struct wq_message_problem *p)
{
	struct wq_template_use u = { .templates = wq_accounts_templates(a->api->accounts),
		                     .business = account->business,
		                     .account = account->id };

	if (!wq_template_is_used(m))
		return 0;
	return wq_templates_loaded(u.templates) ? wq_template_use(m, &u, &a->arena, p) : WQ_EAWAY;
}

bool wq_ask_take(struct wq_ask *a, size_t i, int rc, struct wq_message_problem *p)
{
	struct wq_submission *it = &a->submit.items[i];
	const struct wq_account *account;

	if (rc == 0) {
		if (!take_business(a, &it->message) || !take_account(a, it, &account))
			return false;
		rc = take_use(a, &it->message, account, p);
		if (rc == 0)
			rc = wq_providers[account->provider]->check(&it->message, p);
	}
	if (rc == WQ_MESSAGE_INVALID) {
		a->refuse(a, i, p);
		return false;
	}
	return rc == 0 ? true : fail(a, rc);
}

/* The keys of one request are used by all of its messages, or by none. */
static bool used_otherwise(const struct wq_ask *a)
{
	for (size_t i = 0; i < a->submit.n; i++)
		if (a->submit.items[i].made == WQ_LETTER_OTHER)
			return true;
	return false;
}

static void on_submitted(struct wq_submit *s, int rc)
{
	struct wq_ask *a = WQ_OWNER(s, struct wq_ask, submit);

	if (rc != 0)
		wq_message_fail(wq_ask_leave(a), rc, s->error);
	else if (used_otherwise(a))
		wq_reply_problem(wq_ask_leave(a), 422, "idempotency_key_used",
		                 "this Idempotency-Key was used for another body");
	else
		a->done(a);
}

/* The digests of the key, one for each message, and of what was asked for.  False: answered. */
static bool take_key(struct wq_ask *a)
{
	struct wq_str key = wq_exchange_header(a->x, "Idempotency-Key");
	unsigned char sum[WQ_SHA256_BYTES];
	char *print, *once;

	if (!key.p)
		return true;
	if (!key.n || key.n > KEY_MAX_BYTES) {
		wq_reply_problem(wq_ask_leave(a), 400, "invalid_key",
		                 "an Idempotency-Key has 1 to %d bytes", KEY_MAX_BYTES);
		return false;
	}
	print = wq_arena_alloc(&a->arena, 2 * sizeof(sum) + 1);
	if (!print || wq_sha256(wq_exchange_request(a->x)->body, sum) < 0)
		return fail(a, WQ_ENOMEM);
	wq_hex_encode(sum, sizeof(sum), print);
	for (size_t i = 0; i < a->submit.n; i++) {
		struct wq_submission *it = &a->submit.items[i];

		once = wq_arena_alloc(&a->arena, 2 * sizeof(sum) + 24);
		if (!once || wq_sha256(key, sum) < 0)
			return fail(a, WQ_ENOMEM);
		wq_hex_encode(sum, sizeof(sum), once);
		snprintf(once + 2 * sizeof(sum), 24, "-%zu", i);
		it->once = wq_str(once);
		it->print = wq_str(print);
	}
	return true;
}

static void submit(struct wq_ask *a)
{
	int rc = wq_message_ref(a->api, &a->ref);

	a->submit.loop = a->api->loop;
	a->submit.redis = a->api->redis;
	a->submit.producer = a->api->producer;
	a->submit.arena = &a->arena;
	a->submit.queue_base = wq_ref_base(&a->ref);
	a->submit.keep_s = a->api->message_keep_s;
	a->submit.cb = on_submitted;
	if (rc == 0)
		rc = wq_submit_start(&a->submit);
	if (rc < 0)
		(void)fail(a, rc);
}

static void on_checked(struct wq_template_checks *t, int rc)
{
	struct wq_ask *a = WQ_OWNER(t, struct wq_ask, checks);

	if (rc != 0)
		wq_message_fail(wq_ask_leave(a), rc, t->error);
	else if (t->at < t->n)
		a->refuse(a, t->at, &t->problem);
	else
		submit(a);
}

void wq_ask_submit(struct wq_ask *a)
{
	int rc;

	if (!take_key(a))
		return;
	if (!wq_template_checks_needed(a->submit.items, a->submit.n)) {
		submit(a);
		return;
	}
	a->checks = (struct wq_template_checks){ .loop = a->api->loop,
		                                 .redis = a->api->redis,
		                                 .arena = &a->arena,
		                                 .items = a->submit.items,
		                                 .n = a->submit.n,
		                                 .cb = on_checked };
	rc = wq_template_checks_start(&a->checks);
	if (rc < 0)
		(void)fail(a, rc);
}
