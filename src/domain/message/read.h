/* SPDX-License-Identifier: MIT */
#pragma once
/* read.h — a message out of any of the shapes that people write.
 *
 *   own        {"to", "type", "<type>": {…}, "replyTo", "priority", "scheduledAt", …}: what wq_message_write writes;
 *              "use" in the place of a content names a text of the library (template/use.h);
 *              "text" may be given as plain text, and `type` left out where one content alone is there
 *   job        {"businessId", "conversationId", "to", "messageType": text|template|media, "content", "priority",
 *              "scheduledAt"}
 *   instance   {"instanceName", "recipientPhone", "messageType", "content": {…}}
 *   graph      {"messaging_product": "whatsapp", "to"|"recipient", "type", …}: Meta's own, read receipts included
 *   evolution  of a send route: {"number", "text"|"media"|…}, with the route's last segment as a hint
 *
 * The shape is told by its members; a problem names the member as it was written.
 */
#include "domain/message/message.h"

enum wq_message_shape { WQ_SHAPE_OWN, WQ_SHAPE_JOB, WQ_SHAPE_INSTANCE, WQ_SHAPE_GRAPH, WQ_SHAPE_EVOLUTION };

/* Reads `root`; strings made here, and documents rewritten, live in `a` (bounded by its own limit), the rest in root's
 * document.  A moment to send at that is not after `now_ms` is none.
 * 0, WQ_MESSAGE_INVALID with *p filled, WQ_ETOOBIG (the arena is full; not raised), WQ_ENOMEM (raised). */
int wq_message_read(struct wq_message *m, yyjson_val *root, int64_t now_ms, struct wq_arena *a,
                    struct wq_message_problem *p);
/* The same for a body known to be Graph's, or of Evolution's route `op` ("sendText"); the account, which is in the path
 * of both, is the caller's to add. */
int wq_message_read_graph(struct wq_message *m, yyjson_val *root, int64_t now_ms,
                          struct wq_arena *a, struct wq_message_problem *p);
int wq_message_read_evolution(struct wq_message *m, struct wq_str op, yyjson_val *root,
                              int64_t now_ms, struct wq_arena *a, struct wq_message_problem *p);
/* A template's content alone, written as `base`, read and checked as one that is sent: m->content is Graph's object. */
int wq_message_read_template(struct wq_message *m, yyjson_val *v, const char *base,
                             struct wq_arena *a, struct wq_message_problem *p);
/* "+593…" of a phone in any punctuation, in `a`; p == NULL: it is none (or out of memory). */
struct wq_str wq_phone_read(struct wq_str text, struct wq_arena *a);
