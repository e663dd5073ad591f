/* SPDX-License-Identifier: MIT */
/* act.c — read it, judge what is wanted, ask the provider, write it down.
 *
 *   read ──► judge ──► check ──► put ──► tell
 *     └────► use ──► remove ──► tell
 */
#include "domain/account/act.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/random.h"

enum { READ, JUDGE, CHECK, CHECKED, PUT, TOLD, USE, REMOVE, REMOVED };
enum { ID_RANDOM_BYTES = 8 };

const char *const wq_account_wishes[] = { "business", "state", "reason", "rank", "verify", NULL };

static struct wq_account_act *act_of(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_account_act, flow);
}

static void on_redis(struct wq_redis_cmd *cmd, int rc)
{
	wq_flow_resume(&WQ_OWNER(cmd, struct wq_account_act, cmd)->flow, rc);
}

static void on_check(struct wq_account_check *c)
{
	wq_flow_resume(&WQ_OWNER(c, struct wq_account_act, check)->flow, 0);
}

static enum wq_flow_next over(struct wq_account_act *a, enum wq_account_did did)
{
	a->did = did;
	return wq_flow_end(&a->flow, 0);
}

static enum wq_flow_next failed(struct wq_account_act *a, int rc)
{
	a->rc = rc;
	snprintf(a->error, sizeof(a->error), "%s", a->cmd.error);
	return over(a, WQ_DID_FAILED);
}

static enum wq_flow_next invalid(struct wq_account_act *a, const char *field, const char *what)
{
	snprintf(a->problem.field, sizeof(a->problem.field), "%s", field);
	snprintf(a->problem.what, sizeof(a->problem.what), "%s", what);
	return over(a, WQ_DID_INVALID);
}

static enum wq_flow_next act_read(struct wq_flow *f)
{
	struct wq_account_act *a = act_of(f);
	const struct wq_registry_list one = { .id = a->id };

	if (a->doing == WQ_ACCOUNT_CREATE)
		return wq_flow_go(f, JUDGE);
	a->read = true;
	return wq_flow_after(f, a->doing == WQ_ACCOUNT_REMOVE ? USE : JUDGE,
	                     wq_registry_list_start(&a->keys->acc, &a->cmd, &one, on_redis));
}

/* What was read; false: the flow goes to *next. */
static bool take_old(struct wq_account_act *a, enum wq_flow_next *next)
{
	struct wq_account_seen seen;
	int rc = a->flow.last;

	if (rc == 0 && wq_registry_list_count(&a->cmd) == 0) {
		*next = over(a, WQ_DID_NOT_FOUND);
		return false;
	}
	if (rc == 0) {
		wq_account_list_at(&a->cmd, 0, &seen);
		if (a->business.n > 0 && !wq_str_eq(a->business, seen.business)) {
			*next = over(a, WQ_DID_NOT_FOUND);
			return false;
		}
		a->old_rev = seen.rev;
		a->was_pending = wq_str_is(seen.state, "PENDING");
		rc = wq_account_record_init(&a->old, &seen, a->ways);
	}
	if (rc != 0)
		*next = failed(a, rc);
	return rc == 0;
}

static int make_id(struct wq_account_act *a)
{
	unsigned char bytes[ID_RANDOM_BYTES];
	int rc = wq_random_bytes(bytes, sizeof(bytes));

	snprintf(a->new_id, sizeof(a->new_id), "acc_");
	if (rc == 0)
		wq_hex_encode(bytes, sizeof(bytes), a->new_id + 4);
	a->id = wq_str(a->new_id);
	return rc;
}

/* An address that a business gave is called only where it is public. */
static void judge_address(struct wq_account_act *a)
{
	bool named = wq_json_get(a->body, "base_url") != NULL;
	bool guarded = named ? !a->trusted : a->read && a->old.account.guarded;

	a->change.account.guarded = guarded;
	wq_account_put_field(&a->change.put, "guarded", wq_str(guarded ? "1" : "0"));
}

