/* SPDX-License-Identifier: MIT */
#pragma once
/* message.h — one outbound message: the same whoever asked for it and whoever will carry it.
 *
 * Content   Graph's object of its kind ({"body": …}, {"id"|"link": …, "caption": …}, {"name", "language", …}) is the
 *           common form; what arrives in another shape is written into it by its reader (read.h), and each provider
 *           makes its own of it.
 * Checked   a message that was read without a problem is one that all lengths and counts of WhatsApp allow; what only
 *           the provider can't carry is its own business (provider.h).
 * Memory    everything is borrowed from the document that it was read from, or from the arena given to the reader.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

enum wq_message_kind {
	WQ_MESSAGE_TEXT,
	WQ_MESSAGE_IMAGE,
	WQ_MESSAGE_VIDEO,
	WQ_MESSAGE_AUDIO,
	WQ_MESSAGE_DOCUMENT,
	WQ_MESSAGE_STICKER,
	WQ_MESSAGE_LOCATION,
	WQ_MESSAGE_CONTACTS,
	WQ_MESSAGE_REACTION,
	WQ_MESSAGE_INTERACTIVE,
	WQ_MESSAGE_TEMPLATE,
	/* Signals: nothing that a person reads, and no status follows. */
	WQ_MESSAGE_READ,
	WQ_MESSAGE_TYPING,
	WQ_MESSAGE_KINDS
};
/* "text"; never NULL. */
const char *wq_message_kind_name(enum wq_message_kind k);

enum wq_recipient {
	WQ_RECIPIENT_PHONE, /* `to` is "+" and 7 to 15 digits */
	WQ_RECIPIENT_USER,  /* business-scoped id: "EC.7001…" */
	WQ_RECIPIENT_GROUP, /* a group's id, or its JID: "…@g.us" */
	WQ_RECIPIENT_JID,   /* any other address of Evolution's: "…@lid" */
};

/* What is done when nobody knows whether the provider took it. */
enum wq_send_class { WQ_CLASS_STRICT, WQ_CLASS_AT_LEAST_ONCE, WQ_CLASS_AT_MOST_ONCE, WQ_CLASSES };
/* "strict", "at-least-once", "at-most-once". */
extern const char *const wq_send_class_names[WQ_CLASSES];

/* What becomes of it when it is no template and the 24-hour window is closed. */
enum wq_when_closed {
	WQ_CLOSED_UNSAID,   /* the account's way */
	WQ_CLOSED_FAIL,
	WQ_CLOSED_TEMPLATE, /* a template goes in its place */
	WQ_CLOSED_PENDING,  /* it waits for somebody who sends it by hand */
	WQ_CLOSED_FORCE,    /* it is sent all the same */
	WQ_CLOSED_WAYS
};
/* "fail" …; NULL for UNSAID. */
extern const char *const wq_when_closed_names[WQ_CLOSED_WAYS];
bool wq_when_closed_from(struct wq_str name, enum wq_when_closed *out);

enum {
	WQ_PRIORITY_CRITICAL = 1,
	WQ_PRIORITY_HIGH = 3,
	WQ_PRIORITY_NORMAL = 5,
	WQ_PRIORITY_LOW = 8,
	WQ_PRIORITY_MAX = 10
};

struct wq_message {
	struct wq_str id;       /* ours, ASCII; p == NULL: none yet */
	struct wq_str business; /* whose; p == NULL: not said */
	/* Id or name of the account, or the number or instance it sends from; p == NULL: the business's own choice. */
	struct wq_str account;
	struct wq_str conversation; /* the caller's own id of it; p == NULL: none */
	struct wq_str reference;    /* the caller's own word, given back with every status; p == NULL: none */
	enum wq_recipient recipient;
	struct wq_str to;       /* p == NULL: nobody, which only READ and TYPING may have */
	struct wq_str identity; /* the recipient's key hash: another one there, and it is not sent; p == NULL: any */
	enum wq_message_kind kind;
	/* The provider's id of the message answered; READ, TYPING: that it is about; p == NULL: none, never of READ. */
	struct wq_str reply_to;
	yyjson_val *content;    /* Graph's object of the kind (CONTACTS: array); NULL for READ and TYPING */
	/* The text that the content is, or shall be, made from (template/use.h); NULL: it was written out. */
	yyjson_val *use;
	int64_t scheduled_ms;   /* 0: at once */
	int64_t expires_ms;     /* not sent later than that; 0: whenever */
	unsigned priority;      /* 1 (first) … WQ_PRIORITY_MAX; WQ_PRIORITY_NORMAL if not said */
	enum wq_send_class send_class;
	bool forced;            /* even where the gate would hold it; logged, and priced */
	bool bulk;              /* one of many: yields to replies */
	enum wq_when_closed when_closed;
	yyjson_val *fallback;   /* the template of CLOSED_TEMPLATE, Graph's object; NULL: the account's */
};

/* What is wrong with a message, for the person who wrote it. */
struct wq_message_problem {
	char field[96];  /* as the person wrote it: "content.text", "interactive.action.buttons[3].reply.title" */
	char what[192];  /* a sentence without the field: "is longer than 4096 characters" */
	int64_t limit;   /* of a length or count; 0: none */
};

/* Conditions of reading. */
enum {
	WQ_MESSAGE_INVALID = 1, /* the problem says why; it never gets better */
};

/* The message as JSON, its own shape: what our jobs hold and `GET /api/messages/:id` shows.
 *   {"id","businessId","account","conversationId","reference","to","recipientType","identityHash","type","<type>":{…},
 *    "use","replyTo","scheduledAt","expiresAt","priority","class","force","bulk","whenClosed",
 *    "fallback"}; what is not there, or as usual, is left out.  Moments are ms; "recipientType" is there for groups
 *    ("group"). */
void wq_message_write(struct wq_jsonw *w, const struct wq_message *m);
