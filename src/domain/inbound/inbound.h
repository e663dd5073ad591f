/* SPDX-License-Identifier: MIT */
#pragma once
/* inbound.h — one update out of a webhook, the same for all providers.
 *
 *   update   what a webhook tells of one thing: a message, a status of one of ours, a change of an account …
 *   field    the provider's own word for where it came from ("messages", "messages.upsert", "inbound")
 *   account  business + number: whose it is.  Cloud: WABA id and phone number id; Evolution: instance and instance;
 *            Twilio: AccountSid and the digits of our number.  A business that is known by the path replaces the first.
 *   person   who is at the other end: who wrote, or whom a status or an echo is about
 *
 * Memory    Everything is borrowed: slices point into the webhook's document, or into the reader's arena, until the
 *           reader's next read.  struct wq_inbound itself is valid during the callback only.
 * Missing   p == NULL; times and numbers: 0; null, and a value of another type than it should have, count as missing.
 *           Empty text is not missing (an empty emoji takes a reaction back).
 * Bytes     Text is well-formed UTF-8 and may hold NUL, bidi controls and anything else; file names are the sender's.
 * Times     ms since 1970.  Seconds, ms, numbers and digits in text are all understood; before 1970 and beyond
 *           WQ_TIMESTAMP_MAX_MS count as missing.
 * Twice     Of a key that an object holds twice the last one counts, as in JavaScript.
 */
#include "base/json.h"
#include "base/str.h"

/* In the query of an address that statuses are posted to: what the send gave along (Twilio). */
#define WQ_WEBHOOK_OPAQUE "wq"

enum wq_inbound_kind {
	WQ_INBOUND_OTHER,      /* nothing we know; `value` has all of it */
	WQ_INBOUND_MESSAGE,    /* somebody wrote to us */
	WQ_INBOUND_STATUS,     /* how far a message of ours came */
	WQ_INBOUND_ECHO,       /* sent from our number by other hands: the phone, another device, another API client */
	WQ_INBOUND_HISTORY,    /* of the past, for an import: a chunk of threads, or one message with its media */
	WQ_INBOUND_CONTACT,    /* an entry of an address book came or went */
	WQ_INBOUND_PREFERENCE, /* somebody stopped, or resumed, our marketing */
	WQ_INBOUND_USER_ID,    /* a person's business-scoped id changed */
	WQ_INBOUND_ACTION,     /* somebody touched something: a link of a template */
	WQ_INBOUND_CALL,
	WQ_INBOUND_PRESENCE,   /* typing, recording, available */
	WQ_INBOUND_GROUP,      /* a group's life, members and settings */
	WQ_INBOUND_TEMPLATE,   /* its status, quality, category or components */
	WQ_INBOUND_QUALITY,    /* of a number, and how much it and its business may send */
	WQ_INBOUND_NUMBER,     /* its display name, user name, PIN */
	WQ_INBOUND_ACCOUNT,    /* restrictions, bans, reviews, alerts */
	WQ_INBOUND_SESSION,    /* of a QR-linked number: its codes, its connection */
	WQ_INBOUND_ERROR,      /* the provider could not do something, of no message in particular */
	WQ_INBOUND_KINDS
};
/* "message"; never NULL. */
const char *wq_inbound_kind_name(enum wq_inbound_kind k);

enum wq_provider { WQ_PROVIDER_CLOUD, WQ_PROVIDER_EVOLUTION, WQ_PROVIDER_TWILIO, WQ_PROVIDERS };
/* "cloud"; never NULL. */
const char *wq_provider_name(enum wq_provider p);

/* How far a message came.  Only a higher one replaces a lower one; FAILED and what is behind it stand beside the
 * ladder. */
enum wq_message_state {
	WQ_STATE_UNKNOWN, /* a word that we do not know; it is in status.word */
	WQ_STATE_QUEUED,
	WQ_STATE_SENT,
	WQ_STATE_DELIVERED,
	WQ_STATE_READ,
	WQ_STATE_PLAYED,
	WQ_STATE_FAILED, /* final, unless a later DELIVERED or READ proves otherwise */
	WQ_STATE_CANCELLED,
	WQ_STATE_DELETED,
	WQ_STATES
};
const char *wq_message_state_name(enum wq_message_state s);

/* Who it is.  Any of these may be missing, the phone too; each is a name by which a contact may be known. */
struct wq_inbound_person {
	struct wq_str phone;     /* digits, E.164 without plus */
	struct wq_str wa_id;     /* WhatsApp's own form of it, seldom another one */
	struct wq_str user_id;   /* business-scoped: "EC.7001…" */
	struct wq_str parent_id; /* the same for linked portfolios: "EC.ENT.…" */
	struct wq_str lid;       /* Evolution: digits in front of "@lid" */
	struct wq_str name, username;
	struct wq_str identity_hash;
	yyjson_val *contact;     /* Meta's own object; NULL: there was none, or the provider has another shape */
};

struct wq_inbound_error {
	int64_t code;                        /* 0: there is none */
	struct wq_str title, message, details;
};

