/* SPDX-License-Identifier: MIT */
#pragma once
/* process.h — what a server asks of the process it runs in, and tells about it. */
#include <stdint.h>

#include "base/metrics.h"

struct wq_settings;

/* Once, before anything else: SIGPIPE is ignored, the limit of open files is raised as far as the system lets us, the
 * log gets its level, format and role. */
void wq_process_prepare(const struct wq_settings *s, const char *role);

/* As many open files as the system lets us; how many that are. */
uint64_t wq_process_raise_file_limit(void);

/* Memory, CPU time, start time, log lines lost. */
struct wq_process_metrics {
	struct wq_metric rss, cpu, started, log_dropped, build;
};
void wq_process_add_metrics(struct wq_process_metrics *p, struct wq_metrics *m);
