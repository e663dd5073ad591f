/* SPDX-License-Identifier: MIT */
#pragma once
/* account.h — `willaq account`: straight to Redis, no server needed.
 *
 *   willaq account list|show                                     look
 *   willaq account create|update FILE|-                          as the API's JSON; - reads stdin: no secret in `ps`
 *   willaq account suspend|resume|verify|remove|reseal           change
 *   willaq account holds|release                                 what keeps its messages from being sent
 */
#include "app/cli/command.h"

extern const struct wq_option wq_account_options[];
enum wq_exit wq_account_run(const struct wq_settings *s, const struct wq_args *args);

/* Actions of account_holds.c. */
struct wq_queue_cli;
enum wq_exit wq_account_cli_holds(struct wq_queue_cli *c);
enum wq_exit wq_account_cli_release(struct wq_queue_cli *c);
