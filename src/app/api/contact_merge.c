/* SPDX-License-Identifier: MIT */
/* contact_merge.c — two contacts that are one person. */
#include "app/api/contact_call.h"
#include "base/err.h"
#include "domain/send/submit.h"
#include "store/receive.h"

static void on_merged(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_call *c = WQ_OWNER(cmd, struct wq_contact_call, cmd);
	struct wq_str left = wq_str("");
	char *copy;
	int answer = rc == 0 ? wq_contact_merged(cmd, &left) : 0;

	if (answer == WQ_MERGED_MORE) {
		wq_contact_call_started(c, wq_contact_merge_on(&c->keys, &c->cmd, 0, on_merged));
		return;
	}
	if (rc != 0 || answer == WQ_EPROTO) {
		wq_contact_call_fail(c, rc ? rc : answer, cmd->error);
		return;
	}
	if (answer < 0) {
		wq_contact_call_missing(c);
		return;
	}
	copy = wq_arena_copy(wq_exchange_arena(c->x), left);
	c->id = wq_strn(copy, copy ? left.n : 0);
	wq_contact_call_show(c, wq_str(""));
}

void wq_contact_merge_handle(struct wq_exchange *x, void *api)
{
	static const char *const members[] = { "with", NULL };
	struct wq_contact_call *c;
	struct wq_str with;
	yyjson_doc *body;

	if (!wq_contact_call_body(x, &body))
		return;
	if (!wq_api_members(x, yyjson_doc_get_root(body), members)) {
		wq_json_free(body);
		return;
	}
	with = wq_json_get_str(yyjson_doc_get_root(body), "with");
	if (!with.n) {
		wq_json_free(body);
		wq_reply_problem(x, 422, "invalid_contact", "with names the other contact: its id");
		return;
	}
	c = wq_contact_call_of_one(x, api, body);
	if (!c)
		return;
	if (with.p[0] != 'c' || with.n <= c->account.n ||
	    !wq_str_eq(wq_submit_account_of(with), c->account)) {
		wq_contact_call_missing(c);
		return;
	}
	with.n -= c->account.n + 1;
	wq_contact_call_started(c, wq_contact_merge_start(&c->keys, &c->cmd, 0, c->id, with,
	                                                  on_merged));
}
