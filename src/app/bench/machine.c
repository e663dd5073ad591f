/* SPDX-License-Identifier: MIT */
/* machine.c — /proc/cpuinfo and uname. */
#include "app/bench/machine.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static void read_model(char *out, size_t max)
{
	static const char key[] = "model name";
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256], *value;

	while (f && fgets(line, sizeof(line), f)) {
		value = strncmp(line, key, sizeof(key) - 1) == 0 ? strchr(line, ':') : NULL;
		if (!value)
			continue;
		value[strcspn(value, "\n")] = '\0';
		snprintf(out, max, "%s", value + 1 + strspn(value + 1, " "));
		break;
	}
	if (f)
		fclose(f);
}

void wq_bench_machine_look(struct wq_bench_machine *m)
{
	struct utsname u;
	cpu_set_t set;

	*m = (struct wq_bench_machine){ .cores = 1 };
	read_model(m->cpu, sizeof(m->cpu));
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		m->cores = (unsigned)CPU_COUNT(&set);
	if (uname(&u) == 0)
		snprintf(m->system, sizeof(m->system), "%.20s %.60s %.20s", u.sysname, u.release,
		         u.machine);
}
