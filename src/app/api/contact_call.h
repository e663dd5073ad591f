/* SPDX-License-Identifier: MIT */
#pragma once
/* contact_call.h — one request to /api/contacts or /api/conversations: what it needs until its answer. */
#include "app/api/api.h"
#include "app/api/contact_view.h"
#include "domain/account/directory.h"
#include "domain/contact/change.h"
#include "domain/contact/list.h"

struct wq_contact_call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str account;   /* id, of the exchange's arena */
	struct wq_str id;        /* of the contact, as Redis has it */
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	yyjson_doc *body;        /* freed by the end */
	struct wq_buf out;
	struct wq_jsonw w;
	struct wq_contact_query query;
	struct wq_contact_list list;
	struct wq_contact_wish wish;
	struct wq_contact_problem problem;
	struct wq_contact_change change;
	int status;              /* of a good answer */
	bool conversations, dry;
};

/* With the account of the query, of the body, or the caller's own.  NULL: answered, and the body freed. */
struct wq_contact_call *wq_contact_call_begin(struct wq_exchange *x, void *api, yyjson_doc *body);
/* The same of the contact that :id names. */
struct wq_contact_call *wq_contact_call_of_one(struct wq_exchange *x, void *api, yyjson_doc *body);
/* Gives back what it owns; the handler answers right behind. */
struct wq_exchange *wq_contact_call_end(struct wq_contact_call *c);
/* Ends and answers. */
void wq_contact_call_fail(struct wq_contact_call *c, int rc, const char *error);
void wq_contact_call_missing(struct wq_contact_call *c);
void wq_contact_call_refuse(struct wq_contact_call *c); /* c->problem */
void wq_contact_call_reply(struct wq_contact_call *c);  /* what was written to c->w */
/* What a start returned; below 0 the call is answered and over. */
void wq_contact_call_started(struct wq_contact_call *c, int rc);
/* Answers with the contact as it is now. */
void wq_contact_call_show(struct wq_contact_call *c, struct wq_str digest);
/* Carries the wish out, and shows what came of it. */
void wq_contact_call_change(struct wq_contact_call *c);
/* The body of a request that has to have one.  False: answered. */
bool wq_contact_call_body(struct wq_exchange *x, yyjson_doc **body);

/* contact_lists.c */
void wq_contact_list_handle(struct wq_exchange *x, void *api);
void wq_conversation_list_handle(struct wq_exchange *x, void *api);
void wq_contact_said_handle(struct wq_exchange *x, void *api);
void wq_contact_notes_handle(struct wq_exchange *x, void *api);
/* contact_more.c */
void wq_contact_export_handle(struct wq_exchange *x, void *api);
void wq_contact_erase_handle(struct wq_exchange *x, void *api);
void wq_contact_erasures_handle(struct wq_exchange *x, void *api);
/* contact_merge.c */
void wq_contact_merge_handle(struct wq_exchange *x, void *api);
/* contact_import.c */
void wq_contact_import_handle(struct wq_exchange *x, void *api);
/* contact_changes.c */
void wq_contact_create_handle(struct wq_exchange *x, void *api);
void wq_contact_update_handle(struct wq_exchange *x, void *api);
void wq_contact_assign_handle(struct wq_exchange *x, void *api);
void wq_contact_opt_out_handle(struct wq_exchange *x, void *api);
void wq_contact_opt_in_handle(struct wq_exchange *x, void *api);
void wq_contact_read_handle(struct wq_exchange *x, void *api);
void wq_contact_note_handle(struct wq_exchange *x, void *api);
void wq_contact_unnote_handle(struct wq_exchange *x, void *api);
