/* SPDX-License-Identifier: MIT */
#pragma once
/* sheet.h — a file of contacts, line by line: CSV with a head, or JSON Lines.  Pure.
 *
 *   phone,name,tags,attributes.city        {"phone":"+593991234567","name":"María","tags":["lead"]}
 *   +593991234567,María,lead;vip,Quito
 *
 * CSV   columns are members of a wish (wish.h), or attributes.NAME; what a cell does not tell stays as it is.  Tags
 *       have ; between, opted_out is true or false, quotes are as spreadsheets write them, and cells may be
 *       separated by ; or tabs as well: the head tells.
 */
#include "domain/contact/wish.h"

struct wq_contact_sheet {
	struct wq_str rest;
	bool csv;
	uint64_t line; /* of the file, where the last one that was read begins; from 1 */
	/* private */
	uint64_t next_line;
	char separator;
	size_t columns;
	struct wq_str head[WQ_CONTACT_COLUMNS_MAX]; /* of the head's arena */
};

/* `head`: memory as long as the sheet is read.  0; WQ_EINVAL (not raised): *p tells; WQ_ENOMEM. */
int wq_contact_sheet_init(struct wq_contact_sheet *s, struct wq_str text, bool csv,
                          struct wq_arena *head, struct wq_contact_problem *p);
/* The next line that is not empty, as an object in `a`.  1; 0: there is none; WQ_EINVAL, WQ_ENOMEM as above. */
int wq_contact_sheet_next(struct wq_contact_sheet *s, struct wq_arena *a, yyjson_val **body,
                          struct wq_contact_problem *p);
