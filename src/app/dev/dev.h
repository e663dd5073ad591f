/* SPDX-License-Identifier: MIT */
#pragma once
/* dev.h — `willaq dev`: everything on an embedded default, with no account anywhere.
 *
 *   willaq dev ─┬─ redis-server   on a private Unix socket in the data directory; AOF always, noeviction
 *               ├─ willaq sandbox a provider that behaves like the real one
 *               └─ the server     in this process
 *
 * Both children die with us, whatever way we go.
 */
#include "app/cli/command.h"

enum wq_exit wq_dev_run(const struct wq_settings *s, const struct wq_args *args);
