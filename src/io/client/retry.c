/* SPDX-License-Identifier: MIT */
/* retry.c — seconds, or one of the three date forms of HTTP. */
#include "io/client/retry.h"

#include <curl/curl.h>

#include "base/limits.h"

enum { DATE_MIN_BYTES = 20, DATE_MAX_BYTES = 40 }; /* "Sun Nov  6 08:49:37 1994" has 24 */

static int64_t until(struct wq_str date, int64_t now_ms)
{
	char text[DATE_MAX_BYTES + 1];
	time_t at;

	/* curl reads much that is no HTTP date ("1994", "Sun"): the length and the clock's colons tell them apart. */
	if (date.n < DATE_MIN_BYTES || date.n > DATE_MAX_BYTES || wq_str_find(date, ':') == date.n)
		return -1;
	memcpy(text, date.p, date.n);
	text[date.n] = '\0';
	at = curl_getdate(text, NULL);
	if (at < 0)
		return -1;
	return (int64_t)at * 1000 > now_ms ? (int64_t)at * 1000 - now_ms : 0;
}

int64_t wq_retry_after_ms(struct wq_str value, int64_t now_ms)
{
	struct wq_str s = wq_str_trim(value);
	uint64_t seconds;
	int64_t ms;

	if (s.n == 0)
		return -1;
	if (s.p[0] >= '0' && s.p[0] <= '9') {
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] < '0' || s.p[i] > '9')
				return -1;
		if (!wq_str_to_u64(s, WQ_CLIENT_RETRY_AFTER_MAX_MS / 1000, &seconds))
			return WQ_CLIENT_RETRY_AFTER_MAX_MS;
		return (int64_t)seconds * 1000;
	}
	ms = until(s, now_ms);
	return ms > WQ_CLIENT_RETRY_AFTER_MAX_MS ? WQ_CLIENT_RETRY_AFTER_MAX_MS : ms;
}
