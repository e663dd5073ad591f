/* SPDX-License-Identifier: MIT */
#pragma once
/* core.h — what the providers' files share: requests put together, answers taken apart. */
#include "domain/provider/provider.h"

/* The account may have changed its provider since m was checked: 0, or WQ_EINVAL (raised). */
int wq_provider_recheck(const struct wq_provider_ops *ops, const struct wq_message *m);

/* A request under way: its body is written, then moved into the arena. */
struct wq_draft {
	struct wq_arena *arena;
	struct wq_provider_request *out;
	struct wq_buf buf;  /* one part at a time */
	struct wq_jsonw w;  /* into buf */
	int rc;             /* the first failure; what comes later does nothing */
};

/* *out is emptied. */
void wq_draft_begin(struct wq_draft *d, struct wq_arena *a, struct wq_provider_request *out);
/* What was appended to buf since the last part, terminated, in the arena; "" after a failure. */
struct wq_str wq_draft_take(struct wq_draft *d);
/* Bytes of the URL as they are, and as one segment or value of it, escaped. */
void wq_draft_add(struct wq_draft *d, struct wq_str s);
void wq_draft_add_escaped(struct wq_draft *d, struct wq_str s);
/* buf becomes the URL, a header's value, the body. */
void wq_draft_url(struct wq_draft *d, const char *method);
void wq_draft_header(struct wq_draft *d, const char *name);
void wq_draft_body(struct wq_draft *d, const char *type);
/* The same for JSON: between them d->w is written to. */
void wq_draft_json_begin(struct wq_draft *d);
void wq_draft_json_end(struct wq_draft *d);
/* 0, WQ_ETOOBIG or WQ_ENOMEM; frees what is not the arena's. */
int wq_draft_end(struct wq_draft *d);

/* A copy in the arena; p == NULL stays so.  0, WQ_ETOOBIG (not raised), WQ_ENOMEM (raised). */
int wq_provider_keep(struct wq_arena *a, struct wq_str s, struct wq_str *out);

/* An answer under way. */
struct wq_answer_reader {
	struct wq_arena *arena;
	struct wq_answer *out;
	yyjson_doc *doc; /* owned; NULL: there is nothing to read, *out is all that is known */
	yyjson_val *root;
	int rc;
};
/* What is known without a body.  False: that is all, or r->rc says why the body could not be read. */
bool wq_answer_begin(struct wq_answer_reader *r, struct wq_arena *a, int rc,
                     const struct wq_call *call, struct wq_answer *out);
/* r->rc; after a failure *out is what it was at the begin. */
int wq_answer_end(struct wq_answer_reader *r);
/* Text of the answer, shortened to WQ_PROVIDER_TEXT_MAX_BYTES, without control bytes. */
void wq_answer_keep(struct wq_answer_reader *r, struct wq_str *to, struct wq_str text);
/* SENT, if `id` can be kept: 1 to WQ_PROVIDER_ID_MAX_BYTES printable ASCII without space. */
void wq_answer_sent(struct wq_answer_reader *r, struct wq_str id);
/* A declared error; one that only says that something went wrong is UNKNOWN (verdict_row.h). */
void wq_answer_refused(struct wq_answer_reader *r, enum wq_provider provider, int64_t code,
                       int64_t subcode);

/* Code points of UTF-8. */
size_t wq_provider_characters(struct wq_str s);
/* Fills *p; WQ_MESSAGE_INVALID. */
int wq_provider_refuse(struct wq_message_problem *p, const char *field, const char *what);
