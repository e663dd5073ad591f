/* SPDX-License-Identifier: MIT */
/* write.c — members that are there or not. */
#include "domain/inbound/write.h"

void wq_write_str(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.p)
		return;
	wq_jsonw_put_str(w, key, s);
}

void wq_write_time(struct wq_jsonw *w, const char *key, int64_t ms)
{
	if (!ms)
		return;
	wq_jsonw_put_int(w, key, ms);
}

void wq_write_true(struct wq_jsonw *w, const char *key, bool v)
{
	if (!v)
		return;
	wq_jsonw_put_bool(w, key, true);
}

void wq_write_slices(struct wq_jsonw *w, const void *from, const struct wq_write_slice *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct wq_str s;

		memcpy(&s, (const char *)from + t[i].at, sizeof(s));
		wq_write_str(w, t[i].key, s);
	}
}
