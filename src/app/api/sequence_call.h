/* SPDX-License-Identifier: MIT */
#pragma once
/* sequence_call.h — what the routes of /api/sequences share: whose sequence it is, who asks, what is asked for. */
#include "app/api/api.h"
#include "domain/account/directory.h"
#include "domain/sequence/prepare.h"
#include "store/enrol.h"

struct wq_sequence_call {
	struct wq_exchange *x;
	struct wq_api *api;
	struct wq_str id, account, by;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	yyjson_doc *doc;       /* the body; NULL: none */
	struct wq_arena arena; /* of what is made of it */
	struct wq_seq_put put;
	int status;            /* of a good answer */
	uint64_t first, count; /* of a page */
	int64_t version;
	const char *state;
	void *more;            /* of one route */
};

/* `param`: the name of the id in the route, NULL: none; "ID.ACCOUNT", or "ID" with ?account=, or of the account that
 * carries what names none.  NULL: answered. */
struct wq_sequence_call *wq_sequence_begin(struct wq_exchange *x, void *api, const char *param);
/* The same with a body, an object. */
struct wq_sequence_call *wq_sequence_begin_with_body(struct wq_exchange *x, void *api,
                                                     const char *param);
/* Gives back all but the exchange, which is still to be answered. */
struct wq_exchange *wq_sequence_leave(struct wq_sequence_call *c);
void wq_sequence_fail(struct wq_sequence_call *c, int rc, const char *error);
void wq_sequence_missing(struct wq_sequence_call *c);
/* Ends the list that was begun, and answers; `next` < 0: there is no more. */
void wq_sequence_list_reply(struct wq_sequence_call *c, struct wq_jsonw *w, int64_t next);
/* rc < 0: answered. */
void wq_sequence_started(struct wq_sequence_call *c, int rc);
static inline struct wq_sequence_call *wq_sequence_call_of(struct wq_redis_cmd *cmd)
{
	return (struct wq_sequence_call *)(void *)((char *)cmd -
	                                           offsetof(struct wq_sequence_call, cmd));
}
/* Judges `root` into c->put; false: answered. */
bool wq_sequence_judge(struct wq_sequence_call *c, yyjson_val *root);
/* The page that the query asks for; false: answered. */
bool wq_sequence_page(struct wq_sequence_call *c, uint64_t most);
/* Stores c->put and shows what has become of it. */
void wq_sequence_store(struct wq_sequence_call *c);
/* Members of what is told of a sequence that are none of its definition. */
extern const char *const wq_sequence_beside[];

/* sequence_view.c */
void wq_view_sequence(struct wq_jsonw *w, struct wq_str account, struct wq_str id,
                      const struct wq_redis_value *fields, const struct wq_redis_value *version);
void wq_view_version(struct wq_jsonw *w, int64_t version, const struct wq_redis_value *fields);
void wq_view_enrolment(struct wq_jsonw *w, struct wq_str account, struct wq_str con,
                       const struct wq_redis_value *fields);
const char *wq_enrol_outcome_name(enum wq_enrol_outcome o);

/* sequence_versions.c, enrolments.c */
int wq_api_sequence_versions_routes(struct wq_api *a);
int wq_api_enrolments_routes(struct wq_api *a);
/* sequence_runs.c, sequence_files.c */
int wq_api_sequence_runs_routes(struct wq_api *a);
int wq_api_sequence_files_routes(struct wq_api *a);
void wq_view_sequence_run(struct wq_jsonw *w, struct wq_str account, struct wq_str id,
                          const struct wq_redis_value *fields);
/* A new id of a run; p == NULL: out of memory. */
struct wq_str wq_sequence_run_id(struct wq_arena *a);
