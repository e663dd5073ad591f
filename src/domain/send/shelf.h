/* SPDX-License-Identifier: MIT */
#pragma once
/* shelf.h — files on their way to a provider: each fetched once and uploaded once, however many messages wait for it.
 *
 *   a message's wait (struct wq_filing) ──► fetch, of an address ──► upload, of a content ──► id, told to all who wait
 *
 * Ids are kept in Redis, so that a file that was uploaded before, by whichever process, is not touched at all.
 * A fetch or an upload goes on when nobody waits for it any more: the id is of use to the next.
 * Memory  WQ_FILES_AT_ONCE files are held at a time; others wait for their turn.
 */
#include "base/map.h"
#include "domain/message/files.h"
#include "domain/provider/media.h"
#include "domain/send/desk.h"
#include "io/client/client.h"
#include "store/filed.h"

enum wq_filing_end {
	WQ_FILING_DONE,  /* id */
	WQ_FILING_LATER, /* Redis is away, no memory, or we are closing */
	WQ_FILING_WRONG, /* nobody can send it: why */
	WQ_FILING_RETRY, /* the address does not answer as it should: why */
	WQ_FILING_JUDGE, /* the provider's answer to the upload */
};
enum { WQ_FILING_WHY_BYTES = 256 };

struct wq_filing_result {
	enum wq_filing_end end;
	char id[WQ_PROVIDER_ID_MAX_BYTES + 1];
	bool kept, renewed; /* DONE: it was there before; and is a replacement itself */
	enum wq_filed_by by;
	char hash[WQ_FILED_HASH_BYTES + 1]; /* what it is kept by */
	struct wq_answer answer;            /* JUDGE; its texts live as long as the callback */
	char why[WQ_FILING_WHY_BYTES];
};

struct wq_filing {
	struct wq_list link;
	void (*told)(struct wq_filing *f, const struct wq_filing_result *r);
};

struct wq_shelf_opts {
	bool private_too; /* addresses that are not public may be fetched from */
};

struct wq_shelf {
	/* private */
	struct wq_loop *loop;
	struct wq_client *client;
	struct wq_redis *redis;
	const struct wq_accounts *accounts;
	struct wq_shelf_opts o;
	struct wq_map fetches, uploads;
	struct wq_list fetching, uploading; /* all of them */
	struct wq_list turns;               /* who waits for one */
	unsigned turns_taken;
	struct wq_post next;
	bool closing;
	void (*on_empty)(void *ctx);
	void *ctx;
	struct wq_metric uploads_n, fetches_n, reused_n;
};

/* 0 or a raised error.  All is borrowed. */
int wq_shelf_init(struct wq_shelf *s, struct wq_loop *l, struct wq_client *client,
                  struct wq_redis *redis, const struct wq_accounts *accounts,
                  const struct wq_shelf_opts *o);
void wq_shelf_add_metrics(struct wq_shelf *s, struct wq_metrics *m);
/* Ends what is under way; on_empty runs from the loop when nothing is. */
void wq_shelf_close(struct wq_shelf *s, void (*on_empty)(void *ctx), void *ctx);
/* Nothing is under way. */
void wq_shelf_fini(struct wq_shelf *s);

/* A file that is in a message, or at an address whose `links` is UPLOAD or ONCE.  The desk outlives it.
 * 0, and told runs once, from the loop, unless it was forgotten; or < 0: raised. */
int wq_shelf_file(struct wq_shelf *s, struct wq_desk *d, const struct wq_file *f,
                  struct wq_filing *w);
/* told runs no more. */
void wq_filing_forget(struct wq_filing *w);

/* For fetch.c and upload.c: a turn, which is given from the loop, and given back. */
struct wq_shelf_turn {
	struct wq_list link;
	void (*given)(struct wq_shelf_turn *t);
};
void wq_shelf_wait(struct wq_shelf *s, struct wq_shelf_turn *t);
/* Not given yet: it never is. */
void wq_shelf_leave(struct wq_shelf_turn *t);
void wq_shelf_give_back(struct wq_shelf *s);
/* One of its fetches or uploads is gone. */
void wq_shelf_one_gone(struct wq_shelf *s);
void wq_filing_tell(struct wq_list *waiters, const struct wq_filing_result *r);
