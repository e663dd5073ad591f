/* SPDX-License-Identifier: MIT */
#pragma once
/* reader.h — where settings come from besides flags: the environment, the .env file, and files that hold one secret.
 *
 * Lives during one wq_settings_load; what it hands out lives in the settings' arena, or in the environment.
 */
#include "app/settings/flags.h"
#include "app/settings/problems.h"
#include "app/settings/settings.h"

enum wq_level { WQ_LEVEL_ENV, WQ_LEVEL_FILE, WQ_LEVEL_COUNT };

/* A line of the .env file. */
struct wq_entry {
	const char *name, *text;
	unsigned line;
	struct wq_entry *before;
};

struct wq_reader {
	const struct wq_settings_input *in;
	struct wq_arena *arena; /* the settings' */
	struct wq_problems problems;
	struct wq_flags flags;
	const char *path;      /* of the .env file */
	struct wq_entry *last; /* the last line comes first: it counts */
	unsigned entries;
	bool no_memory; /* an allocation failed: the result is void */
};

struct wq_found {
	const char *text; /* NULL: nothing */
	const char *from; /* "--port", "env PORT", ".env:3" */
	bool failed;      /* it is there, but could not be read; the problem was told */
};

/* Reads .env, or the file that --env-file or WILLAQ_ENV_FILE names. */
void wq_reader_open(struct wq_reader *r, const struct wq_found *named);
/* Tells of variables that begin with WILLAQ_ and name no setting (names.c). */
void wq_reader_check_names(struct wq_reader *r);
/* The next is in redis_parts.c: REDIS_HOST, REDIS_PORT, REDIS_USERNAME, REDIS_PASSWORD, REDIS_DB and REDIS_TLS put
 * together into a URL, when REDIS_HOST is given at that level; WQ_LEVEL_COUNT: when any of them is given anywhere. */
struct wq_found wq_reader_redis_parts(struct wq_reader *r, enum wq_level level);
extern const char *const wq_redis_parts[]; /* their names; NULL behind the last */
/* NAME at that level and, for `twin`, the content of the file that NAME_FILE names.  Empty counts as not given. */
struct wq_found wq_reader_look(struct wq_reader *r, enum wq_level level, const char *name,
                               bool twin);
/* The content of a file that holds one value; `what` is told when that fails. */
struct wq_found wq_reader_load(struct wq_reader *r, const char *path, const char *from,
                               const char *what);
/* Tells that what was found is not what the setting takes; `what` names it, `why` may be NULL. */
void wq_reader_refuse(struct wq_reader *r, const char *what, const struct wq_setting_def *d,
                      const struct wq_found *found, const char *why);
/* A formatted copy in the arena; "" and no_memory when there is no room. */
const char *wq_reader_textf(struct wq_reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
