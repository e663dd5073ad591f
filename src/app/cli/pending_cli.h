/* SPDX-License-Identifier: MIT */
#pragma once
/* pending_cli.h — one `willaq pending …`: the session, the accounts, the entry that is named. */
#include "app/accounts/part.h"
#include "app/cli/queue.h"
#include "domain/pending/sending.h"

struct wq_pending_cli {
	struct wq_queue_cli *c;
	struct wq_accounts_part accounts; /* zeroed: not built */
	struct wq_arena arena;
	struct wq_str id, account, by;    /* of the entry that is named */
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	enum wq_exit code;
};

/* End it in any case. */
void wq_pending_cli_begin(struct wq_pending_cli *p, struct wq_queue_cli *c);
void wq_pending_cli_end(struct wq_pending_cli *p);
/* The entry that is named, and who does it.  False: a sentence was printed. */
bool wq_pending_cli_name(struct wq_pending_cli *p);
/* Reads the directory of accounts.  False: likewise. */
bool wq_pending_cli_accounts(struct wq_pending_cli *p);
/* Somebody else was first, or it has ended. */
void wq_pending_cli_conflict(struct wq_str state, struct wq_str by);
void wq_pending_cli_missing(void);

/* pending_send.c */
enum wq_exit wq_pending_cli_send(struct wq_queue_cli *c);