static bool is_rank(struct wq_str s)
{
	for (size_t i = 0; i < WQ_COUNT(wq_account_rank_names); i++)
		if (wq_str_is(s, wq_account_rank_names[i]))
			return true;
	return false;
}

/* rank, state and reason; NULL: they are good.  Otherwise the field, and *what. */
static const char *judge_wishes(struct wq_account_act *a, const char **what)
{
	yyjson_val *rank = wq_json_get(a->body, "rank"), *state = wq_json_get(a->body, "state");
	yyjson_val *reason = wq_json_get(a->body, "reason");
	struct wq_str why = wq_json_str(reason);
	enum wq_account_state to;

	*what = "must be primary, default or secondary";
	if (rank && !is_rank(wq_json_str(rank)))
		return "rank";
	*what = "must be ACTIVE, SUSPENDED or PENDING";
	if (state && !wq_account_state_from(wq_json_str(state), &to))
		return "state";
	*what = "must be a text of up to 200 bytes, beside a state";
	if (reason && (!why.p || why.n > 200 || !state))
		return "reason";
	a->change.put.rank = wq_json_str(rank);
	return NULL;
}

static enum wq_flow_next act_judge(struct wq_flow *f)
{
	struct wq_account_act *a = act_of(f);
	enum wq_flow_next next;
	const char *field, *what;
	int rc = a->read ? 0 : make_id(a);

	if (rc < 0)
		return failed(a, rc);
	if (a->read && !take_old(a, &next))
		return next;
	rc = wq_account_change_init(&a->change, a->id, a->read ? &a->old : NULL, a->body, a->ways);
	a->problem = a->change.problem;
	if (rc != 0)
		return rc == WQ_ACCOUNT_INVALID  ? over(a, WQ_DID_INVALID)
		       : rc == WQ_ACCOUNT_NO_KEY ? over(a, WQ_DID_NO_KEY)
		                                 : failed(a, rc);
	field = judge_wishes(a, &what);
	if (field)
		return invalid(a, field, what);
	judge_address(a);
	return wq_flow_go(f, CHECK);
}

static enum wq_flow_next act_check(struct wq_flow *f)
{
	struct wq_account_act *a = act_of(f);
	bool wanted = a->doing == WQ_ACCOUNT_VERIFY || a->change.moved;

	if (!wanted || a->unchecked || !a->client)
		return wq_flow_go(f, PUT);
	if (!a->change.account.secret.p) {
		snprintf(a->problem.what, sizeof(a->problem.what), "%.*s",
		         (int)(a->old.account.why.n < 150 ? a->old.account.why.n : 150),
		         a->old.account.why.p ? a->old.account.why.p : "");
		return over(a, WQ_DID_UNREACHABLE);
	}
	a->checked = true;
	return wq_flow_after(f, CHECKED,
	                     wq_account_check_start(&a->check, a->client, &a->change.account,
	                                            on_check));
}

static void cancel_check(struct wq_flow *f)
{
	wq_call_cancel(&act_of(f)->check.call);
}

static void put_text(struct wq_account_act *a, const char *name, const char *text)
{
	wq_account_put_field(&a->change.put, name, wq_str(text));
}

static void put_told(struct wq_account_act *a)
{
	const struct wq_account_check *c = &a->check;

	put_text(a, "verified", c->outcome == WQ_CHECKED_GOOD ? "1" : "0");
	put_text(a, "checked", a->now);
	put_text(a, "check", c->why);
	if (c->outcome != WQ_CHECKED_GOOD)
		return;
	put_text(a, "display", c->display);
	put_text(a, "verified_name", c->name);
	put_text(a, "quality", c->quality);
	put_text(a, "tier", c->tier);
	put_text(a, "throughput", c->throughput);
}

static enum wq_flow_next act_checked(struct wq_flow *f)
{
	struct wq_account_act *a = act_of(f);
	struct wq_account_check *c = &a->check;

