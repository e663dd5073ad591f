/* SPDX-License-Identifier: MIT */
#pragma once
/* send_world.h — a sender on virtual time, between a real Redis and a provider in this process, and a worker that is
 * only asked for its endings.
 *
 * Time stands still while Redis is asked, and jumps while nothing is.  send_world.c stands in for the worker: it has
 * the functions of queue/worker.h that the handlers call, and keeps what each job was ended with.  A job that is ended
 * twice fails the test.
 *
 * Accounts  "c" (Cloud), "e" (Evolution) and "t" (Twilio), all at the peer of this process and without limits; "d" at
 *           a port where nobody listens, "s" suspended.
 */
#include "domain/account/directory.h"
#include "domain/send/sender.h"
#include "support/calls.h"
#include "support/redis.h"

enum ending { OPEN, COMPLETED, FAILED, FAILED_FOR_GOOD, DELAYED };

enum { ERRAND_TEXT_BYTES = 640, ERRAND_DATA_BYTES = 2048, SEND_WORLD_ANSWERS = 4, SEND_WORLD_ANSWER_BYTES = 1024 };

/* One job in the hands of the sender. */
struct errand {
	struct wq_task task;
	struct wq_job job;
	char data[ERRAND_DATA_BYTES];
	enum ending ending;
	int64_t delay_ms;             /* DELAYED; FAILED: at least */
	char text[ERRAND_TEXT_BYTES]; /* the value, or the reason */
	unsigned runs;
	bool lost;                    /* its lock is gone */
};

struct send_world {
	struct wq_calls calls;
	struct wq_redisd *server; /* borrowed */
	struct wq_redis *redis;
	struct wq_metrics metrics;
	struct wq_account env[5];
	char base_url[64];
	struct wq_accounts *accounts;
	struct wq_sender_opts opts; /* may be changed before send_world_open */
	struct wq_sender *sender;   /* NULL: none is open */
	struct wq_handler sends, receipts;
	struct wq_post hold;
	unsigned away_turns; /* without Redis */
	bool redis_closed, accounts_closed, sender_closed;
	char answers[SEND_WORLD_ANSWERS][SEND_WORLD_ANSWER_BYTES];
	struct wq_peer_step steps[SEND_WORLD_ANSWERS];
	unsigned steps_n;
};
extern struct send_world sw;

/* On an empty server; no sender yet. */
void send_world_begin(struct wq_redisd *server);
/* Fails on whatever is left behind. */
void send_world_end(void);
/* 0 or what wq_sender_create returned. */
int send_world_open(void);
void send_world_close(void);

/* From now on the provider answers this, the first of them first, the last one again and again: status 0 answers
 * nothing and goes on with `then`. */
void send_world_answers_nothing_yet(void);
void send_world_answers(int status, const char *body, enum wq_peer_then then);
/* Requests that came whole since it was last told what to answer. */
unsigned send_world_posts(void);
/* What the index-th request's biz_opaque_callback_data holds; "": none. */
const char *send_world_opaque(unsigned index);

/* A job with these data, not begun. */
void errand_init(struct errand *e, const char *id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Given to the handler, again if it has come back; until it has ended, whatever virtual time that takes. */
void errand_run(struct errand *e, const struct wq_handler *h);
void errand_start(struct errand *e, const struct wq_handler *h);
void errand_await(struct errand *e);
void errand_cancel(struct errand *e);
/* As a queue does: run again when it is due, until it has ended for good or `runs` are used up. */
void errand_finish(struct errand *e, const struct wq_handler *h, unsigned runs);
const char *ending_name(enum ending e);

/* One command of redis-cli's, words separated by spaces. */
const char *send_world_ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Fields of the record of message m1 of that account, separated by a space each; "-": it has none. */
const char *send_world_record(const char *account, const char *fields);
/* Turns until done(ctx), within a bound of turns; fails otherwise. */
void send_world_until(bool (*done)(void *ctx), void *ctx, const char *what);
/* Virtual time goes by. */
void send_world_pass(int64_t ms);
/* The same at once, and nobody sees what is between; what Redis is asked is answered first, or it would be late. */
void send_world_leap(int64_t ms);
int64_t send_world_now(void);
