/* SPDX-License-Identifier: MIT */
#pragma once
/* provider_template.h — templates that a provider has approved, or not, as an account knows them: the ptpl_ scripts.
 *
 * Names are "NAME|LANGUAGE".  Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

struct wq_provider_template {
	struct wq_str name, language, id, status, category, quality, reason;
	struct wq_str components; /* JSON: an array; empty: not told */
	int64_t at_ms;
};

struct wq_ptpl_put {
	int64_t now_ms, mark_ms; /* mark_ms: when the look at all began; 0: it is none */
	bool last;               /* that look is over: what it did not find goes */
	size_t n;                /* at most WQ_PROVIDER_TEMPLATES_BATCH */
	void (*item)(void *ctx, size_t i, struct wq_provider_template *out);
	void *ctx;
};
int wq_ptpl_put_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                      const struct wq_ptpl_put *p, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* How many are known; *more: the last call has to come again. */
int64_t wq_ptpl_put_answer(const struct wq_redis_cmd *cmd, bool *more);

struct wq_ptpl_list {
	struct wq_str after, status, language; /* may be empty */
	uint64_t count;
};
int wq_ptpl_list_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                       const struct wq_ptpl_list *l, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 0: never looked at. */
int64_t wq_ptpl_synced(const struct wq_redis_cmd *cmd);
/* Where the next page begins; empty: nowhere. */
struct wq_str wq_ptpl_list_next(const struct wq_redis_cmd *cmd);
bool wq_ptpl_list_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_provider_template *out);

int wq_ptpl_show_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, size_t n,
                       const struct wq_str *names, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* The i-th; false: there is none of that name.  Its name and language are not told. */
bool wq_ptpl_show_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_provider_template *out);

/* Texts that are empty: as they were. */
int wq_ptpl_note_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                       struct wq_str name, const struct wq_provider_template *t,
                       void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Whether it was known. */
bool wq_ptpl_noted(const struct wq_redis_cmd *cmd);
/* `language` empty: all of them. */
int wq_ptpl_drop_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str name,
                       struct wq_str language, void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* `kind` empty: they are only told; `data` empty: that one goes. */
int wq_ptpl_use_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str kind,
                      struct wq_str language, struct wq_str data,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc));
bool wq_ptpl_use_full(const struct wq_redis_cmd *cmd);
bool wq_ptpl_use_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *kind,
                    struct wq_str *language, struct wq_str *data);

/* What stands for `kind` in the first of `languages` (at most WQ_PTPL_LANGUAGES) that has something, else in any. */
enum { WQ_PTPL_LANGUAGES = 3 };
int wq_ptpl_for_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str kind,
                      size_t n, const struct wq_str *languages,
                      void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* False: nothing does.  *data as it was mapped; *known: whether its template is known still, *out then. */
bool wq_ptpl_for(const struct wq_redis_cmd *cmd, struct wq_str *data, bool *known,
                 struct wq_provider_template *out);
