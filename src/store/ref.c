/* SPDX-License-Identifier: MIT */
/* ref.c — the beginning of every key of a queue. */
#include "store/ref.h"

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

const char *wq_ref_problem(struct wq_str prefix, struct wq_str queue)
{
	if (!prefix.n)
		return "the prefix is empty";
	if (!queue.n)
		return "the name of a queue is empty";
	if (prefix.n > WQ_QUEUE_NAME_MAX_BYTES || queue.n > WQ_QUEUE_NAME_MAX_BYTES)
		return "the name of a queue is too long";
	if (wq_str_find(queue, ':') < queue.n)
		return "the name of a queue may not contain a colon";
	return NULL;
}

bool wq_ref_is_own_key(struct wq_str id)
{
	static const char *const keys[] = {
		"active",   "completed",     "delayed", "events",          "failed", "id",
		"limiter",  "marker",        "meta",    "meta-paused",     "paused", "pc",
		"priority", "prioritized",   "repeat",  "stalled",         "wait",   "delay",
		"stalled-check", "waiting-children",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (wq_str_is(id, keys[i]))
			return true;
	return wq_str_starts(id, "de:") || wq_str_starts(id, "dn:") ||
	       wq_str_starts(id, "metrics:");
}

static char *join(struct wq_str prefix, struct wq_str queue, const char *suffix)
{
	size_t n = prefix.n + 1 + queue.n + 1, m = strlen(suffix);
	char *text = wq_alloc(n + m + 1);

	if (!text)
		return NULL;
	memcpy(text, prefix.p, prefix.n);
	text[prefix.n] = ':';
	memcpy(text + prefix.n + 1, queue.p, queue.n);
	text[n - 1] = ':';
	memcpy(text + n, suffix, m + 1);
	return text;
}

int wq_ref_init(struct wq_ref *r, struct wq_redis *redis, struct wq_str prefix, struct wq_str queue,
                const char **why)
{
	const char *wrong = wq_ref_problem(prefix, queue);

	*r = (struct wq_ref){ .redis = redis };
	if (why)
		*why = wrong;
	if (wrong)
		return WQ_EINVAL;
	r->base = join(prefix, queue, "");
	r->meta = join(prefix, queue, "meta");
	if (!r->base || !r->meta) {
		wq_ref_fini(r);
		return WQ_RAISE(WQ_ENOMEM);
	}
	r->prefix = wq_strn(r->base, prefix.n);
	r->queue = wq_strn(r->base + prefix.n + 1, queue.n);
	return 0;
}

void wq_ref_fini(struct wq_ref *r)
{
	wq_free(r->base);
	wq_free(r->meta);
	*r = (struct wq_ref){ 0 };
}

struct wq_str wq_ref_base(const struct wq_ref *r)
{
	return wq_strn(r->base, r->prefix.n + 1 + r->queue.n + 1);
}

struct wq_str wq_ref_meta(const struct wq_ref *r)
{
	return wq_str(r->meta);
}

int wq_ref_key(const struct wq_ref *r, struct wq_str suffix, char *out, size_t max)
{
	struct wq_str base = wq_ref_base(r);

	if (base.n + suffix.n + 1 > max)
		return WQ_ETOOBIG;
	memcpy(out, base.p, base.n);
	memcpy(out + base.n, suffix.p, suffix.n);
	out[base.n + suffix.n] = '\0';
	return (int)(base.n + suffix.n);
}
