/* SPDX-License-Identifier: MIT */
#pragma once
/* use.h — a message that names a text in the place of its content, and becomes a plain text.
 *
 *   {"to": "+593991234567", "use": {"template": "viewing_reminder", "language": "es", "currency": "USD",
 *                                   "variables": {"name": "Ana", "date": "2026-12-01T10:00"}}}
 *
 * Language  not said: that of the recipient's country.
 * Kept      m->use stays with the message: who has to say the same by an approved template finds kind and variables.
 */
#include "domain/message/message.h"
#include "domain/template/library.h"

struct wq_template_use {
	const struct wq_templates *templates; /* NULL: there are no own versions */
	struct wq_str business, account;      /* whose versions come first; p == NULL: nobody's */
	const struct wq_template_scope *scope; /* what else is known, as of the contact; NULL: nothing */
	const struct wq_zone *zone;            /* NULL: times are shown as they were given */
};

/* Whether there is something to do: m names a text and has no content yet. */
static inline bool wq_template_is_used(const struct wq_message *m)
{
	return m->use && !m->content;
}
/* m's content, in the arena.  0, WQ_MESSAGE_INVALID with *p filled, WQ_ENOMEM (or the arena is full). */
int wq_template_use(struct wq_message *m, const struct wq_template_use *u, struct wq_arena *a,
                    struct wq_message_problem *p);
/* "es_EC" of "+593…"; "en" where nobody knows. */
const char *wq_template_language_of(struct wq_str phone);
