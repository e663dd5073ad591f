/* SPDX-License-Identifier: MIT */
/* clock.c — in the place of base/clock.c: there is no other time than that of the run. */
#include "base/clock.h"

#include "base/assert.h"
#include "sim/sim.h"

static uint64_t mono_us(const struct wq_clock *c)
{
	(void)c;
	return sim.now_us;
}

static int64_t wall_ms(const struct wq_clock *c)
{
	(void)c;
	return sim_wall_ms() + (sim.in ? sim.in->wall_off_ms : 0);
}

static const struct wq_clock clock = { mono_us, wall_ms };

const struct wq_clock *wq_clock_system(void)
{
	return &clock;
}

void wq_clock_virtual_init(struct wq_clock_virtual *v, int64_t wall_at_0_ms)
{
	(void)wall_at_0_ms;
	*v = (struct wq_clock_virtual){ .clock = clock };
}
