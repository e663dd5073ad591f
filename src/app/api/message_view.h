/* SPDX-License-Identifier: MIT */
#pragma once
/* message_view.h — a message's record as people see it. */
#include "base/json.h"
#include "store/letter.h"

/* cmd: the answer to wq_letter_show_start. */
void wq_view_message(struct wq_jsonw *w, struct wq_str id, const struct wq_redis_cmd *cmd);
