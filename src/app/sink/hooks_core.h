/* SPDX-License-Identifier: MIT */
#pragma once
/* hooks_core.h — what the providers' routes share: one webhook at work, from the source it comes from to its answer.
 *
 *   wq_hook_begin ──► [is it signed?] ──► wq_hook_unsigned
 *                            └──────────► wq_hook_take ──► read, held, answered
 */
#include "app/sink/hooks.h"
#include "domain/sink/hook.h"
#include "io/server/exchange.h"

/* How webhooks of a provider are read, and what it is told of one that is held. */
struct wq_hook_way {
	enum wq_provider provider;
	const char *type, *answer;
};

/* Lives in the exchange's arena, as its data; a provider that keeps more of one begins with it. */
struct wq_hook_work {
	struct wq_hooks *hooks;
	struct wq_exchange *x;
	const struct wq_hook_way *way;
	struct wq_hook hook;
	struct wq_buf raw; /* as it is passed on */
	struct wq_intake intake;
};

/* `bytes` of zeroes that begin with a work; NULL: it was answered (429, 503). */
void *wq_hook_begin(struct wq_hooks *h, struct wq_exchange *x, const struct wq_hook_way *way,
                    size_t bytes);
/* Answers: nothing is taken by this path, for want of what that setting gives. */
void wq_hook_closed(struct wq_exchange *x, const char *setting);
/* Answers, and the source is remembered. */
void wq_hook_unsigned(struct wq_hooks *h, struct wq_exchange *x, const char *why);
/* Nobody could find out whether it is signed: answers 503. */
void wq_hook_unheld(struct wq_hook_work *w, int rc, const char *error);
/* It is signed: reads it, has it held, and answers.  The webhook's texts stay put until then. */
void wq_hook_take(struct wq_hook_work *w, const struct wq_webhook *webhook);

/* Value of the one header of that name; p == NULL: none, or several, of which nobody could say which one counts. */
struct wq_str wq_hook_header(const struct wq_exchange *x, const char *name);

/* Gives a POST route of a provider what they all have. */
int wq_hook_route(struct wq_hooks *h, enum wq_provider provider, struct wq_route *r);
/* The providers' own. */
int wq_hooks_cloud_routes(struct wq_hooks *h);
int wq_hooks_evolution_routes(struct wq_hooks *h);
int wq_hooks_twilio_routes(struct wq_hooks *h);