/* A click-to-WhatsApp ad or post through which a conversation began. */
struct wq_inbound_referral {
	bool there;
	struct wq_str source_url, source_id, source_type, headline, body, clid;
	struct wq_str media_type, media_url, thumbnail_url;
};

/* What was written; of a message, an echo, or one message of history. */
struct wq_inbound_message {
	struct wq_str type;      /* Meta's word: "text", "image", "interactive", …; other providers' are translated */
	struct wq_str text;      /* what a person reads of it: body, caption, title of the button or row, question */
	struct wq_str group_id;  /* missing: between two */
	/* replies */
	struct wq_str reply_id, reply_from; /* the message quoted, and who wrote that */
	struct wq_str catalog_id, product_id; /* a question about a product */
	bool forwarded, forwarded_often;
	/* reactions, edits, revocations, votes: the message they are about */
	struct wq_str target_id;
	struct wq_str emoji;     /* of a reaction; missing or empty: it is taken back */
	struct wq_str inner_type; /* of an edit: what it is now; of "interactive" and "unsupported": which */
	/* media */
	struct wq_str media_id, media_url, media_mime, media_sha256, media_name;
	bool voice, animated;
	/* answers: button, list, flow, call permission */
	struct wq_str choice_id, choice_title, choice_details;
	struct wq_str form;      /* a flow's answer: JSON as text */
	/* places */
	bool has_place;
	double latitude, longitude;
	struct wq_str place_name, place_address, place_url;
	/* type "system": the ids from now on */
	struct wq_str system_type, new_wa_id, new_user_id, new_parent_id;
	struct wq_inbound_referral referral;
	struct wq_str history_status; /* history: how far it had come */
	bool by_api;             /* echo: sent through the provider's API, perhaps by us */
	bool from_us;            /* history: ours, not the customer's */
};

struct wq_inbound_status {
	enum wq_message_state state;
	struct wq_str word;        /* as the provider says it */
	struct wq_str group_id;    /* missing: between two; person is then the one of the group who it is about */
	struct wq_str participant; /* the id that tells statuses of one message to a group from each other */
	struct wq_str opaque;      /* what the send gave along: our ledger's id */
	struct wq_str conversation_id, conversation_type;
	int64_t expires_ms;        /* of that conversation */
	struct wq_str pricing_model, pricing_type, pricing_category;
	bool has_pricing, billable;
};

/* All other kinds, as far as they have it; `value` of the update has the rest. */
struct wq_inbound_event {
	struct wq_str event;    /* what happened: "APPROVED", "PIN_CHANGED", "stop", "composing", "open" … */
	struct wq_str reason;   /* why */
	struct wq_str details;  /* for people */
	struct wq_str was, now; /* quality, category, limit, user id, …: before and after */
	struct wq_str subject_id, subject_name, subject_type; /* template, entity, restriction, member of a group */
	struct wq_str language, category;     /* of a template; of a preference */
	struct wq_str severity; /* of an alert */
	struct wq_str limit;    /* new people a day: "TIER_2K", "250", "-1" */
	int64_t until_ms;       /* end of a restriction, moment of a change to come */
	int64_t phase, chunk, progress; /* of a history; -1: not told */
};

struct wq_inbound_param {
	struct wq_str name, value;
};

struct wq_inbound {
	enum wq_inbound_kind kind;
	enum wq_provider provider;
	struct wq_str field;
	struct wq_str business, number, number_display;
	struct wq_str id;           /* the provider's, of the message (also of a status: of the message it is about) */
	/* Tells this update from all others, across processes and restarts: 16 bytes of SHA-256 over provider, kind and
	 *   message, echo    number, id
	 *   status           id, status, participant
	 *   all others, and what has no id: business, time, field, and the JSON it consists of */
	struct wq_str dedup;
	/* Updates with the same one are worked in order: "cloud:NUMBER:user:EC.7001", at most
	 * WQ_CONVERSATION_MAX_BYTES (what would be longer is a hash).  Of a person the first there is of user id
	 * and the chat's own address (wa_id, LID); of a group its id.  Missing: it belongs to no conversation.
	 * Who hides the phone, and shows it, has the same user id: messages keep their order.  What tells of a phone
	 * alone is under that phone: Meta's statuses "failed" of what was sent to one. */
	struct wq_str conversation;
	struct wq_inbound_person person;
	int64_t time_ms;            /* as the provider says; 0: it does not */
	int64_t received_ms;        /* when the webhook came */
	struct wq_inbound_error error; /* the first */
	yyjson_val *errors;         /* all; NULL: none, or of another shape */
	struct wq_inbound_message message; /* MESSAGE, ECHO; HISTORY when `message.type` is there */
	struct wq_inbound_status status;   /* STATUS */
	struct wq_inbound_event event;     /* all others */
	/* The provider's own JSON of this update, NULL for a form: Cloud: the element of messages[], statuses[] …,
	 * or a change's value; Evolution: `data`. */
	yyjson_val *value;
	const struct wq_inbound_param *params; /* of a form (Twilio), all of them, decoded */
	size_t params_n;
};
