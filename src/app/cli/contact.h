/* SPDX-License-Identifier: MIT */
#pragma once
/* contact.h — `willaq contact`: straight to Redis, no server needed.
 *
 *   willaq contact list|conversations|show|messages|notes|export         look
 *   willaq contact create|update|tag|note|assign|opt-out|opt-in|read     change
 *   willaq contact import FILE|-, merge ID ID, erase ID --yes
 *   willaq contact issues|unblock|delivery                               what did not arrive (contact_issues.h)
 *
 * Contacts are of an account: --account names it, and ids of contacts (c….ACCOUNT) do.
 */
#include "app/cli/command.h"

extern const struct wq_option wq_contact_options[];
enum wq_exit wq_contact_run(const struct wq_settings *s, const struct wq_args *args);
