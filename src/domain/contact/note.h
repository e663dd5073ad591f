/* SPDX-License-Identifier: MIT */
#pragma once
/* note.h — a note on a contact: who wrote it, when, and what. */
#include "domain/contact/wish.h"

/* Adds it to the wish; the text has at most WQ_CONTACT_NOTE_MAX_BYTES.  0 or WQ_ENOMEM. */
int wq_contact_note(struct wq_contact_wish *w, struct wq_str text, struct wq_str by,
                    int64_t now_ms);
