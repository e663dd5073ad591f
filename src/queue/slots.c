/* SPDX-License-Identifier: MIT */
/* slots.c — lists and counts; who may go where is the worker's business. */
#include "queue/slots.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

int wq_slots_init(struct wq_slots *s)
{
	*s = (struct wq_slots){ .made = 0 };
	wq_list_init(&s->free);
	wq_list_init(&s->claimed);
	wq_list_init(&s->follows);
	wq_list_init(&s->runs);
	wq_list_init(&s->ended);
	wq_list_init(&s->leases);
	return wq_map_init(&s->by_id);
}

void wq_slot_free(struct wq_slot *slot)
{
	wq_timer_stop(&slot->timeout);
	wq_outcome_fini(&slot->outcome);
	wq_job_free(slot->job);
	wq_free(slot);
}

static void free_list(struct wq_slots *s, struct wq_list *list)
{
	struct wq_list *l;

	while ((l = wq_list_pop(list))) {
		wq_slot_free(WQ_OWNER(l, struct wq_slot, link));
		s->made--;
	}
}

void wq_slots_fini(struct wq_slots *s)
{
	if (!s->free.next)
		return;
	free_list(s, &s->free);
	free_list(s, &s->claimed);
	free_list(s, &s->follows);
	free_list(s, &s->ended);
	WQ_REQUIRE(s->made == 0);
	wq_map_fini(&s->by_id);
	*s = (struct wq_slots){ .made = 0 };
}

uint32_t wq_slots_reserve(struct wq_slots *s, uint32_t n)
{
	s->reserved = n;
	while (s->free_n < n) {
		struct wq_slot *slot = wq_zalloc(sizeof(*slot));

		if (!slot) {
			WQ_RAISE(WQ_ENOMEM);
			break;
		}
		wq_list_push(&s->free, &slot->link);
		wq_list_init(&slot->lease);
		s->made++;
		s->free_n++;
	}
	return s->free_n;
}

struct wq_slot *wq_slots_take(struct wq_slots *s, struct wq_job *job)
{
	struct wq_list *l = wq_list_empty(&s->free) ? NULL : s->free.prev; /* the one used last: its memory is warm */
	struct wq_slot *slot;

	if (!l)
		return NULL;
	slot = WQ_OWNER(l, struct wq_slot, link);
	wq_list_remove(l);
	*slot = (struct wq_slot){ .job = job, .place = -1, .at = WQ_SLOT_CLAIMED };
	slot->task.job = job;
	wq_list_init(&slot->lease);
	wq_list_push(&s->claimed, &slot->link);
	wq_map_put(&s->by_id, &slot->held, job->id);
	s->free_n--;
	if (s->reserved > 0)
		s->reserved--;
	return slot;
}

struct wq_slot *wq_slots_find(const struct wq_slots *s, struct wq_str id)
{
	struct wq_map_node *node = wq_map_get(&s->by_id, id);

	return node ? WQ_OWNER(node, struct wq_slot, held) : NULL;
}

static void count(struct wq_slots *s, const struct wq_slot *slot, int n)
{
	if (slot->at == WQ_SLOT_RUNS)
		s->running += (uint32_t)n;
	else if (slot->at == WQ_SLOT_ENDED)
		s->ended_n += (uint32_t)n;
	else if (slot->at == WQ_SLOT_SETTLES)
		s->settling += (uint32_t)n;
}

static struct wq_list *list_of(struct wq_slots *s, enum wq_slot_at at, struct wq_list *call)
{
	switch (at) {
	case WQ_SLOT_FREE:
		return &s->free;
	case WQ_SLOT_CLAIMED:
		return &s->claimed;
	case WQ_SLOT_FOLLOWS:
		return &s->follows;
	case WQ_SLOT_RUNS:
		return &s->runs;
	case WQ_SLOT_ENDED:
		return &s->ended;
	case WQ_SLOT_SETTLES:
		return call;
	}
	return NULL;
}

void wq_slots_move(struct wq_slots *s, struct wq_slot *slot, enum wq_slot_at to,
                   struct wq_list *call)
{
	struct wq_list *list = list_of(s, to, call);

	WQ_REQUIRE(list);
	count(s, slot, -1);
	slot->at = (unsigned char)to;
	count(s, slot, 1);
	wq_list_remove(&slot->link);
	wq_list_push(list, &slot->link);
}

/* Two at most, so that whoever ends a burst does not pay for all of it.  The one unused for longest goes first. */
static void shrink(struct wq_slots *s)
{
	for (int i = 0; i < 2; i++) {
		if (s->free_n <= s->reserved + WQ_SLOTS_SPARE_MAX || s->free_n <= wq_slots_held(s))
			return;
		wq_slot_free(WQ_OWNER(wq_list_pop(&s->free), struct wq_slot, link));
		s->free_n--;
		s->made--;
	}
}

void wq_slots_release(struct wq_slots *s, struct wq_slot *slot)
{
	wq_timer_stop(&slot->timeout);
	wq_map_take(&s->by_id, &slot->held);
	wq_list_remove(&slot->lease);
	wq_outcome_fini(&slot->outcome);
	wq_job_free(slot->job);
	slot->job = NULL;
	slot->task.job = NULL;
	wq_slots_move(s, slot, WQ_SLOT_FREE, NULL);
	s->free_n++;
	shrink(s);
}

void wq_slots_leave(struct wq_slots *s, struct wq_slot *slot)
{
	WQ_REQUIRE(slot->at == WQ_SLOT_RUNS);
	wq_timer_stop(&slot->timeout);
	wq_map_take(&s->by_id, &slot->held);
	wq_list_remove(&slot->lease);
	wq_list_remove(&slot->link);
	slot->task.worker = NULL;
	slot->task.cancelled = true;
	slot->lost = true;
	s->running--;
	s->made--;
}
