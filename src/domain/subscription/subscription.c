/* SPDX-License-Identifier: MIT */
/* subscription.c — one reader for what people ask for and for what is stored. */
#include "domain/subscription/subscription.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/url.h"

const char *const wq_sub_target_names[WQ_SUB_TARGETS] = { "url", "queue", "stream" };
const char *const wq_subscription_members[] = {
	"url",   "queue",      "stream",         "description", "events", "kinds", "fields",
	"providers", "accounts", "raw", "order", "batch_size",  "batch_delay_ms", "in_flight",
	"rate",  "secret",     NULL,
};
enum { SPEC_DEPTH_MAX = 8, DESCRIPTION_MAX_BYTES = 500, TO_MAX_BYTES = 2048 };

static const char *read_target(struct wq_subscription *s, yyjson_val *root)
{
	struct wq_url url;
	const char *why = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < WQ_SUB_TARGETS; i++) {
		struct wq_str to = wq_json_get_str(root, wq_sub_target_names[i]);

		if (!to.n)
			continue;
		s->target = (enum wq_sub_target)i;
		s->to = to;
		n++;
	}
	if (n != 1 || s->to.n > TO_MAX_BYTES)
		return "one of url, queue and stream tells where events go: a string of up to 2048 bytes";
	if (s->target != WQ_SUB_URL)
		return wq_str_starts(s->to, "wq:") ? "names that begin with wq: are our own" : NULL;
	if (!wq_url_parse(s->to, &url, &why))
		return why;
	if (!wq_str_is(url.scheme, "http") && !wq_str_is(url.scheme, "https"))
		return "url is one of http or https";
	return NULL;
}

static const char *read_count(yyjson_val *root, const char *name, int64_t min, int64_t max,
                              int64_t *value, const char *why)
{
	yyjson_val *v = wq_json_get(root, name);

	if (!v)
		return NULL;
	*value = wq_json_get_int(root, name, -1);
	return yyjson_is_int(v) && *value >= min && *value <= max ? NULL : why;
}

static const char *read_numbers(struct wq_subscription *s, yyjson_val *root)
{
	int64_t size = 1, delay = 5000, flight = 1, rate = 0;
	const char *why = read_count(root, "batch_size", 1, WQ_SUB_BATCH_MAX, &size,
	                             "batch_size is a whole number from 1 to 50");

	if (!why)
		why = read_count(root, "batch_delay_ms", 0, WQ_SUB_BATCH_DELAY_MAX_MS, &delay,
		                 "batch_delay_ms is a whole number from 0 to 60000");
	if (!why)
		why = read_count(root, "in_flight", 1, WQ_SUB_IN_FLIGHT_MAX, &flight,
		                 "in_flight is a whole number from 1 to 16");
	if (!why)
		why = read_count(root, "rate", 0, WQ_SUB_RATE_MAX, &rate,
		                 "rate is a whole number from 0 to 10000");
	s->batch_size = (unsigned)size;
	s->batch_delay_ms = (uint32_t)delay;
	s->in_flight = (unsigned)flight;
	s->rate = (unsigned)rate;
	return why;
}

static const char *read_order(struct wq_subscription *s, yyjson_val *root)
{
	yyjson_val *raw = wq_json_get(root, "raw"), *order = wq_json_get(root, "order");
	struct wq_str word = wq_json_str(order);

	if (raw && !yyjson_is_bool(raw))
		return "raw is true or false";
	s->filter.raw = yyjson_get_bool(raw);
	if (order && !wq_str_is(word, "strict") && !wq_str_is(word, "loose"))
		return "order is \"strict\" or \"loose\"";
	s->strict = wq_str_is(word, "strict");
	s->trusted = yyjson_get_bool(wq_json_get(root, "trusted"));
	if (s->strict && s->in_flight > 1)
		return "strict order takes one post at a time: in_flight is 1";
	if (s->filter.raw && (s->batch_size > 1 || s->target != WQ_SUB_URL))
		return "raw requests go to a url, one by one";
	return NULL;
}

static int check_secret(struct wq_str secret, const char **why)
{
	struct wq_standard_webhook signer;
	int rc = wq_standard_webhook_init(&signer, secret, 0, why);

	if (rc == 0)
		wq_standard_webhook_fini(&signer);
	return rc == WQ_ETOOBIG ? WQ_EINVAL : rc;
}

