/* SPDX-License-Identifier: MIT */
#pragma once
/* breaker.h — leaves an endpoint alone that seems gone, and finds out when it is back.  Pure: time is an argument.
 *
 *   closed ──── `trip` outages in a row ────► open ──── pause is over ────► half open
 *      ▲                                       ▲                              │ one trial
 *      └───────── the trial was answered ──────┼──────────────────────────────┤
 *                                              └── an outage: pause doubles ──┘
 *
 * Open       no request is made.  Who asks is told how long to wait.
 * Half open  one request is the trial; the others wait for its outcome.  A trial of which nothing was learnt (it was
 *            cancelled) is another's turn.
 * Late       answers to requests of before it opened count for nothing while it is open, but a success closes it.
 */
#include <stdbool.h>
#include <stdint.h>

enum wq_breaker_state { WQ_BREAKER_CLOSED, WQ_BREAKER_OPEN, WQ_BREAKER_HALF_OPEN };

struct wq_breaker {
	enum wq_breaker_state state;
	uint32_t trip;               /* outages in a row that open it */
	uint32_t pause_min_ms, pause_max_ms;
	uint32_t outages;            /* in a row */
	uint32_t pause_ms;           /* of the next opening */
	uint64_t until_us;           /* open: until then */
	bool trial;                  /* half open: one is out */
	uint64_t openings;           /* ever */
};

enum wq_breaker_answer { WQ_BREAKER_GO, WQ_BREAKER_TRIAL, WQ_BREAKER_WAIT, WQ_BREAKER_STOP };
enum wq_breaker_outcome { WQ_BREAKER_FINE, WQ_BREAKER_OUTAGE, WQ_BREAKER_NOTHING };

void wq_breaker_init(struct wq_breaker *b, uint32_t trip, uint32_t pause_min_ms,
                     uint32_t pause_max_ms);
/* May a request be made now?  GO: yes.  TRIAL: yes, and its outcome decides.  WAIT: not before the trial, now out, has
 * ended.  STOP: not for wq_breaker_pause_ms. */
enum wq_breaker_answer wq_breaker_ask(struct wq_breaker *b, uint64_t now_us);
/* How a request ended; `trial` as wq_breaker_ask had said. */
void wq_breaker_tell(struct wq_breaker *b, enum wq_breaker_outcome o, bool trial, uint64_t now_us);
/* Until it may be asked again, at least 1; 0: at once. */
uint32_t wq_breaker_pause_ms(const struct wq_breaker *b, uint64_t now_us);
/* "half open" */
const char *wq_breaker_state_name(enum wq_breaker_state s);
