/* SPDX-License-Identifier: MIT */
#pragma once
/* can_send.h — `willaq contact can-send TO`: may somebody be written to, why, and for how much.
 *
 * It reads the options account, category, template and force, and the prices that the settings name.
 */
#include "app/cli/queue.h"

extern const struct wq_queue_action wq_contact_can_actions[]; /* ends with NULL */
