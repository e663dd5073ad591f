/* SPDX-License-Identifier: MIT */
/* twilio_objects.c — GET of a message, of the latest ones, of an account: what the referee wrote down. */
#include <inttypes.h>
#include <stdio.h>

#include "app/sandbox/twilio.h"
#include "base/err.h"
#include "base/limits.h"

enum { PAGE_PRESET = 50, PAGE_MAX = 1000, SID_HEAD = 18, SID_CHARS = 34, HEX = 16 };

static const char end[] = ".json";

/* False: x was answered. */
static bool enter(struct wq_sandbox *sb, struct wq_exchange *x)
{
	struct wq_sandbox_twilio_caller caller;
	struct wq_graph_error e;

	if (wq_sandbox_twilio_sign_in(x, &caller))
		return true;
	wq_sandbox_twilio_error_set(&e, 20003, NULL);
	wq_sandbox_twilio_refuse(sb, x, &e);
	return false;
}

static void not_found(struct wq_sandbox *sb, struct wq_exchange *x)
{
	struct wq_str path = wq_exchange_request(x)->path;
	struct wq_graph_error e;

	wq_sandbox_twilio_error_set(&e, 20404, "The requested resource %.*s was not found",
	                            path.n > 128 ? 128 : (int)path.n, path.p);
	wq_sandbox_twilio_refuse(sb, x, &e);
}

/* Its number is part of its id. */
static const struct wq_record_entry *find(struct wq_sandbox *sb, struct wq_str sid)
{
	const struct wq_record_entry *e;
	unsigned char raw[HEX / 2];
	uint64_t seq = 0;

	if (sid.n != SID_CHARS || !wq_hex_decode(wq_strn(sid.p + SID_HEAD, HEX), raw, sizeof(raw)))
		return NULL;
	for (size_t i = 0; i < sizeof(raw); i++)
		seq = seq << 8 | raw[i];
	e = wq_record_at(sb->record, seq ^ sb->media_key);
	return e && e->accepted && wq_str_eq(e->id, sid) ? e : NULL;
}

static void write(struct wq_sandbox *sb, struct wq_arena *a, const struct wq_record_entry *e,
                  struct wq_jsonw *w)
{
	struct wq_form f;

	(void)wq_form_read(a, e->body, &f); /* it was read before */
	wq_sandbox_twilio_write(e, &f,
	                        wq_sandbox_twilio_status(e, wq_loop_wall_ms(sb->loop),
	                                                 sb->status_delay_ms),
	                        w);
}

static void handle_message(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_str sid = wq_exchange_param(x, "sid");
	const struct wq_record_entry *e = NULL;
	struct wq_buf body;
	struct wq_jsonw w;

	if (!enter(sb, x))
		return;
	if (wq_str_ends(sid, end))
		e = find(sb, wq_strn(sid.p, sid.n - (sizeof(end) - 1)));
	if (!e || !wq_str_eq(e->account, wq_exchange_param(x, "account"))) {
		not_found(sb, x);
		return;
	}
	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	write(sb, wq_exchange_arena(x), e, &w);
	wq_sandbox_twilio_answer(sb, x, 200, &body, wq_jsonw_end(&w));
}

struct wanted {
	struct wq_str account, from;
	char to[WQ_WA_ID_MAX_BYTES]; /* "": anybody */
	uint64_t max;
};

static void read_wanted(struct wq_exchange *x, struct wanted *want)
{
	struct wq_str size = wq_exchange_query(x, "PageSize");

	*want = (struct wanted){ .account = wq_exchange_param(x, "account"), .max = PAGE_PRESET };
	want->from = wq_exchange_query(x, "From");
	wq_sandbox_wa_id(wq_exchange_query(x, "To"), want->to);
	if (size.p && !wq_str_to_u64(size, PAGE_MAX, &want->max))
		want->max = PAGE_PRESET;
}

static bool is_wanted(const struct wanted *want, const struct wq_record_entry *e)
{
	return e && e->accepted && e->provider == WQ_PROVIDER_TWILIO &&
	       wq_str_eq(e->account, want->account) &&
	       (!want->to[0] || wq_str_is(e->to, want->to)) &&
	       (!want->from.n ||
	        (wq_str_starts(want->from, "whatsapp:") &&
	         wq_str_eq(e->number, wq_strn(want->from.p + 9, want->from.n - 9))));
}

/* The newest first, as Twilio lists them. */
static void write_latest(struct wq_sandbox *sb, struct wq_exchange *x, const struct wanted *want,
                         struct wq_jsonw *w)
{
	uint64_t first = wq_record_first(sb->record), left = want->max;

	for (uint64_t seq = wq_record_end(sb->record), looked = 0;
	     seq > first && left > 0 && looked < WQ_SANDBOX_SCAN_MAX; looked++) {
		const struct wq_record_entry *e = wq_record_at(sb->record, --seq);

		if (!is_wanted(want, e))
			continue;
		write(sb, wq_exchange_arena(x), e, w);
		left--;
	}
}

static void handle_list(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wanted want;
	struct wq_buf body;
	struct wq_jsonw w;

	if (!enter(sb, x))
		return;
	read_wanted(x, &want);
	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "messages");
	wq_jsonw_array(&w);
	write_latest(sb, x, &want, &w);
	wq_jsonw_array_end(&w);
	wq_jsonw_put_int(&w, "page_size", (int64_t)want.max);
	wq_jsonw_key(&w, "next_page_uri");
	wq_jsonw_null(&w);
	wq_jsonw_object_end(&w);
	wq_sandbox_twilio_answer(sb, x, 200, &body, wq_jsonw_end(&w));
}

static void handle_account(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_str sid = wq_exchange_param(x, "account");
	struct wq_buf body;
	struct wq_jsonw w;

	if (!enter(sb, x))
		return;
	if (wq_str_ends(sid, end))
		sid.n -= sizeof(end) - 1;
	if (!wq_sandbox_twilio_is_sid(sid, "AC")) {
		not_found(sb, x);
		return;
	}
	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "sid", sid);
	wq_jsonw_raw(
		&w,
		wq_str("\"friendly_name\":\"Sandbox\",\"status\":\"active\",\"type\":\"Full\""));
	wq_jsonw_object_end(&w);
	wq_sandbox_twilio_answer(sb, x, 200, &body, wq_jsonw_end(&w));
}

int wq_sandbox_twilio_objects_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_GET, .pattern = "/2010-04-01/Accounts/:account", .handle = handle_account,
		  .summary = "An account of Twilio's" },
		{ .method = WQ_GET, .pattern = "/2010-04-01/Accounts/:account/Messages.json",
		  .handle = handle_list, .summary = "The latest messages, the newest first" },
		{ .method = WQ_GET, .pattern = "/2010-04-01/Accounts/:account/Messages/:sid",
		  .handle = handle_message, .summary = "A message and its state" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
