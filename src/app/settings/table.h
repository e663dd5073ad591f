/* SPDX-License-Identifier: MIT */
#pragma once
/* table.h — what a setting is.  The table itself is table.c; to add one: an id in settings.h, an entry there. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/settings/settings.h"

enum wq_setting_type {
	WQ_SETTING_TEXT,
	WQ_SETTING_PATH,
	WQ_SETTING_SECRET, /* never shown; has a twin that names a file */
	WQ_SETTING_URL,    /* shown without user, password and query */
	WQ_SETTING_BOOL,
	WQ_SETTING_COUNT,
	WQ_SETTING_PORT,
	WQ_SETTING_BYTES,
	WQ_SETTING_MS,
	WQ_SETTING_PERCENT,
	WQ_SETTING_CHOICE,
};

/* A command takes whole groups (cli/commands.c). */
enum wq_setting_group {
	WQ_GROUP_SERVE,
	WQ_GROUP_QUEUE,
	WQ_GROUP_WORKER,
	WQ_GROUP_LOCKS,
	WQ_GROUP_LISTEN,
	WQ_GROUP_REDIS,
	WQ_GROUP_QUEUES,
	WQ_GROUP_API,
	WQ_GROUP_WEBHOOK,
	WQ_GROUP_SINK,
	WQ_GROUP_SEALS,
	WQ_GROUP_ACCOUNTS,
	WQ_GROUP_SENDING,
	WQ_GROUP_SUBSCRIPTIONS,
	WQ_GROUP_NAMES,
	WQ_GROUP_OUTBOUND,
	WQ_GROUP_DEV,
	WQ_GROUP_SANDBOX,
	WQ_GROUP_GENERAL,
	WQ_GROUP_COUNT
};

#define WQ_SETTING_WHY_MAX_BYTES 160

struct wq_setting_def {
	const char *name; /* "redis-url": the flag is --redis-url, the variable WILLAQ_REDIS_URL */
	enum wq_setting_type type;
	enum wq_setting_group group;
	const char *preset;  /* the default as people would write it; "": none */
	int64_t min, max;    /* of numbers; bytes and ms in their own unit */
	uint32_t unit_ms;    /* what a bare number counts; 0: ms */
	const char *choices; /* words of a choice, schemes of a URL; a space between */
	const char *others;  /* variables that people have already, the first wins; "!X": if X is set, false */
	bool file_twin;      /* NAME_FILE names a file that holds it; secrets always have one */
	bool bare_host;      /* a URL that may lack its scheme */
	bool list;           /* commas between; a flag that is given again goes on with it */
	const char *form;    /* of text: what it is, "a time zone such as UTC"; NULL: any */
	/* Optional: judges what the type has accepted; false: `why` is a sentence. */
	bool (*check)(const char *text, char why[static WQ_SETTING_WHY_MAX_BYTES]);
	const char *help; /* one line, without a full stop */
};

#define WQ_SETTING_NAME_MAX_BYTES 64

const struct wq_setting_def *wq_setting_def(enum wq_setting id);
/* The setting of that name; WQ_SET_COUNT: there is none. */
enum wq_setting wq_setting_find(struct wq_str name);
const char *wq_setting_group_title(enum wq_setting_group g);
bool wq_setting_has_twin(const struct wq_setting_def *d);

/* The names of the variables, WILLAQ_… first: starts with at == 0; false behind the last.  The leading "!" of an
 * inverse is left out and told by *inverse. */
struct wq_setting_names {
	char name[WQ_SETTING_NAME_MAX_BYTES];
	bool inverse;
	/* private */
	const struct wq_setting_def *def;
	struct wq_str rest;
	bool own_done;
};
void wq_setting_names_begin(struct wq_setting_names *n, const struct wq_setting_def *d);
bool wq_setting_names_next(struct wq_setting_names *n);
