/* SPDX-License-Identifier: MIT */
#pragma once
/* golden.h — each sample that is a webhook, taken apart, beside what is written down of it in tests/golden/inbound/.
 *
 *   line 1   what the read answered, and how many updates there were
 *   then     of each of the first GOLDEN_UPDATES_MAX two lines: the model in full; the job: queue, name, data
 *
 * WQ_GOLDEN=write in the environment writes them anew: to be read before they are committed.
 */
#include "domain/inbound/reader.h"

typedef int (*golden_read)(struct wq_inbound_reader *r, const struct wq_webhook *hook,
                           wq_on_inbound on_update, void *user);

/* All samples of a folder but those of answers and requests; returns how many. */
size_t golden_check(const char *folder, golden_read read);
