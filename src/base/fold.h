/* SPDX-License-Identifier: MIT */
#pragma once
/* fold.h — text as people look for it: without case, accents and punctuation, so that "¡Señor Pérez!" is "senor perez".
 *
 * Letters and digits stay, whatever their script; between two words is one space, and none at the ends.  Bytes that are
 * not UTF-8 separate words.
 */
#include "base/str.h"

/* Writes at most `max` bytes, whole characters only, without an end; returns how many. */
size_t wq_fold(struct wq_str text, char *out, size_t max);
