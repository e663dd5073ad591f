/* SPDX-License-Identifier: MIT */
#pragma once
/* contact.h — `willaq contact`: straight to Redis, no server needed. */
#include "app/cli/command.h"

extern const struct wq_option wq_contact_options[];
enum wq_exit wq_contact_run(const struct wq_settings *s, const struct wq_args *args);
