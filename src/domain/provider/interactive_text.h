/* SPDX-License-Identifier: MIT */
#pragma once
/* interactive_text.h — buttons and lists for those who can't send them, or whose recipients don't see them.
 *
 *   *header*             bold, if it is text
 *
 *   body
 *
 *   *section*            of lists
 *   1. title             of a button, or of a row …
 *   2. title – details   … counted through
 *   display text: url    of a link
 *
 *   _footer_
 */
#include "domain/provider/core.h"

/* Buttons, lists, links, and what asks for a location or a phone; other kinds lose their sense as text. */
bool wq_interactive_is_text(yyjson_val *interactive);
/* In the draft's arena; "" after a failure. */
struct wq_str wq_interactive_text(struct wq_draft *d, yyjson_val *interactive);
/* The header's media: its kind and its object, Graph's; NULL: it has none. */
yyjson_val *wq_interactive_media(yyjson_val *interactive, enum wq_message_kind *kind);
