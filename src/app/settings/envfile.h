/* SPDX-License-Identifier: MIT */
#pragma once
/* envfile.h — reads the text of a .env file, entry by entry; pure.
 *
 *   KEY=value            a comment starts with # at the start of a line, or behind a space
 *   export KEY = value   spaces around key and value are cut off
 *   KEY='as it is'       may go over several lines
 *   KEY="a\tb\n\"c\""    so may this; \n \r \t \" \\ \$ are resolved, any other backslash stays
 *
 * Nothing is expanded.  CRLF and a byte order mark are fine.  A broken line does not stop the others from being read.
 *
 *   struct wq_envfile f;
 *   wq_envfile_begin(&f, text);
 *   while ((rc = wq_envfile_next(&f, &value)) != 0) …
 */
#include "base/buf.h"
#include "base/str.h"

struct wq_envfile {
	/* out, after wq_envfile_next */
	struct wq_str key;
	unsigned line;   /* from 1: where the entry starts */
	const char *why; /* WQ_EPARSE: a static sentence */
	/* private */
	struct wq_str rest;
	unsigned at;
};

/* Borrows the text. */
void wq_envfile_begin(struct wq_envfile *f, struct wq_str text);
/* 1: an entry, its value is in `value` (cleared before); 0: the end; WQ_EPARSE: a broken line, go on;
 * WQ_ENOMEM, WQ_ETOOBIG: of `value`. */
int wq_envfile_next(struct wq_envfile *f, struct wq_buf *value);
