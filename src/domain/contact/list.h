/* SPDX-License-Identifier: MIT */
#pragma once
/* list.h — one page of a list of contacts: calls of bounded looks, one after the other, until it is full.
 *
 * A page may have fewer than were asked for, or none, and a place where the next one goes on: what is looked at for one
 * page is bounded.
 */
#include "domain/contact/filter.h"
#include "io/loop/loop.h"

enum { WQ_CONTACT_PLACE_BYTES = 160 };

struct wq_contact_list {
	/* in; borrowed until the end */
	const struct wq_send_keys *keys;
	const struct wq_contact_query *query;
	bool said;     /* rows come with the last moment of the conversation */
	uint64_t limit;
	void (*row)(struct wq_contact_list *l, const struct wq_contact_row *r);
	void (*cb)(struct wq_contact_list *l, int rc);
	/* in and out: where it goes on, terminated; "": from the beginning, and behind the last */
	char place[WQ_CONTACT_PLACE_BYTES];
	/* out */
	uint64_t n, looked;
	const char *error;
	/* private */
	struct wq_redis_cmd cmd;
};

/* False: it was never told by a list. */
bool wq_contact_place_is(struct wq_str place, const struct wq_contact_query *q);
/* 0, and cb runs once, from the loop; < 0: as wq_redis_start. */
int wq_contact_list_start(struct wq_contact_list *l);
