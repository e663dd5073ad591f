/* SPDX-License-Identifier: MIT */
#pragma once
/* mapped.h — a message that names a text of ours, said by the approved template of the provider that stands for it.
 *
 * Languages   as library.h looks for texts: "es_EC", "es", "en", any.
 * Parameters  of the body, in order: names of variables ("name", "date | date \"long\""), or texts with {{variables}};
 *             filled from the message's own, then from the defaults of the text that it names.
 * Checked     as a template that somebody writes out: against what is known of its definition, and against lengths.
 */
#include "domain/template/use.h"
#include "store/provider_template.h"

enum wq_mapped {
	WQ_MAPPED_FOUND,
	WQ_MAPPED_NONE,       /* none stands for the kind */
	WQ_MAPPED_UNAPPROVED, /* the one that does is not approved, or not any more */
	WQ_MAPPED_UNFIT,      /* a variable is missing, or it takes what nobody gives */
};
/* "template_unmapped"; FOUND: NULL. */
const char *wq_mapped_word(enum wq_mapped m);

/* Asks; answers as wq_redis_start. */
int wq_mapped_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                    const struct wq_message *m, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* In the callback of that: *content, Graph's object, in the arena; else *p says why, in `what`.  *found is told with 0;
 * WQ_ENOMEM, WQ_ETOOBIG. */
int wq_mapped_read(const struct wq_redis_cmd *cmd, const struct wq_message *m,
                   const struct wq_template_use *u, struct wq_arena *a, enum wq_mapped *found,
                   yyjson_val **content, struct wq_message_problem *p);
/* May it stand for a kind, with so many parameters?  0, or WQ_MESSAGE_INVALID: p->what says why not. */
int wq_mapped_check(const struct wq_provider_template *t, size_t parameters,
                    struct wq_message_problem *p);
