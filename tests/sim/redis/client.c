/* SPDX-License-Identifier: MIT */
/* client.c — connections: one command after the other, MULTI, and waiting for keys. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/server.h"

struct sim_words *sim_words_new(const struct sim_command *command, const struct wq_str *argv,
                                size_t argc)
{
	struct sim_words *w;
	size_t bytes = 0;
	char *p;

	for (size_t i = 0; i < argc; i++)
		bytes += argv[i].n;
	w = sim_alloc(sizeof(*w) + argc * sizeof(w->argv[0]) + bytes);
	*w = (struct sim_words){ .command = command, .n = argc };
	p = (char *)&w->argv[argc];
	for (size_t i = 0; i < argc; i++) {
		if (argv[i].n)
			memcpy(p, argv[i].p, argv[i].n);
		w->argv[i] = wq_strn(p, argv[i].n);
		p += argv[i].n;
	}
	return w;
}

struct sim_client *sim_redis_connect(struct sim_redis *r,
                                     void (*push)(void *ctx, struct wq_str resp), void *ctx)
{
	struct sim_client *c = sim_alloc(sizeof(*c));

	*c = (struct sim_client){
		.redis = r, .push = push, .ctx = ctx, .id = ++r->next_client, .since_us = r->now_us
	};
	wq_list_init(&c->wait_link);
	c->queued.size = sizeof(struct sim_words *);
	c->channels.size = sizeof(struct sim_text *);
	wq_list_push(&r->clients, &c->link);
	return c;
}

void sim_multi_reset(struct sim_client *c)
{
	for (size_t i = 0; i < c->queued.n; i++)
		wq_free(*(struct sim_words **)sim_row_at(&c->queued, i));
	sim_row_fini(&c->queued);
	c->multi = c->spoilt = false;
}

void sim_wait_forget(struct sim_client *c)
{
	wq_list_remove(&c->wait_link);
	wq_free(c->wait);
	c->wait = NULL;
	c->waits = false;
}

void sim_redis_disconnect(struct sim_client *c)
{
	if (!c)
		return;
	sim_wait_forget(c);
	sim_multi_reset(c);
	for (size_t i = 0; i < c->channels.n; i++)
		sim_text_unref(*(struct sim_text **)sim_row_at(&c->channels, i));
	sim_row_fini(&c->channels);
	sim_text_unref(c->name);
	wq_list_remove(&c->link);
	wq_free(c);
}

bool sim_redis_waits(const struct sim_client *c)
{
	return c->waits;
}

/* False: answered, and MULTI is spoilt. */
static bool refuse(struct sim_call *k, const char *text)
{
	k->c->spoilt |= k->c->multi;
	sim_out_error(k, text);
	return false;
}

static bool unknown(struct sim_call *k)
{
	char text[512];
	struct wq_str name = sim_arg(k, 0);
	int n = snprintf(text, sizeof(text),
	                 "ERR unknown command '%.*s', with args beginning with: ",
	                 (int)(name.n < 128 ? name.n : 128), name.p);
	size_t from = (size_t)n;

	for (size_t i = 1; i < k->argc && (size_t)n - from < 128; i++) {
		int room = (int)(128 - ((size_t)n - from));

		n += snprintf(text + n, sizeof(text) - (size_t)n, "'%.*s' ",
		              (int)k->argv[i].n < room ? (int)k->argv[i].n : room, k->argv[i].p);
	}
	return refuse(k, text);
}

static bool may(struct sim_call *k)
{
	char text[200];
	const char *refusal;

	k->command = sim_command_find(sim_arg(k, 0));
	if (!k->command)
		return unknown(k);
	if (!sim_arity_ok(k->command, k->argc)) {
		snprintf(text, sizeof(text), "ERR wrong number of arguments for '%s' command",
		         k->command->name);
		return refuse(k, text);
	}
	refusal = k->c->all ? NULL : sim_refusal(k->r, k->command);
	if (refusal)
		return refuse(k, refusal);
	if (k->c->channels.n && !(k->command->flags & SIM_SUBS)) {
		snprintf(
			text, sizeof(text),
			"ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are "
			"allowed in this context",
			k->command->name);
		return refuse(k, text);
	}
	return true;
}