	if (c->rc == WQ_ECANCELED)
		return failed(a, WQ_ECANCELED);
	if (f->last < 0) {
		/* It could not even start: an address that cannot be called, as it stands. */
		c->outcome = WQ_CHECKED_UNKNOWN;
		snprintf(c->why, sizeof(c->why), "the provider cannot be asked: %s",
		         f->last == WQ_EDENIED ? "its address is not public"
		                               : wq_err_text(f->last));
	}
	if (c->outcome == WQ_CHECKED_REFUSED) {
		snprintf(a->problem.field, sizeof(a->problem.field), "%s", c->field);
		snprintf(a->problem.what, sizeof(a->problem.what), "%.159s", c->why);
		return over(a, WQ_DID_REFUSED);
	}
	if (c->outcome == WQ_CHECKED_UNKNOWN && a->doing == WQ_ACCOUNT_VERIFY) {
		snprintf(a->problem.what, sizeof(a->problem.what), "%.159s", c->why);
		return over(a, WQ_DID_UNREACHABLE);
	}
	return wq_flow_go(f, PUT);
}

/* Of a wish, of what the check told, or as it was. */
static void put_state(struct wq_account_act *a)
{
	struct wq_str wished = wq_json_get_str(a->body, "state");
	bool good = a->checked && a->check.outcome == WQ_CHECKED_GOOD;

	if (wished.p) {
		wq_account_put_field(&a->change.put, "state", wished);
		wq_account_put_field(&a->change.put, "why", wq_json_get_str(a->body, "reason"));
	} else if (!a->read && a->checked && !good) {
		put_text(a, "state", "PENDING");
		put_text(a, "why", a->check.why);
	} else if (!a->read || (a->was_pending && good)) {
		put_text(a, "state", "ACTIVE");
		put_text(a, "why", "");
	}
}

static enum wq_flow_next act_put(struct wq_flow *f)
{
	struct wq_account_act *a = act_of(f);
	struct wq_account_put *p = &a->change.put;

	p->now_ms = wq_loop_wall_ms(a->loop);
	snprintf(a->now, sizeof(a->now), "%" PRId64, p->now_ms);
	p->rev = a->read ? a->old_rev : 0;
	p->business = a->business;
	if (a->checked)
		put_told(a);
	else if (a->change.moved)
		put_text(a, "verified", "0");
	put_state(a);
	return wq_flow_after(f, TOLD, wq_account_put_start(a->keys, &a->cmd, p, on_redis));
}

static enum wq_flow_next act_told(struct wq_flow *f)
{
	static const enum wq_account_did dids[] = {
		[-WQ_ACCOUNT_CHANGED] = WQ_DID_CHANGED,
		[-WQ_ACCOUNT_TOO_MANY] = WQ_DID_TOO_MANY,
		[-WQ_ACCOUNT_EXISTS] = WQ_DID_CHANGED,
		[-WQ_ACCOUNT_MISSING] = WQ_DID_NOT_FOUND,
		[-WQ_ACCOUNT_NUMBER_TAKEN] = WQ_DID_NUMBER_TAKEN,
		[-WQ_ACCOUNT_NAME_TAKEN] = WQ_DID_NAME_TAKEN,
		[-WQ_ACCOUNT_LAST_RANK] = WQ_DID_LAST_RANK,
	};
	struct wq_account_act *a = act_of(f);
	struct wq_str other;
	int64_t answer;

	if (f->last != 0)
		return failed(a, f->last);
	answer = wq_account_put_answer(&a->cmd, &other);
	if (answer > 0)
		return over(a, WQ_DID_IT);
	return over(a, answer >= WQ_ACCOUNT_LAST_RANK ? dids[-answer] : WQ_DID_CHANGED);
}

static enum wq_flow_next act_use(struct wq_flow *f)
{
	struct wq_account_act *a = act_of(f);
	enum wq_flow_next next;

	if (!take_old(a, &next))
		return next;
	return wq_flow_after(f, REMOVE, wq_account_use_start(a->keys, &a->cmd, a->id, on_redis));
}

static enum wq_flow_next act_remove(struct wq_flow *f)
{
	struct wq_account_act *a = act_of(f);

