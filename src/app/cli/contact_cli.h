/* SPDX-License-Identifier: MIT */
#pragma once
/* contact_cli.h — what the files of `willaq contact` share. */
#include "app/api/contact_extract.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"
#include "domain/contact/change.h"
#include "domain/contact/erase.h"
#include "domain/contact/import.h"
#include "domain/contact/list.h"

struct wq_contact_cli {
	struct wq_queue_cli *c;
	struct wq_send_keys keys;
	struct wq_arena arena;
	struct wq_str account, id; /* of the arena, or of the arguments */
	struct wq_redis_cmd cmd;
	struct wq_contact_query query;
	struct wq_contact_list list;
	struct wq_contact_wish wish;
	struct wq_contact_problem problem;
	struct wq_contact_change change;
	struct wq_contact_extract extract;
	struct wq_contact_erase erase;
	struct wq_ref outbound;
	struct wq_grid grid;
	yyjson_doc *body;
	bool found, conversations;
};

/* With the account that is meant.  False: a sentence was printed; end in any case. */
bool wq_contact_cli_begin(struct wq_contact_cli *p, struct wq_queue_cli *c);
/* The same of the contact that the first argument names. */
bool wq_contact_cli_begin_one(struct wq_contact_cli *p, struct wq_queue_cli *c);
void wq_contact_cli_end(struct wq_contact_cli *p);
/* Reads the contact p->id and prints it. */
enum wq_exit wq_contact_cli_show(struct wq_contact_cli *p);
/* Carries p->wish out on p->id, or makes a contact, and prints what came of it. */
enum wq_exit wq_contact_cli_change(struct wq_contact_cli *p, bool upsert);
void wq_contact_cli_missing(void);
struct wq_str wq_contact_cli_option(const struct wq_contact_cli *p, const char *name);
/* A whole file, or stdin; the caller frees out.  False: a sentence was printed. */
bool wq_contact_cli_read(const char *name, size_t max, struct wq_buf *out);

extern const struct wq_queue_action wq_contact_looks[], wq_contact_changes[]; /* end with NULL */
