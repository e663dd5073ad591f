/* SPDX-License-Identifier: MIT */
#pragma once
/* policy.h — has this contact blocked us?  Decided from facts alone; block_test.c holds the table of cases.
 *
 *   a message has been `sent` for 72 hours, and did not arrive
 *     the account itself did not deliver well then ─► it proves nothing of the contact
 *     … or does not now, or there is nothing to compare with ─► looked at again in 6 hours, for 14 days
 *     the contact was seen to get something since ─► nothing
 *     otherwise it counts: 1 in a row is watched, 2 are a probable block (95 %), 3 a confirmed one (99 %)
 *
 * Well    is told from other contacts alone.  The share of their messages that did not arrive is abnormal above three
 *         times what is usual for the account, within 20 and 50 %; of fewer than 10 messages, above a half.  The day of
 *         the message is asked; with fewer than 10 on it, the four days around as well.
 * Clock   an argument; so is what it was set forward by since the message was sent.
 */
#include "store/block.h"

enum { WQ_BLOCK_PROBABLE_PERCENT = 95, WQ_BLOCK_CONFIRMED_PERCENT = 99 };

/* Of a share from which the contact's own messages were taken. */
enum wq_block_health wq_block_health_of(const struct wq_block_share *share,
                                        const struct wq_block_share *usually);
/* Without `own` messages, which did not arrive. */
struct wq_block_share wq_block_others(struct wq_block_share share, int64_t own);

struct wq_block_facts {
	const struct wq_block_row *row;
	struct wq_block_share usually, now;
	int64_t now_ms;
	int64_t ahead_ms; /* the clock was set forward so far since it was sent */
};
struct wq_block_judged {
	enum wq_block_what what;
	enum wq_block_state state; /* COUNT */
	int64_t row, again_ms;     /* COUNT; WAIT, HOLD */
	const char *why;           /* static; of anything but COUNT */
};
struct wq_block_judged wq_block_judge(const struct wq_block_facts *f);
/* 95, 99; 0: no verdict. */
int wq_block_percent(enum wq_block_state state);
