/* SPDX-License-Identifier: MIT */
#pragma once
/* sending.h — one job of an outbound message on its way: the flow that sends it.
 *
 *   read ──► filed ──► claim ──► claimed ──► post ──► judge ──► effect ──► settle ──► settled ──► close
 *
 * read ──► claim      it has no files that have to be uploaded first
 * filed ──► effect, close   they can't be now; for good: claim, and claimed ──► effect, settle without a request
 * read ──► close      nobody can send it as it is; claim ──► close: the provider seems gone, or we are stopping
 * claimed ──► people ──► met ──► claim   the business speaks first: its portfolio is asked for room for one more
 * claimed ──► pend ──► pended ──► close   the window is closed, and it waits for somebody who sends it by hand
 * claimed ──► mapped   the window is closed, and a template may stand for the text: from there as from claimed
 * claimed ──► claim   the window is closed, and a template goes instead; it is time in the person's own zone
 * claimed ──► claim   Redis was away: the same claim again; claimed ──► close: it may not be sent now, or ever
 * judge ──► settle    the answer means nothing for others; judge ──► judge: no memory to read it yet
 * settle ──► effect, settled ──► settle  Redis was away
 *
 * Claimed  the ledger says that this process tries; from here on only an outcome that is certain lets anybody try
 *          again.
 * Post     the lease is asked once more when the connection stands: a process that was stopped meanwhile writes
 *          nothing.
 * Settle   is repeated until Redis has it, or the process ends: then the next who finds the claim does not send.
 */
#include "base/arena.h"
#include "domain/send/desk.h"
#include "domain/send/files.h"
#include "domain/send/person.h"
#include "domain/send/plan.h"
#include "domain/send/sender.h"
#include "domain/template/mapped.h"
#include "io/loop/flow.h"
#include "io/loop/timer.h"

enum { WQ_SENDING_WHY_MAX_BYTES = 512 };

struct wq_sending {
	struct wq_flow flow;
	struct wq_list link; /* of the sender */
	struct wq_sender *sender;
	struct wq_task *task;
	struct wq_arena arena;  /* owns every byte the message and the request point to */
	struct wq_arena said;   /* the answer: however large the message is, there is room for what became of it */
	yyjson_doc *doc;        /* owned */
	struct wq_message message;
	struct wq_str id;       /* of the message */
	char to[WQ_PERSON_HEX_BYTES + 1], token[2 * WQ_SEND_TOKEN_BYTES + 1];
	struct wq_str template; /* "name|language"; empty: none */
	struct wq_desk *desk;
	enum wq_links account_links;
	struct wq_parcel parcel;
	yyjson_val *stand_in;   /* the template that stands for its text; NULL: none */
	enum wq_mapped mapped;  /* why there is none, once `asked` */
	bool asked;
	bool any_time;          /* whatever the window is */
	bool in_hours;          /* it is time in its person's own zone */
	bool doomed;            /* plan says how it ends, without a request */
	struct wq_claim_rider claim;
	struct wq_settle_rider settle;
	struct wq_journal_entry *entry; /* of the desk's journal; NULL: no try is open */
	struct wq_timer pause;
	unsigned pauses;
	enum wq_provider provider; /* that is asked */
	struct wq_redis_cmd redis; /* what a step asks, one at a time */
	int64_t met_ms;         /* as struct wq_send_claim */
	int64_t met_at;         /* granted, for the first time today, at that moment of Redis; 0: not */
	struct wq_call call;
	bool called;            /* call has to be finished with */
	bool trial;             /* of the desk's breaker */
	int64_t number;         /* of the try */
	int posted;             /* how the call ended, or was refused */
	struct wq_answer answer;
	struct wq_send_plan plan;
	/* how the job ends */
	enum wq_send_ending ending;
	int64_t wait_ms;
	char why[WQ_SENDING_WHY_MAX_BYTES];
};

/* Ends the task in any case; out of memory: it comes again. */
void wq_sending_start(struct wq_sender *s, struct wq_task *task);
/* Asks it to end soon. */
void wq_sending_cancel(struct wq_sending *l);

/* What the steps leave to others: read.c */
/* 0: message, id, recipient and desk are there; 1: *why says why nobody can send it; 2: later; WQ_SENDING_HELD: its
 * account is not active; < 0: out of memory. */
enum { WQ_SENDING_HELD = 3 };
int wq_sending_read(struct wq_sending *l);
/* people.c: room in the portfolio for its recipient; resumes the flow.  0, or a raised error. */
int wq_sending_ask_people(struct wq_sending *l);
/* It was not sent after all: the room is given back; nobody is told of it. */
void wq_sending_return_people(struct wq_sending *l);
/* ending.c: the task's end, once. */
void wq_sending_end(struct wq_sending *l);
/* closed.c: outside of windows, and of hours. */
unsigned wq_sending_gate_flags(const struct wq_sending *l);
/* The window is closed: what becomes of it.  WQ_SENDING_ASKS: wq_sending_ask_mapped first; TEMPLATE: claim it again,
 * it is the template now; PENDING: it waits for somebody; FAIL: claim it again, plan and l->why say that it fails;
 * < 0: out of memory. */
enum { WQ_SENDING_ASKS = WQ_CLOSED_WAYS };
int wq_sending_closed(struct wq_sending *l);
/* Whether a template of the provider stands for its text; resumes the flow.  0, or a raised error. */
int wq_sending_ask_mapped(struct wq_sending *l);
/* It waits for somebody; resumes the flow.  0, or a raised error. */
int wq_sending_pend(struct wq_sending *l);
/* The provider says that the window is closed: where there is another way, that is kept in mind, and it is tried
 * again. */
void wq_sending_closed_again(struct wq_sending *l, const struct wq_verdict *v);
/* In l->why stands the person's zone: ms until it is time there; 0: now. */
int64_t wq_sending_wait_ms(struct wq_sending *l);
/* read.c */
int wq_sending_name_template(struct wq_sending *l);
