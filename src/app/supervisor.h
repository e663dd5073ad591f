/* SPDX-License-Identifier: MIT */
#pragma once
/* supervisor.h — `willaq serve --processes N`: N equal processes behind one port (SO_REUSEPORT), kept running by one
 * that does nothing else.  None of them leads; each is the whole server with a loop of its own.
 */
#include "app/cli/command.h"

enum wq_exit wq_supervisor_run(const struct wq_settings *s);
