/* SPDX-License-Identifier: MIT */
/* redis_reply_fuzz.c — any bytes as a server's answers, whole and cut: they are refused, or read the same. */
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "io/redis/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint64_t mix(uint64_t h, uint64_t v)
{
	return (h ^ v) * 0x100000001b3u;
}

/* Touches every byte of a value by the getters that callers have. */
static uint64_t digest(const struct wq_redis_value *v, unsigned depth)
{
	struct wq_str s = wq_redis_str(v);
	uint64_t h = mix(14695981039346656037u, wq_redis_type(v));

	WQ_REQUIRE(depth <= WQ_REDIS_REPLY_DEPTH_MAX);
	for (size_t i = 0; i < s.n; i++)
		h = mix(h, (unsigned char)s.p[i]);
	h = mix(h, (uint64_t)wq_redis_int(v, 42));
	h = mix(h, wq_redis_count(v));
	for (size_t i = 0; i < wq_redis_count(v); i++)
		h = mix(h, digest(wq_redis_at(v, i), depth + 1));
	if (wq_redis_type(v) == WQ_REDIS_ERROR) {
		int rc = wq_redis_condition_of(s);

		WQ_REQUIRE(rc == WQ_EREPLY || (rc >= WQ_REDIS_LOADING && rc <= WQ_REDIS_WRONGTYPE));
		h = mix(h, (uint64_t)rc);
	}
	return h;
}

/* What the bytes say, fed in pieces of a size that `rng` picks; rng NULL: at once. */
static uint64_t read_all(const char *p, size_t n, struct wq_rng *rng)
{
	struct wq_redis_reader r;
	const struct wq_redis_value *v;
	uint64_t h = 0;
	size_t at = 0;
	int rc = 0;

	WQ_REQUIRE(wq_redis_reader_init(&r) == 0);
	while (at < n && rc == 0) {
		size_t step = rng ? 1 + wq_rng_below(rng, 16) : n;

		step = step < n - at ? step : n - at;
		rc = wq_redis_reader_feed(&r, p + at, step);
		at += step;
		while (rc == 0 && (rc = wq_redis_reader_next(&r, &v)) == 0 && v)
			h = mix(h, digest(v, 0));
	}
	WQ_REQUIRE(rc == 0 || rc == WQ_EPROTO);
	wq_redis_reader_fini(&r);
	return mix(h, (uint64_t)rc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .fd = -1 };
	struct wq_rng rng;
	uint64_t live = wq_alloc_live();

	wq_log_setup(&quiet);
	wq_redis_use_allocator();
	wq_rng_init(&rng, n ? data[0] * 7919u + n : 0);
	WQ_REQUIRE(read_all((const char *)data, n, NULL) == read_all((const char *)data, n, &rng));
	WQ_REQUIRE(wq_alloc_live() == live);
	return 0;
}
