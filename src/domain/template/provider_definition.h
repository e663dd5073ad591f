/* SPDX-License-Identifier: MIT */
#pragma once
/* provider_definition.h — what a provider's template takes, and whether a message gives it that: pure.
 *
 *   components  Graph's, as it lists them: [{"type": "BODY", "text": "Hi {{1}}"}, {"type": "BUTTONS", …}, …]
 *   content     of a message: {"name", "language": {"code"}, "components": [{"type": "body", "parameters": …}, …]}
 */
#include "base/json.h"
#include "domain/message/message.h"

/* How many places for values a text has ("{{1}}", "{{name}}"), each once however often it stands there. */
unsigned wq_provider_text_places(struct wq_str text);
/* The i-th of them, without braces; p == NULL: there are fewer. */
struct wq_str wq_provider_text_place(struct wq_str text, unsigned i);
/* The text of the body; p == NULL: it has none. */
struct wq_str wq_provider_body_of(yyjson_val *components);

/* 0; WQ_MESSAGE_INVALID: *p says what it lacks, or has too much.  A definition that is none, or tells of no components,
 * is content with anything. */
int wq_provider_definition_check(yyjson_val *components, yyjson_val *content,
                                 struct wq_message_problem *p);

/* A template that is to be created: {"name", "language", "category", "components", …}.  0, or WQ_MESSAGE_INVALID. */
int wq_provider_wish_check(yyjson_val *wish, struct wq_message_problem *p);
/* Of a name: [a-z0-9_]{1,512}. */
bool wq_provider_template_name_is(struct wq_str name);
/* Of a language: "es", "en_US". */
bool wq_provider_language_is(struct wq_str language);
