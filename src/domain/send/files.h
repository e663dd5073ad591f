/* SPDX-License-Identifier: MIT */
#pragma once
/* files.h — the files of a message at work: those that its provider wants uploaded are, one after the other.
 *
 * It comes before the ledger's claim: what happens here is known to have sent nothing, and a process that dies over an
 * upload leaves a message that anybody may send.
 */
#include "domain/send/plan.h"
#include "domain/send/shelf.h"

struct wq_sending;

/* Of one message. */
struct wq_parcel {
	struct wq_file *files; /* of the message's arena */
	struct wq_parcel_mark {
		bool kept, renewed;
		enum wq_filed_by by;
		char hash[WQ_FILED_HASH_BYTES + 1];
	} *marks;              /* of each that has an id now */
	size_t n, at;
	struct wq_filing filing;
	bool waits;            /* filing is somewhere */
	enum wq_filing_end end;
	struct wq_answer answer;
	char why[WQ_FILING_WHY_BYTES];
};

enum { WQ_PARCEL_READY = 1, WQ_PARCEL_LATER };
/* WQ_PARCEL_READY: all is as the provider wants it; WQ_PARCEL_LATER: its account's uploads rest, ask again in
 * l->wait_ms; 0: under way, and the flow is resumed; < 0: raised. */
int wq_sending_file(struct wq_sending *l);
/* Nobody waits any more; resumes the flow with WQ_ECANCELED. */
void wq_sending_file_cancel(struct wq_sending *l);
/* After the resumption: 0: the content has the ids; WQ_PARCEL_LATER; < 0: raised; 1: not so, and l->plan and l->why
 * say what follows. */
int wq_sending_filed(struct wq_sending *l, const struct wq_send_try *t);
/* The provider refused the message for an id of ours that it does not know any more: they are forgotten, and l->plan is
 * that it is tried again. */
bool wq_sending_file_again(struct wq_sending *l);
