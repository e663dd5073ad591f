/* SPDX-License-Identifier: MIT */
#pragma once
/* rules.h — what an account makes of windows, as people set it:
 *
 *   {"enforced": true, "own_messages": false, "when_closed": "template", "template": {"name": …, "language": …}}
 *
 * enforced      free text goes only through an open window; by default so where the provider wants it (not Evolution)
 * own_messages  what we write opens the window as well: for those who ran it so.  WhatsApp itself counts the customer's
 *               messages alone
 * when_closed   what becomes of free text outside of windows, unless the message says so itself
 * template      that goes in its place
 */
#include <stdbool.h>

#include "base/json.h"
#include "domain/message/message.h"

enum wq_window_enforced { WQ_WINDOW_AS_PROVIDER, WQ_WINDOW_ENFORCED, WQ_WINDOW_NOT };

struct wq_window_rules {
	enum wq_window_enforced enforced;
	bool own_messages;
	enum wq_when_closed when_closed; /* UNSAID: it fails */
	yyjson_val *template;            /* Graph's object; borrowed; NULL: none */
};

enum { WQ_WINDOW_INVALID = 1 };
/* NULL: all as usual.  0 or WQ_WINDOW_INVALID; the template's inside is another question. */
int wq_window_rules_read(struct wq_window_rules *out, yyjson_val *v, struct wq_message_problem *p);
