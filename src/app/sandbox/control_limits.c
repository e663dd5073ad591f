/* SPDX-License-Identifier: MIT */
/* control_limits.c — rates on order: set, listed, taken back.
 *
 *   {"match":{"provider","number"},"per":"number|pair|all","rate":80,"burst":80,"code","status"}
 *   {"every_ms":6000, …} instead of a rate
 */
#include "app/sandbox/control.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"

enum { CODE_MAX = 9999999, STATUS_MIN = 400, STATUS_MAX = 599, BURST_MAX = 1000000, EVERY_MAX_MS = 86400000,
       US_A_SECOND = 1000000 };

static bool read_every(yyjson_val *root, struct wq_bucket_rule *r)
{
	yyjson_val *rate = wq_json_get(root, "rate"), *every = wq_json_get(root, "every_ms");
	double per_s = yyjson_get_num(rate), ms = yyjson_get_num(every);

	if ((rate != NULL) == (every != NULL))
		return false;
	if (rate && yyjson_is_num(rate) && per_s > 0 && per_s <= US_A_SECOND)
		r->every_us = (uint64_t)(US_A_SECOND / per_s);
	else if (every && yyjson_is_num(every) && ms > 0 && ms <= EVERY_MAX_MS)
		r->every_us = (uint64_t)(ms * 1000);
	return r->every_us > 0;
}

static bool read_match(yyjson_val *match, struct wq_bucket_rule *r)
{
	struct wq_str number = wq_json_get_str(match, "number");

	if (match && !yyjson_is_obj(match))
		return false;
	if (!number.p)
		number = wq_json_get_str(match, "phone_number_id");
	if (number.n >= sizeof(r->number))
		return false;
	(void)snprintf(r->number, sizeof(r->number), "%.*s", (int)number.n,
	               number.p ? number.p : "");
	return wq_control_provider(wq_json_get(match, "provider"), &r->provider);
}

static int64_t int_of(yyjson_val *root, const char *key, int64_t otherwise)
{
	return wq_json_get(root, key) ? wq_json_get_int(root, key, -1) : otherwise;
}

/* NULL: *r is complete; otherwise what is wrong. */
static const char *read_rule(yyjson_val *root, struct wq_bucket_rule *r)
{
	struct wq_str per = wq_json_get_str(root, "per");
	int64_t burst = int_of(root, "burst", 1), code = int_of(root, "code", 0),
		status = int_of(root, "status", 0);

	*r = (struct wq_bucket_rule){ .per = WQ_PER_NUMBER };
	if (!read_match(wq_json_get(root, "match"), r))
		return "match is an object with some of provider and number.";
	if (wq_json_get(root, "per") && !wq_bucket_per_from(per, &r->per))
		return "per is one of number, pair, all.";
	if (!read_every(root, r))
		return "rate is a number a second, up to 1000000, or every_ms one of milliseconds, up to 86400000.";
	if (burst < 1 || burst > BURST_MAX)
		return "burst is a whole number from 1 to 1000000.";
	if (code < 0 || code > CODE_MAX)
		return "code is an error code of the provider, such as 130429.";
	if (status && (status < STATUS_MIN || status > STATUS_MAX))
		return "status is an HTTP status from 400 to 599.";
	r->burst = (uint32_t)burst;
	r->code = (int)code;
	r->status = (int)status;
	return NULL;
}

static void write_rule(const struct wq_bucket_rule *r, struct wq_jsonw *w)
{
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "id", (int64_t)r->id);
	wq_jsonw_key(w, "match");
	wq_jsonw_object(w);
	if (r->provider >= 0)
		wq_jsonw_put_text(w, "provider", wq_provider_name((enum wq_provider)r->provider));
	if (r->number[0])
		wq_jsonw_put_text(w, "number", r->number);
	wq_jsonw_object_end(w);
	wq_jsonw_put_text(w, "per", wq_bucket_per_name(r->per));
	wq_jsonw_key(w, "every_ms");
	wq_jsonw_float(w, (double)r->every_us / 1000);
	wq_jsonw_put_int(w, "burst", r->burst);
	if (r->code)
		wq_jsonw_put_int(w, "code", r->code);
	if (r->status)
		wq_jsonw_put_int(w, "status", r->status);
	wq_jsonw_put_int(w, "passed", (int64_t)r->passed);
	wq_jsonw_put_int(w, "refused", (int64_t)r->refused);
	wq_jsonw_object_end(w);
}

static void handle_set(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	yyjson_doc *doc = wq_control_read(x);
	struct wq_bucket_rule r;
	struct wq_buf body;
	struct wq_jsonw w;
	const char *why;
	int64_t id;

	if (!doc)
		return;
	why = read_rule(yyjson_doc_get_root(doc), &r);
	wq_json_free(doc);
	if (why) {
		wq_reply_problem(x, 400, "bad_limit", "%s", why);
		return;
	}
	id = wq_buckets_add(&sb->buckets, &r);
	if (id < 0) {
		wq_reply_problem(
			x, id == WQ_EFULL ? 409 : 500,
			id == WQ_EFULL ? "too_many_limits" : "out_of_memory",
			"At most %d limits are kept; DELETE /_sandbox/limits forgets them.",
			WQ_SANDBOX_LIMITS_MAX);
		return;
	}
	r.id = (uint64_t)id;
	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	write_rule(&r, &w);
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
	for (struct wq_list *l = sb->buckets.rules.next; l != &sb->buckets.rules; l = l->next)
		write_rule(WQ_OWNER(l, struct wq_bucket_rule, link), &w);
	wq_jsonw_array_end(&w);
	wq_jsonw_key(&w, "next_cursor");
	wq_jsonw_null(&w);
	wq_jsonw_object_end(&w);
	wq_control_answer(x, 200, &body, wq_jsonw_end(&w));
}

static void handle_forget(struct wq_exchange *x, void *ctx)
{
	wq_buckets_clear(&((struct wq_sandbox *)ctx)->buckets);
	wq_reply(x, 204, NULL, wq_strn(NULL, 0));
}

int wq_control_limits_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/_sandbox/limits", .handle = handle_set,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .done = 201, .summary = "Limit a rate" },
		{ .method = WQ_GET, .pattern = "/_sandbox/limits", .handle = handle_list,
		  .summary = "The limits, and what they let pass" },
		{ .method = WQ_DELETE, .pattern = "/_sandbox/limits", .handle = handle_forget,
		  .done = 204, .summary = "No limits any more" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
