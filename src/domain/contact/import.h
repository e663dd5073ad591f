/* SPDX-License-Identifier: MIT */
#pragma once
/* import.h — contacts of a file become contacts of an account: all of them, or, should one line be wrong, none.
 *
 *   judge (every line by itself) ──► compare (with who is there) ──► write (a few at once) … ──► end
 *
 * Judging   is done in stretches of WQ_CONTACT_IMPORT_STEP lines, so that the loop turns meanwhile; the first wrong
 *           line is told with its number, its field and why, and how many others are wrong.
 * Comparing asks Redis about every line as writing would, and writes nothing: names of a line that are of two
 *           contacts, and what would be too much for the one that is there, are wrong lines as those above.
 * Writing   is that of change.h: one that is there, by any of its names, is changed, and what a line does not tell
 *           stays as it is.  Contacts that change between comparing and writing, or lines that name two lines before
 *           them, may still be refused: they are counted and told, and the rest goes on.  After a crash the same file
 *           is imported again.
 */
#include "domain/contact/change.h"
#include "domain/contact/sheet.h"

struct wq_contact_import;
struct wq_contact_slot;

enum { WQ_CONTACT_IMPORT_WHERE_BYTES = 320 };

struct wq_contact_import_opts {
	struct wq_loop *loop; /* borrowed, as all of it */
	const struct wq_send_keys *keys;
	struct wq_str text;
	bool csv;
	bool dry; /* judge and compare */
	/* Once, from the loop; the import is destroyed behind it by who made it. */
	void (*cb)(struct wq_contact_import *i, int rc);
	void *ctx;
};

struct wq_contact_import_told {
	uint64_t lines, made, changed; /* lines: that were read */
	uint64_t wrong;                /* lines; > 0: nothing was written */
	uint64_t refused;              /* lines that became wrong while it was written */
	char where[WQ_CONTACT_IMPORT_WHERE_BYTES]; /* the first of them: "line 3: phone is …" */
	const char *error;             /* what Redis said */
};

/* 0 or WQ_ENOMEM (raised); it starts by itself. */
int wq_contact_import_create(struct wq_contact_import **out,
                             const struct wq_contact_import_opts *o);
void *wq_contact_import_ctx(const struct wq_contact_import *i);
const struct wq_contact_import_told *wq_contact_import_told(const struct wq_contact_import *i);
/* In the callback, or behind it.  NULL is fine. */
void wq_contact_import_destroy(struct wq_contact_import *i);
