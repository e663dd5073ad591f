/* SPDX-License-Identifier: MIT */
/* cmd_client.c — what a connection does with itself: its name, its login, MULTI, channels. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/server.h"

static void line_of(struct sim_call *k, struct wq_buf *b, const struct sim_client *c)
{
	unsigned long long age = (k->r->now_us - c->since_us) / 1000000;
	const struct sim_command *command = c->wait     ? c->wait->command
	                                    : c == k->c ? k->command
	                                                : NULL;
	struct wq_str name = c->name ? sim_text_str(c->name) : wq_str("");

	wq_buf_addf(
		b,
		"id=%llu addr=127.0.0.1:%llu laddr=127.0.0.1:6379 fd=%llu name=%.*s age=%llu idle=0 "
		"flags=%s db=0 sub=%u "
		"psub=0 ssub=0 multi=-1 cmd=%s user=default redir=-1 resp=2\n",
		(unsigned long long)c->id, 20000 + (unsigned long long)c->id % 40000,
		7 + (unsigned long long)c->id, WQ_STR_ARG(name), age,
		c->waits        ? "b"
		: c->channels.n ? "P"
				: "N",
		c->channels.n, command ? command->name : "NULL");
}

static void list(struct sim_call *k)
{
	bool normal = k->argc < 4 || sim_arg_is(k, 3, "normal"),
	     others = k->argc < 4 || sim_arg_is(k, 3, "pubsub");
	struct wq_buf b;

	wq_buf_init(&b, SIM_OUT_MAX);
	for (struct wq_list *l = k->r->clients.next; l != &k->r->clients; l = l->next) {
		const struct sim_client *c = WQ_OWNER(l, struct sim_client, link);

		if (!c->all && (c->channels.n ? others : normal))
			line_of(k, &b, c);
	}
	sim_out_str(k, wq_buf_str(&b));
	wq_buf_fini(&b);
}

static void set_name(struct sim_call *k)
{
	struct wq_str name = sim_arg(k, 2);

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < '!' || name.p[i] > '~') {
			sim_out_error(
				k,
				"ERR Client names cannot contain spaces, newlines or special characters.");
			return;
		}
	sim_text_unref(k->c->name);
	k->c->name = name.n ? sim_text_new(name) : NULL;
	sim_out_ok(k);
}

static void client(struct sim_call *k)
{
	if (sim_arg_is(k, 1, "SETNAME") && k->argc == 3)
		set_name(k);
	else if (sim_arg_is(k, 1, "GETNAME") && k->argc == 2)
		sim_out_text(k, k->c->name);
	else if (sim_arg_is(k, 1, "ID") && k->argc == 2)
		sim_out_int(k, (int64_t)k->c->id);
	else if (sim_arg_is(k, 1, "LIST") &&
	         (k->argc == 2 || (k->argc == 4 && sim_arg_is(k, 2, "TYPE"))))
		list(k);
	else
		sim_out_errorf(k, "ERR unknown subcommand '%.*s'. Try CLIENT HELP.",
		               (int)(k->argv[1].n < 128 ? k->argv[1].n : 128), k->argv[1].p);
}

static void auth(struct sim_call *k)
{
	if (k->argc > 3)
		sim_out_error(k, SIM_SYNTAX);
	else if (k->argc == 2)
		sim_out_error(
			k,
			"ERR AUTH <password> called without any password configured for the default user. Are you "
			"sure your configuration is correct?");
	else if (wq_str_is(sim_arg(k, 1), "default"))
		sim_out_ok(k);
	else
		sim_out_error(k, "WRONGPASS invalid username-password pair or user is disabled.");
}

static void hello(struct sim_call *k)
{
	int64_t v = 2;

	if (k->argc > 1 && (!sim_to_int(sim_arg(k, 1), &v) || v != 2)) {
		sim_out_error(k, "NOPROTO unsupported protocol version");
		return;
	}
	sim_out_array(k, 14);
	sim_out_str(k, wq_str("server"));
	sim_out_str(k, wq_str("redis"));
	sim_out_str(k, wq_str("version"));
	sim_out_str(k, wq_str("7.0.15"));
	sim_out_str(k, wq_str("proto"));
	sim_out_int(k, 2);
	sim_out_str(k, wq_str("id"));
	sim_out_int(k, (int64_t)k->c->id);
	sim_out_str(k, wq_str("mode"));
	sim_out_str(k, wq_str("standalone"));
	sim_out_str(k, wq_str("role"));
	sim_out_str(k, wq_str("master"));
	sim_out_str(k, wq_str("modules"));
	sim_out_array(k, 0);
}

static void multi(struct sim_call *k)
{
	if (k->c->multi) {
		sim_out_error(k, "ERR MULTI calls can not be nested");
		return;
	}
	k->c->multi = true;
	sim_out_ok(k);
}

static void discard(struct sim_call *k)
{
	if (!k->c->multi) {
		sim_out_error(k, "ERR DISCARD without MULTI");
		return;
	}
	sim_multi_reset(k->c);
	sim_out_ok(k);
}

static void exec_all(struct sim_call *k)
{
	struct sim_client *c = k->c;

	if (!c->multi) {
		sim_out_error(k, "ERR EXEC without MULTI");
		return;
	}
	if (c->spoilt) {
		sim_multi_reset(c);
		sim_out_error(k, "EXECABORT Transaction discarded because of previous errors.");
		return;
	}
	sim_out_array(k, c->queued.n);
	c->multi = false;
	for (size_t i = 0; i < c->queued.n; i++) {
		const struct sim_words *w = *(struct sim_words **)sim_row_at(&c->queued, i);
		struct sim_call one = { .r = k->r, .c = c, .command = w->command, .argv = w->argv,
			                .argc = w->n, .out = k->out, .inside = true };
		const char *refusal = sim_refusal(k->r, w->command);

		if (refusal)
			sim_out_error(&one, refusal);
		else
			sim_call_run(&one);
	}
	sim_multi_reset(c);
}

static struct sim_text **channel_at(const struct sim_client *c, size_t i)
{
	return sim_row_at(&c->channels, i);
}

/* Its index, or how many there are. */
static size_t find(const struct sim_client *c, struct wq_str name)
{
	size_t i = 0;

	while (i < c->channels.n && !wq_str_eq(sim_text_str(*channel_at(c, i)), name))
		i++;
	return i;
}

