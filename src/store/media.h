/* SPDX-License-Identifier: MIT */
#pragma once
/* media.h — what became of the file of a received message, kept with it, and told as `message.media`. */
#include "store/send.h"

/* `media`: JSON; `what`: "kept", "failed".  As wq_redis_start.  A message that is gone is no error. */
int wq_media_note_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str ref,
                        struct wq_str media, const char *what,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