	if (f->last != 0)
		return failed(a, f->last);
	wq_account_use_answer(&a->cmd, &a->use);
	if (!a->forced && a->use.waiting + a->use.unconfirmed + a->use.sent + a->use.failed > 0)
		return over(a, WQ_DID_IN_USE);
	return wq_flow_after(f, REMOVED,
	                     wq_account_remove_start(a->keys, &a->cmd, a->id, a->old_rev,
	                                             wq_loop_wall_ms(a->loop), on_redis));
}

static enum wq_flow_next act_removed(struct wq_flow *f)
{
	struct wq_account_act *a = act_of(f);
	int64_t answer;

	if (f->last != 0)
		return failed(a, f->last);
	answer = wq_account_remove_answer(&a->cmd);
	return over(a, answer > 0                     ? WQ_DID_IT
	               : answer == WQ_ACCOUNT_CHANGED ? WQ_DID_CHANGED
	                                              : WQ_DID_NOT_FOUND);
}

static const struct wq_flow_step steps[] = {
	[READ] = { "read", act_read, NULL, WQ_BIT(JUDGE) | WQ_BIT(USE) },
	[JUDGE] = { "judge", act_judge, NULL, WQ_BIT(CHECK) },
	[CHECK] = { "check", act_check, cancel_check, WQ_BIT(CHECKED) | WQ_BIT(PUT) },
	[CHECKED] = { "checked", act_checked, NULL, WQ_BIT(PUT) },
	[PUT] = { "put", act_put, NULL, WQ_BIT(TOLD) },
	[TOLD] = { "told", act_told, NULL, 0 },
	[USE] = { "use", act_use, NULL, WQ_BIT(REMOVE) },
	[REMOVE] = { "remove", act_remove, NULL, WQ_BIT(REMOVED) },
	[REMOVED] = { "removed", act_removed, NULL, 0 },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_account_act *a = act_of(f);

	(void)rc;
	a->cb(a); /* a may be gone: nothing may follow this line */
}

void wq_account_act_start(struct wq_account_act *a, struct wq_loop *loop)
{
	a->loop = loop;
	wq_flow_init(&a->flow, loop, steps, on_end);
	wq_flow_start(&a->flow);
}

void wq_account_act_cancel(struct wq_account_act *a)
{
	wq_flow_cancel(&a->flow);
}

void wq_account_act_fini(struct wq_account_act *a)
{
	wq_account_check_fini(&a->check);
	wq_account_change_fini(&a->change);
	wq_account_record_fini(&a->old);
}

static void tell_use(const struct wq_account_use *u, char *out, size_t max)
{
	snprintf(out, max,
	         "it has %lld messages that wait, %lld that are not confirmed yet, and a history "
	         "of %lld sent and %lld failed ones: to remove it all the same, force it",
	         (long long)u->waiting, (long long)u->unconfirmed, (long long)u->sent,
	         (long long)u->failed);
}

void wq_account_act_tell(const struct wq_account_act *a, char *out, size_t max)
{
	static const char *const texts[WQ_DIDS] = {
		[WQ_DID_IT] = "done",
		[WQ_DID_NO_KEY] = "there is no key to seal credentials with: set WILLAQ_SECRET_KEY to 64 hex digits",
		[WQ_DID_NOT_FOUND] = "there is no such account",
		[WQ_DID_TOO_MANY] = "there are 10000 accounts, and no more can be",
		[WQ_DID_CHANGED] = "somebody else has changed it meanwhile: read it, and try again",
		[WQ_DID_NUMBER_TAKEN] = "another account has that number",
		[WQ_DID_NAME_TAKEN] = "another account of that business has that name",
		[WQ_DID_LAST_RANK] = "a business has one primary and one default: give another account that rank",
		[WQ_DID_FAILED] = "it could not be done",
	};

	if (a->did == WQ_DID_INVALID || a->did == WQ_DID_REFUSED)
		snprintf(out, max, "%s %s", a->problem.field, a->problem.what);
	else if (a->did == WQ_DID_UNREACHABLE)
		snprintf(out, max, "%s", a->problem.what);
	else if (a->did == WQ_DID_IN_USE)
		tell_use(&a->use, out, max);
	else
		snprintf(out, max, "%s", texts[a->did]);
}