static void told(struct sim_call *k, const char *what, const struct wq_str *name)
{
	sim_out_array(k, 3);
	sim_out_str(k, wq_str(what));
	if (name)
		sim_out_str(k, *name);
	else
		sim_out_nil(k);
	sim_out_int(k, k->c->channels.n);
}

static void subscribe(struct sim_call *k)
{
	for (size_t i = 1; i < k->argc; i++) {
		struct wq_str name = sim_arg(k, i);

		if (find(k->c, name) == k->c->channels.n) {
			struct sim_text **place = sim_row_insert(&k->c->channels, k->c->channels.n);

			*place = sim_text_new(name);
		}
		told(k, "subscribe", &name);
	}
}

static void leave(struct sim_call *k, struct wq_str name)
{
	struct sim_text *t = sim_text_new(name);
	size_t i = find(k->c, name);

	name = sim_text_str(t);
	if (i < k->c->channels.n) {
		sim_text_unref(*channel_at(k->c, i));
		sim_row_remove(&k->c->channels, i, 1);
	}
	told(k, "unsubscribe", &name);
	sim_text_unref(t);
}

static void unsubscribe(struct sim_call *k)
{
	for (size_t i = 1; i < k->argc; i++)
		leave(k, sim_arg(k, i));
	if (k->argc > 1)
		return;
	if (k->c->channels.n == 0)
		told(k, "unsubscribe", NULL);
	while (k->c->channels.n)
		leave(k, sim_text_str(*channel_at(k->c, 0)));
}

static void publish(struct sim_call *k)
{
	struct wq_buf message;
	struct sim_call inner = *k;
	int64_t n = 0;

	wq_buf_init(&message, SIM_OUT_MAX);
	inner.out = &message;
	sim_out_array(&inner, 3);
	sim_out_str(&inner, wq_str("message"));
	sim_out_str(&inner, sim_arg(k, 1));
	sim_out_str(&inner, sim_arg(k, 2));
	for (struct wq_list *l = k->r->clients.next; l != &k->r->clients; l = l->next) {
		struct sim_client *c = WQ_OWNER(l, struct sim_client, link);

		if (find(c, sim_arg(k, 1)) == c->channels.n)
			continue;
		n++;
		if (c->push)
			c->push(c->ctx, wq_buf_str(&message));
	}
	wq_buf_fini(&message);
	sim_out_int(k, n);
}

const struct sim_command sim_client_commands[] = {
	{ "client", client, -2, SIM_LOADING | SIM_NOSCRIPT },
	{ "auth", auth, -2, SIM_LOADING | SIM_NOSCRIPT | SIM_NOMULTI },
	{ "hello", hello, -1, SIM_LOADING | SIM_NOSCRIPT | SIM_NOMULTI },
	{ "multi", multi, 1, SIM_LOADING | SIM_NOSCRIPT | SIM_NOMULTI },
	{ "exec", exec_all, 1, SIM_LOADING | SIM_NOSCRIPT | SIM_NOMULTI | SIM_WHOLE },
	{ "discard", discard, 1, SIM_LOADING | SIM_NOSCRIPT | SIM_NOMULTI },
	{ "subscribe", subscribe, -2, SIM_LOADING | SIM_NOSCRIPT | SIM_SUBS },
	{ "unsubscribe", unsubscribe, -1, SIM_LOADING | SIM_NOSCRIPT | SIM_SUBS },
	{ "publish", publish, 3, SIM_LOADING },
	{ NULL, NULL, 0, 0 },
};
