/* SPDX-License-Identifier: MIT */
/* clock.c — the system's clock and the virtual one. */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

#include "base/assert.h"

static uint64_t system_mono_us(const struct wq_clock *c)
{
	struct timespec ts;

	(void)c;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int64_t system_wall_ms(const struct wq_clock *c)
{
	struct timespec ts;

	(void)c;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

const struct wq_clock *wq_clock_system(void)
{
	static const struct wq_clock clock = { system_mono_us, system_wall_ms };

	return &clock;
}

static uint64_t virtual_mono_us(const struct wq_clock *c)
{
	return WQ_OWNER(c, const struct wq_clock_virtual, clock)->us;
}

static int64_t virtual_wall_ms(const struct wq_clock *c)
{
	const struct wq_clock_virtual *v = WQ_OWNER(c, const struct wq_clock_virtual, clock);

	return v->wall_base_ms + (int64_t)(v->us / 1000);
}

void wq_clock_virtual_init(struct wq_clock_virtual *v, int64_t wall_ms)
{
	*v = (struct wq_clock_virtual){ { virtual_mono_us, virtual_wall_ms }, 0, wall_ms };
}
