/* SPDX-License-Identifier: MIT */
/* control_faults.c — faults on order: placed, listed, withdrawn.
 *
 *   {"match":{"to","phone_number_id","type","nth"},"do":KIND,"code","status","times","pct","latency_ms"}
 */
#include "app/sandbox/control.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"

enum { STATUS_MIN = 400, STATUS_MAX = 599, CODE_MAX = 9999999 };

static bool copy_text(yyjson_val *v, char *out, size_t size)
{
	struct wq_str s = wq_json_str(v);

	if (!v)
		return true;
	if (!s.p || s.n >= size)
		return false;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return true;
}

static bool read_match(yyjson_val *match, struct wq_fault_order *o)
{
	yyjson_val *to = wq_json_get(match, "to"), *nth = wq_json_get(match, "nth");
	char digits[WQ_WA_ID_MAX_BYTES];

	if (match && !yyjson_is_obj(match))
		return false;
	if (nth && !yyjson_is_uint(nth))
		return false;
	o->nth = nth ? yyjson_get_uint(nth) : 0;
	if (!copy_text(to, o->to, sizeof(o->to)))
		return false;
	if (o->to[0] == '+') { /* a phone number is known by its digits */
		wq_sandbox_wa_id(wq_str(o->to), digits);
		(void)snprintf(o->to, sizeof(o->to), "%s", digits);
	}
	if (!wq_control_provider(wq_json_get(match, "provider"), &o->provider))
		return false;
	return copy_text(wq_json_get(match, "phone_number_id"), o->number, sizeof(o->number)) &&
	       copy_text(wq_json_get(match, "number"), o->number, sizeof(o->number)) &&
	       copy_text(wq_json_get(match, "type"), o->type, sizeof(o->type));
}

/* A whole number within bounds; false: it is none.  A missing one is `otherwise`. */
static bool read_int(yyjson_val *root, const char *key, int64_t low, int64_t high,
                     int64_t otherwise, int64_t *out)
{
	yyjson_val *v = wq_json_get(root, key);

	*out = v ? wq_json_get_int(root, key, low - 1) : otherwise;
	return !v || (*out >= low && *out <= high);
}

/* NULL: *o is complete; otherwise what is wrong. */
static const char *read_order(yyjson_val *root, struct wq_fault_order *o)
{
	int64_t code, status, times, latency_ms;

	*o = (struct wq_fault_order){ .share_ppm = WQ_PPM, .provider = -1 };
	if (!wq_fault_kind_from(wq_json_get_str(root, "do"), &o->then.kind))
		return "do is one of error, reset_before, reset_after, close, hang, hang_then_accept, "
		       "accept_then_5xx, answer_then_close, status_failed, status_lost.";
	if (!read_match(wq_json_get(root, "match"), o))
		return "match is an object with some of provider, number, to, type (strings) and nth (from 1).";
	if (!read_int(root, "code", 1, CODE_MAX, 0, &code))
		return "code is an error code of the provider, such as 131056.";
	if (!read_int(root, "status", STATUS_MIN, STATUS_MAX, 0, &status))
		return "status is an HTTP status from 400 to 599.";
	if (!read_int(root, "times", 0, INT64_MAX, 1, &times))
		return "times is a whole number; 0 is for ever.";
	if (!read_int(root, "latency_ms", 0, WQ_SANDBOX_LATENCY_MAX_MS,
	              o->then.kind == WQ_FAULT_HANG_THEN_ACCEPT ? WQ_SANDBOX_HANG_MS : -1,
	              &latency_ms))
		return "latency_ms is a whole number from 0 to 600000.";
	if (!wq_control_percent(wq_json_get(root, "pct"), &o->share_ppm))
		return "pct is a number from 0 to 100.";
	o->then.code = (int)code;
	o->then.status = (int)status;
	o->times = (uint64_t)times;
	o->latency_ms = (int32_t)latency_ms;
	return NULL;
}

static void put_text(struct wq_jsonw *w, const char *key, const char *text)
{
	if (!text[0])
		return;
	wq_jsonw_put_text(w, key, text);
}

static void write_order(const struct wq_fault_order *o, struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "id", (int64_t)o->id);
	wq_jsonw_key(w, "match");
	wq_jsonw_object(w);
	put_text(w, "to", o->to);
	put_text(w, "number", o->number);
	if (o->provider >= 0)
		put_text(w, "provider", wq_provider_name(o->provider));
	put_text(w, "type", o->type);
	if (o->nth)
		wq_jsonw_put_int(w, "nth", (int64_t)o->nth);
	wq_jsonw_object_end(w);
	put_text(w, "do", wq_fault_kind_name(o->then.kind));
	if (o->then.code)
		wq_jsonw_put_int(w, "code", o->then.code);
	if (o->then.status)
		wq_jsonw_put_int(w, "status", o->then.status);
	wq_jsonw_put_int(w, "times", (int64_t)o->times);
	wq_jsonw_key(w, "pct");
	wq_jsonw_float(w, (double)o->share_ppm * 100 / WQ_PPM);
	if (o->latency_ms >= 0)
		wq_jsonw_put_int(w, "latency_ms", o->latency_ms);
	wq_jsonw_put_int(w, "seen", (int64_t)o->seen);
	wq_jsonw_put_int(w, "done", (int64_t)o->done);
	wq_jsonw_object_end(w);
}

static void handle_place(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	yyjson_doc *doc = wq_control_read(x);
	struct wq_fault_order o;
	struct wq_buf body;
	struct wq_jsonw w;
	const char *why;
	int64_t id;

	if (!doc)
		return;
	why = read_order(yyjson_doc_get_root(doc), &o);
	wq_json_free(doc);
	if (why) {
		wq_reply_problem(x, 400, "bad_order", "%s", why);
		return;
	}
	id = wq_faults_add(&sb->faults, &o);
	if (id < 0) {
		wq_reply_problem(
			x, id == WQ_EFULL ? 409 : 500,
			id == WQ_EFULL ? "too_many_orders" : "out_of_memory",
			"At most %d orders are kept; DELETE /_sandbox/faults forgets them.",
			WQ_SANDBOX_ORDERS_MAX);
		return;
	}
	o.id = (uint64_t)id;
	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	write_order(&o, &w);
	wq_control_answer(x, 201, &body, wq_jsonw_end(&w));
}

static void handle_list(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "data");
	wq_jsonw_array(&w);
	for (struct wq_list *l = sb->faults.orders.next; l != &sb->faults.orders; l = l->next)
		write_order(WQ_OWNER(l, struct wq_fault_order, link), &w);
	wq_jsonw_array_end(&w);
	wq_jsonw_key(&w, "next_cursor");
	wq_jsonw_null(&w);
	wq_jsonw_object_end(&w);
	wq_control_answer(x, 200, &body, wq_jsonw_end(&w));
}

static void handle_withdraw(struct wq_exchange *x, void *ctx)
{
	wq_faults_clear(&((struct wq_sandbox *)ctx)->faults);
	wq_reply(x, 204, NULL, wq_strn(NULL, 0));
}

int wq_control_faults_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/_sandbox/faults", .handle = handle_place,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .done = 201, .summary = "Order a fault" },
		{ .method = WQ_GET, .pattern = "/_sandbox/faults", .handle = handle_list,
		  .summary = "The orders, and how often each was met" },
		{ .method = WQ_DELETE, .pattern = "/_sandbox/faults", .handle = handle_withdraw,
		  .done = 204, .summary = "Withdraw all orders" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
