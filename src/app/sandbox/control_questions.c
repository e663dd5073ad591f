/* SPDX-License-Identifier: MIT */
/* control_questions.c — what the referee is asked: who was written to twice, how fast, and in which order.
 *
 * All three look at what the book keeps; `complete` is false once something was dropped from it.
 */
#include "app/sandbox/control.h"
#include "app/sandbox/fingerprints.h"
#include "app/sandbox/question.h"
#include "base/limits.h"

enum { GROUPS_PRESET = 100, GROUPS_MAX = 1000, SENDS_SHOWN = 100, WINDOW_PRESET_MS = 1000, WINDOW_MAX_MS = 86400000 };

struct asked {
	struct wq_str provider, number, to; /* p == NULL: any */
	bool by_text;
	uint64_t limit, window_ms;
};

/* False: x was answered. */
static bool read_asked(struct wq_exchange *x, struct asked *a)
{
	struct wq_str limit = wq_exchange_query(x, "limit"), by = wq_exchange_query(x, "by");
	struct wq_str window = wq_exchange_query(x, "window");

	*a = (struct asked){ .limit = GROUPS_PRESET, .window_ms = WINDOW_PRESET_MS };
	a->provider = wq_exchange_query(x, "provider");
	a->number = wq_exchange_query(x, "number");
	a->to = wq_exchange_query(x, "to");
	a->by_text = wq_str_is(by, "text");
	if (a->to.n && (a->to.p[0] == '+' || a->to.p[0] == ' ')) /* "+" is a space in a query */
		a->to = wq_strn(a->to.p + 1, a->to.n - 1);
	if ((!limit.p || (wq_str_to_u64(limit, GROUPS_MAX, &a->limit) && a->limit > 0)) &&
	    (!window.p ||
	     (wq_str_to_u64(window, WINDOW_MAX_MS, &a->window_ms) && a->window_ms > 0)) &&
	    (!by.p || a->by_text || wq_str_is(by, "key")))
		return true;
	wq_reply_problem(x, 400, "bad_question",
	                 "limit is from 1 to %d, window from 1 to %d ms, by is key or text.",
	                 GROUPS_MAX, WINDOW_MAX_MS);
	return false;
}

static bool is(struct wq_str want, struct wq_str got)
{
	return !want.p || wq_str_eq(want, got);
}

static bool concerns(const struct asked *a, const struct wq_record_entry *e)
{
	return e->to.n &&
	       is(a->provider, wq_str(wq_provider_name((enum wq_provider)e->provider))) &&
	       is(a->number, e->number) && is(a->to, e->to);
}

static uint64_t by_number(const struct wq_record_entry *e, void *ctx)
{
	return concerns(ctx, e) ? wq_fingerprint((uint64_t)e->provider + 1, e->number) : 0;
}

static uint64_t by_recipient(const struct wq_record_entry *e, void *ctx)
{
	return concerns(ctx, e) ? wq_fingerprint(wq_fingerprint(1, e->number), e->to) : 0;
}

static uint64_t by_key(const struct wq_record_entry *e, void *ctx)
{
	const struct asked *a = ctx;
	struct wq_str key = a->by_text ? e->text : wq_record_key(e);

	return concerns(a, e) && e->accepted && key.n
	               ? wq_fingerprint(wq_fingerprint(2, e->to), key)
	               : 0;
}

static void put_sender(struct wq_jsonw *w, const struct wq_record_entry *e)
{
	wq_jsonw_put_str(w, "provider", wq_str(wq_provider_name((enum wq_provider)e->provider)));
	wq_jsonw_put_str(w, "number", e->number);
}

