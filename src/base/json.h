/* SPDX-License-Identifier: MIT */
#pragma once
/* json.h — reading JSON by yyjson with typed getters, and writing it straight into a buffer.
 *
 * Reading: wq_json_read gives a document that the caller frees with wq_json_free (NULL is fine).  Values and their
 * strings live as long as it does.  Getters take NULL, so a chain of them needs no check in between; a wrong type
 * counts as missing.
 * Writing: struct wq_jsonw borrows a wq_buf.  Commas are its business.  The first failure is kept and returned by
 * wq_jsonw_end; what is appended after it is lost.
 */
#include <stdbool.h>
#include <stdint.h>
#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* NULL: malformed, nested deeper than `depth_max`, or out of memory; *why (may be NULL) says which, static text. */
yyjson_doc *wq_json_read(struct wq_str text, unsigned depth_max, const char **why);
/* The same for who must not take a lack of memory for broken text: 0, WQ_EPARSE (not raised), WQ_ENOMEM. */
int wq_json_parse(yyjson_doc **out, struct wq_str text, unsigned depth_max);
/* The same with the document in the arena, with which it dies.  WQ_ETOOBIG (not raised): the arena is full. */
int wq_json_parse_in(yyjson_val **root, struct wq_str text, unsigned depth_max, struct wq_arena *a);
void wq_json_free(yyjson_doc *doc);
/* The value below key, NULL if there is none or `obj` is no object. */
yyjson_val *wq_json_get(yyjson_val *obj, const char *key);
/* A string's bytes (p == NULL: missing or of another type). */
struct wq_str wq_json_str(yyjson_val *v);
struct wq_str wq_json_get_str(yyjson_val *obj, const char *key);
/* An integer, `otherwise` when missing, of another type or out of range. */
int64_t wq_json_get_int(yyjson_val *obj, const char *key, int64_t otherwise);

struct wq_jsonw {
	struct wq_buf *out;
	int rc;
	bool comma; /* the next item needs one in front */
};

void wq_jsonw_begin(struct wq_jsonw *w, struct wq_buf *out);
/* 0, or the first failure of an append. */
int wq_jsonw_end(struct wq_jsonw *w);
void wq_jsonw_object(struct wq_jsonw *w);
void wq_jsonw_object_end(struct wq_jsonw *w);
void wq_jsonw_array(struct wq_jsonw *w);
void wq_jsonw_array_end(struct wq_jsonw *w);
void wq_jsonw_key(struct wq_jsonw *w, const char *key);
void wq_jsonw_key_str(struct wq_jsonw *w, struct wq_str key);
/* Bytes that are not UTF-8 become U+FFFD. */
void wq_jsonw_str(struct wq_jsonw *w, struct wq_str s);
void wq_jsonw_text(struct wq_jsonw *w, const char *text);
void wq_jsonw_int(struct wq_jsonw *w, int64_t v);
void wq_jsonw_float(struct wq_jsonw *w, double v);
void wq_jsonw_bool(struct wq_jsonw *w, bool v);
void wq_jsonw_null(struct wq_jsonw *w);
/* A member: a key and its value. */
void wq_jsonw_put_str(struct wq_jsonw *w, const char *key, struct wq_str s);
void wq_jsonw_put_text(struct wq_jsonw *w, const char *key, const char *text);
void wq_jsonw_put_int(struct wq_jsonw *w, const char *key, int64_t v);
void wq_jsonw_put_bool(struct wq_jsonw *w, const char *key, bool v);
/* null for an empty text; null for a moment that is 0 (there was none yet) or below (it never comes). */
void wq_jsonw_put_str_or_null(struct wq_jsonw *w, const char *key, struct wq_str s);
void wq_jsonw_put_moment(struct wq_jsonw *w, const char *key, int64_t ms);
/* A value that was read, with all below it. */
void wq_jsonw_value(struct wq_jsonw *w, yyjson_val *v);
/* Text that is JSON already. */
void wq_jsonw_raw(struct wq_jsonw *w, struct wq_str json);
