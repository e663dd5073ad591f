/* SPDX-License-Identifier: MIT */
/* webhook_filter.c — its seven members. */
#include "app/api/webhook_filter.h"

#include <string.h>

#include "app/api/filter.h"
#include "app/api/moment.h"
#include "base/limits.h"

enum { ID, ACCOUNT, KIND, PROVIDER, TEXTS, OUTCOME = TEXTS, SINCE, UNTIL };

const char *const wq_webhook_filter_members[] = { "id",      "account", "kind",  "provider",
	                                          "outcome", "since",   "until", NULL };

static bool set_outcome(struct wq_webhook_filter *f, struct wq_str text)
{
	enum wq_webhook_outcome o = wq_webhook_outcome_find(text);

	f->outcome = o;
	return o != WQ_WEBHOOK_ANY && o != WQ_WEBHOOK_OUTCOMES;
}

const char *wq_webhook_filter_set(struct wq_webhook_filter *f, const char *member,
                                  struct wq_str text, int64_t now_ms)
{
	struct wq_str *texts[TEXTS] = { &f->id, &f->account, &f->kind, &f->provider };
	size_t i = 0;
	bool good;

	while (wq_webhook_filter_members[i] && strcmp(wq_webhook_filter_members[i], member) != 0)
		i++;
	if (i < TEXTS) {
		*texts[i] = text;
		good = text.n > 0 && text.n <= WQ_WEBHOOK_FILTER_MAX_BYTES;
	} else if (i == OUTCOME) {
		good = set_outcome(f, text);
	} else {
		good = wq_moment_parse(text, now_ms, i == SINCE ? &f->since_ms : &f->until_ms);
	}
	return good ? NULL : member;
}

const char *wq_webhook_filter_problem(const char *member)
{
	if (strcmp(member, "since") == 0 || strcmp(member, "until") == 0)
		return wq_moment_form;
	if (strcmp(member, "outcome") == 0)
		return "accepted, duplicate, partly, none or refused";
	return "a text of 1 to 256 bytes";
}

const char *wq_webhook_filter_judge(const struct wq_webhook_filter *f)
{
	if (f->since_ms && f->until_ms && f->since_ms >= f->until_ms)
		return "since must be before until";
	if (f->outcome == WQ_WEBHOOK_REFUSED &&
	    (f->id.n || f->account.n || f->kind.n || f->provider.n))
		return "nothing is read of a webhook that is refused: id, account, kind and provider are not known";
	return NULL;
}

static const char *set(void *filter, const char *member, struct wq_str text, int64_t now_ms)
{
	return wq_webhook_filter_set(filter, member, text, now_ms);
}

static const char *judge(const void *filter)
{
	return wq_webhook_filter_judge(filter);
}

static const struct wq_filter_kind kind = {
	.members = wq_webhook_filter_members,
	.numbers_from = SINCE,
	.set = set,
	.problem = wq_webhook_filter_problem,
	.judge = judge,
};

bool wq_webhook_filter_of_query(struct wq_exchange *x, int64_t now_ms, struct wq_webhook_filter *f)
{
	return wq_filter_of_query(x, &kind, now_ms, f);
}

bool wq_webhook_filter_of_body(struct wq_exchange *x, yyjson_val *body, int64_t now_ms,
                               struct wq_webhook_filter *f)
{
	return wq_filter_of_body(x, &kind, body, now_ms, f);
}