static void put_sends(struct wq_jsonw *w, const struct wq_question *q, size_t from, size_t end)
{
	wq_jsonw_key(w, "sends");
	wq_jsonw_array(w);
	for (size_t i = from; i < end && i < from + SENDS_SHOWN; i++) {
		const struct wq_record_entry *e = q->sends[i].e;

		wq_jsonw_object(w);
		wq_jsonw_put_int(w, "seq", (int64_t)e->seq);
		wq_jsonw_put_int(w, "at", e->at_ms);
		wq_jsonw_put_int(w, "ended", e->ended_ms);
		put_sender(w, e);
		wq_jsonw_put_text(w, "outcome", wq_outcome_name(e->outcome));
		wq_jsonw_put_str(w, "id", e->id);
		wq_jsonw_put_str(w, "text", e->text);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}

/* An answer: totals, and those groups that are worth it. */
struct answer {
	struct wq_question q;
	struct asked asked;
	struct wq_buf body;
	struct wq_jsonw w;
	uint64_t left; /* groups that may still be shown */
};

/* False: x was answered. */
static bool begin(struct answer *a, struct wq_sandbox *sb, struct wq_exchange *x,
                  wq_question_group_cb group)
{
	if (!read_asked(x, &a->asked))
		return false;
	if (wq_question_ask(&a->q, sb->record, group, &a->asked) < 0) {
		wq_reply_problem(x, 500, "out_of_memory", "The answer could not be made.");
		return false;
	}
	a->left = a->asked.limit;
	wq_buf_init(&a->body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&a->w, &a->body);
	wq_jsonw_object(&a->w);
	wq_jsonw_key(&a->w, "data");
	wq_jsonw_array(&a->w);
	return true;
}

static bool may_show(struct answer *a)
{
	if (a->left == 0 || a->body.n >= WQ_SANDBOX_ANSWER_MAX_BYTES / 4)
		return false;
	a->left--;
	return true;
}

static void end_data(struct answer *a, struct wq_sandbox *sb)
{
	wq_jsonw_array_end(&a->w);
	wq_jsonw_put_bool(&a->w, "complete", wq_record_counts(sb->record)->dropped == 0);
	wq_jsonw_put_int(&a->w, "posts", (int64_t)a->q.n);
}

static void end_all(struct answer *a, struct wq_exchange *x)
{
	wq_jsonw_object_end(&a->w);
	wq_question_fini(&a->q);
	wq_control_answer(x, 200, &a->body, wq_jsonw_end(&a->w));
}

static void handle_duplicates(struct wq_exchange *x, void *ctx)
{
	struct answer a;
	uint64_t more = 0;

	if (!begin(&a, ctx, x, by_key))
		return;
	for (size_t from = 0, end; from < a.q.n; from = end) {
		const struct wq_record_entry *e = a.q.sends[from].e;

		end = wq_question_end(&a.q, from);
		more += end - from - 1;
		if (end - from < 2 || !may_show(&a))
			continue;
		wq_jsonw_object(&a.w);
		wq_jsonw_put_str(&a.w, "to", e->to);
		wq_jsonw_put_str(&a.w, "key", a.asked.by_text ? e->text : wq_record_key(e));
		wq_jsonw_put_int(&a.w, "times", (int64_t)(end - from));
		put_sends(&a.w, &a.q, from, end);
		wq_jsonw_object_end(&a.w);
	}
	end_data(&a, ctx);
	wq_jsonw_put_int(&a.w, "duplicates", (int64_t)more);
	end_all(&a, x);
}

static void write_rate(struct answer *a, size_t from, size_t end)
{
	const struct wq_record_entry *first = a->q.sends[from].e, *last = a->q.sends[end - 1].e;
	int64_t accepted = 0, limited = 0, at_ms;
	uint64_t most = wq_question_most(&a->q, from, end, (int64_t)a->asked.window_ms, &at_ms);

	for (size_t i = from; i < end; i++) {
		accepted += a->q.sends[i].e->accepted;
		limited += a->q.sends[i].e->outcome == WQ_OUTCOME_LIMITED;
	}
	wq_jsonw_object(&a->w);
	put_sender(&a->w, first);
	wq_jsonw_put_int(&a->w, "posts", (int64_t)(end - from));
	wq_jsonw_put_int(&a->w, "accepted", accepted);
	wq_jsonw_put_int(&a->w, "limited", limited);
	wq_jsonw_put_int(&a->w, "first", first->at_ms);
	wq_jsonw_put_int(&a->w, "last", last->at_ms);
	wq_jsonw_put_int(&a->w, "most", (int64_t)most);
	wq_jsonw_put_int(&a->w, "most_at", at_ms);
	wq_jsonw_object_end(&a->w);
}

static void handle_rates(struct wq_exchange *x, void *ctx)
{
	struct answer a;

	if (!begin(&a, ctx, x, by_number))
		return;
	for (size_t from = 0, end; from < a.q.n; from = end) {
		end = wq_question_end(&a.q, from);
		if (may_show(&a))
			write_rate(&a, from, end);
	}
	end_data(&a, ctx);
	wq_jsonw_put_int(&a.w, "window", (int64_t)a.asked.window_ms);
	end_all(&a, x);
}

static void handle_order(struct wq_exchange *x, void *ctx)
{
	struct wq_question_order all = { .overlapped = 0 };
	struct answer a;
	int64_t recipients = 0;

	if (!begin(&a, ctx, x, by_recipient))
		return;
	for (size_t from = 0, end; from < a.q.n; from = end, recipients++) {
		struct wq_question_order o;

		end = wq_question_end(&a.q, from);
		o = wq_question_order(&a.q, from, end);
		all.overlapped += o.overlapped;
		all.out_of_order += o.out_of_order;
		if ((!o.overlapped && !o.out_of_order && !a.asked.to.p) || !may_show(&a))
			continue;
		wq_jsonw_object(&a.w);
		wq_jsonw_put_str(&a.w, "to", a.q.sends[from].e->to);
		wq_jsonw_put_int(&a.w, "overlapped", (int64_t)o.overlapped);
		wq_jsonw_put_int(&a.w, "out_of_order", (int64_t)o.out_of_order);
		put_sends(&a.w, &a.q, from, end);
		wq_jsonw_object_end(&a.w);
	}
	end_data(&a, ctx);
	wq_jsonw_put_int(&a.w, "recipients", recipients);
	wq_jsonw_put_int(&a.w, "overlapped", (int64_t)all.overlapped);
	wq_jsonw_put_int(&a.w, "out_of_order", (int64_t)all.out_of_order);
	end_all(&a, x);
}

int wq_control_questions_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_GET, .pattern = "/_sandbox/duplicates", .handle = handle_duplicates,
		  .summary = "Who got the same more than once, through whichever number" },
		{ .method = WQ_GET, .pattern = "/_sandbox/rates", .handle = handle_rates,
		  .summary = "How fast each number sent, at most, within a window" },
		{ .method = WQ_GET, .pattern = "/_sandbox/order", .handle = handle_order,
		  .summary = "Whether sends to a recipient overlapped, or came in another order" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
