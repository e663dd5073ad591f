/* SPDX-License-Identifier: MIT */
#pragma once
/* window.h — windows of an account's contacts in Redis: those that close, and have closed, are told (lib/window.lua).
 *
 * Clock  now_ms as in send.h.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include "store/send.h"

/* WQ_WINDOW_BATCH of them at most. */
int wq_window_tick_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
struct wq_window_ticked {
	unsigned closing, closed; /* told */
	bool more;                /* others are due as well */
};
void wq_window_ticked(const struct wq_redis_cmd *cmd, struct wq_window_ticked *out);

/* A message whose window is closed, and that waits for somebody. */
struct wq_window_pend {
	struct wq_str id, to;  /* of the message; its recipient's digest */
	struct wq_str phone;   /* "+593…"; empty: it has none */
	struct wq_str text;    /* for people */
	const char *why;       /* a word: "window_closed" */
	const char *says;      /* more about it, for people; "": nothing */
	unsigned priority;
	int64_t keep_s;
};
int wq_window_pend_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         const struct wq_window_pend *p,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));

/* What is known of a person.  Slices live as long as the answer. */
struct wq_window_facts {
	bool there;         /* a contact that was asked for is; of a name it is always so */
	int64_t now_ms;     /* of the answer */
	struct wq_str contact; /* empty: nobody's */
	int64_t window_ms, free_ms, optout_ms, blocked_ms, no_marketing_ms; /* 0: none */
	struct wq_str zone, phone, user_id;
};
/* `contact`: without its account; empty: whose name `person`, a digest, is. */
int wq_window_facts_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                          struct wq_str contact, struct wq_str person,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc));
void wq_window_facts_answer(const struct wq_redis_cmd *cmd, struct wq_window_facts *out);
