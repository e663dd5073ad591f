/* SPDX-License-Identifier: MIT */
/* torn.c — a transaction of which Redis' file has the beginning alone, as docs/adr/0021-torn-transactions.md tells:
 * the start after the crash leaves it out, the start after that one carries it out ahead of all that came since.
 *
 *   armed    a script, or EXEC, is followed: what it writes, and the data in front of it
 *   torn     one has written more than was asked for: the data are those in front of it, its first writes stand in the
 *            journal
 *   open     the server has begun anew; what is written now follows in the journal
 *   off      it has begun anew once more: the data in front, and the journal carried out, each write by its own clock;
 *            but nothing of the journal when no other transaction has ended in it, for then it is the torn one's
 */
#include "base/alloc.h"
#include "sim/redis/server.h"

struct written {
	uint64_t at_us;
	struct sim_words *words;
};

void sim_redis_tear(struct sim_redis *r, unsigned writes)
{
	sim_torn_forget(r);
	r->torn.journal.size = sizeof(struct written);
	r->torn.writes = writes;
	r->torn.state = writes ? SIM_TORN_ARMED : SIM_TORN_OFF;
}

bool sim_redis_torn(const struct sim_redis *r)
{
	return r->torn.state == SIM_TORN_TORN;
}

/* Keeps the first `n`. */
static void shorten(struct sim_row *journal, size_t n)
{
	for (size_t i = n; i < journal->n; i++)
		wq_free(((struct written *)sim_row_at(journal, i))->words);
	sim_row_remove(journal, n, journal->n - n);
}

void sim_torn_forget(struct sim_redis *r)
{
	shorten(&r->torn.journal, 0);
	sim_row_fini(&r->torn.journal);
	sim_snapshot_destroy(r->torn.before);
	r->torn.before = NULL;
	r->torn.state = SIM_TORN_OFF;
	r->torn.ended = false;
}

/* Redis writes down what changed something; an answer says so, but for these two, whose 0 says "none of it was new". */
static bool has_written(const struct sim_call *k, struct wq_str answer)
{
	static const char *const nothing[] = { "-", "$-1", "*-1", "*0", ":0\r" };
	bool zero_tells_nothing = sim_arg_is(k, 0, "HSET") || sim_arg_is(k, 0, "ZADD");

	if (!(k->command->flags & SIM_W) || (k->c->waits && !k->again))
		return false;
	for (size_t i = 0; i < WQ_COUNT(nothing); i++)
		if (wq_str_starts(answer, nothing[i]))
			return nothing[i][0] == ':' && zero_tells_nothing;
	return true;
}

void sim_torn_note(struct sim_call *k, size_t out_from)
{
	struct sim_torn *t = &k->r->torn;
	struct written *w;

	if (t->state != SIM_TORN_INSIDE && t->state != SIM_TORN_OPEN)
		return;
	if (!has_written(k, wq_strn(k->out->p + out_from, k->out->n - out_from)))
		return;
	w = sim_row_insert(&t->journal, t->journal.n);
	*w = (struct written){ k->r->now_us, sim_words_new(k->command, k->argv, k->argc) };
}

void sim_torn_begin(struct sim_call *k)
{
	struct sim_torn *t = &k->r->torn;

	t->from = t->journal.n;
	if (t->state != SIM_TORN_ARMED || !(k->command->flags & SIM_WHOLE) || k->c->all)
		return;
	t->before = sim_redis_snapshot(k->r);
	t->state = SIM_TORN_INSIDE;
}

bool sim_torn_end(struct sim_call *k)
{
	struct sim_torn *t = &k->r->torn;

	if (t->state == SIM_TORN_OPEN && k->command->flags & SIM_WHOLE &&
	    t->journal.n > t->from + 1)
		t->ended = true;
	if (t->state != SIM_TORN_INSIDE)
		return false;
	if (t->journal.n <= t->writes) {
		sim_redis_tear(k->r, t->writes);
		return false;
	}
	shorten(&t->journal, t->writes);
	t->state = SIM_TORN_TORN;
	sim_forget_ready(k->r);
	sim_redis_restore(k->r, t->before);
	return true;
}

static void carry_out(struct sim_redis *r)
{
	struct sim_client *c = sim_redis_connect(r, NULL, NULL);
	uint64_t now_us = r->now_us;

	c->all = true;
	for (size_t i = 0; i < r->torn.journal.n; i++) {
		const struct written *w = sim_row_at(&r->torn.journal, i);
		struct sim_call k = { .r = r, .c = c, .command = w->words->command, .argv = w->words->argv,
			              .argc = w->words->n, .out = &r->inner, .inside = true };

		r->now_us = w->at_us;
		wq_buf_clear(&r->inner);
		k.command->run(&k);
	}
	r->now_us = now_us;
	sim_redis_disconnect(c);
	sim_serve(r);
}

void sim_torn_restart(struct sim_redis *r)
{
	if (r->torn.state == SIM_TORN_TORN) {
		r->torn.state = SIM_TORN_OPEN;
	} else if (r->torn.state == SIM_TORN_OPEN) {
		r->torn.state = SIM_TORN_OFF;
		sim_redis_restore(r, r->torn.before);
		if (r->torn.ended)
			carry_out(r);
		sim_torn_forget(r);
	}
}