void sim_redis_command(struct sim_client *c, const struct wq_str *argv, size_t argc,
                       struct wq_buf *out)
{
	struct sim_call k = { .r = c->redis, .c = c, .argv = argv, .argc = argc, .out = out };

	WQ_REQUIRE(!c->waits);
	if (argc == 0 || !may(&k))
		return;
	if (c->multi && !(k.command->flags & SIM_NOMULTI)) {
		struct sim_words **place = sim_row_insert(&c->queued, c->queued.n);

		*place = sim_words_new(k.command, argv, argc);
		sim_out(&k, "+QUEUED\r\n");
		return;
	}
	sim_torn_begin(&k);
	sim_call_run(&k);
	if (!sim_torn_end(&k))
		sim_serve(c->redis);
}

void sim_call_run(struct sim_call *k)
{
	size_t from = k->out->n;

	k->r->commands++;
	k->command->run(k);
	sim_torn_note(k, from);
}

void sim_wait(struct sim_call *k, const struct wq_str *argv, size_t argc, uint64_t until_us)
{
	struct sim_client *c = k->c;

	if (k->again)
		return;
	if (k->inside) {
		sim_out_nothing(k);
		return;
	}
	c->wait = sim_words_new(k->command, argv, argc);
	c->waits = true;
	c->until_us = until_us;
	wq_list_push(&c->redis->waiting, &c->wait_link);
}

static void push(struct sim_client *c, struct wq_str resp)
{
	if (c->push)
		c->push(c->ctx, resp);
}

static bool waits_for(const struct sim_client *c, struct wq_str key)
{
	for (size_t i = 1; i < c->wait->n; i++)
		if (wq_str_eq(c->wait->argv[i], key))
			return true;
	return false;
}

static void try_again(struct sim_client *c)
{
	struct wq_buf out;
	struct sim_call k = { .r = c->redis,
		              .c = c,
		              .command = c->wait->command,
		              .argv = c->wait->argv,
		              .argc = c->wait->n,
		              .out = &out,
		              .again = true };

	wq_buf_init(&out, SIM_OUT_MAX);
	k.command->run(&k);
	if (out.n > 0) {
		sim_torn_note(&k, 0);
		sim_wait_forget(c);
		push(c, wq_buf_str(&out));
	}
	wq_buf_fini(&out);
}

static void serve_key(struct sim_redis *r, struct wq_str key)
{
	for (struct wq_list *l = r->waiting.next, *next = l->next; l != &r->waiting;
	     l = next, next = l->next) {
		struct sim_client *c = WQ_OWNER(l, struct sim_client, wait_link);

		if (waits_for(c, key))
			try_again(c);
	}
}

void sim_serve(struct sim_redis *r)
{
	while (r->ready.n > 0) {
		struct sim_text *key = *(struct sim_text **)sim_row_at(&r->ready, 0);

		sim_row_remove(&r->ready, 0, 1);
		serve_key(r, sim_text_str(key));
		sim_text_unref(key);
	}
}

uint64_t sim_redis_next_us(const struct sim_redis *r)
{
	uint64_t next = UINT64_MAX;

	for (struct wq_list *l = r->waiting.next; l != &r->waiting; l = l->next) {
		const struct sim_client *c = WQ_OWNER(l, struct sim_client, wait_link);

		if (c->until_us && c->until_us < next)
			next = c->until_us;
	}
	return next;
}

void sim_redis_tick(struct sim_redis *r)
{
	for (struct wq_list *l = r->waiting.next, *next = l->next; l != &r->waiting;
	     l = next, next = l->next) {
		struct sim_client *c = WQ_OWNER(l, struct sim_client, wait_link);

		if (c->until_us == 0 || c->until_us > r->now_us)
			continue;
		sim_wait_forget(c);
		push(c, wq_str("*-1\r\n"));
	}
}
