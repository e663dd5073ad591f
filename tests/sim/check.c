/* SPDX-License-Identifier: MIT */
/* check.c — looks past all faults into the data set. */
#include "sim/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "domain/message/message.h"
#include "sim/hook.h"
#include "sim/look.h"
#include "sim/pipe.h"
#include "sim/world.h"

enum led { NONE, FRESH, CLAIMED, SENT, REJECTED, UNKNOWN, CONFIRMED, PARKED, LEDS };
enum { UNKNOWN_MS = 900000 - 1000 }; /* of lib/letter.lua; a moment less, for we look behind it */
static const char *const names[LEDS] = { "-",        "",        "claimed",   "sent",
	                                 "rejected", "unknown", "confirmed", "parked" };

/* From a row to the others, a bit each. */
static const unsigned edges[LEDS] = {
	[NONE] = WQ_BIT(FRESH) | WQ_BIT(CLAIMED) | WQ_BIT(REJECTED),
	[FRESH] = WQ_BIT(CLAIMED) | WQ_BIT(REJECTED),
	[CLAIMED] = WQ_BIT(SENT) | WQ_BIT(REJECTED) | WQ_BIT(UNKNOWN) | WQ_BIT(CONFIRMED) | WQ_BIT(FRESH),
	[UNKNOWN] = WQ_BIT(SENT) | WQ_BIT(REJECTED) | WQ_BIT(CONFIRMED) | WQ_BIT(PARKED) | WQ_BIT(CLAIMED) |
		    WQ_BIT(FRESH),
	[PARKED] = WQ_BIT(SENT) | WQ_BIT(CONFIRMED),
	[REJECTED] = WQ_BIT(CLAIMED) | WQ_BIT(CONFIRMED) | WQ_BIT(SENT),
};

static struct seen {
	enum led led;
	long att;
	bool passed; /* unknown, and overdue for so long that others may pass it (lib/letter.lua) */
} seen[SIM_LETTERS_MAX];

static enum led led_of(const char *word)
{
	for (unsigned i = FRESH + 1; i < LEDS; i++)
		if (strcmp(word, names[i]) == 0)
			return (enum led)i;
	return FRESH;
}

/* By the id that the producer was told; -1: it was told of none such. */
static int letter_of(const char *id)
{
	for (unsigned i = 0; i < sim_world.letters_n; i++)
		if (strcmp(sim_world.letters[i].id, id) == 0)
			return (int)i;
	return -1;
}

static void check_edge(unsigned i, const struct sim_record *r)
{
	struct seen *s = &seen[i];
	enum led now = led_of(r->led);
	bool claimed = now == CLAIMED && (s->led != CLAIMED || r->att != s->att);

	/* Several may have happened since the last look: then tries say how many claims there were. */
	/* What a Redis had lost comes back from whoever knows of it, statuses too. */
	if (sim_world_unsure() && s->led <= FRESH)
		*s = (struct seen){ .led = now, .att = r->att };
	if (now != s->led && !(edges[s->led] & WQ_BIT(now)) && r->att == s->att)
		sim_fail("%s went from %s to %s", r->id, names[s->led], names[now]);
	if (r->att < s->att)
		sim_fail("%s has fewer tries, %ld after %ld", r->id, r->att, s->att);
	if (s->led == SENT || s->led == CONFIRMED || s->led == PARKED)
		if (r->att != s->att)
			sim_fail("%s was %s, and is tried again", r->id, names[s->led]);
	if (claimed && s->led == UNKNOWN &&
	    sim_world.letters[i].send_class != WQ_CLASS_AT_LEAST_ONCE)
		sim_fail("%s was unknown, and is tried again", r->id);
	s->led = now;
	s->att = r->att;
}

static bool is_open(const struct sim_record *r, int letter)
{
	bool claimed = strcmp(r->led, names[CLAIMED]) == 0,
	     unknown = strcmp(r->led, names[UNKNOWN]) == 0;
	int64_t now_ms = sim_wall_ms() + sim_net.redis_off_ms;

	if (letter < 0)
		return claimed;
	seen[letter].passed = unknown && (seen[letter].passed || r->next_ms < now_ms - UNKNOWN_MS);
	return claimed || (unknown && !seen[letter].passed);
}

