/* SPDX-License-Identifier: MIT */
#pragma once
/* account.h — `willaq account`: straight to Redis, no server needed.
 *
 *   willaq account list|show                                     look
 *   willaq account create|update FILE|-                          as the API's JSON; - reads stdin: no secret in `ps`
 *   willaq account suspend|resume|verify|remove|reseal           change
 */
#include "app/cli/command.h"

extern const struct wq_option wq_account_options[];
enum wq_exit wq_account_run(const struct wq_settings *s, const struct wq_args *args);
