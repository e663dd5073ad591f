/* SPDX-License-Identifier: MIT */
/* webhook_filter.c — member by member. */
#include "app/api/webhook_filter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/api/dead_filter.h"
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
		good = wq_dead_moment_parse(text, now_ms, i == SINCE ? &f->since_ms : &f->until_ms);
	}
	return good ? NULL : member;
}

const char *wq_webhook_filter_problem(const char *member)
{
	if (strcmp(member, "since") == 0 || strcmp(member, "until") == 0)
		return wq_dead_moment_form;
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

static bool refuse(struct wq_exchange *x, const char *member)
{
	wq_reply_problem(x, 400, "invalid_parameter", "%s must be %s", member,
	                 wq_webhook_filter_problem(member));
	return false;
}

static bool judge(struct wq_exchange *x, const struct wq_webhook_filter *f)
{
	const char *why = wq_webhook_filter_judge(f);

	if (why)
		wq_reply_problem(x, 400, "invalid_parameter", "%s", why);
	return !why;
}

bool wq_webhook_filter_of_query(struct wq_exchange *x, int64_t now_ms, struct wq_webhook_filter *f)
{
	for (size_t i = 0; wq_webhook_filter_members[i]; i++) {
		const char *member = wq_webhook_filter_members[i];
		struct wq_str text = wq_exchange_query(x, member);

		if (text.p && wq_webhook_filter_set(f, member, text, now_ms))
			return refuse(x, member);
	}
	return judge(x, f);
}

/* A string, or a number where it is a moment; p NULL: neither. */
static struct wq_str text_of(struct wq_exchange *x, yyjson_val *v, bool number_too)
{
	char number[24];
	char *copy;

	if (!number_too || !yyjson_is_int(v))
		return wq_json_str(v);
	snprintf(number, sizeof(number), "%" PRId64, yyjson_get_sint(v));
	copy = wq_arena_copy(wq_exchange_arena(x), wq_str(number));
	return wq_strn(copy, copy ? strlen(copy) : 0);
}

bool wq_webhook_filter_of_body(struct wq_exchange *x, yyjson_val *body, int64_t now_ms,
                               struct wq_webhook_filter *f)
{
	for (size_t i = 0; wq_webhook_filter_members[i]; i++) {
		const char *member = wq_webhook_filter_members[i];
		yyjson_val *v = wq_json_get(body, member);
		struct wq_str text = text_of(x, v, i >= SINCE);

		if (v && (!text.p || wq_webhook_filter_set(f, member, text, now_ms)))
			return refuse(x, member);
	}
	return judge(x, f);
}
