/* SPDX-License-Identifier: MIT */
#pragma once
/* message_templates.h — templates that a request asks for, held against what is known of them at the provider, before
 * anything is kept.
 *
 * An account that never looked at its templates knows none, and lets all pass; so does another provider than Meta.
 * Beyond WQ_PROVIDER_CHECKS_MAX different ones the rest passes too: the provider has the last word anyway.
 */
#include "domain/send/submit.h"
#include "store/provider_template.h"

struct wq_template_checks {
	/* in; borrowed until the end */
	struct wq_loop *loop;
	struct wq_redis *redis;
	struct wq_arena *arena;
	struct wq_submission *items;
	size_t n;
	void (*cb)(struct wq_template_checks *t, int rc);
	/* out: the first that cannot be sent; at == n: all can */
	size_t at;
	struct wq_message_problem problem;
	const char *error;
	/* private */
	struct wq_post post;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	struct wq_str *names; /* of the account that is asked now */
	size_t *of;           /* for each item: its name, or how far it is */
	size_t next, names_n, asked; /* asked: accounts */
	struct wq_str account;
};

/* Whether there is anything to check. */
bool wq_template_checks_needed(const struct wq_submission *items, size_t n);
/* 0, and cb runs once, from the loop: 0, or as redis.h; WQ_ENOMEM. */
int wq_template_checks_start(struct wq_template_checks *t);
