/* SPDX-License-Identifier: MIT */
#pragma once
/* part.h — accounts as a part of a node: those of the environment, and the directory of all. */
#include "base/arena.h"
#include "domain/account/directory.h"

struct wq_settings;

enum { WQ_ENV_ACCOUNTS_MAX = 3 };

struct wq_accounts_part {
	struct wq_accounts *accounts; /* owned; NULL: not built */
	struct wq_templates *templates; /* owned; NULL: likewise */
	struct wq_account_ways ways;  /* for whoever reads accounts */
	/* private */
	struct wq_arena arena;
	struct wq_account env[WQ_ENV_ACCOUNTS_MAX];
	yyjson_doc *docs[2 * WQ_ENV_ACCOUNTS_MAX];
	unsigned env_n, docs_n;
	void (*done)(void *ctx);
	void *ctx;
};

/* `o` lacks only the environment's, and the addresses, which are kept in the part; an account of the environment that
 * it has is taken where the settings make none.  0; WQ_EINVAL, a sentence was printed; or a raised error.  Whatever the
 * outcome, close and fini follow. */
int wq_accounts_part_build(struct wq_accounts_part *p, const struct wq_settings *s,
                           struct wq_accounts_opts *o);
/* done(ctx) runs later, from the loop; false: nothing was built. */
bool wq_accounts_part_close(struct wq_accounts_part *p, void (*done)(void *ctx), void *ctx);
/* Once the directory is closed.  Twice is fine, zeroed is fine. */
void wq_accounts_part_fini(struct wq_accounts_part *p);