static void check_lane(const struct sim_record *open, unsigned n, const struct sim_record *r)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(open[i].to, r->to) == 0)
			sim_fail("two open tries to one person: %s and %s", open[i].id, r->id);
}

void sim_check_ledger(void)
{
	static struct sim_record open[SIM_LETTERS_MAX];
	uint32_t at = 0;
	unsigned open_n = 0;
	struct sim_record r;

	while (sim_look_record(&at, &r)) {
		int i = letter_of(r.id);

		if (i >= 0)
			check_edge((unsigned)i, &r);
		if (!is_open(&r, i) || sim_world_unsure())
			continue;
		check_lane(open, open_n, &r);
		if (open_n < SIM_LETTERS_MAX)
			open[open_n++] = r;
	}
}

void sim_check_queues(void)
{
	for (size_t i = 0; i < WQ_COUNT(sim_queues) && !sim_world.torn; i++) {
		const char *says = sim_look_queue(sim_queues[i]);

		if (says[0])
			sim_fail("%s: %s", sim_queues[i], says);
	}
}

void sim_check_begin(void)
{
	memset(seen, 0, sizeof(seen));
}

void sim_check_rewound(void)
{
	uint32_t at = 0;
	struct sim_record r;

	memset(seen, 0, sizeof(seen));
	while (sim_look_record(&at, &r)) {
		int i = letter_of(r.id);

		if (i >= 0)
			seen[i] = (struct seen){ .led = led_of(r.led), .att = r.att };
	}
}

bool sim_check_quiet(void)
{
	return sim_look_waiting() == 0;
}

static bool was_lost(uint64_t told_us)
{
	return sim_world.lost_to_us && told_us >= sim_world.lost_from_us &&
	       told_us <= sim_world.lost_to_us + 1000000;
}

static void check_letter(unsigned i)
{
	const struct sim_letter *l = &sim_world.letters[i];
	enum led led = seen[i].led;
	bool sent = led == SENT || led == CONFIRMED;

	if (!sent && led != REJECTED && led != PARKED && was_lost(l->told_us))
		sim_world.excused++;
	else if (!sent && led != REJECTED && led != PARKED)
		sim_fail("k%u (%s) has not ended: %s", i, l->id, names[led]);
	else if (sent && l->accepted == 0)
		sim_fail("k%u (%s) is %s, and was never taken", i, l->id, names[led]);
	else if (led == REJECTED && l->accepted > 0 && l->send_class != WQ_CLASS_AT_LEAST_ONCE)
		sim_fail("k%u (%s) is rejected, and was taken", i, l->id);
	sim_world.parked += led == PARKED;
	sim_world.parked_unsent += led == PARKED && l->accepted == 0;
}

/* Jobs whose data have both, and "id:status" of statuses. */
static unsigned jobs_of(const char *all, const char *id, const char *status)
{
	unsigned n = 0;
	char want[160];

	snprintf(want, sizeof(want), "<%s/%s>", id, status);
	for (const char *at = all; (at = strstr(at, want)); at++)
		n++;
	return n;
}

static void check_webhooks(void)
{
	const char *all = sim_look_updates();
	const char *id;
	uint64_t at;

	for (size_t i = 0; (id = sim_hook_taken(i, &at)); i++) {
		const char *dot = strrchr(id, '.');
		char of[SIM_ID_BYTES];
		unsigned n;

		snprintf(of, sizeof(of), "%.*s", (int)(dot - id), id);
		n = jobs_of(all, of, dot + 1);
		if (n == 0 && was_lost(at))
			sim_world.excused++;
		else if (n != 1 && !(n > 1 && sim_world.torn)) /* a job that came back */
			sim_fail("webhook %s was taken, and has %u jobs", id, n);
	}
}

void sim_check_end(void)
{
	sim_check_ledger();
	sim_check_queues();
	for (unsigned i = 0; i < sim_world.letters_n; i++)
		check_letter(i);
	check_webhooks();
}
