/* SPDX-License-Identifier: MIT */
/* value.c — values as providers write them: ids as numbers, numbers as text, seconds and milliseconds. */
#include <stdio.h>

#include "base/limits.h"
#include "domain/inbound/core.h"

#define MS_FROM 100000000000 /* as seconds it would be the year 5138 */

struct wq_str wq_inbound_either(struct wq_str a, struct wq_str b)
{
	return a.p ? a : b;
}

yyjson_val *wq_inbound_get_by(yyjson_val *obj, struct wq_str key)
{
	yyjson_val *v = NULL;

	if (key.p)
		wq_json_pick(obj, &key, 1, &v);
	return v;
}

yyjson_val *wq_inbound_get(yyjson_val *obj, const char *key)
{
	return wq_inbound_get_by(obj, wq_str(key));
}

struct wq_str wq_inbound_get_str(yyjson_val *obj, const char *key)
{
	return wq_json_str(wq_inbound_get(obj, key));
}

bool wq_inbound_is_digits(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

struct wq_str wq_inbound_text(struct wq_inbound_run *run, yyjson_val *v)
{
	char text[24];
	struct wq_str s = { text, 0 };

	if (yyjson_is_str(v))
		return wq_json_str(v);
	if (yyjson_is_raw(v))
		return wq_strn(yyjson_get_raw(v), yyjson_get_len(v));
	if (yyjson_is_uint(v))
		s.n = (size_t)snprintf(text, sizeof(text), "%llu",
		                       (unsigned long long)yyjson_get_uint(v));
	else if (yyjson_is_sint(v))
		s.n = (size_t)snprintf(text, sizeof(text), "%lld", (long long)yyjson_get_sint(v));
	else
		return wq_strn(NULL, 0);
	return wq_inbound_join(run, &s, 1);
}

static int64_t to_ms(int64_t t)
{
	if (t <= 0 || t > WQ_TIMESTAMP_MAX_MS)
		return 0;
	return t < MS_FROM ? t * 1000 : t;
}

int64_t wq_inbound_time_of(struct wq_str digits)
{
	uint64_t t;

	return wq_str_to_u64(digits, WQ_TIMESTAMP_MAX_MS, &t) ? to_ms((int64_t)t) : 0;
}

int64_t wq_inbound_time(yyjson_val *v)
{
	if (yyjson_is_real(v)) {
		double t = yyjson_get_real(v);

		if (!(t > 0 && t <= (double)WQ_TIMESTAMP_MAX_MS))
			return 0;
		return t < (double)MS_FROM ? (int64_t)(t * 1000) : (int64_t)t;
	}
	return yyjson_is_str(v) ? wq_inbound_time_of(wq_json_str(v)) : to_ms(wq_inbound_int(v, 0));
}

static int64_t from_halves(yyjson_val *v, int64_t otherwise)
{
	yyjson_val *low = wq_inbound_get(v, "low"), *high = wq_inbound_get(v, "high");
	uint64_t all;

	if (!yyjson_is_int(low) || !yyjson_is_int(high))
		return otherwise;
	all = (uint64_t)(uint32_t)yyjson_get_sint(high) << 32 | (uint32_t)yyjson_get_sint(low);
	return all <= INT64_MAX ? (int64_t)all : otherwise;
}

int64_t wq_inbound_int(yyjson_val *v, int64_t otherwise)
{
	uint64_t n;

	if (yyjson_is_sint(v))
		return yyjson_get_sint(v);
	if (yyjson_is_uint(v))
		return yyjson_get_uint(v) <= INT64_MAX ? (int64_t)yyjson_get_uint(v) : otherwise;
	if (yyjson_is_str(v))
		return wq_str_to_u64(wq_json_str(v), INT64_MAX, &n) ? (int64_t)n : otherwise;
	return yyjson_is_obj(v) ? from_halves(v, otherwise) : otherwise;
}

bool wq_inbound_true(yyjson_val *v)
{
	return yyjson_is_true(v) || wq_str_is_nocase(wq_json_str(v), "true");
}
