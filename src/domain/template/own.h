/* SPDX-License-Identifier: MIT */
#pragma once
/* own.h — versions of texts that are a business's own, as a process knows them: kept up to date with Redis.
 *
 * A version that was written is found everywhere within a second, and in the process that wrote it at once.
 */
#include "domain/template/library.h"
#include "io/loop/loop.h"
#include "io/redis/redis.h"

/* 0 or a raised error. */
int wq_templates_create(struct wq_templates **out, struct wq_loop *loop, struct wq_redis *redis,
                        const char *prefix);
/* NULL is fine. */
void wq_templates_destroy(struct wq_templates *t);
bool wq_templates_loaded(const struct wq_templates *t);
/* Asks at once what changed. */
void wq_templates_poke(struct wq_templates *t);

/* Exactly this one; sets all but base. */
bool wq_templates_own(const struct wq_templates *t, enum wq_template_of of, struct wq_str owner,
                      struct wq_str kind, struct wq_str language, struct wq_template_found *out);
/* The nearest owner's in any language. */
bool wq_templates_any(const struct wq_templates *t, struct wq_str business, struct wq_str account,
                      struct wq_str kind, struct wq_template_found *out);

/* One version; all is borrowed until the loop's next turn. */
struct wq_template_own {
	enum wq_template_of of;
	struct wq_str owner, business; /* the account's or business's id; whose the account is */
	struct wq_str kind, language, source, by;
	int64_t changed_ms;
};
size_t wq_templates_count(const struct wq_templates *t);
/* The i-th by kind, language and owner; false: there is none. */
bool wq_templates_at(const struct wq_templates *t, size_t i, struct wq_template_own *out);
