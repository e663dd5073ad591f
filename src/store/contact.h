/* SPDX-License-Identifier: MIT */
#pragma once
/* contact.h — the people of one account in Redis: shown, listed, changed, merged, and what was said with them.
 *
 * Keys are those of send.h, and what lib/contact.lua draws.  Ids are as Redis has them: "c" and hex, no account behind.
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

/* What shall be so of a contact (con_put.lua). */
struct wq_contact_item {
	const char *what; /* "set", "alias", "tag" … */
	struct wq_str name, value;
};
enum {
	WQ_CONTACT_NEW = -1,    /* it is made, under `id`, and nobody has its names */
	WQ_CONTACT_ANY = 0,     /* whatever its revision is; else: the one that is being changed */
};
enum wq_contact_put_answer {
	WQ_CONTACT_MADE = 2,
	WQ_CONTACT_CHANGED = 1,
	WQ_CONTACT_STALE = 0,    /* it has changed meanwhile */
	WQ_CONTACT_MISSING = -1,
	WQ_CONTACT_TAKEN = -2,   /* `id` has one of the names */
	WQ_CONTACT_TOO_MANY = -3, /* `id`: of what */
	WQ_CONTACT_TWO = -4,     /* the names are of two: `id` and another */
};
/* All of it is borrowed for the call. */
struct wq_contact_put {
	int64_t now_ms; /* 0: Redis' clock */
	struct wq_str id;
	int64_t rev;
	const struct wq_contact_item *items;
	size_t n;
	bool dry; /* only judged: the answer is the same, and nothing is written */
};
int wq_contact_put_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_contact_put *p,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* One of them, or WQ_EPROTO (raised): the answer is not in its form. */
int wq_contact_put_answer(const struct wq_redis_cmd *cmd, struct wq_str *id);

/* By its id, or, with a digest, by one of its names. */
int wq_contact_show_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                          struct wq_str digest, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* A contact as it was read; all is borrowed from the answer. */
struct wq_contact_row {
	struct wq_str id;
	const struct wq_redis_value *fields; /* wq_contact_field */
	/* of show */
	struct wq_str sequence, enrolment; /* p == NULL: it is in none */
	int64_t step, due_ms, pending;
	/* of lists that were asked for it */
	struct wq_str mark; /* of the last moment; p == NULL: there is none */
	int64_t at_ms;
	const struct wq_redis_value *said;
};
/* False: there is none. */
bool wq_contact_show_answer(const struct wq_redis_cmd *cmd, struct wq_contact_row *out);
/* p == NULL: it has none. */
struct wq_str wq_contact_field(const struct wq_redis_value *fields, const char *name);
int64_t wq_contact_number(const struct wq_redis_value *fields, const char *name);

/* One page of a list. */
struct wq_contact_filter {
	struct wq_str index; /* "tag:vip", "unread" … (con_list.lua) */
	bool want;
	int64_t above;
};
struct wq_contact_page {
	bool by_last;            /* else by when they were made */
	bool said;               /* with the last moment of the conversation */
	struct wq_str words;     /* if there are some: found by them, in their order */
	struct wq_str score, id; /* as the answer before told; by words: `id` alone; empty: the first */
	uint64_t count, looks;
	const struct wq_contact_filter *filters;
	size_t filters_n;
};
int wq_contact_page_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                          const struct wq_contact_page *p,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* How many there are; *score and *id: of the last that was looked at, id empty: there are no more.  Or WQ_EPROTO
 * (raised). */
int wq_contact_page_answer(const struct wq_redis_cmd *cmd, struct wq_str *score, struct wq_str *id,
                           uint64_t *looked);
void wq_contact_page_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_contact_row *out);

/* What was said, the latest first; `score`, `mark`: of the last one before, empty: the first page. */
int wq_contact_said_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                          struct wq_str score, struct wq_str mark, uint64_t count,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* How many; -1: there is no such contact. */
int wq_contact_said_answer(const struct wq_redis_cmd *cmd, bool *more);
/* Fills mark, at_ms and said. */
void wq_contact_said_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_contact_row *out);

/* Notes: pairs of an id and JSON.  NULL: there is no such contact. */
int wq_contact_notes_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));
const struct wq_redis_value *wq_contact_notes_answer(const struct wq_redis_cmd *cmd);

/* All of one person, up to WQ_CONTACT_ERASE_STEP moments of his conversation a call; `by`, `why`: of the row that
 * stays. */
int wq_contact_forget_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                            struct wq_str id, struct wq_str by, struct wq_str why,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 1: there is more; 0: he is gone; WQ_CONTACT_MISSING; WQ_EPROTO (raised): not in its form. */
int wq_contact_forgot(const struct wq_redis_cmd *cmd);
/* The i-th message of ours that went; false: there are no more. */
bool wq_contact_forgot_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id);
/* The rows that stay, the latest first; entries of a stream. */
int wq_contact_erasures_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                              struct wq_str before, uint64_t count,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc));
