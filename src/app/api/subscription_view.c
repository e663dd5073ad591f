/* SPDX-License-Identifier: MIT */
/* subscription_view.c — a subscription and its attempts as people see them: without secrets. */
#include "app/api/subscription_call.h"

/* Whether there are secrets, and none in the clear. */
static bool are_sealed(yyjson_val *secrets)
{
	yyjson_val *each;
	size_t i, n;
	bool all = yyjson_arr_size(secrets) > 0;

	yyjson_arr_foreach(secrets, i, n, each)
	{
		all = all && wq_seal_is(wq_json_str(each));
	}
	return all;
}

static void put_spec(struct wq_jsonw *w, struct wq_str spec)
{
	yyjson_doc *doc = wq_json_read(spec, WQ_API_JSON_DEPTH_MAX, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc), *secrets = wq_json_get(root, "secrets");

	for (size_t i = 0; wq_subscription_members[i]; i++) {
		yyjson_val *v = wq_json_get(root, wq_subscription_members[i]);

		if (!v || strcmp(wq_subscription_members[i], "secret") == 0)
			continue;
		wq_jsonw_key(w, wq_subscription_members[i]);
		wq_jsonw_value(w, v);
	}
	wq_jsonw_put_bool(w, "signed", yyjson_arr_size(secrets) > 0);
	wq_jsonw_put_bool(w, "sealed", are_sealed(secrets));
	wq_jsonw_put_moment(w, "old_secret_until", wq_json_get_int(root, "secrets_until", 0));
	wq_json_free(doc);
}

void wq_view_subscription(struct wq_jsonw *w, const struct wq_sub_seen *s, const char *secret)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "id", s->id);
	put_spec(w, s->spec);
	wq_jsonw_put_str(w, "state", s->state);
	wq_jsonw_put_str(w, "why", s->why.p ? s->why : wq_str(""));
	wq_jsonw_put_int(w, "revision", s->rev);
	wq_jsonw_put_int(w, "waiting", (int64_t)s->waiting);
	wq_jsonw_put_moment(w, "next_attempt_at", s->due_ms);
	wq_jsonw_put_int(w, "events_delivered", (int64_t)s->ok);
	wq_jsonw_put_int(w, "attempts_failed", (int64_t)s->bad);
	wq_jsonw_put_moment(w, "delivered_at", s->ok_at_ms);
	wq_jsonw_put_moment(w, "failing_since", s->failing_ms);
	wq_jsonw_put_moment(w, "created_at", s->created_ms);
	wq_jsonw_put_moment(w, "changed_at", s->changed_ms);
	wq_jsonw_put_bool(w, "worked", s->owned);
	if (secret && *secret)
		wq_jsonw_put_text(w, "secret", secret);
	wq_jsonw_object_end(w);
}

static void put_number(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	uint64_t n = 0;

	(void)wq_str_to_u64(s, INT64_MAX, &n);
	wq_jsonw_put_int(w, key, (int64_t)n);
}

void wq_view_attempts(struct wq_jsonw *w, const struct wq_redis_value *rows)
{
	static const char *const numbers[] = { "status", "took_ms", "attempt", "events" };
	const struct wq_redis_value *fields;
	struct wq_str id;

	wq_jsonw_array(w);
	for (size_t i = 0; wq_stream_at(rows, i, &id, &fields); i++) {
		uint64_t due = 0;

		wq_jsonw_object(w);
		wq_jsonw_put_str(w, "id", wq_stream_field(fields, "id"));
		wq_jsonw_put_str(w, "outcome", wq_stream_field(fields, "outcome"));
		wq_jsonw_put_int(w, "at", wq_event_time_ms(id));
		for (size_t j = 0; j < WQ_COUNT(numbers); j++)
			put_number(w, numbers[j], wq_stream_field(fields, numbers[j]));
		(void)wq_str_to_u64(wq_stream_field(fields, "due"), INT64_MAX, &due);
		wq_jsonw_put_moment(w, "next_attempt_at", (int64_t)due);
		wq_jsonw_put_str(w, "why", wq_stream_field(fields, "why"));
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}

void wq_view_tested(struct wq_jsonw *w, const struct wq_delivery *d)
{
	wq_jsonw_object(w);
	wq_jsonw_put_bool(w, "delivered", wq_delivery_is_taken(d));
	wq_jsonw_put_int(w, "status", d->status);
	wq_jsonw_put_int(w, "took_ms", (int64_t)(d->took_us / 1000));
	wq_jsonw_put_text(w, "why", d->why);
	wq_jsonw_object_end(w);
}
