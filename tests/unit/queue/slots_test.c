/* SPDX-License-Identifier: MIT */
/* slots_test.c — slots come with a burst and go with it, those reserved stay, and a steady load allocates nothing. */
#include "queue/slots.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "support/test.h"

enum { BURST = 5000, SOME = 300, ROUNDS = 1000, ID_BYTES = 16 };

static struct wq_slots slots;
static struct wq_slot *held[BURST];
static unsigned first, n; /* held, oldest first, around a ring */

/* As the store decodes them: one block. */
static struct wq_job *job(unsigned number)
{
	struct wq_job *j = wq_zalloc(sizeof(*j) + ID_BYTES);
	char *id = (char *)(j + 1);

	WQ_CHECK("a job", j);
	snprintf(id, ID_BYTES, "%u", number);
	j->id = wq_str(id);
	return j;
}

static void take(unsigned more)
{
	static unsigned number;

	WQ_CHECK("room", wq_slots_reserve(&slots, more) >= more);
	for (; more > 0; more--, n++) {
		held[(first + n) % BURST] = wq_slots_take(&slots, job(number++));
		WQ_CHECK("a slot", held[(first + n) % BURST]);
	}
}

static void release(unsigned fewer)
{
	for (; fewer > 0; fewer--, n--, first++)
		wq_slots_release(&slots, held[first % BURST]);
}

static void begin(void)
{
	first = n = 0;
	WQ_CHECK_INT("slots", wq_slots_init(&slots), 0);
}

static void end(void)
{
	release(n);
	wq_slots_fini(&slots);
	WQ_CHECK_INT("nothing is left", wq_alloc_live(), 0);
}

WQ_TEST(a_burst_gives_its_memory_back)
{
	begin();
	for (int i = 0; i < 3; i++) {
		take(BURST);
		WQ_CHECK("a block each, and its job", wq_alloc_live() >= 2 * BURST);
		release(BURST - SOME);
		WQ_CHECK_INT("held", wq_slots_held(&slots), SOME);
		WQ_CHECK("half of it is back", slots.free_n <= SOME);
		WQ_CHECK("blocks", wq_alloc_live() <= 3 * SOME + 8);
		release(SOME);
		WQ_CHECK_INT("the spare ones stay", slots.free_n, WQ_SLOTS_SPARE_MAX);
		WQ_CHECK("blocks", wq_alloc_live() <= WQ_SLOTS_SPARE_MAX + 1); /* and the map's */
	}
	end();
}

WQ_TEST(what_is_reserved_stays)
{
	begin();
	take(BURST);
	WQ_CHECK_INT("reserved", wq_slots_reserve(&slots, SOME), SOME);
	release(BURST);
	WQ_CHECK("kept", slots.free_n >= SOME);
	take(0); /* nothing was claimed after all */
	take(1);
	release(1);
	take(SOME);
	release(SOME);
	WQ_CHECK_INT("then not", slots.free_n, WQ_SLOTS_SPARE_MAX);
	end();
}

/* Batches come and go: what one gives back the next takes. */
WQ_TEST(a_steady_load_allocates_nothing)
{
	enum { BATCH = 200 };
	uint64_t made;

	begin();
	take(SOME);
	take(BATCH);
	made = slots.made;
	release(BATCH);
	for (int i = 0; i < ROUNDS; i++) {
		take(BATCH);
		release(BATCH);
		WQ_CHECK_INT("as many as before", slots.made, made);
	}
	release(SOME - BATCH);
	take(BATCH / 2);
	made = slots.made;
	release(BATCH / 2);
	for (int i = 0; i < ROUNDS; i++) {
		take(BATCH / 2);
		release(BATCH / 2);
		WQ_CHECK_INT("with fewer held", slots.made, made);
	}
	end();
}

WQ_TEST_MAIN(WQ_CASE(a_burst_gives_its_memory_back), WQ_CASE(what_is_reserved_stays),
             WQ_CASE(a_steady_load_allocates_nothing))
