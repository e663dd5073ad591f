/* SPDX-License-Identifier: MIT */
/* command.c — all commands by name, and what commands share. */
#include "base/assert.h"
#include "sim/redis/server.h"

enum { SLOTS = 512 };

static const struct sim_command *slots[SLOTS];

static uint32_t hash_of(const char *p, size_t n)
{
	uint32_t h = 5381;

	for (size_t i = 0; i < n; i++)
		h = h * 33 + ((unsigned char)p[i] | 32u);
	return h ^ h >> 9;
}

static void add_all(const struct sim_command *all)
{
	for (; all->name; all++) {
		uint32_t at = hash_of(all->name, strlen(all->name)) % SLOTS;

		while (slots[at])
			at = (at + 1) % SLOTS;
		slots[at] = all;
	}
}

static void fill(void)
{
	const struct sim_command *const all[] = { sim_key_commands,    sim_text_commands,   sim_hash_commands,
		                                  sim_list_commands,   sim_set_commands,    sim_zset_commands,
		                                  sim_range_commands,  sim_stream_commands, sim_server_commands,
		                                  sim_client_commands, sim_script_commands };

	for (size_t i = 0; i < WQ_COUNT(all); i++)
		add_all(all[i]);
}

const struct sim_command *sim_command_find(struct wq_str name)
{
	static bool filled;
	uint32_t at = hash_of(name.p, name.n) % SLOTS;

	if (!filled) {
		filled = true;
		fill();
	}
	for (; slots[at]; at = (at + 1) % SLOTS)
		if (wq_str_is_nocase(name, slots[at]->name))
			return slots[at];
	return NULL;
}

bool sim_arity_ok(const struct sim_command *c, size_t argc)
{
	return c->arity >= 0 ? argc == (size_t)c->arity : argc >= (size_t)-c->arity;
}

const char *sim_refusal(const struct sim_redis *r, const struct sim_command *c)
{
	switch (r->refuses) {
	case SIM_REFUSE_NOTHING:
		return NULL;
	case SIM_REFUSE_WRITES:
		return c->flags & SIM_W ? r->refuse : NULL;
	case SIM_REFUSE_MEMORY:
		return c->flags & SIM_M ? r->refuse : NULL;
	case SIM_REFUSE_ALL:
		return c->flags & SIM_LOADING ? NULL : r->refuse;
	}
	return NULL;
}

bool sim_arg_is(const struct sim_call *k, size_t i, const char *word)
{
	return i < k->argc && wq_str_is_nocase(k->argv[i], word);
}

bool sim_arg_int(struct sim_call *k, size_t i, int64_t *out)
{
	if (sim_to_int(k->argv[i], out))
		return true;
	sim_out_error(k, SIM_NOT_INT);
	return false;
}

bool sim_arg_double(struct sim_call *k, size_t i, double *out)
{
	if (sim_to_double(k->argv[i], out))
		return true;
	sim_out_error(k, SIM_NOT_FLOAT);
	return false;
}
