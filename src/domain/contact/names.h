/* SPDX-License-Identifier: MIT */
#pragma once
/* names.h — who somebody is: the names that tell him from all others, as keys hold them, and the words he is found by.
 *
 * Identify  phone, wa_id, user_id, parent_id, lid: any of them may be missing, and all of one person are digests under
 *           which Redis has his contact (lib/contact.lua).  A message that is sent to one of them has the same digest
 *           (domain/send/person.h), so that the gate of sending finds what is known of him.
 * Not       name and user name: people have them in common, and change them.
 */
#include "base/limits.h"
#include "domain/inbound/inbound.h"
#include "domain/message/message.h"
#include "domain/send/person.h"

enum {
	WQ_CONTACT_DIGESTS_MAX = 5,
	WQ_CONTACT_DIGESTS_BYTES = WQ_CONTACT_DIGESTS_MAX * (WQ_PERSON_HEX_BYTES + 1),
	WQ_CONTACT_WORDS_BYTES = WQ_CONTACT_WORDS_MAX * (WQ_CONTACT_WORD_MAX_BYTES + 1),
};

/* Slices point into what it was made of, or into itself: it stays put. */
struct wq_contact_names {
	struct wq_str phone;     /* "+593…"; missing: p == NULL, as of all others */
	struct wq_str wa_id;     /* digits */
	struct wq_str user_id;   /* "EC.7001…" */
	struct wq_str parent_id; /* "EC.ENT.…" */
	struct wq_str lid;       /* "123…@lid" */
	struct wq_str username, name;
	/* of each name that identifies, ' ' between, terminated; empty: nobody */
	char digests[WQ_CONTACT_DIGESTS_BYTES];
	size_t ids_n; /* so many bytes of them, at the front, are of user ids: nobody else ever has those */
	/* private */
	char texts[3][WQ_WA_ADDRESS_MAX_BYTES];
};

/* 0, or a raised error.  A name longer than WQ_WA_ADDRESS_MAX_BYTES is none. */
int wq_contact_names_of(struct wq_contact_names *out, const struct wq_inbound_person *p);
/* The same of whom a message goes to.  Of a group: nobody. */
int wq_contact_names_of_recipient(struct wq_contact_names *out, enum wq_recipient kind,
                                  struct wq_str to);
/* Makes the digests of what stands in the slices: for who fills these himself. */
int wq_contact_names_digest(struct wq_contact_names *n);

/* What he is found by, folded (base/fold.h), ' ' between: the digits of his phone, and the words of name and user name;
 * a word is cut at WQ_CONTACT_WORD_MAX_BYTES.  The slice is in `out`. */
struct wq_str wq_contact_words(const struct wq_contact_names *n, char out[WQ_CONTACT_WORDS_BYTES]);

enum { WQ_CONTACT_ID_BYTES = 21 }; /* "c" and hex */
/* A new id, terminated; 0 or a raised error. */
int wq_contact_id(char out[WQ_CONTACT_ID_BYTES + 1]);
