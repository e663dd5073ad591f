/* SPDX-License-Identifier: MIT */
#pragma once
/* list.h — a doubly linked ring of links that live inside their owners.  Allocates nothing.
 *
 * A head is a link of its own; a link that is in no list points to itself, so removing twice is fine once
 * wq_list_init was called on it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/assert.h"

struct wq_list {
	struct wq_list *next, *prev;
};

static inline void wq_list_init(struct wq_list *l)
{
	l->next = l->prev = l;
}

static inline bool wq_list_empty(const struct wq_list *l)
{
	return l->next == l;
}

static inline void wq_list_remove(struct wq_list *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	wq_list_init(l);
}

static inline void wq_list_push(struct wq_list *head, struct wq_list *l)
{
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

static inline void wq_list_push_front(struct wq_list *head, struct wq_list *l)
{
	wq_list_push(head->next, l);
}

/* NULL when empty. */
static inline struct wq_list *wq_list_pop(struct wq_list *head)
{
	struct wq_list *l = head->next;

	if (l == head)
		return NULL;
	wq_list_remove(l);
	return l;
}

/* Moves all of `from` to the end of `to`; `from` is empty afterwards. */
static inline void wq_list_move(struct wq_list *to, struct wq_list *from)
{
	if (wq_list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	wq_list_init(from);
}
