/* SPDX-License-Identifier: MIT */
/* process.c — limits, signals, and figures from the kernel. */
#include "app/process.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/settings/settings.h"
#include "base/clock.h"
#include "base/log.h"

uint64_t wq_process_raise_file_limit(void)
{
	struct rlimit files;
	rlim_t was;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return UINT64_MAX;
	was = files.rlim_cur;
	if (was == files.rlim_max)
		return was;
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) == 0)
		return files.rlim_max;
	wq_warn("file_limit", WQ_S("why", "the number of open files could not be raised"));
	return was;
}

void wq_process_prepare(const struct wq_settings *s, const char *role)
{
	struct wq_log_opts log = {
		.level = (enum wq_log_level)wq_settings_int(s, WQ_SET_LOG_LEVEL),
		.format = (enum wq_log_format)wq_settings_int(s, WQ_SET_LOG_FORMAT),
		.fd = STDERR_FILENO,
		.role = role,
	};

	wq_log_setup(&log);
	signal(SIGPIPE, SIG_IGN);
	(void)wq_process_raise_file_limit();
}

static double read_rss(void *ctx)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	(void)ctx;
	if (!f)
		return 0;
	if (fscanf(f, "%*u %lu", &pages) != 1) /* NOLINT(cert-err34-c): the kernel wrote it */
		pages = 0;
	fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double read_cpu(void *ctx)
{
	struct rusage use;

	(void)ctx;
	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static double read_log_dropped(void *ctx)
{
	(void)ctx;
	return (double)wq_log_dropped();
}

void wq_process_add_metrics(struct wq_process_metrics *p, struct wq_metrics *m)
{
	const struct wq_clock *clock = wq_clock_system();

	p->rss = (struct wq_metric){ .name = "process_resident_memory_bytes",
		                     .help = "Memory in use.",
		                     .type = WQ_GAUGE,
		                     .read = read_rss };
	p->cpu = (struct wq_metric){ .name = "process_cpu_seconds_total",
		                     .help = "User and system time.",
		                     .read = read_cpu };
	p->started = (struct wq_metric){ .name = "process_start_time_seconds",
		                         .help = "When the process began, in Unix time.",
		                         .type = WQ_GAUGE,
		                         .value = (double)clock->wall_ms(clock) / 1000 };
	p->log_dropped = (struct wq_metric){ .name = "willaq_log_dropped_total",
		                             .help = "Log lines that could not be written.",
		                             .read = read_log_dropped };
	p->build = (struct wq_metric){ .name = "willaq_build_info",
		                       .help = "Always 1; the label tells the version.",
		                       .labels = "version=\"" WQ_VERSION "\"",
		                       .type = WQ_GAUGE,
		                       .value = 1 };
	wq_metrics_add(m, &p->rss);
	wq_metrics_add(m, &p->cpu);
	wq_metrics_add(m, &p->started);
	wq_metrics_add(m, &p->log_dropped);
	wq_metrics_add(m, &p->build);
}
