/* SPDX-License-Identifier: MIT */
#pragma once
/* contact_issues.h — what `willaq contact` has of delivery issues, as rows of its table: issues, unblock, delivery.
 *
 * They read the options account, state, limit and reason.
 */
#include "app/cli/queue.h"

extern const struct wq_queue_action wq_contact_issue_actions[]; /* ends with NULL */
