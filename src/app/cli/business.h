/* SPDX-License-Identifier: MIT */
#pragma once
/* business.h — `willaq business` and `willaq key`: straight to Redis, no server needed.
 *
 *   willaq business list|create|rename|remove
 *   willaq key list|create|rotate|revoke           a key is printed once, by what made it
 */
#include "app/cli/command.h"

extern const struct wq_option wq_business_options[], wq_key_options[];
enum wq_exit wq_business_run(const struct wq_settings *s, const struct wq_args *args);
enum wq_exit wq_key_run(const struct wq_settings *s, const struct wq_args *args);
