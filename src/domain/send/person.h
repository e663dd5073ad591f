/* SPDX-License-Identifier: MIT */
#pragma once
/* person.h — a recipient as keys name him: a digest, so that no key and no log of keys shows a phone. */
#include "base/str.h"

enum { WQ_PERSON_HEX_BYTES = 24 };

/* `to` as a message has it ("+593…").  0 and terminated, or a raised error. */
int wq_person_of(struct wq_str to, char out[WQ_PERSON_HEX_BYTES + 1]);
