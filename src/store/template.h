/* SPDX-License-Identifier: MIT */
#pragma once
/* template.h — versions of texts that are a business's own, in Redis.
 *
 * Keys  those of the registry "tpl" (registry.h); an id is KIND:LANGUAGE:OF:OWNER.
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/registry.h"

#define WQ_TEMPLATES_REGISTRY "tpl"

enum {
	WQ_TEMPLATE_ID_MAX_BYTES = WQ_TEMPLATE_KIND_MAX_BYTES + WQ_WA_LANGUAGE_MAX_CHARS +
	                           WQ_ACCOUNT_ID_MAX_BYTES + 8
};

/* False: it would be too long.  `of`: 1 all, 2 a business, 3 an account. */
bool wq_template_id(char id[static WQ_TEMPLATE_ID_MAX_BYTES], int of, struct wq_str owner,
                    struct wq_str kind, struct wq_str language);

struct wq_template_put {
	const char *id;
	int of;
	struct wq_str owner, business, kind, language, source, by;
	int64_t now_ms;
};
enum { WQ_TEMPLATE_REPLACED = 0, WQ_TEMPLATE_ADDED = 1, WQ_TEMPLATE_TOO_MANY = -1, WQ_TEMPLATE_GONE = -3 };
int wq_template_put_start(const struct wq_registry *g, struct wq_redis_cmd *cmd,
                          const struct wq_template_put *p,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* GONE: it was not there. */
int wq_template_remove_start(const struct wq_registry *g, struct wq_redis_cmd *cmd, const char *id,
                             int64_t now_ms, void (*cb)(struct wq_redis_cmd *cmd, int rc));
int64_t wq_template_answer(const struct wq_redis_cmd *cmd);
