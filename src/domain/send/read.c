/* SPDX-License-Identifier: MIT */
/* read.c — from a job's data to a message, its id, its recipient's digest, and the desk that sends it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "domain/message/read.h"
#include "domain/send/sender_core.h"
#include "domain/template/own.h"
#include "domain/template/use.h"

enum { NEWS_REFRESHES = 3 };

static bool plain(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      c == '-' || c == '_' || c == '.'))
			return false;
	}
	return s.n > 0;
}

/* Terminated hex of the first bytes of a hash. */
static int digest(struct wq_str s, char *out, size_t hex)
{
	unsigned char sum[WQ_SHA256_BYTES];
	int rc = wq_sha256(s, sum);

	if (rc == 0)
		wq_hex_encode(sum, hex / 2, out);
	out[rc == 0 ? hex : 0] = '\0';
	return rc;
}

/* 0, WQ_ETOOBIG (the arena is full; not raised) or WQ_ENOMEM. */
static int take_room(struct wq_arena *a, size_t n, char **out)
{
	uint64_t refusals = wq_alloc_refusals();

	*out = wq_arena_alloc(a, n);
	if (*out)
		return 0;
	return refusals == wq_alloc_refusals() ? WQ_ETOOBIG : WQ_ENOMEM;
}

/* A queue may give an id again once it was emptied: the moment makes it one of a kind. */
static int name_it(struct wq_sending *l)
{
	enum { ID_HEX = 32, ID_BYTES = WQ_MESSAGE_ID_MAX_BYTES + 1 };
	const struct wq_job *j = l->task->job;
	char hex[ID_HEX + 1], *id = NULL;
	struct wq_str given = l->message.id.p ? l->message.id : j->id;
	bool keep = plain(given) && given.n <= WQ_MESSAGE_ID_MAX_BYTES - 24;
	int rc = keep ? 0 : digest(given, hex, ID_HEX);

	if (rc == 0)
		rc = take_room(&l->arena, ID_BYTES, &id);
	if (rc < 0)
		return rc;
	if (!keep)
		given = wq_str(hex);
	if (l->message.id.p)
		snprintf(id, ID_BYTES, "%.*s", WQ_STR_ARG(given));
	else
		snprintf(id, ID_BYTES, "%.*s-%" PRId64, WQ_STR_ARG(given), j->timestamp_ms);
	l->id = wq_str(id);
	return 0;
}

int wq_sending_name_template(struct wq_sending *l)
{
	struct wq_str name, language;
	char *text;
	int rc;

	if (l->message.kind != WQ_MESSAGE_TEMPLATE)
		return 0;
	name = wq_json_get_str(l->message.content, "name");
	language = wq_json_get_str(wq_json_get(l->message.content, "language"), "code");
	rc = take_room(&l->arena, name.n + language.n + 2, &text);
	if (rc < 0)
		return rc;
	memcpy(text, name.p, name.n);
	text[name.n] = '|';
	if (language.n)
		memcpy(text + name.n + 1, language.p, language.n);
	l->template = wq_strn(text, name.n + 1 + language.n);
	return 0;
}

static int explain(struct wq_sending *l, const struct wq_message_problem *p)
{
	snprintf(l->why, sizeof(l->why), "%s%s%s", p->field, p->field[0] ? " " : "", p->what);
	return 1;
}

/* Its account may have been added just before, and not be known here. */
static bool is_young(const struct wq_sending *l)
{
	int64_t age = wq_loop_wall_ms(l->sender->loop) - l->task->job->timestamp_ms;

	return age >= 0 && age < NEWS_REFRESHES * WQ_ACCOUNTS_REFRESH_MS;
}

/* A producer of jobs has named a text. */
static int make_text(struct wq_sending *l, const struct wq_account *a)
{
	struct wq_message_problem p = { .limit = 0 };
	struct wq_template_use u = { .templates = wq_accounts_templates(l->sender->accounts),
		                     .business = a->business,
		                     .account = a->id };
	int rc;

	if (!wq_template_is_used(&l->message))
		return 0;
	if (!wq_templates_loaded(u.templates))
		return 2;
	rc = wq_template_use(&l->message, &u, &l->arena, &p);
	return rc == WQ_MESSAGE_INVALID ? explain(l, &p) : rc;
}

static int find_desk(struct wq_sending *l)
{
	const struct wq_account *a;
	struct wq_message_problem p = { .limit = 0 };
	int rc = wq_accounts_find(l->sender->accounts, l->message.business, l->message.account, &a);

	if (rc == WQ_ACCOUNT_NOT_LOADED || (rc != 0 && is_young(l)))
		return 2;
	if (rc != 0) {
		snprintf(l->why, sizeof(l->why), "%s",
		         rc == WQ_ACCOUNT_NONE      ? "businessId: it has no account to send from"
		         : rc == WQ_ACCOUNT_UNKNOWN ? "account: there is none of that name"
		                                    : "account: it is another business's");
		return 1;
	}
	if (!wq_providers[a->provider]) {
		snprintf(l->why, sizeof(l->why), "account: its provider can't be sent through");
		return 1;
	}
	rc = make_text(l, a);
	if (rc != 0)
		return rc;
	rc = wq_providers[a->provider]->check(&l->message, &p);
	if (rc != 0)
		return explain(l, &p);
	if (a->state != WQ_ACCOUNT_ACTIVE)
		return WQ_SENDING_HELD;
	l->provider = a->provider;
	l->account_links = a->links;
	l->desk = wq_sender_desk(l->sender, a);
	return l->desk ? 0 : WQ_ENOMEM;
}

/* 0; 1: *why says why nobody can send it; < 0: out of memory, or WQ_ETOOBIG. */
static int read_message(struct wq_sending *l)
{
	struct wq_message_problem p = { .limit = 0 };
	int rc = wq_json_parse(&l->doc, l->task->job->data, WQ_JOB_JSON_DEPTH_MAX);

	if (rc == WQ_EPARSE) {
		snprintf(l->why, sizeof(l->why), "the job's data are no JSON");
		return 1;
	}
	if (rc == 0)
		rc = wq_message_read(&l->message, yyjson_doc_get_root(l->doc),
		                     wq_loop_wall_ms(l->sender->loop), &l->arena, &p);
	if (rc == WQ_MESSAGE_INVALID)
		return explain(l, &p);
	if (rc == 0)
		rc = name_it(l);
	if (rc == 0)
		rc = wq_sending_name_template(l);
	return rc == 0 ? wq_person_of(l->message.to, l->to) : rc;
}

int wq_sending_read(struct wq_sending *l)
{
	int rc = read_message(l);

	if (rc == WQ_ETOOBIG) {
		snprintf(l->why, sizeof(l->why), "the message is larger than %d bytes",
		         WQ_LETTER_MEMORY_MAX_BYTES);
		return 1;
	}
	return rc == 0 ? find_desk(l) : rc;
}
