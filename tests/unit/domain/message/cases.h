/* SPDX-License-Identifier: MIT */
#pragma once
/* cases.h — messages read, as they stand in text files: what is read, and what is made of it or what is wrong.
 *
 *   # [sendText] a name of the case; in brackets, if anything, "graph" or a route of Evolution's
 *   > {"number": "593900000011", "text": "hola"}
 *   = {"to": "+593900000011", "type": "text", "text": {"body": "hola"}}      as wq_message_write writes it, or
 *   ! text: is longer than 4096 characters (4096)                            field, sentence, limit if there is one
 *
 * <<n>> stands for n characters of two bytes each, <<n x>> for n times x, $TO for "to":"+593900000011".
 */
#include "base/buf.h"
#include "domain/message/read.h"

#define CASES_NOW_MS INT64_C(1781000000000) /* 2026-06-09T10:13:20Z */

struct message_case {
	int rc;
	struct wq_message m;
	struct wq_message_problem p;
	struct wq_buf out; /* rc == 0: as it is written */
	/* private */
	yyjson_doc *doc;
	struct wq_arena arena;
};

/* `op`: p == NULL: as wq_message_read does; "graph"; or a route of Evolution's. */
void message_case_read(struct message_case *t, struct wq_str op, struct wq_str json);
void message_case_fini(struct message_case *t);
/* What was written reads as the same again. */
void message_case_check_again(const char *what, struct message_case *t);

void cases_load(const char *folder, const char *name, struct wq_buf *out);
/* A line of a file with its signs resolved. */
void cases_expand(struct wq_str line, struct wq_buf *out);
/* Called for each message that was read without a problem; NULL: nothing is. */
extern void (*cases_on_good)(const char *what, const struct message_case *t);
/* All cases of tests/unit/domain/message/<name>.txt; how many. */
size_t cases_check(const char *name);
