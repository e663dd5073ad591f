/* SPDX-License-Identifier: MIT */
#pragma once
/* ordered.h — a handler in front of another: jobs of one lane reach it one after the other, in the order in which they
 * were added, across processes, retries and crashes.
 *
 *   run ──► enter: is it in front of its lane? ──► yes: the inner handler ──► ended for good ──► pass: wake the next
 *                              └ no: parked, a delayed job that is woken by whoever ends the one in front
 *
 * Lane     the text at `data.conversation`; a job without it, or whose adder writes no lanes (store/lane.h), runs at
 *          once.
 * Retries  a job that failed and comes again stays in front; those behind it wait.
 * Crashes  whoever should have woken a parked job may be gone: it looks by itself every WQ_LANE_PARK_MS.
 * Others   workers that know nothing of lanes run a job when they get it.
 */
#include "io/loop/loop.h"
#include "queue/worker.h"
#include "store/lane.h"

struct wq_ordered;

/* `ref` and what the inner handler needs outlive it.  0 or a raised error. */
int wq_ordered_create(struct wq_ordered **out, struct wq_loop *l, const struct wq_ref *ref,
                      const struct wq_handler *inner);
/* Gives the handler for the worker. */
void wq_ordered_handler(struct wq_ordered *o, struct wq_handler *out);
/* Once its worker is closed; its tasks are left to the inner handler.  NULL is fine. */
void wq_ordered_destroy(struct wq_ordered *o);