/* What is sealed was judged before it was. */
static int check_secrets(struct wq_subscription *s, yyjson_val *root, const char **why)
{
	yyjson_val *secret = wq_json_get(root, "secret"), *each;
	size_t i, n;
	int rc = 0;

	s->secret = wq_json_str(secret);
	s->secrets = wq_json_get(root, "secrets");
	s->secrets_until_ms = wq_json_get_int(root, "secrets_until", 0);
	if (secret)
		rc = check_secret(s->secret, why);
	yyjson_arr_foreach(s->secrets, i, n, each)
	{
		if (rc == 0 && !wq_seal_is(wq_json_str(each)))
			rc = check_secret(wq_json_str(each), why);
	}
	return rc;
}

int wq_subscription_init(struct wq_subscription *s, struct wq_str id, struct wq_str spec,
                         const char **why)
{
	yyjson_val *root;

	*s = (struct wq_subscription){ .id = id, .batch_size = 1 };
	*why = NULL;
	if (spec.n > WQ_SUB_SPEC_MAX_BYTES) {
		*why = "a subscription is described in at most 16 kB";
		return WQ_EINVAL;
	}
	if (wq_json_parse(&s->doc, spec, SPEC_DEPTH_MAX) == WQ_ENOMEM)
		return WQ_RAISE(WQ_ENOMEM);
	root = yyjson_doc_get_root(s->doc);
	s->description = wq_json_get_str(root, "description");
	if (!yyjson_is_obj(root))
		*why = "a subscription is an object";
	else if (s->description.n > DESCRIPTION_MAX_BYTES)
		*why = "description has at most 500 bytes";
	if (!*why)
		*why = read_target(s, root);
	if (!*why)
		*why = wq_filter_read(&s->filter, root);
	if (!*why)
		*why = read_numbers(s, root);
	if (!*why)
		*why = read_order(s, root);
	return *why ? WQ_EINVAL : check_secrets(s, root, why);
}

void wq_subscription_fini(struct wq_subscription *s)
{
	wq_json_free(s->doc);
	*s = (struct wq_subscription){ .batch_size = 1 };
}

void wq_subscription_place(struct wq_str id, char out[WQ_SUB_PLACE_MAX_BYTES])
{
	snprintf(out, WQ_SUB_PLACE_MAX_BYTES, "subscription %.*s secret", WQ_STR_ARG(id));
}

/* Appends it in the clear; a condition of seal.h, or as wq_buf_add. */
static int add_secret(const struct wq_subscription *s, const struct wq_seal_ring *ring,
                      struct wq_str secret, struct wq_buf *out)
{
	char place[WQ_SUB_PLACE_MAX_BYTES];

	if (!wq_seal_is(secret))
		return wq_buf_add_str(out, secret);
	wq_subscription_place(s->id, place);
	return wq_seal_open(ring, wq_str(place), secret, out);
}

int wq_subscription_secrets(const struct wq_subscription *s, const struct wq_seal_ring *ring,
                            int64_t now_ms, struct wq_buf *out)
{
	yyjson_val *each;
	size_t i, n;

	yyjson_arr_foreach(s->secrets, i, n, each)
	{
		int rc;

		if (i > 0 && now_ms >= s->secrets_until_ms)
			break;
		rc = add_secret(s, ring, wq_json_str(each), out);
		if (rc > 0 && i > 0)
			continue; /* the new one signs without it */
		if (rc == 0)
			rc = wq_buf_add_char(out, ' ');
		if (rc != 0)
			return rc;
	}
	return 0;
}

enum wq_sub_secrecy wq_subscription_secrecy(const struct wq_subscription *s,
                                            const struct wq_seal_ring *ring)
{
	enum wq_sub_secrecy worst = WQ_SECRECY_KEPT;
	yyjson_val *each;
	size_t i, n;

	yyjson_arr_foreach(s->secrets, i, n, each)
	{
		struct wq_str secret = wq_json_str(each);

		if (!wq_seal_is(secret))
			return WQ_SECRECY_CLEAR;
		if (!wq_seal_is_current(ring, secret))
			worst = WQ_SECRECY_OLD;
	}
	return worst;
}
